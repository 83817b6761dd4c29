"""Join tickets and OKRs into the one picture that rules look at."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from hub.core.commands import commands_that_count, exempt_by_command, named_by_command
from hub.core.mapping.alignment import alongside, key_results_by_team, organization_key_results, reaching, supports
from hub.core.mapping.dependencies import dependencies
from hub.core.mapping.dependency_history import answers, begun_on, first_seen, proposed_since
from hub.core.mapping.key_result_mapping import Serving
from hub.core.mapping.priorities import priorities
from hub.core.mapping.scope import Scope, scope_of
from hub.core.mapping.ticket_index import Written
from hub.core.suggest import suggester
from hub.model.initiative import Gap, Initiative, Ref, Snapshot
from hub.model.link import Serves
from hub.model.memory import Memory
from hub.model.okr import Okrs, Team
from hub.model.portfolio import Portfolio


def build_portfolio(
    snapshot: Snapshot, okrs: Okrs, today: date, memory: Memory | None = None, workspace: str = ""
) -> Portfolio:
    """Tickets + OKRs → Portfolio; linear in the number of tickets, links and key results.

    With a `memory`, even an empty one, what it does not hold is seen for the first time today.
    """
    spoken = commands_that_count(snapshot, memory)
    initiatives = {i.ref: named_by_command(i, spoken) for pulled in snapshot.pulled for i in pulled.initiatives}
    gaps = tuple(gap for pulled in snapshot.pulled for gap in pulled.gaps)
    of_tickets = tuple(gap for gap in gaps if not gap.of_query)
    unread = frozenset(gap.connector for gap in gaps if gap.key is None)
    team_of = _teams(initiatives.values(), okrs.teams)
    scope = scope_of(initiatives, okrs.cycle, team_of, okrs.teams, exempt_by_command(spoken, initiatives, okrs))
    serving = Serving(initiatives, okrs, team_of)
    serves = {ref: found for ref in initiatives if (found := serving.of(ref))}
    if okrs.unread:
        # A key result that was not read may be linked to any ticket of its tracker.
        unsure = {ref: okrs.unread for ref in initiatives if ref.connector in unread and ref not in serves}
        serving.uncertain = unsure | serving.uncertain
    if okrs.doubted:
        # A query that was never answered may find any ticket of its tracker, also one that serves something else.
        unsure = {ref: okrs.doubted[ref.connector] for ref in initiatives if ref.connector in okrs.doubted}
        serving.uncertain = unsure | serving.uncertain
    serves |= _by_parts(scope, serves, serving)
    _doubt_tops(scope, initiatives, of_tickets, serving)
    written = Written(initiatives, unread)
    waits = tuple(
        one
        for one in dependencies(initiatives, team_of, written)
        if one.waiting not in okrs.tickets and one.providing not in okrs.tickets
    )
    organization = organization_key_results(okrs, today)
    return Portfolio(
        today=today,
        workspace=workspace,
        okrs=okrs,
        initiatives=initiatives,
        team_of=team_of,
        exempt=scope.exempt,
        active=scope.tops,
        active_set=scope.at_work - scope.exempt.keys(),
        at_work=scope.at_work,
        below=scope.below,
        top_of=scope.top_of,
        serves=serves,
        served_by=_by_key_result(links for ref, links in serves.items() if not initiatives[ref].context),
        broken_names=serving.broken,
        elsewhere=serving.elsewhere,
        uncertain=serving.uncertain,
        dependencies=waits,
        answers=answers(initiatives.values(), spoken),
        fingerprint_key=memory.key if memory is not None else b"",
        first_seen=first_seen(waits, initiatives, team_of, memory, today)
        | proposed_since(okrs, memory, today)
        | begun_on(okrs, memory, today),
        mentions=written.mentions(),
        key_results_of=key_results_by_team(okrs),
        alongside=alongside(okrs),
        organization=organization,
        reaching=reaching(okrs, organization),
        supports=supports(okrs),
        priorities=priorities(initiatives, scope.tops),
        gaps=gaps,
        unread=unread,
        partial=_is_partial(snapshot),
        absent=frozenset(_absent(snapshot, okrs)),
        unread_keys=_unread_tickets(of_tickets, initiatives.values()),
        spoken=spoken,
        candidates=suggester(okrs, team_of, initiatives, serving.named_by),
    )


def _unread_tickets(gaps: Sequence[Gap], initiatives: Iterable[Initiative]) -> frozenset[Ref]:
    """The tickets that gaps name, by their keys or by the ids that trackers give them."""
    named = {(gap.connector, gap.key) for gap in gaps if gap.key is not None}
    if not named:
        return frozenset()
    found = {one.ref for one in initiatives if (one.ref.connector, one.id) in named}
    return frozenset(found | {Ref(connector, key) for connector, key in named})


def _absent(snapshot: Snapshot, okrs: Okrs) -> Iterator[Ref]:
    """Tickets and OKRs that the last full read did not show."""
    for pulled in snapshot.pulled:
        if uncertain := pulled.absent | pulled.unseen:
            yield from (one.ref for one in pulled.initiatives if one.id in uncertain)
            rows = (ref for ref, row in okrs.rows.items() if row.id in pulled.absent)
            yield from (ref for ref in rows if ref.connector == pulled.connector)


def _is_partial(snapshot: Snapshot) -> bool:
    """Whether a source failed, or was left out of which nothing is remembered."""
    return any(
        gap.key is None and not (gap.left_out and pulled.initiatives)
        for pulled in snapshot.pulled
        for gap in pulled.gaps
    )


def _teams(initiatives: Iterable[Initiative], teams: Mapping[str, Team]) -> dict[Ref, str]:
    """The team that owns the first of a ticket's containers that anybody owns."""
    owner = {place.casefold(): team.id for team in teams.values() for place in team.owns}
    of_places: dict[tuple[str, tuple[str, ...]], str | None] = {}
    found = {}
    for initiative in initiatives:
        places = (initiative.ref.connector, initiative.containers)
        if places not in of_places:
            named = (owner.get(f"{places[0]}:{container}".casefold()) for container in initiative.containers)
            of_places[places] = next(filter(None, named), None)
        if (team := of_places[places]) is not None:
            found[initiative.ref] = team
    return found


