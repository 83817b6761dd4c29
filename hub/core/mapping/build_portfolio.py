"""Joins tickets and OKRs into the one portfolio that rules look at, with the priority of each ticket."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from hub.core.mapping.comment_commands import (
    effective_commands,
    exempt_by_command,
    lapsed_put_offs,
    with_commanded_key_results,
    without_lapsed,
)
from hub.core.mapping.key_result_mapping import KeyResultMapper
from hub.core.mapping.links import (
    TicketIndex,
    answers,
    dependencies,
    existing_since,
    first_seen,
    promised_days,
    proposed_since,
)
from hub.core.mapping.okr_tables import OkrTables, with_past_check_ins
from hub.core.mapping.scope import Project, Scope, scope_of
from hub.core.mapping.suggest import suggester
from hub.model.initiative import Gap, Initiative, Ref, Snapshot
from hub.model.link import KeyResultLink
from hub.model.okr import Okrs, Team
from hub.model.portfolio import DependencyHistory, Portfolio

SCALE = 4


def priorities(initiatives: Mapping[Ref, Initiative], active: Sequence[Ref]) -> dict[Ref, int]:
    """Ticket → priority 1 (first) to 4.

    Where a connector says that the order of its list is a priority (`rank`), the list of each container is split in
    four; lists too short to split tell none.
    """
    by_ticket = {ref: int(band) for ref, i in initiatives.items() if (band := i.priority) is not None}
    ranked: dict[tuple[str, str], list[tuple[str, Ref]]] = defaultdict(list)
    for ref in active:
        initiative = initiatives[ref]
        if (rank := initiative.rank) is not None and (containers := initiative.containers):
            ranked[ref.connector, containers[-1]].append((rank, ref))
    for listed in ranked.values():
        size = len(listed)
        if size < SCALE:
            continue
        listed.sort()
        for position, (_, ref) in enumerate(listed):
            if ref not in by_ticket:
                by_ticket[ref] = 1 + position * SCALE // size
    return by_ticket


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a part of the tickets has to know of all of them.

    `index` finds any ticket by what people write; `projects` are those that hold tickets above the base level.
    """

    okr_tables: OkrTables
    index: TicketIndex
    projects: AbstractSet[Project]


@dataclass(frozen=True, slots=True)
class MappedTickets:
    """The portfolio, with what whoever updates it needs of how it came about."""

    portfolio: Portfolio
    okr_tables: OkrTables
    named: Mapping[Ref, tuple[str, ...]]
    """The key results that each ticket names itself; none for those that name none."""


def build_portfolio(
    snapshot: Snapshot, okrs: Okrs, today: date, history: DependencyHistory | None = None, workspace: str = ""
) -> Portfolio:
    """Tickets + OKRs → Portfolio; linear in the number of tickets, links and key results.

    With a `history`, even an empty one, what it does not hold is seen for the first time today.
    """
    return map_tickets(snapshot, okrs, today, history, workspace).portfolio


