"""The folded part of the dashboard: topics, what was not evaluated or not written, and what is exempt or waived."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hub.core.audit.naming import open_exempt
from hub.core.planning.names import Names, day, line
from hub.core.planning.points import point_of
from hub.core.privacy import veil_text
from hub.core.to_do import by_key
from hub.model.action import Receipt, Status
from hub.model.finding import Finding, NotJudged, SubjectKind
from hub.model.initiative import Gap, Ref
from hub.model.message import Line, Link
from hub.model.portfolio import Portfolio

REASONS_AT_MOST = 5
LONGEST = 160
UNDONE = (Status.DEFERRED, Status.FAILED, Status.REFUSED, Status.BARRED)
SUBJECTS = {SubjectKind.INITIATIVE: "ticket", SubjectKind.KEY_RESULT: "key result"}


def topics_of(portfolio: Portfolio, on: Mapping[Ref, Sequence[Finding]]) -> list[tuple[str, int]]:
    """What comments call the points, each with the number of its tickets, the most frequent first."""
    counts: Counter[str] = Counter()
    for ref, findings in on.items():
        names = Names(portfolio, ref)
        counts.update({point_of(one, names).topic for one in findings})
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def on_no_ticket(found: Sequence[Finding], page: str) -> Iterator[Line]:
    """How many points stand on no ticket; a page lists them."""
    if count := sum(not one.act_on for one in found):
        said = f"{counted(count, 'point')} about the OKRs themselves"
        yield line(f"{said}: ", Link("Findings", page)) if page else line(said)


def not_evaluated(portfolio: Portfolio, not_judged: Sequence[NotJudged], gaps: Sequence[Gap]) -> Iterator[Line]:
    """What could not be evaluated and what could not be read, by reason."""
    by_reason: dict[str, set[tuple[SubjectKind, str]]] = defaultdict(set)
    for one in not_judged:
        by_reason[veil_text(one.reason, portfolio)].add((one.subject.kind, one.subject.id))
    reasons = [f"{_kinds(subjects)} ({shortened(reason)})" for reason, subjects in sorted(by_reason.items())]
    yield from _capped("Not evaluated, data is incomplete: ", reasons)
    unread = sorted({(one.connector, one.key or "", one.reason) for one in gaps})
    named = [f"{key or connector} ({shortened(veil_text(why, portfolio))})" for connector, key, why in unread]
    yield from _capped("Not read: ", named)


def not_written(
    portfolio: Portfolio, receipts: Iterable[Receipt], held: Iterable[tuple[Ref, str]]
) -> list[tuple[Ref, str]]:
    """Tickets on which a write did not happen, each with the first reason."""
    found: dict[Ref, str] = {}
    for receipt in receipts:
        if receipt.status in UNDONE:
            found.setdefault(receipt.action.target.ref, receipt.detail.split(";")[0] or receipt.status.value)
    for ref, why in held:
        found.setdefault(ref, why)
    return [(ref, veil_text(found[ref], portfolio)) for ref in sorted(found, key=by_key)]


def undone_line(undone: Sequence[tuple[Ref, str]]) -> Iterator[Line]:
    """The tickets in one line."""
    yield from _capped("Not written: ", [f"{ref.key} ({shortened(why)})" for ref, why in undone])


def left_out(portfolio: Portfolio, waived: Sequence[Finding]) -> Iterator[Line]:
    """How many tickets are exempt and how many findings waived; of several the day on which the first ends."""
    exempt = count_exempt(portfolio)
    parts = [f"{counted(exempt, 'ticket')} {'are' if exempt > 1 else 'is'} exempt"] if exempt else []
    ends = min((one.waiver.until for one in waived if one.waiver), default=None)
    if waived:
        until = f"until {day(ends)}" if ends and len(waived) == 1 else f"(the first until {day(ends)})" if ends else ""
        parts.append(f"{counted(len(waived), 'finding')} {'are' if len(waived) > 1 else 'is'} waived {until}".rstrip())
    if parts:
        yield line(", ".join(parts))


def count_exempt(portfolio: Portfolio) -> int:
    """How many open tickets are exempt."""
    return sum(1 for _ in open_exempt(portfolio))


def shortened(text: str) -> str:
    """Words of others, no longer than a line or two."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def counted(number: int, what: str) -> str:
    """`1 ticket`, `2 tickets`, `2 dependencies`."""
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"


def _kinds(subjects: Iterable[tuple[SubjectKind, str]]) -> str:
    counts = Counter(SUBJECTS.get(kind, kind.value) for kind, _ in subjects)
    return ", ".join(counted(count, kind) for kind, count in sorted(counts.items()))


def _capped(lead: str, parts: Sequence[str]) -> Iterator[Line]:
    more = [f"{len(parts) - REASONS_AT_MOST} more"] if len(parts) > REASONS_AT_MOST else []
    if parts:
        yield line(lead, ", ".join([*parts[:REASONS_AT_MOST], *more]))
