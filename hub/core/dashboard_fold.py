"""The folded part of the dashboard: topics, what was not evaluated or not written, and what is exempt or waived."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hub.core.audit.naming import open_exempt
from hub.core.planning.names import Names, day, line
from hub.core.planning.points import point_of
from hub.core.privacy import redact_text
from hub.core.to_do import by_key
from hub.model.action import Receipt, Status
from hub.model.finding import Finding, NotJudged, SubjectKind
from hub.model.initiative import Gap, Ref
from hub.model.message import Line, Link
from hub.model.portfolio import Portfolio

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
        text = f"{pluralize(count, 'point')} about the OKRs themselves"
        yield line(f"{text}: ", Link("Findings", page)) if page else line(text)


def not_evaluated(portfolio: Portfolio, not_judged: Sequence[NotJudged], gaps: Sequence[Gap]) -> Iterator[Line]:
    """What could not be evaluated and what could not be read, by reason."""
    by_reason: dict[str, set[tuple[SubjectKind, str]]] = defaultdict(set)
    for judged in not_judged:
        by_reason[redact_text(judged.reason, portfolio)].add((judged.subject.kind, judged.subject.id))
    reasons = [f"{_kinds(subjects)} ({shortened(reason)})" for reason, subjects in sorted(by_reason.items())]
    yield from _capped("Not evaluated, data is incomplete: ", reasons)
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
    parts = [f"{pluralize(exempt, 'ticket')} {'are' if exempt > 1 else 'is'} exempt"] if exempt else []
    ends = min((finding.waiver.until for finding in waived if finding.waiver), default=None)
    if waived:
        until = f"until {day(ends)}" if ends and len(waived) == 1 else f"(the first until {day(ends)})" if ends else ""
        parts.append(
            f"{pluralize(len(waived), 'finding')} {'are' if len(waived) > 1 else 'is'} waived {until}".rstrip()
        )
    if parts:
        yield line(", ".join(parts))


def count_exempt(portfolio: Portfolio) -> int:
    """How many open tickets are exempt."""
    return sum(1 for _ in open_exempt(portfolio))


def shortened(text: str) -> str:
    """Words of others, no longer than a line or two."""
    return text if len(text) <= MAX_TEXT_LENGTH else f"{text[:MAX_TEXT_LENGTH]}…"


def pluralize(number: int, noun: str) -> str:
    """`1 ticket`, `2 tickets`, `2 dependencies`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _kinds(subjects: Iterable[tuple[SubjectKind, str]]) -> str:
    counts = Counter(SUBJECTS.get(kind, kind.value) for kind, _ in subjects)
    return ", ".join(pluralize(count, kind) for kind, count in sorted(counts.items()))


def _capped(lead: str, parts: Sequence[str]) -> Iterator[Line]:
    overflow = [f"{len(parts) - MAX_REASONS} more"] if len(parts) > MAX_REASONS else []
    if parts:
        yield line(lead, ", ".join([*parts[:MAX_REASONS], *overflow]))