def _doubt_tops(scope: Scope, initiatives: Mapping[Ref, Initiative], gaps: Sequence[Gap], serving: Serving) -> None:
    """Initiatives to whose tree a ticket of their project may belong that was not read.

    Above a base-level one, which counts as an initiative only since nothing above it was read; or below one of whose
    work nothing was read, as the part that names its key result.
    """
    projects = {(gap.connector, re.split("[#-](?=[^#-]*$)", gap.key)[0]) for gap in gaps if gap.key is not None}
    if not projects:
        return
    for top in scope.tops:
        one = initiatives[top]
        of_gap = any((top.connector, place) in projects for place in one.containers)
        if of_gap and (one.level < 1 or top not in scope.below):
            serving.uncertain.setdefault(top, "a ticket of its project was not read, which may belong to it")


def _by_parts(
    scope: Scope, serves: Mapping[Ref, tuple[Serves, ...]], serving: Serving
) -> dict[Ref, tuple[Serves, ...]]:
    """Initiatives that name nothing themselves, all of whose active work does: they serve what that work serves.

    A part that tries to name a key result and misses is a fault of its own, and none of the initiative.
    """
    found: dict[Ref, tuple[Serves, ...]] = {}
    for top, parts in scope.below.items():
        if serves.get(top) or not parts:
            continue
        doubts = [serving.uncertain[ref] for ref in parts if ref in serving.uncertain and not serves.get(ref)]
        if doubts:
            serving.uncertain.setdefault(top, doubts[0])
            continue
        above = {serving.parent_of(ref) for ref in parts}
        lacking = [ref for ref in parts if not serves.get(ref) and ref not in above and ref not in serving.broken]
        named = {one.key_result: (ref, one) for ref in parts for one in serves.get(ref, ())}
        if named and not lacking:
            found[top] = tuple(
                Serves(top, id_, one.via, one.written, one.inherited_from or ref) for id_, (ref, one) in named.items()
            )
    return found


def _by_key_result(serves: Iterable[tuple[Serves, ...]]) -> dict[str, tuple[Serves, ...]]:
    found: dict[str, list[Serves]] = defaultdict(list)
    for links in serves:
        for one in links:
            found[one.key_result].append(one)
    return {key_result: tuple(links) for key_result, links in found.items()}
