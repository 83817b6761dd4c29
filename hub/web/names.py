"""How pages name things: key results and tickets with what may be said of them, and whether they have a page here."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.core.audit.naming import shown, ticket
from hub.core.audit.values import Shown, Ticket
from hub.model.finding import Finding
from hub.model.initiative import Ref
from hub.report.days import day_of
from hub.web.snapshot import Kind, PortfolioSnapshot

KIND_WORDS = {
    Kind.ALIGNED: "aligned",
    Kind.UNALIGNED: "key result not linked upward yet",
    Kind.WITHOUT: "no key result linked",
    Kind.EXEMPT: "exempt",
    Kind.DONE: "finished",
    Kind.CANCELLED: "cancelled",
    Kind.LATER: "not in the cycle",
}
KIND_TONES = {Kind.ALIGNED: "good", Kind.UNALIGNED: "warn", Kind.WITHOUT: "bad"}


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in a list: its name, what it counts as, what it serves, and how many findings it has."""

    ticket: Ticket
    kind: Kind | None
    serves: tuple[Shown, ...]
    findings: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in a list, with since when it is known."""

    finding: Finding
    since: str


def ticket_row(window: PortfolioSnapshot, ref: Ref) -> TicketRow:
    """One row; several private key results are named once."""
    portfolio = window.portfolio
    links = (*portfolio.serves.get(ref, ()), *portfolio.elsewhere.get(ref, ()))
    serves = tuple(dict.fromkeys(shown(portfolio, link.key_result) for link in links))
    return TicketRow(ticket(portfolio, ref), window.work.kind.get(ref), serves, len(window.findings_on.get(ref, ())))


def finding_rows(window: PortfolioSnapshot, found: Iterable[Finding]) -> tuple[FindingRow, ...]:
    """Each with the day on which a run first found it."""
    return tuple(FindingRow(one, _day(window, one.fingerprint)) for one in found)


def has_page(window: PortfolioSnapshot, key_result: str) -> bool:
    """Whether the key result is of the running cycle and may be named to this audience."""
    found = window.portfolio.okrs.key_results.get(key_result)
    return found is not None and not found.private


def _day(window: PortfolioSnapshot, fingerprint: str) -> str:
    first = window.first_seen.get(fingerprint)
    return day_of(first)
