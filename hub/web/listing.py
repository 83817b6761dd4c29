"""Lists on pages: filters of findings, parts of long lists, and how rows name things."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Generic, TypeVar

from hub.core.insight.audit.audit import key_result_ref, team_ref, ticket_ref
from hub.core.insight.audit.rows import KeyResultRef, TeamRef, TicketRef
from hub.core.insight.explain import affected_tickets, teams_of
from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.initiative import Ref
from hub.model.message import plain
from hub.model.text import search_text
from hub.model.urls import with_query
from hub.report.text import format_day
from hub.web.page import PageParams
from hub.web.snapshot import PortfolioSnapshot, WorkKind, key_results_of

SEVERITIES = {
    "error": "errors",
    "warning": "warnings and errors",
    "only-warning": "warnings only",
    "info": "infos and worse",
    "only-info": "infos only",
}
ONLY = "only-"
MAX_SEARCH_LENGTH = 200


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """The filter, without unknown values; `severity` is the lowest that passes, or after `only-` the one that does.

    `ticket` is a ticket that a finding concerns, `key_result` a key result that it concerns itself or by its tickets.
    """

    team: str = ""
    rule: str = ""
    severity: str = ""
    kind: str = ""
    text: str = ""
    ticket: str = ""
    key_result: str = ""
    waived: str = ""

    def to_query(self) -> dict[str, str]:
        """As query parameters."""
        return {name: value for name, value in asdict(self).items() if value}


def parse_filter(snapshot: PortfolioSnapshot, params: PageParams) -> FindingFilter:
    """From the query; an unknown team, rule, ticket or key result matches nothing rather than everything."""
    query = {name: value.strip()[:MAX_SEARCH_LENGTH] for name, value in params.query.items()}
    return FindingFilter(
        team=query.get("team", ""),
        rule=query.get("rule", ""),
        severity=text if (text := query.get("severity", "")) in SEVERITIES else "",
        kind=kind if (kind := query.get("kind", "")) in {*SubjectKind} else "",
        text=query.get("text", ""),
        ticket=query.get("ticket", ""),
        key_result=query.get("key_result", ""),
        waived="yes" if query.get("waived") == "yes" else "",
    )


def options(
    snapshot: PortfolioSnapshot, finding_filter: FindingFilter | None = None
) -> dict[str, list[tuple[str, str]]]:
    """The options of the filter form as labels and values: teams by name, and rules with their number of findings.

    That is the number of rows that choosing the rule leads to, with all else in the filter as it is.
    """
    others = replace(finding_filter, rule="") if finding_filter else FindingFilter()
    counts = Counter(finding.rule for finding in apply(snapshot, others))
    return {
        "teams": sorted((team.name, id_) for id_, team in snapshot.portfolio.okrs.teams.items()),
        "rules": [(f"{name} ({count:,})", name) for name, count in sorted(counts.items())],
        "severities": [(label, value) for value, label in SEVERITIES.items()],
        "kinds": [(kind.value.replace("_", " "), kind.value) for kind in SubjectKind],
    }


def apply(snapshot: PortfolioSnapshot, finding_filter: FindingFilter) -> list[Finding]:
    """The findings that pass, in report order."""
    findings, remaining = _candidates(snapshot, finding_filter)
    conditions = list(_conditions(snapshot, remaining))
    return [finding for finding in findings if all(holds(finding) for holds in conditions)]


def _candidates(snapshot: PortfolioSnapshot, finding_filter: FindingFilter) -> tuple[Sequence[Finding], FindingFilter]:
    """Findings among which all are that pass, and what is still to be asked of them: lists that are kept come first."""
    if finding_filter.waived:
        return snapshot.judgement.waived, finding_filter
    if finding_filter.team:
        return snapshot.findings_of_team.get(finding_filter.team, ()), replace(finding_filter, team="")
    if finding_filter.key_result and has_page(snapshot, finding_filter.key_result):
        return snapshot.findings_about.get(finding_filter.key_result, ()), replace(finding_filter, key_result="")
    return snapshot.judgement.findings, finding_filter


def _conditions(snapshot: PortfolioSnapshot, finding_filter: FindingFilter) -> Iterator[Callable[[Finding], bool]]:
    portfolio = snapshot.portfolio
    if finding_filter.rule:
        yield lambda finding: finding.rule == finding_filter.rule
    if finding_filter.severity:
        severity = Severity[finding_filter.severity.removeprefix(ONLY).upper()]
        is_exact = finding_filter.severity.startswith(ONLY)
        yield lambda finding: finding.severity == severity or (not is_exact and finding.severity > severity)
    if finding_filter.kind:
        yield lambda finding: finding.subject.kind == finding_filter.kind
    if finding_filter.team:
        yield lambda finding: finding_filter.team in teams_of(portfolio, finding)
    if finding_filter.ticket:
        yield lambda finding: finding_filter.ticket in map(str, affected_tickets(finding, portfolio))
    if finding_filter.key_result:
        is_known = has_page(snapshot, finding_filter.key_result)
        yield lambda finding: is_known and finding_filter.key_result in key_results_of(portfolio, finding)
    if finding_filter.text:
        words = search_text(finding_filter.text).split()
        yield lambda finding: all(map(_finding_text(snapshot, finding).__contains__, words))


def _finding_text(snapshot: PortfolioSnapshot, finding: Finding) -> str:
    """The words of a row: what people read there, and the keys and titles of its tickets."""
    entries = (snapshot.ticket_entries.get(ref) for ref in finding.tickets)
    tickets = " ".join(entry.head for entry in entries if entry is not None)
    subject = finding.subject
    title = key_result_ref(snapshot.portfolio, subject.id).title if subject.kind is SubjectKind.KEY_RESULT else ""
    return search_text(f"{finding.rule} {subject.id} {title} {tickets} {plain(finding.advice.what)}")


Row = TypeVar("Row")
Item = TypeVar("Item")
PAGE_SIZE = 50
MAX_PAGES = 1_000_000
MAX_TICKETS = 4


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """The rows of one page, its position in the whole list, and the links to its neighbours."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int
    before: str | None
    after: str | None

    def map_rows(self, make: Callable[[Row], Item]) -> "ListPage[Item]":
        """The same part, with something made of each of its rows."""
        return ListPage([make(row) for row in self.rows], self.page, self.pages, self.total, self.before, self.after)


