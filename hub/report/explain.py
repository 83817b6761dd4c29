"""`hub why` and the replay of a rule, as lines and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.core.insight.explain import Explanation, ReplayResult, RuleVerdict, ServedKeyResult
from hub.core.mapping.comment_commands import CommandReceipt
from hub.core.planning.write_refusals import skip_reasons
from hub.model.message import plain
from hub.model.ticket_input import NotUnderstood
from hub.report.lines import StyledLine
from hub.report.run_json import as_json, document_of, finding_row
from hub.report.text import advice_lines, affected_text, day, format_time


@dataclass(frozen=True, slots=True)
class CommandDocument:
    """A comment command, whether it is applied, and why or why not."""

    text: str
    applied: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What the hub wrote on the ticket, and what people removed; `links` are the key results that it linked."""

    comment: str | None
    resolved: bool
    labels: Sequence[str]
    labels_removed_by_human: Sequence[str]
    comment_removed_by_human: bool
    outcome_unknown: bool
    skip_reasons: Sequence[str]
    links: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TicketDocument:
    """What `hub why` says; `rules` holds each rule's verdict."""

    ticket: str
    title: str
    url: str
    read: datetime | None
    team: str | None
    scope: str
    serves: tuple[ServedKeyResult, ...]
    not_understood: tuple[NotUnderstood, ...]
    commands: tuple[CommandDocument, ...]
    rules: tuple[Mapping[str, Any], ...]
    posted: Posted
    deferred_since_run: int | None


def explanation_lines(answer: Explanation, *, verbose: bool = False) -> Iterator[StyledLine]:
    """What it is, its key results, each rule's result, and what is posted on the ticket."""
    initiative = answer.initiative
    yield StyledLine(f"{initiative.ref}: {initiative.title}", "heading")
    yield StyledLine(f"  {initiative.url}", "dim")
    read_text = f"last read {format_time(answer.read)}" if answer.read else "not read yet"
    yield StyledLine(
        f"  {read_text}; {answer.scope}; team {answer.team or 'unknown: no team owns its project or repository'}"
    )
    yield StyledLine("Linked to", "heading")
    for served in answer.serves:
        leads = "aligned" if served.aligned else "not linked to an organization key result yet"
        title = f" ({served.title})" if served.title else ""
        yield StyledLine(
            f"  {served.key_result}{title} {served.description}: {leads}", "good" if served.aligned else "warning"
        )
    if not answer.serves:
        yield StyledLine("  no key result", "warning")
    yield from (
        StyledLine(f"  {not_understood_line}", "warning") for not_understood_line in not_understood_lines(answer)
    )
    if answer.verdicts:
        yield StyledLine("Rules", "heading")
    for ruling in answer.verdicts:
        yield from _verdict_lines(ruling, verbose=verbose)
    if not verbose and (
        passed := sum(
            rule_verdict.finding is None and rule_verdict.not_judged is None for rule_verdict in answer.verdicts
        )
    ):
        yield StyledLine(f"  {passed} rule{'' if passed == 1 else 's'} passed", "good")
    if answer.acknowledgements:
        yield StyledLine("Commands", "heading")
        yield from (
            StyledLine(f"  {_command_text(receipt)}", "plain" if receipt.applied else "warning")
            for receipt in answer.acknowledgements
        )
    yield StyledLine("Posted on the ticket", "heading")
    yield from (StyledLine(f"  {line}") for line in _posted(answer))


def ticket_document(answer: Explanation) -> TicketDocument:
    """The same for programs."""
    initiative, known = answer.initiative, answer.ledger_entry
    return TicketDocument(
        ticket=str(initiative.ref),
        title=initiative.title,
        url=initiative.url,
        read=answer.read,
        team=answer.team,
        scope=answer.scope,
        serves=answer.serves,
        not_understood=answer.not_understood,
        commands=tuple(
            CommandDocument(plain(receipt.text), receipt.applied, receipt.reason) for receipt in answer.acknowledgements
        ),
        rules=tuple(map(_verdict_row, answer.verdicts)),
        posted=Posted(
            comment=known.comment_id if known else None,
            resolved=bool(known and known.resolved),
            labels=sorted(known.labels) if known else [],
            labels_removed_by_human=sorted(known.labels_removed_by_human) if known else [],
            comment_removed_by_human=bool(known and known.comment_removed_by_human),
            outcome_unknown=bool(known and known.create_pending),
            skip_reasons=skip_reasons(known) if known else [],
            links=answer.links,
        ),
        deferred_since_run=answer.waiting_since_run,
    )


def explanation_document(answer: Explanation) -> dict[str, Any]:
    """The same as one JSON object."""
    document: dict[str, Any] = document_of(ticket_document(answer))
    return document


def not_understood_lines(answer: Explanation) -> Iterator[str]:
    """Values on the ticket that the hub reads and does not understand."""
    for not_understood in answer.not_understood:
        value = f" “{not_understood.raw}”" if not_understood.raw else ""
        cure = (
            f" (`{not_understood.setting}` of the connector {answer.initiative.ref.connector})"
            if not_understood.setting
            else ""
        )
        yield f"seen, not understood: {not_understood.field}{value}: {not_understood.reason}{cure}"


