"""Rows of lists: key results, tickets and findings as they may be shown, and whether they have a page here."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.core.audit.naming import key_result_ref, ticket_ref
from hub.core.audit.values import KeyResultRef, TicketRef
from hub.model.finding import Finding
from hub.model.initiative import Ref
from hub.report.days import format_day
from hub.web.snapshot import PortfolioSnapshot, WorkKind

KIND_WORDS = {
    WorkKind.ALIGNED: "aligned",
    WorkKind.UNALIGNED: "key result not linked upward yet",
    WorkKind.WITHOUT: "no key result linked",
    WorkKind.EXEMPT: "exempt",
    WorkKind.DONE: "finished",
    WorkKind.CANCELLED: "cancelled",
    WorkKind.LATER: "not in the cycle",
}
KIND_LEVELS = {WorkKind.ALIGNED: "good", WorkKind.UNALIGNED: "warn", WorkKind.WITHOUT: "bad"}


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in a list: its name, what it counts as, what it serves, and how many findings it has."""

    ticket: TicketRef
    kind: WorkKind | None
    serves: tuple[KeyResultRef, ...]
    findings: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in a list, with since when it is known."""

    finding: Finding
    since: str


def ticket_row(snapshot: PortfolioSnapshot, ref: Ref) -> TicketRow:
    """One row; several private key results are named once."""
    portfolio = snapshot.portfolio
    links = (*portfolio.serves.get(ref, ()), *portfolio.other_cycle_links.get(ref, ()))
    serves = tuple(dict.fromkeys(key_result_ref(portfolio, link.key_result) for link in links))
    return TicketRow(
        ticket_ref(portfolio, ref), snapshot.work.kind.get(ref), serves, len(snapshot.findings_on.get(ref, ()))
    )


def finding_rows(snapshot: PortfolioSnapshot, findings: Iterable[Finding]) -> tuple[FindingRow, ...]:
    """The rows, each with the day on which a run first found it."""
    return tuple(FindingRow(finding, _day(snapshot, finding.fingerprint)) for finding in findings)


def has_page(snapshot: PortfolioSnapshot, key_result: str) -> bool:
    """Whether the key result is of the running cycle and may be named to this audience."""
    declared = snapshot.portfolio.okrs.key_results.get(key_result)
    return declared is not None and not declared.private


def _day(snapshot: PortfolioSnapshot, fingerprint: str) -> str:
    first = snapshot.first_seen.get(fingerprint)
    return format_day(first)