def map_tickets(
    snapshot: Snapshot,
    okrs: Okrs,
    today: date,
    history: DependencyHistory | None = None,
    workspace: str = "",
    *,
    surroundings: Surroundings | None = None,
) -> MappedTickets:
    """The same; with `surroundings` the tickets are whole trees and their neighbours, out of many more."""
    okrs = with_past_check_ins(okrs, today)
    every_command = effective_commands(snapshot, history)
    commands = without_lapsed(every_command, okrs.cycle, today)
    put_off = lapsed_put_offs(every_command, okrs, today)
    initiatives = with_commanded_key_results(snapshot, commands)
    gaps = tuple(gap for pulled in snapshot.pulled for gap in pulled.gaps if not (gap.of_measure or gap.of_line))
    of_tickets = tuple(gap for gap in gaps if not gap.of_query)
    incomplete_sources = frozenset(gap.connector for gap in gaps if gap.key is None)
    team_of = _teams(initiatives.values(), okrs.teams)
    commanded = exempt_by_command(commands, initiatives, okrs)
    projects = None if surroundings is None else surroundings.projects
    scope = scope_of(initiatives, okrs.cycle, team_of, okrs.teams, commanded, projects=projects)
    tables = OkrTables.of(okrs, today) if surroundings is None else surroundings.okr_tables
    mapper = KeyResultMapper(initiatives, okrs, tables, team_of)
    serves, named = mapper.serves(), mapper.named()
    if okrs.incomplete_reason:
        # A key result that was not read may be linked to any ticket of its tracker.
        undetermined = {
            ref: okrs.incomplete_reason
            for ref in initiatives
            if ref.connector in incomplete_sources and ref not in serves
        }
        mapper.undetermined = undetermined | mapper.undetermined
    if okrs.undetermined_connectors:
        # A query that was never answered may find any ticket of its tracker, also one that serves something else.
        undetermined = {
            ref: okrs.undetermined_connectors[ref.connector]
            for ref in initiatives
            if ref.connector in okrs.undetermined_connectors
        }
        mapper.undetermined = undetermined | mapper.undetermined
    serves |= _by_parts(scope, serves, mapper)
    _mark_undetermined_tops(scope, initiatives, of_tickets, mapper)
    ticket_index = surroundings.index if surroundings else TicketIndex(initiatives, incomplete_sources)
    stated = dependencies(initiatives, team_of, ticket_index)
    waits = tuple(x for x in stated if not {x.waiting, x.providing} & okrs.okr_id_by_ticket.keys())
    portfolio = Portfolio(
        today=today,
        workspace=workspace,
        okrs=okrs,
        initiatives=initiatives,
        team_of=team_of,
        exempt=scope.exempt,
        active=scope.tops,
        active_tops=frozenset(scope.tops),
        active_set=scope.at_work - scope.exempt.keys(),
        at_work=scope.at_work,
        partly_read={ref: ticket for ref, ticket in initiatives.items() if ticket.missing_fields},
        descendants=scope.descendants,
        top_of=scope.top_of,
        serves=serves,
        served_by=_by_key_result(
            serves[ref] for ref, i in initiatives.items() if ref in serves and not i.reference_only
        ),
        unresolved_names=mapper.unresolved_names,
        other_cycle_links=mapper.other_cycle_links,
        undetermined=mapper.undetermined,
        dependencies=waits,
        answers=answers(initiatives.values(), commands),
        fingerprint_key=history.key if history is not None else b"",
        first_seen=first_seen(waits, initiatives, team_of, history, today, put_off=put_off)
        | promised_days(waits, initiatives, commands, history)
        | proposed_since(okrs, history, today)
        | existing_since(okrs, history, today),
        mentions=ticket_index.mentions(initiatives),
        key_results_of=tables.by_team,
        overlapping_key_results=tables.overlapping,
        organization=tables.organization,
        reaching=tables.reaching,
        supports=tables.supports,
        priorities=priorities(initiatives, scope.tops),
        gaps=gaps,
        incomplete_sources=incomplete_sources,
        partial=_is_partial(snapshot),
        absent=frozenset(_absent(snapshot, okrs)),
        incomplete_tickets=_incomplete_tickets(of_tickets, initiatives.values()),
        effective_commands=commands,
        candidates=suggester(okrs, team_of, initiatives, named),
    )
    return MappedTickets(portfolio, tables, named)


def _incomplete_tickets(gaps: Sequence[Gap], initiatives: Iterable[Initiative]) -> frozenset[Ref]:
    """The tickets that gaps name, by their keys or by the ids that trackers give them."""
    named = {(gap.connector, gap.key) for gap in gaps if gap.key is not None}
    if not named:
        return frozenset()
    tickets = {ticket.ref for ticket in initiatives if (ticket.ref.connector, ticket.id) in named}
    return frozenset(tickets | {Ref(connector, key) for connector, key in named})


