"""The lanes of the alignment map: every organization key result, and beside each the teams' part in it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.core.insight.audit.audit import key_result_ref, team_ref
from hub.core.insight.audit.rows import KeyResultRef
from hub.core.mapping.scope import unlinked_work_by_team
from hub.model.okr import Alignment, KeyResult, LinkKind, LinkState
from hub.model.portfolio import Portfolio
from hub.report.map.nodes import (
    MISSING,
    UNLINKED,
    MapNode,
    count_text,
    key_result_node,
    progress_of,
    unbacked_node,
    unlinked_node,
)
from hub.report.map.shapes import Progress
from rules.shared.shares import TOLERANCE, summed_contributions, total_share

UNLINKED_LANE = "~rest"
"""The key of the last lane, of everything that is not linked to an organization key result."""


@dataclass(frozen=True, slots=True)
class TeamGroup:
    """The part of one team, or of the teams of a shared OKR, in one organization key result; `key` is for addresses."""

    key: str
    name: str
    teams: tuple[str, ...]
    entries: tuple[MapNode, ...]
    owner: bool = False
    contribution: str = ""
    share: float | None = None

    @property
    def active(self) -> int:
        """How many active tickets serve its key results, each counted once."""
        return len(frozenset().union(*(entry.active for entry in self.entries)))

    @property
    def key_results(self) -> int:
        """How many key results of its own it has here."""
        return sum(entry.kind in ("key-result", "repeat") for entry in self.entries)


@dataclass(frozen=True, slots=True)
class MapLane:
    """An organization key result with everything that is linked to it; the last one, without an `id`, has the rest.

    `id` may be that of a private key result and is never shown; `key` is what stands in addresses. Of a private one
    neither owners nor contributions are known.
    """

    key: str
    id: str
    key_result: KeyResultRef
    objective: str
    cycle: str
    owners: tuple[str, ...]
    contributions: tuple[tuple[str, float | None], ...]
    problem: str
    progress: Progress | None
    groups: tuple[TeamGroup, ...]

    @property
    def active(self) -> int:
        """How many active tickets serve what is linked to it, each counted once."""
        every = (entry.active for group in self.groups for entry in group.entries)
        return len(frozenset().union(*every))


def organization_key_results(portfolio: Portfolio) -> dict[str, KeyResult]:
    """By id: the organization's of the running cycle, of every cycle that contains today, and what is linked to."""
    okrs = portfolio.okrs
    running = [k for k in okrs.key_results.values() if okrs.objectives[k.objective].of_organization]
    linked = (portfolio.linked(link.key_result) for k in okrs.key_results.values() for link in k.aligns_to)
    known = (portfolio.linked(k.id) for k in portfolio.organization)
    every = (k for k in (*running, *known, *linked) if k and portfolio.objective_of(k.id).of_organization)
    by_id = {key_result.id: key_result for key_result in every}

    def order(key_result: KeyResult) -> tuple[bool, str, str, int, str]:
        objective = portfolio.objective_of(key_result.id)
        own = objective.key_results
        place = own.index(key_result.id) if key_result.id in own else len(own)
        return key_result.cycle != portfolio.cycle.id, key_result.cycle, objective.id, place, key_result.id

    return {key_result.id: key_result for key_result in sorted(by_id.values(), key=order)}


def map_lanes(portfolio: Portfolio, max_items: int) -> tuple[MapLane, ...]:
    """Every organization key result once, with the teams' key results beside it; then what is linked to none."""
    upper = organization_key_results(portfolio)
    nodes: dict[str, dict[tuple[str, ...], list[MapNode]]] = defaultdict(lambda: defaultdict(list))
    for id_ in sorted(portfolio.okrs.key_results):
        teams = tuple(sorted(portfolio.teams_of(id_)))
        if not teams:
            continue
        node = key_result_node(portfolio, portfolio.key_result(id_), max_items)
        first, *others = _lanes_of(portfolio, node, upper) or [""]
        nodes[first][teams].append(_with_way(portfolio, node, upper))
        for other in others:
            note = f"its work is listed at {_short(portfolio, first)}"
            nodes[other][teams].append(replace(node, kind="repeat", work=(), note=note))
    for team, refs in unlinked_work_by_team(portfolio).items():
        nodes[""][team,] += unlinked_node(portfolio, team, refs, max_items)
    hidden = iter(range(1, len(upper) + 1))
    lanes = [_lane(portfolio, key_result, nodes[id_], hidden) for id_, key_result in upper.items()]
    unlinked_lane = _unlinked_lane(portfolio, nodes[""])
    return (*lanes, unlinked_lane) if unlinked_lane.groups else tuple(lanes)


def _with_way(portfolio: Portfolio, node: MapNode, upper: Mapping[str, KeyResult]) -> MapNode:
    """With a note on the key results that it is linked to instead of an organization key result."""
    others = [link.name for link in node.links if link.state != MISSING and link.to not in upper]
    if not others or any(link.to in upper for link in node.links):
        return node
    note = f"linked to {', '.join(f'“{name}”' for name in others)}"
    return replace(node, note=", ".join(filter(None, (note, node.note))))


def _short(portfolio: Portfolio, key_result: str) -> str:
    ref = key_result_ref(portfolio, key_result)
    return f"“{ref.title}”" if ref.title else ref.id