def _verdict_lines(ruling: RuleVerdict, *, verbose: bool) -> Iterator[StyledLine]:
    if ruling.finding is not None:
        finding = ruling.finding
        waived = f" (waived until {day(finding.waiver.until)} by {finding.waiver.owner})" if finding.waiver else ""
        yield StyledLine(
            f"  {ruling.rule}: {finding.severity}{waived}: {plain(finding.advice.what)}", str(finding.severity)
        )
        if ruling.root:
            ended = f" and can be resolved on {', '.join(map(str, finding.act_on))}" if finding.act_on else ""
            yield StyledLine(f"    this ticket is only affected: the finding is about {ruling.root}{ended}", "dim")
        yield from (StyledLine(f"    {line}", "dim") for line in advice_lines(finding.advice))
        facts = ", ".join(f"{name} = {_fact_text(as_json(fact))}" for name, fact in finding.facts.items())
        yield StyledLine(f"    facts: {facts}; fingerprint {finding.fingerprint}", "dim")
    elif ruling.not_judged is not None:
        yield StyledLine(f"  {ruling.rule}: not evaluated: {ruling.not_judged}", "warning")
    elif verbose:
        yield StyledLine(f"  {ruling.rule}: passed", "dim")


def _fact_text(fact: Any) -> str:
    """A fact as people write it, however deep it goes."""
    if isinstance(fact, list):
        return f"[{', '.join(map(_fact_text, fact))}]"
    if isinstance(fact, dict):
        return f"({', '.join(f'{name} {_fact_text(part)}' for name, part in fact.items())})"
    return {True: "yes", False: "no", None: "none"}[fact] if fact is None or isinstance(fact, bool) else str(fact)


def _verdict_row(ruling: RuleVerdict) -> dict[str, Any]:
    finding = ruling.finding
    row: dict[str, Any] = {"rule": ruling.rule, "verdict": "nothing"}
    if finding is not None:
        facts = {name: as_json(fact) for name, fact in finding.facts.items()}
        row |= {"verdict": str(finding.severity), "message": plain(finding.advice.what), "facts": facts}
        row |= {"fingerprint": finding.fingerprint, "waived": finding.waiver is not None}
        row |= {"act_on": [str(ref) for ref in finding.act_on], "root": ruling.root or finding.subject.id}
    elif ruling.not_judged is not None:
        row |= {"verdict": "not_evaluated", "reason": ruling.not_judged}
    return row


def _command_text(receipt: CommandReceipt) -> str:
    return f"{plain(receipt.text)}: {'applied' if receipt.applied else 'not applied'} ({receipt.reason})"


def _posted(answer: Explanation) -> Iterator[str]:
    known = answer.ledger_entry
    if answer.waiting_since_run is not None:
        yield f"its comment waits since run {answer.waiting_since_run}: a run posts a limited number of new comments"
    yield from (f"a link to {key_result}" for key_result in answer.links)
    if known is None:
        if not answer.links:
            yield "nothing"
        return
    state = "says that everything is resolved" if known.resolved else "is up to date with the last run"
    yield f"comment {known.comment_id} {state}" if known.comment_id else "no comment"
    yield from skip_reasons(known)
    if known.labels:
        yield f"labels set by the hub: {', '.join(sorted(known.labels))}"
    for label in sorted(known.labels_removed_by_human):
        yield f"someone removed the label {label}: it isn't set again for the same findings"
    if known.comment_removed_by_human:
        yield "someone deleted the comment: it isn't posted again for the same findings"


MAX_LISTED = 20


def replay_lines(rule: str, replayed: Sequence[ReplayResult]) -> Iterator[StyledLine]:
    """One line for each snapshot, then the new findings of the latest one."""
    yield StyledLine(f"{rule} with today's settings and OKR files, on the tickets of earlier runs", "heading")
    for replay_result in replayed:
        reported_text = (
            "not evaluated then" if replay_result.reported is None else f"{replay_result.reported} reported then"
        )
        change = f"{len(replay_result.new)} new, {len(replay_result.dropped)} gone"
        not_evaluated_text = f", {replay_result.not_judged} not evaluated" if replay_result.not_judged else ""
        findings = f"{len(replay_result.findings)} findings ({reported_text}: {change}){not_evaluated_text}"
        yield StyledLine(f"  {format_time(replay_result.pulled_at)}: {replay_result.tickets} tickets: {findings}")
    if not replayed:
        yield StyledLine("  there is no snapshot yet: run hub sync", "warning")
        return
    new_findings = replayed[0].new
    yield StyledLine(f"New on the latest snapshot: {len(new_findings)}", "heading")
    for finding in new_findings[:MAX_LISTED]:
        yield StyledLine(f"  {affected_text(finding)}: {plain(finding.advice.what)}", str(finding.severity))
    if len(new_findings) > MAX_LISTED:
        yield StyledLine(f"  and {len(new_findings) - MAX_LISTED} more", "dim")


def replay_document(rule: str, replayed: Sequence[ReplayResult]) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "rule": rule,
        "snapshots": [
            {
                "pulled_at": replay_result.pulled_at.isoformat(),
                "tickets": replay_result.tickets,
                "findings": [finding_row(finding) for finding in replay_result.findings],
                "not_judged": replay_result.not_judged,
                "reported": replay_result.reported,
                "new": [finding.fingerprint for finding in replay_result.new],
                "dropped": list(replay_result.dropped),
            }
            for replay_result in replayed
        ],
    }