def _absent(snapshot: Snapshot, okrs: Okrs) -> Iterator[Ref]:
    """Tickets and OKRs that the last full read did not show."""
    for pulled in snapshot.pulled:
        if uncertain := pulled.absent | pulled.unreadable:
            yield from (ticket.ref for ticket in pulled.initiatives if ticket.id in uncertain)
            rows = (ref for ref, row in okrs.okr_tickets.items() if row.id in pulled.absent)
            yield from (ref for ref in rows if ref.connector == pulled.connector)


def _is_partial(snapshot: Snapshot) -> bool:
    """Whether a source failed, or was left out of which nothing is remembered."""
    return any(
        gap.key is None and not (gap.is_not_selected and pulled.initiatives)
        for pulled in snapshot.pulled
        for gap in pulled.gaps
    )


def _teams(initiatives: Iterable[Initiative], teams: Mapping[str, Team]) -> dict[Ref, str]:
    """The team that owns the first of a ticket's containers that anybody owns."""
    owner = {owned.casefold(): team.id for team in teams.values() for owned in team.owns}
    team_of_containers: dict[tuple[str, tuple[str, ...]], str | None] = {}
    team_by_ticket = {}
    for initiative in initiatives:
        container_key = (initiative.ref.connector, initiative.containers)
        if container_key not in team_of_containers:
            named = (owner.get(f"{container_key[0]}:{container}".casefold()) for container in initiative.containers)
            team_of_containers[container_key] = next(filter(None, named), None)
        if (team := team_of_containers[container_key]) is not None:
            team_by_ticket[initiative.ref] = team
    return team_by_ticket


def _mark_undetermined_tops(
    scope: Scope, initiatives: Mapping[Ref, Initiative], gaps: Sequence[Gap], mapper: KeyResultMapper
) -> None:
    """Initiatives to whose tree a ticket of their project may belong that was not read.

    Above a base-level one, which counts as an initiative only since nothing above it was read; or below one of whose
    work nothing was read, as the part that names its key result.
    """
    projects = {(gap.connector, re.split("[#-](?=[^#-]*$)", gap.key)[0]) for gap in gaps if gap.key is not None}
    if not projects:
        return
    for top in scope.tops:
        ticket = initiatives[top]
        of_gap = any((top.connector, container) in projects for container in ticket.containers)
        if of_gap and (ticket.level < 1 or top not in scope.descendants):
            mapper.undetermined.setdefault(top, "a ticket of its project was not read, which may belong to it")


def _by_parts(
    scope: Scope, serves: Mapping[Ref, tuple[KeyResultLink, ...]], mapper: KeyResultMapper
) -> dict[Ref, tuple[KeyResultLink, ...]]:
    """Initiatives that name nothing themselves, all of whose active work does: they serve what that work serves.

    A part that tries to name a key result and misses is a fault of its own, and none of the initiative.
    """
    links_by_top: dict[Ref, tuple[KeyResultLink, ...]] = {}
    for top, parts in scope.descendants.items():
        if serves.get(top) or not parts:
            continue
        reasons = [mapper.undetermined[ref] for ref in parts if ref in mapper.undetermined and not serves.get(ref)]
        if reasons:
            mapper.undetermined.setdefault(top, reasons[0])
            continue
        parents = {mapper.parent_of(ref) for ref in parts}
        unlinked = [
            ref for ref in parts if not serves.get(ref) and ref not in parents and ref not in mapper.unresolved_names
        ]
        named = {
            key_result_link.key_result: (ref, key_result_link)
            for ref in parts
            for key_result_link in serves.get(ref, ())
        }
        if named and not unlinked:
            links_by_top[top] = tuple(
                KeyResultLink(
                    top, id_, key_result_link.source, key_result_link.raw, key_result_link.inherited_from or ref
                )
                for id_, (ref, key_result_link) in named.items()
            )
    return links_by_top


def _by_key_result(serves: Iterable[tuple[KeyResultLink, ...]]) -> dict[str, tuple[KeyResultLink, ...]]:
    by_key_result: dict[str, list[KeyResultLink]] = defaultdict(list)
    for links in serves:
        for link in links:
            by_key_result[link.key_result].append(link)
    return {key_result: tuple(links) for key_result, links in by_key_result.items()}
