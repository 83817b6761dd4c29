"""`hub why` as lines and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.core.commands import Hearing
from hub.core.looking import left_alone
from hub.core.why import Ruling, Served, Why
from hub.model.message import plain
from hub.model.not_understood import NotUnderstood
from hub.report.days import day, moment
from hub.report.document import as_json, document_of
from hub.report.text import Styled, advice_lines


@dataclass(frozen=True, slots=True)
class HearingDocument:
    """A comment command, whether it is applied, and why or why not."""

    said: str
    honoured: bool
    because: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What the hub wrote on the ticket, and what people took away."""

    comment: str | None
    resolved: bool
    labels: Sequence[str]
    labels_taken_away: Sequence[str]
    comment_deleted_by_a_person: bool
    outcome_unknown: bool
    left_alone: Sequence[str]


@dataclass(frozen=True, slots=True)
class TicketDocument:
    """What `hub why` says; `rules` holds each rule's verdict."""

    ticket: str
    title: str
    url: str
    read: datetime | None
    team: str | None
    standing: str
    serves: tuple[Served, ...]
    not_understood: tuple[NotUnderstood, ...]
    heard: tuple[HearingDocument, ...]
    rules: tuple[Mapping[str, Any], ...]
    posted: Posted
    deferred_since_run: int | None


def why_lines(answer: Why, *, verbose: bool = False) -> Iterator[Styled]:
    """What it is, its key results, each rule's result, and what is posted on the ticket."""
    initiative = answer.initiative
    yield Styled(f"{initiative.ref}: {initiative.title}", "heading")
    yield Styled(f"  {initiative.url}", "dim")
    when = f"last read {moment(answer.read)}" if answer.read else "not read yet"
    yield Styled(
        f"  {when}; {answer.standing}; team {answer.team or 'unknown: no team owns its project or repository'}"
    )
    yield Styled("Linked to", "heading")
    for served in answer.serves:
        leads = "aligned" if served.aligned else "not linked to an organization key result yet"
        title = f" ({served.title})" if served.title else ""
        yield Styled(f"  {served.key_result}{title} {served.how}: {leads}", "good" if served.aligned else "warning")
    if not answer.serves:
        yield Styled("  no key result", "warning")
    yield from (Styled(f"  {one}", "warning") for one in not_understood_lines(answer))
    yield Styled("Rules", "heading")
    for ruling in answer.rulings:
        yield from _ruling_lines(ruling, verbose=verbose)
    if not verbose and (passed := sum(one.finding is None and one.not_judged is None for one in answer.rulings)):
        yield Styled(f"  {passed} rule{'' if passed == 1 else 's'} passed", "good")
    if answer.heard:
        yield Styled("Recorded commands", "heading")
        yield from (Styled(f"  {_hearing(one)}", "plain" if one.honoured else "warning") for one in answer.heard)
    yield Styled("Posted on the ticket", "heading")
    yield from (Styled(f"  {line}") for line in _posted(answer))


def ticket_document(answer: Why) -> TicketDocument:
    """The same for programs."""
    initiative, known = answer.initiative, answer.published
    return TicketDocument(
        ticket=str(initiative.ref),
        title=initiative.title,
        url=initiative.url,
        read=answer.read,
        team=answer.team,
        standing=answer.standing,
        serves=answer.serves,
        not_understood=answer.not_understood,
        heard=tuple(HearingDocument(plain(h.said), h.honoured, h.because) for h in answer.heard),
        rules=tuple(map(_ruling_row, answer.rulings)),
        posted=Posted(
            comment=known.comment_id if known else None,
            resolved=bool(known and known.resolved),
            labels=sorted(known.labels) if known else [],
            labels_taken_away=sorted(known.refused_labels) if known else [],
            comment_deleted_by_a_person=bool(known and known.comment_refused),
            outcome_unknown=bool(known and known.pending),
            left_alone=left_alone(known) if known else [],
        ),
        deferred_since_run=answer.waiting_since_run,
    )


