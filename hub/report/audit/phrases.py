"""Turns of speech that all parts of the printed audit share: names of key results and teams, findings, counts."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from hub.core.audit.values import Measure, Shown, Ticket, Who, Work
from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.initiative import StatusCategory
from hub.model.message import Code, Link, Strong, Text
from hub.report.audit.paper import Items, Mark, Paragraph, Words, joined, said

NONE: Words = (Mark("none", "quiet"),)
TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "quiet"}
# Tickets named in one line; the rest is a number.
NAMED = 4


def key_result(one: Shown, *, title: bool = False) -> Words:
    """Its id, with a link where it has an address; a private one by words."""
    if one.private:
        return said(one.id)
    name = Link(one.id, one.url) if one.url else Strong(one.id)
    return said(name, f" {one.title}" if title and one.title else "")


def key_results(many: Iterable[Shown], *, between: str = ", ") -> Words:
    """Each once; several private ones are named once, too."""
    return joined(tuple(key_result(one) for one in dict.fromkeys(many)), between) or NONE


def teams(many: Iterable[Who]) -> Words:
    """Their names; one that does not exist is marked."""
    return joined(tuple(said(one.name) if one.known else (Mark(f"{one.name} (no such team)", "bad"),) for one in many))


def ticket(one: Ticket) -> Words:
    """Its key as a link, and its title."""
    return said(Link(one.ref, one.url), f" {one.title}" if one.title else "")


def measure(one: Measure | None) -> str:
    """Where it stands on its way, beside where it should be by now."""
    if one is None:
        return ""
    unit = f" {one.unit}" if one.unit else ""
    if one.target is None:
        return "No target stated"
    way = f"{one.target:,.12g}{unit}"
    way = f"target {way}" if one.start is None else f"{one.start:,.12g} → {way}"
    if one.value is None:
        return f"{way}, not measured"
    if one.measured is None:
        return f"{way}, now {one.value:,.12g}"
    measured, expected = (f"{part * 100:.0f} %" for part in (one.measured, one.expected))
    return f"{way}, now {one.value:,.12g}: {measured} of the way, {expected} of the cycle has passed"


def work(one: Work | None) -> Words:
    """How many tickets are active and finished."""
    if one is None:
        return (Mark("not known", "quiet"),)
    if not one.active and not one.done:
        return (Mark("no work", "bad"),)
    return said(f"{one.active} active, {one.done} done")


def status(one: Ticket) -> str:
    """The state of a ticket, where it is not in progress."""
    return "" if one.status is StatusCategory.IN_PROGRESS else f" ({one.status})"


def findings(found: Sequence[Finding]) -> tuple[Items | Paragraph, ...]:
    """The findings, most severe first, those on tickets counted by rule."""
    lines = []
    ordered = sorted(found, key=lambda one: (-one.severity, one.rule))
    for (severity, rule), group in groupby(ordered, key=lambda one: (one.severity, one.rule)):
        many = list(group)
        if len(many) > 2 and all(one.act_on for one in many):
            refs = list(dict.fromkeys(str(ref) for one in many for ref in one.act_on))
            more = f" and {len(refs) - NAMED} more" if len(refs) > NAMED else ""
            head = (Mark(str(severity), TONES[severity]), Text(" "), Code(rule), Text(f", {len(many)} times: "))
            lines.append(said(*head, ", ".join(refs[:NAMED]), more))
        else:
            lines += [finding(one) for one in many]
    return (Items(tuple(lines)),) if lines else ()


def finding(one: Finding) -> Words:
    """Severity, rule, what is wrong, and the first thing to do."""
    todo = one.advice.do[0] if one.advice.do else ()
    of_ticket = one.subject.kind is SubjectKind.INITIATIVE
    name = Link(one.subject.id, one.subject.url) if one.subject.url else Text(one.subject.id)
    about = said(name, ": ") if of_ticket else ()
    head = said(Mark(str(one.severity), TONES[one.severity]), " ", Code(one.rule), ": ", *about, *one.advice.what)
    return (*head, *said(" → ", *todo)) if todo else head


def severity(one: Finding) -> Words:
    """Its word, in its tone."""
    return (Mark(str(one.severity), TONES[one.severity]),)


def plural(count: int, word: str) -> str:
    """The number with its word."""
    return f"{count} {word}{'' if count == 1 else 's'}"
