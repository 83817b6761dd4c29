"""Dependencies between two teams: who waits for whom, whether each link is agreed, and since when it is known."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from hub.model.action import DEPENDENCY
from hub.model.finding import NotJudged, Severity, Subject, SubjectKind
from hub.model.initiative import Initiative, Ref, StatusCategory
from hub.model.link import Answer, Dependency
from hub.model.okr import KeyResult, LinkState, Need
from hub.model.portfolio import Portfolio, ticket_dependency_key
from rules.shared.key_results import once, once_for_okrs
from rules.shared.verdicts import incompleteness_reason

PRIORITY_MISMATCH_STEPS = 2
"""From how many of four priorities apart on two sides do not agree."""

Teams = tuple[str, str]
"""The waiting team and the providing one."""


class State(StrEnum):
    """Where a link stands; `unknown` where something that was not read may have settled it."""

    PUT_OFF = "put off"
    AGREED = "agreed"
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Link(NamedTuple):
    """Active work of one team that waits for a ticket of another, which has not ended; and why that is unknown."""

    waiting: Ref
    providing: Ref
    teams: Teams
    state: State
    unknown_reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the other team has not agreed to it."""
        return self.state in (State.UNANSWERED, State.REFUSED)


@once
def links_by_teams(portfolio: Portfolio) -> dict[Teams, tuple[Link, ...]]:
    """Every link between two teams whose tickets were both read, in the order of teams and tickets."""
    links: dict[Teams, list[Link]] = defaultdict(list)
    for dependency in portfolio.dependencies:
        waiting, providing = portfolio.team_of.get(dependency.waiting), portfolio.team_of.get(dependency.providing)
        if waiting is None or providing is None or waiting == providing or not portfolio.is_active(dependency.waiting):
            continue
        if not portfolio.initiatives[dependency.providing].status.ended:
            links[waiting, providing].append(
                _link(portfolio, dependency.waiting, dependency.providing, (waiting, providing))
            )
    return {teams: tuple(sorted(links[teams])) for teams in sorted(links)}


def not_judged(portfolio: Portfolio, by_teams: Mapping[Teams, Sequence[Link]]) -> Iterator[NotJudged]:
    """The links that are unknown, and those with an end that could not be read."""
    for links in by_teams.values():
        for link in links:
            if link.state is State.UNKNOWN:
                yield NotJudged(
                    link_subject(link.waiting, link.providing), link.unknown_reason, (link.waiting, link.providing)
                )
    for dependency in portfolio.dependencies:
        if (missing := _missing_end(portfolio, dependency)) is not None and not portfolio.readable(missing):
            known = dependency.waiting if missing == dependency.providing else dependency.providing
            yield NotJudged(
                link_subject(dependency.waiting, dependency.providing), f"{missing} could not be read", (known,)
            )


def link_subject(waiting: Ref, providing: Ref) -> Subject:
    """A single link as `waiting -> providing`, by its tickets."""
    return Subject(SubjectKind.DEPENDENCY, f"{waiting} -> {providing}")


def teams_subject(teams: Teams) -> Subject:
    """All links of two teams as `waiting -> providing`."""
    return Subject(SubjectKind.DEPENDENCY, " -> ".join(teams))


def needs_of(portfolio: Portfolio, link: Link) -> Iterator[tuple[KeyResult, Need]]:
    """What the key results of the waiting work need, as the OKRs say, of the team that provides."""
    for served in portfolio.serves.get(link.waiting, ()):
        key_result = portfolio.key_result(served.key_result)
        for need in key_result.depends_on:
            if link.teams[1] in providing_teams(portfolio, need):
                yield key_result, need


def providing_teams(portfolio: Portfolio, need: Need) -> tuple[str, ...]:
    """The team that the need names, and those that hold the key result that is to meet it."""
    owning_teams = () if portfolio.linked(need.key_result or "") is None else portfolio.teams_of(need.key_result or "")
    return (need.team, *owning_teams)


def state_of(portfolio: Portfolio, key_result: KeyResult, need: Need) -> LinkState:
    """What the OKRs say of the need: a proposal counts as accepted where the other side states its support."""
    if need.state is LinkState.PROPOSED:
        team_key_results = portfolio.key_results_of.get(need.team, ())
        candidates = team_key_results if need.key_result is None else (need.key_result,)
        if any((k := portfolio.linked(id_)) is not None and key_result.id in k.supports for id_ in candidates):
            return LinkState.ACCEPTED
    return need.state


def do_priorities_differ(number: int | None, other: int | None) -> bool:
    """Whether both sides state a priority and the two do not agree."""
    return number is not None and other is not None and abs(number - other) >= PRIORITY_MISMATCH_STEPS


def is_resolved(portfolio: Portfolio, link: Link) -> bool:
    """Whether it is put off, or agreed and a similar priority on both sides."""
    if link.state is State.AGREED:
        return not do_priorities_differ(
            portfolio.priorities.get(link.waiting), portfolio.priorities.get(link.providing)
        )
    return link.state is State.PUT_OFF


