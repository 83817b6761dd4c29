"""Sections of the dashboard: decisions for those who steer, topics, and what was not evaluated or written."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.core.checking.redaction import redact_text
from hub.core.display_names import Names, join_spans, line, period, plural
from hub.core.insight.alignment_ratio import open_exempt
from hub.core.insight.to_do import MAX_NAMED, by_key, deadline_text, unanswered
from hub.core.planning.points import point_of
from hub.model.action import Receipt, Status
from hub.model.finding import Finding, NotJudged, Severity, SubjectKind
from hub.model.initiative import Gap, Ref
from hub.model.message import Line, Link, Span, Text, day
from hub.model.portfolio import Portfolio
from hub.model.progress import working_days_between
from rules.shared.verdicts import texts

MAX_REASONS = 5
MAX_TEXT_LENGTH = 160
NOT_DONE = (Status.DEFERRED, Status.FAILED, Status.REFUSED, Status.UNWRITABLE)
SUBJECTS = {SubjectKind.INITIATIVE: "ticket", SubjectKind.KEY_RESULT: "key result"}


def topics_of(portfolio: Portfolio, by_ticket: Mapping[Ref, Sequence[Finding]]) -> list[tuple[str, int]]:
    """What comments call the points, each with the number of its tickets, the most frequent first."""
    counts: Counter[str] = Counter()
    for ref, findings in by_ticket.items():
        names = Names(portfolio, ref)
        counts.update({point_of(finding, names).topic for finding in findings})
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def on_no_ticket(findings: Sequence[Finding], page: str) -> Iterator[Line]:
    """How many points stand on no ticket; a page lists them."""
    if count := sum(not finding.act_on for finding in findings):
        text = f"{plural(count, 'point')} about the OKRs themselves"
        yield line(f"{text}: ", Link("Findings", page)) if page else line(text)


def not_evaluated(portfolio: Portfolio, not_judged: Sequence[NotJudged], gaps: Sequence[Gap]) -> Iterator[Line]:
    """What could not be evaluated and what could not be read, by reason."""
    by_reason: dict[str, set[tuple[SubjectKind, str]]] = defaultdict(set)
    for judged in not_judged:
        by_reason[redact_text(judged.reason, portfolio)].add((judged.subject.kind, judged.subject.id))
    reasons = [f"{_kinds(subjects)} ({shortened(reason)})" for reason, subjects in sorted(by_reason.items())]
    yield from _capped("Not evaluated: ", reasons)
    gap_rows = sorted({(gap.connector, gap.key or "", gap.reason) for gap in gaps})
    named = [
        f"{key or connector} ({shortened(redact_text(gap_reason, portfolio))})"
        for connector, key, gap_reason in gap_rows
    ]
    yield from _capped("Not read: ", named)


def missing_writes(
    portfolio: Portfolio, receipts: Iterable[Receipt], skipped: Iterable[tuple[Ref, str]]
) -> list[tuple[Ref, str]]:
    """Tickets on which a write did not happen, each with the first reason."""
    reason_by_ticket: dict[Ref, str] = {}
    for receipt in receipts:
        if receipt.status in NOT_DONE:
            reason_by_ticket.setdefault(receipt.action.target.ref, receipt.detail.split(";")[0] or receipt.status.value)
    for ref, reason in skipped:
        reason_by_ticket.setdefault(ref, reason)
    return [(ref, redact_text(reason_by_ticket[ref], portfolio)) for ref in sorted(reason_by_ticket, key=by_key)]


def missing_writes_line(unwritten: Sequence[tuple[Ref, str]]) -> Iterator[Line]:
    """The tickets in one line."""
    yield from _capped("Not written: ", [f"{ref.key} ({shortened(reason)})" for ref, reason in unwritten])


def exclusions(portfolio: Portfolio, waived: Sequence[Finding]) -> Iterator[Line]:
    """How many tickets are exempt and how many findings waived; of several the day on which the first ends."""
    exempt = count_exempt(portfolio)
    parts = [f"{plural(exempt, 'ticket')} {'are' if exempt > 1 else 'is'} exempt"] if exempt else []
    ends = min((finding.waiver.until for finding in waived if finding.waiver), default=None)
    if waived:
        until = f"until {day(ends)}" if ends and len(waived) == 1 else f"(the first until {day(ends)})" if ends else ""
        parts.append(f"{plural(len(waived), 'finding')} {'are' if len(waived) > 1 else 'is'} waived {until}".rstrip())
    if parts:
        yield line(", ".join(parts))


def count_exempt(portfolio: Portfolio) -> int:
    """How many open tickets are exempt."""
    return sum(1 for _ in open_exempt(portfolio))


def shortened(text: str) -> str:
    """Words of others, no longer than a line or two."""
    return text if len(text) <= MAX_TEXT_LENGTH else f"{text[:MAX_TEXT_LENGTH]}…"


def _kinds(subjects: Iterable[tuple[SubjectKind, str]]) -> str:
    counts = Counter(SUBJECTS.get(kind, kind.value) for kind, _ in subjects)
    return ", ".join(plural(count, kind) for kind, count in sorted(counts.items()))


def _capped(lead: str, parts: Sequence[str]) -> Iterator[Line]:
    overflow = [f"{len(parts) - MAX_REASONS} more"] if len(parts) > MAX_REASONS else []
    if parts:
        yield line(lead, ", ".join([*parts[:MAX_REASONS], *overflow]))


LEADERSHIP = "Leadership"
WITHOUT_WORK = "key-result-without-work"


@dataclass(frozen=True, slots=True)
class Decision:
    """A question, the teams that answer it, and the day since when it is open."""

    question: Line
    responsible: str
    since: date


def decisions(findings: Iterable[Finding], names: Names, after_days: int) -> list[Decision]:
    """Each once: owners first, then key results without work, then answers, then teams without a link.

    `after_days` are the working days after which a key result should have work.
    """
    open_ = [finding for finding in findings if finding.severity >= Severity.WARNING]
    builders: tuple[Callable[[Finding], Iterator[Decision]], ...] = (
        lambda finding: _owner(finding, names),
        lambda finding: _work(finding, names, after_days),
        lambda finding: _answer(finding, names),
        lambda finding: _upward(finding, names),
    )
    all_decisions = [decision for builder in builders for finding in open_ for decision in builder(finding)]
    return list(dict.fromkeys(all_decisions))


def _owner(finding: Finding, names: Names) -> Iterator[Decision]:
    if finding.rule == "unowned-key-result":
        id_ = str(finding.facts["key_result"])
        key_result = names.portfolio.okrs.key_results.get(id_)
        teams = (
            [contribution.team for contribution in key_result.contributions]
            if key_result and not key_result.private
            else []
        )
        responsible = ", ".join([LEADERSHIP, *dict.fromkeys(names.team(team) for team in teams)])
        yield Decision(
            line("Who owns ", names.key_result(id_), "?"), responsible, names.portfolio.key_result_since(id_)
        )


def _work(finding: Finding, names: Names, after_days: int) -> Iterator[Decision]:
    if finding.rule == WITHOUT_WORK:
        id_, portfolio = str(finding.facts["key_result"]), names.portfolio
        dropped = f", or is it dropped this {period(portfolio.cycle)}?"
        since = max(_working_day(portfolio.cycle.start, after_days), portfolio.key_result_since(id_))
        responsible = _teams(texts(finding.facts["teams"]), names)
        yield Decision(line("Who starts on ", names.key_result(id_), dropped), responsible, min(since, portfolio.today))


def _answer(finding: Finding, names: Names) -> Iterator[Decision]:
    links = unanswered(finding, names.portfolio)
    if links:
        facts: Mapping[str, object] = finding.facts
        waiting, providing = (names.team(str(facts[side])) for side in ("waiting_team", "providing_team"))
        refs = tuple(dict.fromkeys(link.providing for link in links))
        keys: list[Span] = [names.ticket(ref, title=False) for ref in refs[:MAX_NAMED]]
        keys += [Text(f"{len(refs) - MAX_NAMED} more")] if len(refs) > MAX_NAMED else []
        deadline = deadline_text(links, names.portfolio)
        question = line(f"Can {providing} deliver ", *join_spans(keys), f" for {waiting} {deadline}?")
        since = facts["since"]
        yield Decision(question, providing, since if isinstance(since, date) else names.portfolio.today)


def _upward(finding: Finding, names: Names) -> Iterator[Decision]:
    if finding.rule == "team-without-vertical-link" and not finding.facts["reached"]:
        team = names.team(str(finding.facts["team"]))
        question = f"Which organization key result does {team} support?"
        if not finding.facts["key_results"]:
            question = f"Which key results does {team} have this {period(names.portfolio.cycle)}?"
        yield Decision(line(question), team, names.portfolio.cycle.start)


def _teams(ids: Iterable[str], names: Names) -> str:
    return ", ".join(names.team(id_) for id_ in ids)


def _working_day(start: date, count: int) -> date:
    """The day that is so many working days later."""
    at = start
    while working_days_between(start, at) < count:
        at += timedelta(days=1)
    return at
