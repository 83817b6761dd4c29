"""What stands on the alignment map before it has a place: key results by holder, their links and their work."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hub.core.audit.naming import shown, ticket
from hub.core.audit.values import Shown, Ticket
from hub.core.loose import loose_by_team
from hub.model.initiative import Ref, StatusCategory
from hub.model.okr import Alignment, KeyResult
from hub.model.portfolio import Portfolio
from hub.model.progress import expected_progress, measured_progress
from hub.report.map.values import MISSING, Progress


class Leads(NamedTuple):
    """A link upwards: to which key result and what it may be called, how, how it stands, what share it carries."""

    to: str
    name: str
    kind: str
    state: str
    share: float | None = None


class Line(NamedTuple):
    """One line of work: a ticket, or how many more are folded away."""

    ticket: Ticket | None
    text: str
    active: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A key result of a team, a share without one, or work without one; `bad` says what is wrong.

    `key` is the key result's id; `TEAM/ID` for a share of it that nothing stands behind, `TEAM/` for work.
    """

    key: str
    kind: str
    shown: Shown
    note: str = ""
    bad: str = ""
    work: tuple[Line, ...] = ()
    links: tuple[Leads, ...] = ()
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What one team, or the teams of a shared OKR, hold."""

    name: str
    teams: tuple[str, ...]
    entries: tuple[Entry, ...]


def organization(portfolio: Portfolio) -> list[str]:
    """The organization key results of the running cycle, by id."""
    return sorted(id_ for id_ in portfolio.okrs.key_results if portfolio.objective_of(id_).of_organization)


def groups(portfolio: Portfolio, most: int) -> list[Group]:
    """Shared OKRs first, then each team: its key results, shares without one, and work without one."""
    held: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for id_ in sorted(portfolio.okrs.key_results):
        if teams := portfolio.teams_of(id_):
            held[tuple(sorted(teams))].append(id_)
    loose, upper = loose_by_team(portfolio), organization(portfolio)
    known = {*portfolio.okrs.teams, *(teams[0] for teams in held if len(teams) == 1)}
    order = [*(teams for teams in sorted(held) if len(teams) > 1), *((team,) for team in sorted(known))]
    found = []
    for teams in order:
        entries = [_entry(portfolio, portfolio.key_result(id_), most) for id_ in held.get(teams, ())]
        if len(teams) == 1:
            entries += _unbacked(portfolio, teams[0], upper)
            entries += _loose(portfolio, teams[0], loose.get(teams[0], ()), most)
        found.append(Group(_name(portfolio, teams), teams, tuple(entries)))
    return [group for group in found if group.entries]


def _name(portfolio: Portfolio, teams: Sequence[str]) -> str:
    known = portfolio.okrs.teams
    return " + ".join(known[team].name if team in known else team for team in teams)


def _entry(portfolio: Portfolio, one: KeyResult, most: int) -> Entry:
    refs = sorted({link.initiative for link in portfolio.served_by.get(one.id, ())})
    work = _work(portfolio, refs, most)
    bad = "" if portfolio.aligned(one.id) else "not linked upward yet"
    note = "standalone, with a reason" if portfolio.objective_of(one.id).standalone else ""
    if not work and portfolio.initiatives and not one.met and not one.private:
        note = "no work"
    links = tuple(_leads(portfolio, one, link) for link in sorted(one.aligns_to, key=lambda each: each.key_result))
    return Entry(one.id, "key-result", shown(portfolio, one.id), note, bad, work, links, progress(portfolio, one))


def progress(portfolio: Portfolio, one: KeyResult) -> Progress | None:
    """Where it stands on its way; of a private one nothing is told."""
    measured = None if one.private else measured_progress(one)
    return None if measured is None else Progress(measured, expected_progress(portfolio.cycle, portfolio.today))


def _leads(portfolio: Portfolio, one: KeyResult, link: Alignment) -> Leads:
    to = link.key_result
    return Leads(to, shown(portfolio, to).id, link.kind.value, link.state.value, _share(portfolio, one, to))


def _share(portfolio: Portfolio, one: KeyResult, above: str) -> float | None:
    """What its teams hold of the organization's, split among their key results that are linked to it."""
    upper = portfolio.okrs.key_results.get(above)
    teams = portfolio.teams_of(one.id)
    shares = [c.share for c in upper.contributions if c.team in teams and c.share] if upper else []
    if not shares:
        return None
    held = [id_ for team in teams for id_ in portfolio.key_results_of.get(team, ())]
    beside = {id_ for id_ in held if any(a.key_result == above for a in portfolio.key_result(id_).aligns_to)}
    return sum(shares) / max(len(beside), 1)


def _unbacked(portfolio: Portfolio, team: str, upper: Sequence[str]) -> Iterator[Entry]:
    """A share that no key result of the team stands behind has a place of its own, so that it is seen."""
    held = portfolio.key_results_of.get(team, ())
    linked = {a.key_result for id_ in held for a in portfolio.key_result(id_).aligns_to}
    for id_ in upper:
        for one in portfolio.key_result(id_).contributions:
            if one.team == team and one.share is not None and id_ not in linked:
                link = Leads(id_, shown(portfolio, id_).id, one.kind.value, MISSING, one.share)
                bad = f"{one.share:g} % without a key result for it"
                yield Entry(f"{team}/{id_}", MISSING, shown(portfolio, id_), bad=bad, links=(link,))


def _loose(portfolio: Portfolio, team: str, without: Sequence[Ref], most: int) -> Iterator[Entry]:
    if without:
        bad = f"{len(without)} active ticket{'s' if len(without) > 1 else ''} without a key result"
        yield Entry(f"{team}/", "loose", Shown(""), bad=bad, work=_work(portfolio, without, most))


def _work(portfolio: Portfolio, refs: Sequence[Ref], most: int) -> tuple[Line, ...]:
    """Active work first, then finished; the rest as a number."""
    counted = [ref for ref in refs if portfolio.is_active(ref) or _done(portfolio, ref)]
    ordered = sorted((ref for ref in counted if ref not in portfolio.exempt), key=lambda r: (_done(portfolio, r), r))
    lines: list[Line] = []
    for ref in ordered[:most]:
        one = ticket(portfolio, ref)
        lines.append(Line(one, f"{ref.key} {one.title}".strip(), portfolio.is_active(ref)))
    if len(ordered) > most:
        lines.append(Line(None, f"+{len(ordered) - most} more", False))
    return tuple(lines)


def _done(portfolio: Portfolio, ref: Ref) -> bool:
    return portfolio.initiatives[ref].status is StatusCategory.DONE