def needed_by(portfolio: Portfolio, link: Link, *, public_only: bool = False) -> date | None:
    """The waiting ticket's due date, or the day that a need of its key results states, whichever is first.

    With `public_only` it leaves out what private key results state.
    """
    return earliest_need(portfolio, link, portfolio.initiatives[link.waiting].due, public_only=public_only)


def earliest_need(portfolio: Portfolio, link: Link, due: date | None, *, public_only: bool = False) -> date | None:
    """The same with another due date of the waiting ticket, such as the one that it had earlier."""
    needs = tuple(needs_of(portfolio, link))
    if not needs:
        return due
    provided, days = {served.key_result for served in portfolio.serves.get(link.providing, ())}, [due]
    for key_result, need in needs:
        is_relevant = need.key_result is None or not provided or need.key_result in provided
        if is_relevant and not (public_only and key_result.private):
            days.append(need.needed_by)
    return min((day for day in days if day is not None), default=None)


def _link(portfolio: Portfolio, waiting: Ref, providing: Ref, teams: Teams) -> Link:
    link = Link(waiting, providing, teams, State.UNANSWERED)
    waits, provides = portfolio.initiatives[waiting], portfolio.initiatives[providing]
    answer = portfolio.answers.get(providing)
    if portfolio.answers.get(waiting) is Answer.LATER or _is_outside_cycle(portfolio, waits):
        return link._replace(state=State.PUT_OFF)
    if answer is not None and answer.is_refusal:
        if waits.missing_fields & {"labels", "fields"}:
            return link._replace(
                state=State.UNKNOWN, unknown_reason=f"{waiting} may have been put off: it was not read whole"
            )
        return link._replace(state=State.REFUSED)
    if answer is Answer.ACCEPTED or _is_agreed_in_okrs(portfolio, link):
        return link._replace(state=State.AGREED)
    unread = (
        f"the answer on {providing} may be among what could not be read"
        if "labels" in provides.missing_fields
        else None
    )
    reason = unread or incompleteness_reason(portfolio, waits)
    return link if reason is None else link._replace(state=State.UNKNOWN, unknown_reason=reason)


def _is_outside_cycle(portfolio: Portfolio, waiting: Initiative) -> bool:
    begins = None if waiting.iteration is None else waiting.iteration[0]
    return any(day is not None and day > portfolio.cycle.end for day in (waiting.start, waiting.due, begins))


def _is_agreed_in_okrs(portfolio: Portfolio, link: Link) -> bool:
    """By a shared OKR of both teams that the work serves, or by the other team's accepted support for it."""
    served = {key_result_link.key_result for key_result_link in portfolio.serves.get(link.waiting, ())}
    if any(set(link.teams) <= set(portfolio.teams_of(key_result)) for key_result in served):
        return True
    if any(
        state_of(portfolio, key_result, need) is LinkState.ACCEPTED for key_result, need in needs_of(portfolio, link)
    ):
        return True
    return not served.isdisjoint(_supported_by(portfolio).get(link.teams[1], ()))


@once_for_okrs
def _supported_by(portfolio: Portfolio) -> dict[str, frozenset[str]]:
    """By team: the key results of others that its own say they support."""
    by_team = portfolio.key_results_of.items()
    return {team: frozenset(x for id_ in ids for x in portfolio.key_result(id_).supports) for team, ids in by_team}


def _missing_end(portfolio: Portfolio, dependency: Dependency) -> Ref | None:
    """The end that was not read, where the other one would make it a link."""
    waiting, providing = portfolio.initiatives.get(dependency.waiting), portfolio.initiatives.get(dependency.providing)
    if waiting is not None and providing is None and portfolio.is_active(dependency.waiting):
        return dependency.providing if dependency.waiting in portfolio.team_of else None
    if waiting is None and providing is not None and not providing.status.ended:
        return dependency.waiting if dependency.providing in portfolio.team_of else None
    return None


FAULT = "unsettled-dependency"
LABEL = DEPENDENCY


def severity_of(portfolio: Portfolio, links: Sequence[Link]) -> Severity:
    """An error where waiting work is in progress or due within the cycle."""
    waiting = [portfolio.initiatives[link.waiting] for link in links]
    pressing = any(
        ticket.status is StatusCategory.IN_PROGRESS or (ticket.due is not None and ticket.due <= portfolio.cycle.end)
        for ticket in waiting
    )
    return Severity.ERROR if pressing else Severity.WARNING


def earliest_first(portfolio: Portfolio, links: Sequence[Link]) -> list[Link]:
    """The links by the day on which the waiting work needs them; those without one last."""
    if len(links) < 2:
        return list(links)
    return sorted(links, key=lambda entry: (needed_by(portfolio, entry) or date.max, entry.providing, entry.waiting))


def tickets_of(links: Sequence[Link]) -> tuple[Ref, ...]:
    """The tickets of both sides, each once."""
    return tuple(sorted({ref for link in links for ref in (link.waiting, link.providing)}))


def known_since(portfolio: Portfolio, link: Link) -> date:
    """The day on which the hub first saw the link."""
    key = ticket_dependency_key(portfolio.initiatives[link.waiting], portfolio.initiatives[link.providing])
    return portfolio.first_seen.get(key, portfolio.today)