def paginate(
    rows: Sequence[Row],
    params: PageParams,
    path: str,
    filters: Mapping[str, str],
    size: int = PAGE_SIZE,
    *,
    anchor: str = "",
) -> ListPage[Row]:
    """The requested page, or the last one; `filters` holds the other query parameters by name."""
    pages = max(1, -(-len(rows) // size))
    page = min(params.read_number("page", 1, maximum=MAX_PAGES), pages)

    def at(number: int) -> str:
        return with_query(path, **{**filters, "page": "" if number == 1 else str(number)}) + anchor

    return ListPage(
        rows=rows[(page - 1) * size : page * size],
        page=page,
        pages=pages,
        total=len(rows),
        before=at(page - 1) if page > 1 else None,
        after=at(page + 1) if page < pages else None,
    )


def read_choice(params: PageParams, name: str, known: Sequence[str]) -> str:
    """The value of a query parameter, if it is a known one; else the empty string."""
    value = params.query.get(name, "")
    return value if value in known else ""


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
    """A ticket in a list: its name, team, what it counts as, what it serves, and how many findings it has."""

    ticket: TicketRef
    key: str
    team: TeamRef | None
    kind: WorkKind | None
    serves: tuple[KeyResultRef, ...]
    findings: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in a list, with since when it is known and the first tickets that show or feel it."""

    finding: Finding
    since: str
    tickets: tuple[TicketRef, ...] = ()
    more_tickets: int = 0


def linked_key_results(snapshot: PortfolioSnapshot, ref: Ref) -> tuple[KeyResultRef, ...]:
    """The key results that a ticket is linked to, of this cycle and of others; private ones once and without name."""
    portfolio = snapshot.portfolio
    links = (*portfolio.serves.get(ref, ()), *portfolio.other_cycle_links.get(ref, ()))
    return tuple(dict.fromkeys(key_result_ref(portfolio, link.key_result) for link in links))


def ticket_row(snapshot: PortfolioSnapshot, ref: Ref) -> TicketRow:
    """One row."""
    portfolio = snapshot.portfolio
    team = portfolio.team(ref)
    return TicketRow(
        ticket=ticket_ref(portfolio, ref),
        key=ref.key,
        team=team_ref(portfolio, team.id) if team else None,
        kind=snapshot.work.kind.get(ref),
        serves=linked_key_results(snapshot, ref),
        findings=len(snapshot.findings_on.get(ref, ())),
    )


def finding_rows(snapshot: PortfolioSnapshot, findings: Iterable[Finding]) -> tuple[FindingRow, ...]:
    """The rows, each with the day on which a run first found it."""
    return tuple(_finding_row(snapshot, finding) for finding in findings)


def _finding_row(snapshot: PortfolioSnapshot, finding: Finding) -> FindingRow:
    portfolio, refs = snapshot.portfolio, finding.on_tickets or finding.tickets
    known = [ref for ref in refs if ref in portfolio.initiatives][:MAX_TICKETS]
    tickets = tuple(ticket_ref(portfolio, ref) for ref in known)
    return FindingRow(finding, _day(snapshot, finding.fingerprint), tickets, len(refs) - len(tickets))


def has_page(snapshot: PortfolioSnapshot, key_result: str) -> bool:
    """Whether the key result is of the running cycle and may be named to this audience."""
    declared = snapshot.portfolio.okrs.key_results.get(key_result)
    return declared is not None and not declared.private


def _day(snapshot: PortfolioSnapshot, fingerprint: str) -> str:
    first = snapshot.first_seen.get(fingerprint)
    return format_day(first)
