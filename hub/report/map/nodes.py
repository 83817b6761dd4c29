"""What stands beside an organization key result: key results of teams, shares without one, and work without one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hub.core.insight.audit.audit import key_result_ref, ticket_ref
from hub.core.insight.audit.rows import KeyResultRef, TicketRef
from hub.model.initiative import Ref, StatusCategory
from hub.model.okr import Alignment, Contribution, KeyResult
from hub.model.portfolio import Portfolio
from hub.model.progress import expected_progress, is_milestone, measured_progress
from hub.report.map.shapes import Box, MapPage, Progress, WorkLine
from rules.shared.shares import summed_contributions

__all__ = ["MISSING", "UNLINKED", "Box", "MapPage", "WorkLine"]

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

    `key` is the key result's id; `TEAM/ID` for an unbacked share of it, `TEAM/` for work. `active` are its active
    tickets. One that leads to several organization key results is a `repeat` beside all but the first, without work.
    """

    key: str
    kind: str
    key_result: KeyResultRef
    note: str = ""
    problem: str = ""
    work: tuple[WorkItem, ...] = ()
    links: tuple[MapLink, ...] = ()
    progress: Progress | None = None
    active: frozenset[Ref] = frozenset()


def count_text(count: int, word: str) -> str:
    """The number with its word."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def key_result_node(portfolio: Portfolio, key_result: KeyResult, max_items: int) -> MapNode:
    """A key result of one or several teams, with its links and its work."""
    refs = sorted({link.initiative for link in portfolio.served_by.get(key_result.id, ())})
    work = _work(portfolio, refs, max_items)
    standalone = portfolio.objective_of(key_result.id).standalone is not None
    note = "standalone, with a reason" if standalone else ""
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
        "" if portfolio.aligned(key_result.id) else "not linked upward yet",
        work,
        links,
        progress_of(portfolio, key_result),
        frozenset(ref for ref in refs if portfolio.is_active(ref)),
    )


def progress_of(portfolio: Portfolio, key_result: KeyResult) -> Progress | None:
    """Its progress in its own cycle; nothing of a private one, nor of a milestone that isn't done."""
    measured = None if key_result.private else measured_progress(key_result)
    if measured is None or (is_milestone(key_result) and measured < 1):
        return None
    return Progress(measured, expected_progress(portfolio.okrs.cycles[key_result.cycle], portfolio.today))


def _map_link(portfolio: Portfolio, key_result: KeyResult, link: Alignment) -> MapLink:
    to = link.key_result
    state = MISSING if portfolio.linked(to) is None else link.state.value
    name = key_result_ref(portfolio, to)
    return MapLink(to, name.title or name.id, link.kind.value, state, _share(portfolio, key_result, to))


def _share(portfolio: Portfolio, key_result: KeyResult, parent: str) -> float | None:
    """What its teams hold of the organization's, split among their key results that are linked to it."""
    upper = portfolio.okrs.key_results.get(parent)
    teams = portfolio.teams_of(key_result.id)
    shares = [c.share for c in upper.contributions if c.team in teams and c.share] if upper else []
    if not shares or (upper and upper.private):
        return None
    team_key_results = [id_ for team in teams for id_ in portfolio.key_results_of.get(team, ())]
    siblings = {
        id_ for id_ in team_key_results if any(a.key_result == parent for a in portfolio.key_result(id_).aligns_to)
    }
    return sum(shares) / max(len(siblings), 1)


def unbacked_node(portfolio: Portfolio, upper: str, part: Contribution) -> MapNode | None:
    """A share without a key result of the team behind it gets a box of its own, so that it is visible."""
    team_key_results = portfolio.key_results_of.get(part.team, ())
    linked = {a.key_result for id_ in team_key_results for a in portfolio.key_result(id_).aligns_to}
    counts = part in summed_contributions(portfolio.key_result(upper).contributions)
    if part.share is None or upper in linked or not counts:
        return None
    ref = key_result_ref(portfolio, upper)
    link = MapLink(upper, ref.title or ref.id, part.kind.value, MISSING, part.share)
    problem = f"no key result for its {part.share:g} %"
    return MapNode(f"{part.team}/{upper}", MISSING, ref, problem=problem, links=(link,))


def unlinked_node(portfolio: Portfolio, team: str, without: Sequence[Ref], max_items: int) -> Iterator[MapNode]:
    """Active work of the team that serves no key result."""
    if without:
        problem = f"{count_text(len(without), 'active ticket')} without a key result"
        work = _work(portfolio, without, max_items)
        yield MapNode(f"{team}/", UNLINKED, KeyResultRef(""), problem=problem, work=work, active=frozenset(without))


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
        lines.append(WorkItem(None, f"+{len(ordered) - max_items:,} more", False))
    return tuple(lines)


def _is_done(portfolio: Portfolio, ref: Ref) -> bool:
    return portfolio.initiatives[ref].status is StatusCategory.DONE
