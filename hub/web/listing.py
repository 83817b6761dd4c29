"""Lists on pages: filters of findings, parts of long lists, and how rows name things."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hub.core.insight.audit.audit import key_result_ref, ticket_ref
from hub.core.insight.audit.rows import KeyResultRef, TicketRef
from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.initiative import Ref
from hub.model.message import plain
from hub.model.urls import with_query
from hub.report.text import format_day
from hub.web.page import PageParams
from hub.web.snapshot import PortfolioSnapshot, WorkKind

SEVERITIES = ("error", "warning", "info")
MAX_SEARCH_LENGTH = 100


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """The filter, without unknown values; `severity` is the lowest severity that passes."""

    team: str = ""
    rule: str = ""
    severity: str = ""
    kind: str = ""
    text: str = ""

    @property
    def has_finding_terms(self) -> bool:
        """Whether it filters by anything but the team."""
        return bool(self.rule or self.severity or self.kind or self.text)

    def to_query(self) -> dict[str, str]:
        """As query parameters."""
        pairs = (("team", self.team), ("rule", self.rule), ("severity", self.severity), ("kind", self.kind))
        return {name: value for name, value in (*pairs, ("text", self.text)) if value}


def parse_filter(snapshot: PortfolioSnapshot, params: PageParams) -> FindingFilter:
    """From the query; an unknown team or rule matches nothing rather than everything."""
    query = params.query
    return FindingFilter(
        team=query.get("team", "")[:MAX_SEARCH_LENGTH],
        rule=query.get("rule", "")[:MAX_SEARCH_LENGTH],
        severity=text if (text := query.get("severity", "")) in SEVERITIES else "",
        kind=kind if (kind := query.get("kind", "")) in {*SubjectKind} else "",
        text=query.get("text", "").strip()[:MAX_SEARCH_LENGTH],
    )


def options(snapshot: PortfolioSnapshot) -> dict[str, list[tuple[str, str]]]:
    """The options of the filter form as labels and values: rules with their number of findings, teams by name."""
    counts = Counter(finding.rule for finding in snapshot.judgement.findings)
    return {
        "teams": sorted((team.name, id_) for id_, team in snapshot.portfolio.okrs.teams.items()),
        "rules": [(f"{name} ({count})", name) for name, count in sorted(counts.items())],
        "severities": [(f"{text} and worse" if text != "error" else text, text) for text in SEVERITIES],
        "kinds": [(kind.value.replace("_", " "), kind.value) for kind in SubjectKind],
    }


def apply(snapshot: PortfolioSnapshot, finding_filter: FindingFilter) -> list[Finding]:
    """The findings that pass, in report order."""
    min_severity = Severity[finding_filter.severity.upper()] if finding_filter.severity else Severity.INFO
    word = finding_filter.text.casefold()
    return [
        finding
        for finding in (
            snapshot.findings_of_team.get(finding_filter.team, ())
            if finding_filter.team
            else snapshot.judgement.findings
        )
        if finding.severity >= min_severity
        and (not finding_filter.rule or finding.rule == finding_filter.rule)
        and (not finding_filter.kind or finding.subject.kind == finding_filter.kind)
        and (not word or word in _search_text(finding))
    ]


def _search_text(finding: Finding) -> str:
    tickets = " ".join(map(str, finding.tickets))
    return f"{finding.rule} {finding.subject.id} {tickets} {plain(finding.advice.what)}".casefold()


Row = TypeVar("Row")
Item = TypeVar("Item")
PAGE_SIZE = 50
MAX_PAGES = 1_000_000


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
    rows: Sequence[Row], params: PageParams, path: str, filters: Mapping[str, str], size: int = PAGE_SIZE
) -> ListPage[Row]:
    """The requested page, or the last one; `filters` holds the other query parameters by name."""
    pages = max(1, -(-len(rows) // size))
    page = min(params.read_number("page", 1, maximum=MAX_PAGES), pages)

    def at(number: int) -> str:
        return with_query(path, **filters, page="" if number == 1 else str(number))

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
