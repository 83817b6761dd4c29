"""What is on the alignment map: key results, links and work, first without a place, then as shapes with one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hub.core.insight.audit.audit import key_result_ref, ticket_ref
from hub.core.insight.audit.rows import KeyResultRef, TicketRef
from hub.core.mapping.scope import unlinked_work_by_team
from hub.model.initiative import Ref, StatusCategory
from hub.model.okr import Alignment, KeyResult
from hub.model.portfolio import Portfolio
from hub.model.progress import expected_progress, measured_progress


class Progress(NamedTuple):
    """How far a key result has come, and how far the cycle has: parts of the way, side by side and never mixed."""

    measured: float
    expected: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with words: `kind` is organization, key-result, missing or unlinked; `problem` says what is wrong.

    `key` may be the id of a private key result: it is for look-ups and never drawn.
    """

    key: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    key_result: KeyResultRef
    note: str = ""
    problem: str = ""
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One line of work; without a ticket it says how many more are folded away.

    `of` is the key of its box, and `named` whether that may be shown; `from_x` and `from_y` are where the line to
    the box starts.
    """

    of: str
    from_x: float
    from_y: float
    x: float
    y: float
    width: float
    ticket: TicketRef | None
    text: str
    active: bool
    named: bool = True


@dataclass(frozen=True, slots=True)
class MapEdge:
    """A link between two boxes, by their keys and its ends; `kind` is direct or indirect, `state` its state.

    The upper box may be on another sheet, or missing.
    """

    of: str
    to: str
    x1: float
    y1: float
    x2: float
    y2: float
    kind: str
    state: str
    share: float | None
    width: float
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The name over the key results of one holder: a team, or the teams of a shared OKR."""

    name: str
    y: float
    shared: bool
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapPage:
    """One sheet: lanes from top to bottom, and the links between them."""

    number: int
    width: float
    height: float
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    rows: tuple[WorkLine, ...]
    edges: tuple[MapEdge, ...]


MISSING = "missing"
"""The state of a link that should be there: a share without a key result behind it, or a target that doesn't exist."""
UNLINKED = "unlinked"
"""The kind of the box that holds work without a key result."""


class MapLink(NamedTuple):
    """A link upwards: target, display name, kind, state and share."""

    to: str
    name: str
    kind: str
    state: str
    share: float | None = None


class WorkItem(NamedTuple):
    """One line of work: a ticket, or how many more are folded away."""

    ticket: TicketRef | None
    text: str
    active: bool


@dataclass(frozen=True, slots=True)
class MapNode:
    """A key result of a team, a share without one, or work without one; `problem` says what is wrong.

    `key` is the key result's id; `TEAM/ID` for an unbacked share of it, `TEAM/` for work.
    """

    key: str
    kind: str
    key_result: KeyResultRef
    note: str = ""
    problem: str = ""
    work: tuple[WorkItem, ...] = ()
    links: tuple[MapLink, ...] = ()
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class TeamLane:
    """What one team, or the teams of a shared OKR, hold."""

    name: str
    teams: tuple[str, ...]
    entries: tuple[MapNode, ...]


def organization_ids(portfolio: Portfolio) -> list[str]:
    """The organization key results of the running cycle, by id."""
    return sorted(id_ for id_ in portfolio.okrs.key_results if portfolio.objective_of(id_).of_organization)


def team_lanes(portfolio: Portfolio, max_items: int) -> list[TeamLane]:
    """Shared OKRs first, then each team: its key results, shares without one, and work without one."""
    by_teams: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for id_ in sorted(portfolio.okrs.key_results):
        if teams := portfolio.teams_of(id_):
            by_teams[tuple(sorted(teams))].append(id_)
    unlinked, upper = unlinked_work_by_team(portfolio), organization_ids(portfolio)
    known = {*portfolio.okrs.teams, *(teams[0] for teams in by_teams if len(teams) == 1)}
    order = [*(teams for teams in sorted(by_teams) if len(teams) > 1), *((team,) for team in sorted(known))]
    lanes = []
    for teams in order:
        entries = [_key_result_node(portfolio, portfolio.key_result(id_), max_items) for id_ in by_teams.get(teams, ())]
        if len(teams) == 1:
            entries += _unbacked(portfolio, teams[0], upper)
            entries += _unlinked_node(portfolio, teams[0], unlinked.get(teams[0], ()), max_items)
        lanes.append(TeamLane(_name(portfolio, teams), teams, tuple(entries)))
    return [group for group in lanes if group.entries]


