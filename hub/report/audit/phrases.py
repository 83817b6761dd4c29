"""Turns of speech that all parts of the printed audit share: names of key results and teams, findings, counts."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from hub.core.audit.values import KeyResultRef, Measure, TeamRef, TicketRef, Work
from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.initiative import StatusCategory
from hub.model.message import Code, Link, Strong, Text
from hub.report.audit.paper import Badge, Items, Paragraph, Words, join_words, to_words

NONE: Words = (Badge("none", "quiet"),)
BADGE_LEVELS = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "quiet"}
# Tickets named in one line; the rest is a number.
MAX_NAMED = 4


def key_result_words(one: KeyResultRef, *, title: bool = False) -> Words:
    """Its id, with a link where it has an address; a private one by words."""
    if one.private:
        return to_words(one.id)
    name = Link(one.id, one.url) if one.url else Strong(one.id)
    return to_words(name, f" {one.title}" if title and one.title else "")


def key_results_words(refs: Iterable[KeyResultRef], *, separator: str = ", ") -> Words:
    """Each once; several private ones are named once, too."""
    return join_words(tuple(key_result_words(one) for one in dict.fromkeys(refs)), separator) or NONE


def teams_words(refs: Iterable[TeamRef]) -> Words:
    """Their names; one that does not exist is marked."""
    return join_words(
        tuple(to_words(one.name) if one.known else (Badge(f"{one.name} (no such team)", "bad"),) for one in refs)
    )


def ticket_words(one: TicketRef) -> Words:
    """Its key as a link, and its title."""
    return to_words(Link(one.ref, one.url), f" {one.title}" if one.title else "")


def measure_text(one: Measure | None) -> str:
    """Where it stands on its way, beside where it should be by now."""
    if one is None:
        return ""
    unit = f" {one.unit}" if one.unit else ""
    if one.target is None:
        return "No target stated"
    range_text = f"{one.target:,.12g}{unit}"
    range_text = f"target {range_text}" if one.start is None else f"{one.start:,.12g} → {range_text}"
    if one.value is None:
        return f"{range_text}, not measured"
    if one.measured is None:
        return f"{range_text}, now {one.value:,.12g}"
    measured, expected = (f"{part * 100:.0f} %" for part in (one.measured, one.expected))
    return f"{range_text}, now {one.value:,.12g}: {measured} of the way, {expected} of the cycle has passed"


def work_words(one: Work | None) -> Words:
    """How many tickets are active and finished."""
    if one is None:
        return (Badge("not known", "quiet"),)
    if not one.active and not one.done:
        return (Badge("no work", "bad"),)
    return to_words(f"{one.active} active, {one.done} done")


def status_text(one: TicketRef) -> str:
    """The state of a ticket, where it is not in progress."""
    return "" if one.status is StatusCategory.IN_PROGRESS else f" ({one.status})"


def finding_blocks(findings: Sequence[Finding]) -> tuple[Items | Paragraph, ...]:
    """The findings, most severe first, those on tickets counted by rule."""
    lines = []
    ordered = sorted(findings, key=lambda one: (-one.severity, one.rule))
    for (severity, rule), group in groupby(ordered, key=lambda one: (one.severity, one.rule)):
        members = list(group)
        if len(members) > 2 and all(one.act_on for one in members):
            refs = list(dict.fromkeys(str(ref) for one in members for ref in one.act_on))
            suffix = f" and {len(refs) - MAX_NAMED} more" if len(refs) > MAX_NAMED else ""
            head = (
                Badge(str(severity), BADGE_LEVELS[severity]),
                Text(" "),
                Code(rule),
                Text(f", {len(members)} times: "),
            )
            lines.append(to_words(*head, ", ".join(refs[:MAX_NAMED]), suffix))
        else:
            lines += [finding_words(one) for one in members]
    return (Items(tuple(lines)),) if lines else ()


def finding_words(one: Finding) -> Words:
    """Severity, rule, what is wrong, and the first thing to do."""
    action = one.advice.do[0] if one.advice.do else ()
    of_ticket = one.subject.kind is SubjectKind.INITIATIVE
    name = Link(one.subject.id, one.subject.url) if one.subject.url else Text(one.subject.id)
    subject_words = to_words(name, ": ") if of_ticket else ()
    head = to_words(
        Badge(str(one.severity), BADGE_LEVELS[one.severity]),
        " ",
        Code(one.rule),
        ": ",
        *subject_words,
        *one.advice.what,
    )
    return (*head, *to_words(" → ", *action)) if action else head


def severity_words(one: Finding) -> Words:
    """Its word, in its tone."""
    return (Badge(str(one.severity), BADGE_LEVELS[one.severity]),)


def plural(count: int, word: str) -> str:
    """The number with its word."""
    return f"{count} {word}{'' if count == 1 else 's'}"
