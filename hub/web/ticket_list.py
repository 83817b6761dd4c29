"""The list of tickets: which ones pass a filter, in which order, and its columns on pages and in CSV."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from hub.core.insight.search import SearchKind, search
from hub.model.initiative import Ref
from hub.model.text import search_text
from hub.report.text import safe_url
from hub.web.listing import (
    KIND_LEVELS,
    KIND_WORDS,
    MAX_SEARCH_LENGTH,
    TicketRow,
    has_page,
    linked_key_results,
    ticket_row,
)
from hub.web.page import PageParams
from hub.web.snapshot import ACTIVE, PortfolioSnapshot, WorkKind
from hub.web.tables import Column, TablePage, table_page

NO_TEAM = "-"
"""As a team in the filter: tickets in a project or repository that no team owns."""
STATES = {
    "active": "active in the cycle",
    "to do": "to do",
    "in progress": "in progress",
    "done": "done",
    "cancelled": "cancelled",
}
WORK = {
    "served": ("linked to a key result", (WorkKind.ALIGNED, WorkKind.UNALIGNED)),
    "aligned": ("linked to an aligned key result", (WorkKind.ALIGNED,)),
    "unaligned": ("linked, but not to an organization key result yet", (WorkKind.UNALIGNED,)),
    "unserved": ("no key result linked", (WorkKind.WITHOUT,)),
    "exempt": ("exempt", (WorkKind.EXEMPT,)),
    "other": ("finished or outside the cycle", (WorkKind.DONE, WorkKind.CANCELLED, WorkKind.LATER)),
}
SCOPES = {"ratio": "in the alignment ratio", "okr": "all but exempt tickets"}


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """All that is stated must be true of a ticket; an unknown team, key result or rule matches nothing."""

    text: str = ""
    team: str = ""
    key_result: str = ""
    state: str = ""
    work: str = ""
    scope: str = ""
    rule: str = ""

    def to_query(self) -> dict[str, str]:
        """As query parameters."""
        return {name: value for name, value in asdict(self).items() if value}


def parse_ticket_filter(params: PageParams) -> TicketFilter:
    """From the query."""
    query = {name: value.strip()[:MAX_SEARCH_LENGTH] for name, value in params.query.items()}

    def choice(name: str, known: Sequence[str]) -> str:
        return query[name] if query.get(name) in known else ""

    return TicketFilter(
        query.get("text", ""),
        query.get("team", ""),
        query.get("key_result", ""),
        choice("state", tuple(STATES)),
        choice("work", tuple(WORK)),
        choice("scope", tuple(SCOPES)),
        query.get("rule", ""),
    )


def matching_tickets(snapshot: PortfolioSnapshot, ticket_filter: TicketFilter) -> list[Ref]:
    """The tickets that pass: the best matches first where words are searched for, else active ones first, by key."""
    conditions = list(_conditions(snapshot, ticket_filter))
    return [ref for ref in _candidates(snapshot, ticket_filter) if all(holds(ref) for holds in conditions)]


def _candidates(snapshot: PortfolioSnapshot, ticket_filter: TicketFilter) -> Sequence[Ref]:
    """The shortest list that is at hand and holds all matches."""
    if ticket_filter.text:
        entries = search(snapshot.search_index, SearchKind.TICKET, ticket_filter.text)
        return [Ref.parse(entry.id) for entry in entries]
    order = snapshot.work.order
    if ticket_filter.key_result:
        refs = _linked(snapshot, ticket_filter.key_result)
    elif ticket_filter.team and ticket_filter.team != NO_TEAM:
        return snapshot.work.of_team.get(ticket_filter.team, ())
    else:
        refs = frozenset(order)
    return sorted(refs, key=order.__getitem__)


def _conditions(snapshot: PortfolioSnapshot, ticket_filter: TicketFilter) -> Iterator[Callable[[Ref], bool]]:
    portfolio, kinds = snapshot.portfolio, snapshot.work.kind
    if ticket_filter.team:
        team = "" if ticket_filter.team == NO_TEAM else ticket_filter.team
        yield lambda ref: portfolio.team_of.get(ref, "") == team
    if ticket_filter.key_result:
        yield _linked(snapshot, ticket_filter.key_result).__contains__
    if ticket_filter.state == "active":
        yield lambda ref: kinds.get(ref) in ACTIVE
    elif ticket_filter.state:
        yield lambda ref: portfolio.initiatives[ref].status.value == ticket_filter.state
    if ticket_filter.work:
        _, work_kinds = WORK[ticket_filter.work]
        yield lambda ref: kinds.get(ref) in work_kinds
    if ticket_filter.scope:
        yield (
            frozenset(portfolio.active).__contains__
            if ticket_filter.scope == "ratio"
            else (lambda ref: ref not in portfolio.exempt)
        )
    if ticket_filter.rule:
        yield lambda ref: any(finding.rule == ticket_filter.rule for finding in snapshot.findings_on.get(ref, ()))


def _linked(snapshot: PortfolioSnapshot, key_result: str) -> frozenset[Ref]:
    """Nothing for a key result that this audience may not know of."""
    if not has_page(snapshot, key_result):
        return frozenset()
    return frozenset(link.initiative for link in snapshot.portfolio.served_by.get(key_result, ()))


def ticket_table(
    snapshot: PortfolioSnapshot,
    ticket_filter: TicketFilter,
    params: PageParams,
    *,
    path: str,
    filters: Mapping[str, str],
    anchor: str = "",
) -> TablePage[TicketRow]:
    """The requested page of the tickets that pass; `filters` are those that the page itself has in its query."""
    return table_page(
        matching_tickets(snapshot, ticket_filter),
        ticket_columns(snapshot),
        params,
        path,
        filters,
        csv_path="/tickets.csv",
        csv_filters=ticket_filter.to_query(),
        anchor=anchor,
    ).map_rows(lambda ref: ticket_row(snapshot, ref))


def ticket_list_context(
    snapshot: PortfolioSnapshot, params: PageParams, path: str, within: TicketFilter
) -> dict[str, object]:
    """The tickets of a team or a key result on its own page: filtered by state and alignment, with counts."""
    chosen = parse_ticket_filter(params)
    selected = replace(within, state=chosen.state, work=chosen.work)
    works = [
        (f"{words} ({len(matching_tickets(snapshot, replace(selected, work=work))):,})", work)
        for work, (words, _) in WORK.items()
    ]
    filters = {"work": selected.work, "state": selected.state}
    return {
        "tickets": ticket_table(snapshot, selected, params, path=path, filters=filters, anchor="#tickets"),
        "by": selected,
        "works": works,
        "states": [(words, state) for state, words in STATES.items()],
        "words": KIND_WORDS,
        "levels": KIND_LEVELS,
    }


def ticket_columns(snapshot: PortfolioSnapshot) -> tuple[Column[Ref], ...]:
    """Title and key first; what people may not read is in neither the page nor the CSV."""
    portfolio, work, entries = snapshot.portfolio, snapshot.work, snapshot.ticket_entries

    def key_results(ref: Ref) -> str:
        return ", ".join(view.id for view in linked_key_results(snapshot, ref))

    def titles(ref: Ref) -> str:
        return search_text(" ".join(view.title or view.id for view in linked_key_results(snapshot, ref)))

    def team(ref: Ref) -> str | None:
        known = portfolio.team(ref)
        return known.name if known else None

    return (
        Column("title", "Title", lambda ref: entries[ref].title, order=lambda ref: entries[ref].plain_title or None),
        Column("key", "Key", lambda ref: ref.key, order=lambda ref: work.order[ref][1:]),
        Column("team", "Team", team),
        Column("state", "State", lambda ref: portfolio.initiatives[ref].status.value, order=_state_order(snapshot)),
        Column("alignment", "Alignment", lambda ref: _alignment(snapshot, ref)),
        Column("key_results", "Key results", key_results, order=lambda ref: titles(ref) or None),
        Column("findings", "Findings", lambda ref: len(snapshot.findings_on.get(ref, ())), is_number=True),
        Column("", "Source", lambda ref: ref.connector, only_csv=True),
        Column("", "URL", lambda ref: safe_url(portfolio.initiatives[ref].url) or None, only_csv=True),
    )


def _state_order(snapshot: PortfolioSnapshot) -> Callable[[Ref], int]:
    """As work goes on rather than by letter."""
    places = {state: place for place, state in enumerate(STATES)}
    return lambda ref: places[snapshot.portfolio.initiatives[ref].status.value]


def _alignment(snapshot: PortfolioSnapshot, ref: Ref) -> str:
    kind = snapshot.work.kind.get(ref)
    return KIND_WORDS[kind] if kind is not None else "not evaluated"