def _name(portfolio: Portfolio, teams: Sequence[str]) -> str:
    known = portfolio.okrs.teams
    return " + ".join(known[team].name if team in known else team for team in teams)


def _key_result_node(portfolio: Portfolio, key_result: KeyResult, max_items: int) -> MapNode:
    refs = sorted({link.initiative for link in portfolio.served_by.get(key_result.id, ())})
    work = _work(portfolio, refs, max_items)
    problem = "" if portfolio.aligned(key_result.id) else "not linked upward yet"
    note = "standalone, with a reason" if portfolio.objective_of(key_result.id).standalone else ""
    if not work and portfolio.initiatives and not key_result.is_met and not key_result.private:
        note = "no work"
    links = tuple(
        _map_link(portfolio, key_result, link)
        for link in sorted(key_result.aligns_to, key=lambda alignment: alignment.key_result)
    )
    return MapNode(
        key_result.id,
        "key-result",
        key_result_ref(portfolio, key_result.id),
        note,
        problem,
        work,
        links,
        progress_of(portfolio, key_result),
    )


def progress_of(portfolio: Portfolio, key_result: KeyResult) -> Progress | None:
    """Its progress; of a private one nothing."""
    measured = None if key_result.private else measured_progress(key_result)
    return None if measured is None else Progress(measured, expected_progress(portfolio.cycle, portfolio.today))


def _map_link(portfolio: Portfolio, key_result: KeyResult, link: Alignment) -> MapLink:
    to = link.key_result
    return MapLink(
        to, key_result_ref(portfolio, to).id, link.kind.value, link.state.value, _share(portfolio, key_result, to)
    )


def _share(portfolio: Portfolio, key_result: KeyResult, parent: str) -> float | None:
    """What its teams hold of the organization's, split among their key results that are linked to it."""
    upper = portfolio.okrs.key_results.get(parent)
    teams = portfolio.teams_of(key_result.id)
    shares = [c.share for c in upper.contributions if c.team in teams and c.share] if upper else []
    if not shares:
        return None
    team_key_results = [id_ for team in teams for id_ in portfolio.key_results_of.get(team, ())]
    siblings = {
        id_ for id_ in team_key_results if any(a.key_result == parent for a in portfolio.key_result(id_).aligns_to)
    }
    return sum(shares) / max(len(siblings), 1)


def _unbacked(portfolio: Portfolio, team: str, upper: Sequence[str]) -> Iterator[MapNode]:
    """A share without a key result of the team behind it gets a box of its own, so that it is visible."""
    team_key_results = portfolio.key_results_of.get(team, ())
    linked = {a.key_result for id_ in team_key_results for a in portfolio.key_result(id_).aligns_to}
    for id_ in upper:
        for contribution in portfolio.key_result(id_).contributions:
            if contribution.team == team and contribution.share is not None and id_ not in linked:
                link = MapLink(
                    id_, key_result_ref(portfolio, id_).id, contribution.kind.value, MISSING, contribution.share
                )
                problem = f"{contribution.share:g} % without a key result for it"
                yield MapNode(f"{team}/{id_}", MISSING, key_result_ref(portfolio, id_), problem=problem, links=(link,))


def _unlinked_node(portfolio: Portfolio, team: str, without: Sequence[Ref], max_items: int) -> Iterator[MapNode]:
    if without:
        problem = f"{len(without)} active ticket{'s' if len(without) > 1 else ''} without a key result"
        yield MapNode(
            f"{team}/", UNLINKED, KeyResultRef(""), problem=problem, work=_work(portfolio, without, max_items)
        )


def _work(portfolio: Portfolio, refs: Sequence[Ref], max_items: int) -> tuple[WorkItem, ...]:
    """Active work first, then finished; the rest as a number."""
    relevant = [ref for ref in refs if portfolio.is_active(ref) or _is_done(portfolio, ref)]
    ordered = sorted(
        (ref for ref in relevant if ref not in portfolio.exempt), key=lambda r: (_is_done(portfolio, r), r)
    )
    lines: list[WorkItem] = []
    for ref in ordered[:max_items]:
        each_ticket_ref = ticket_ref(portfolio, ref)
        lines.append(WorkItem(each_ticket_ref, f"{ref.key} {each_ticket_ref.title}".strip(), portfolio.is_active(ref)))
    if len(ordered) > max_items:
        lines.append(WorkItem(None, f"+{len(ordered) - max_items} more", False))
    return tuple(lines)


def _is_done(portfolio: Portfolio, ref: Ref) -> bool:
    return portfolio.initiatives[ref].status is StatusCategory.DONE