def _lanes_of(portfolio: Portfolio, node: MapNode, upper: Mapping[str, KeyResult]) -> list[str]:
    """The organization key results that it is linked to, agreed and direct links first; else those it leads to."""
    direct = [link for link in node.links if link.to in upper]
    direct.sort(key=lambda link: (link.state != LinkState.ACCEPTED, link.kind != "direct", -(link.share or 0), link.to))
    return list(dict.fromkeys(link.to for link in direct)) or _reached(portfolio, node.key, upper)[:1]


def _reached(portfolio: Portfolio, start: str, upper: Mapping[str, KeyResult]) -> list[str]:
    """What the chain of links over other teams' key results ends at, the nearest first."""
    seen, queue = {start}, [start]
    for id_ in queue:
        key_result = portfolio.linked(id_)
        links = sorted(key_result.aligns_to, key=_link_order) if key_result else []
        targets = [link.key_result for link in links]
        queue += [target for target in dict.fromkeys(targets) if target not in seen]
        seen.update(targets)
    return [id_ for id_ in queue if id_ in upper]


def _link_order(link: Alignment) -> tuple[bool, bool, str]:
    """Agreed and direct links first."""
    return link.state is not LinkState.ACCEPTED, link.kind is not LinkKind.DIRECT, link.key_result


def _lane(
    portfolio: Portfolio,
    key_result: KeyResult,
    nodes: Mapping[tuple[str, ...], Sequence[MapNode]],
    hidden: Iterator[int],
) -> MapLane:
    ref = key_result_ref(portfolio, key_result.id)
    key = f"~{next(hidden)}" if ref.private else key_result.id
    if ref.private:
        groups = tuple(_group(portfolio, key, teams, entries) for teams, entries in nodes.items())
        return MapLane(key, key_result.id, ref, "", key_result.cycle, (), (), "", None, _ordered(groups))
    shares = sorted(key_result.contributions, key=lambda c: (c.share is None, -(c.share or 0), c.team))
    return MapLane(
        key,
        key_result.id,
        ref,
        portfolio.objective_of(key_result.id).title,
        key_result.cycle,
        tuple(team_ref(portfolio, team).name for team in key_result.owners if team in portfolio.okrs.teams),
        tuple((team_ref(portfolio, part.team).name, part.share) for part in shares),
        _organization_problem(portfolio, key_result),
        progress_of(portfolio, key_result),
        _ordered(_groups_with_roles(portfolio, key, key_result, nodes)),
    )


def _organization_problem(portfolio: Portfolio, key_result: KeyResult) -> str:
    faults = [] if any(team in portfolio.okrs.teams for team in key_result.owners) else ["no owner"]
    shares = summed_contributions(key_result.contributions)
    if shares and abs(total_share(shares) - 100) > TOLERANCE:
        faults.append(f"shares add up to {total_share(shares):g} %")
    return ", ".join(faults)


def _groups_with_roles(
    portfolio: Portfolio, key: str, key_result: KeyResult, nodes: Mapping[tuple[str, ...], Sequence[MapNode]]
) -> Iterator[TeamGroup]:
    """Every team that owns it, contributes to it or has a key result linked to it; a share is told once."""
    entries = {teams: list(group) for teams, group in nodes.items()}
    for part in key_result.contributions:
        if unbacked := unbacked_node(portfolio, key_result.id, part):
            entries.setdefault((part.team,), []).append(unbacked)
    covered = {team for teams in entries for team in teams}
    owners = [team for team in key_result.owners if team in portfolio.okrs.teams]
    named = [*owners, *(part.team for part in key_result.contributions)]
    for team in named:
        if team not in covered:
            entries.setdefault((team,), [])
    for teams, group in entries.items():
        parts = [
            c for c in key_result.contributions if c.team in teams and (len(teams) == 1 or (c.team,) not in entries)
        ]
        shares = [part.share for part in parts if part.share is not None]
        made = _group(portfolio, key, teams, group)
        owner = not set(owners).isdisjoint(teams)
        kind = min((part.kind.value for part in parts), default="")
        yield replace(made, owner=owner, contribution=kind, share=sum(shares) if shares else None)


def _group(portfolio: Portfolio, lane: str, teams: tuple[str, ...], entries: Iterable[MapNode]) -> TeamGroup:
    name = " + ".join(team_ref(portfolio, team).name for team in teams)
    return TeamGroup(f"{lane}/{'+'.join(teams)}", name, teams, tuple(entries))


def _ordered(groups: Iterable[TeamGroup]) -> tuple[TeamGroup, ...]:
    """Owners first, then the largest share."""
    return tuple(sorted(groups, key=lambda g: (not g.owner, -(g.share or 0), not g.entries, g.name, g.teams)))


def _unlinked_lane(portfolio: Portfolio, nodes: Mapping[tuple[str, ...], Sequence[MapNode]]) -> MapLane:
    """What is not linked to an organization key result yet."""
    groups = (_group(portfolio, UNLINKED_LANE, teams, entries) for teams, entries in nodes.items() if entries)
    ordered = tuple(sorted(groups, key=lambda group: (group.name, group.teams)))
    name = KeyResultRef("", "Not linked to an organization key result")
    entries = [entry for group in ordered for entry in group.entries]
    key_results = sum(entry.kind != UNLINKED and bool(entry.problem) for entry in entries)
    tickets = len(frozenset().union(*(entry.active for entry in entries if entry.kind == UNLINKED)))
    faults = [count_text(key_results, "key result")] if key_results else []
    faults += [f"{count_text(tickets, 'active ticket')} without a key result"] if tickets else []
    return MapLane(UNLINKED_LANE, "", name, "", portfolio.cycle.id, (), (), ", ".join(faults), None, ordered)