def why_document(answer: Why) -> dict[str, Any]:
    """The same as one JSON object."""
    document: dict[str, Any] = document_of(ticket_document(answer))
    return document


def not_understood_lines(answer: Why) -> Iterator[str]:
    """What stands on the ticket where the hub looks, and what it makes of it."""
    for one in answer.not_understood:
        value = f" “{one.written}”" if one.written else ""
        cure = f" (`{one.setting}` of the connector {answer.initiative.ref.connector})" if one.setting else ""
        yield f"seen, not understood: {one.where}{value}: {one.why}{cure}"


def _ruling_lines(ruling: Ruling, *, verbose: bool) -> Iterator[Styled]:
    if ruling.finding is not None:
        finding = ruling.finding
        waived = f" (waived until {day(finding.waiver.until)} by {finding.waiver.owner})" if finding.waiver else ""
        yield Styled(
            f"  {ruling.rule}: {finding.severity}{waived}: {plain(finding.advice.what)}", str(finding.severity)
        )
        if ruling.root:
            ended = f" and can be resolved on {', '.join(map(str, finding.act_on))}" if finding.act_on else ""
            yield Styled(f"    this ticket is only affected: the finding is about {ruling.root}{ended}", "dim")
        yield from (Styled(f"    {line}", "dim") for line in advice_lines(finding.advice))
        facts = ", ".join(f"{name} = {_in_words(as_json(fact))}" for name, fact in finding.facts.items())
        yield Styled(f"    facts: {facts}; fingerprint {finding.fingerprint}", "dim")
    elif ruling.not_judged is not None:
        yield Styled(f"  {ruling.rule}: not evaluated: {ruling.not_judged}", "warning")
    elif verbose:
        yield Styled(f"  {ruling.rule}: passed", "dim")


def _in_words(fact: Any) -> str:
    """A fact as people write it, however deep it goes."""
    if isinstance(fact, list):
        return f"[{', '.join(map(_in_words, fact))}]"
    if isinstance(fact, dict):
        return f"({', '.join(f'{name} {_in_words(part)}' for name, part in fact.items())})"
    return {True: "yes", False: "no", None: "none"}[fact] if fact is None or isinstance(fact, bool) else str(fact)


def _ruling_row(ruling: Ruling) -> dict[str, Any]:
    finding = ruling.finding
    row: dict[str, Any] = {"rule": ruling.rule, "verdict": "nothing"}
    if finding is not None:
        facts = {name: as_json(fact) for name, fact in finding.facts.items()}
        row |= {"verdict": str(finding.severity), "message": plain(finding.advice.what), "facts": facts}
        row |= {"fingerprint": finding.fingerprint, "waived": finding.waiver is not None}
        row |= {"act_on": [str(ref) for ref in finding.act_on], "root": ruling.root or finding.subject.id}
    elif ruling.not_judged is not None:
        row |= {"verdict": "not judged", "why": ruling.not_judged}
    return row


def _hearing(one: Hearing) -> str:
    return f"{plain(one.said)}: {'applied' if one.honoured else 'not applied'} ({one.because})"


def _posted(answer: Why) -> Iterator[str]:
    known = answer.published
    if answer.waiting_since_run is not None:
        yield f"its comment waits since run {answer.waiting_since_run}: a run posts a limited number of new comments"
    if known is None:
        yield "nothing"
        return
    state = "says that everything is resolved" if known.resolved else "is up to date with the last run"
    yield f"comment {known.comment_id} {state}" if known.comment_id else "no comment"
    yield from left_alone(known)
    if known.labels:
        yield f"labels set by the hub: {', '.join(sorted(known.labels))}"
    for label in sorted(known.refused_labels):
        yield f"someone removed the label {label}: it isn't set again for the same findings"
    if known.comment_refused:
        yield "someone deleted the comment: it isn't posted again for the same findings"
