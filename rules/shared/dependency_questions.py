"""What is still to be settled between two teams of which one waits for the other, and whom the hub asked since when."""

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hub.model.finding import Fact
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from hub.model.progress import working_days_between
from hub.model.ticket_input import COMMAND_GROUPS, Verb
from rules.shared.dependencies import Link, State, Teams, earliest_first, is_resolved, known_since, needed_by
from rules.shared.key_results import once
from rules.shared.verdicts import MAX_LISTED

ANSWER_DAYS = 5
"""Working days in which the providing team may answer before silence is the question."""

MAX_COMMENTED_TICKETS = 3
"""On how many tickets of one side a comment asks."""

PUBLIC_FACTS = (
    "waiting_team",
    "waiting_name",
    "providing_team",
    "providing_name",
    "links",
    "count",
    "needed_by",
    "since",
)
"""Of `facts_of`: all but which key results the waiting work is for."""


class DependencyQuestion(StrEnum):
    """Did the teams agree, was there an answer, and do both give it the same priority?"""

    AGREED = "agreed"
    ANSWERED = "answered"
    PRIORITY = "priority"


def first_open_question(portfolio: Portfolio, links: Sequence[Link]) -> DependencyQuestion | None:
    """The first question that is open between two teams; None where all is settled, or where that is not known."""
    open_links = [link for link in links if link.is_open]
    is_refused = any(link.state is State.REFUSED for link in open_links)
    if open_links:
        days = days_unanswered(portfolio, open_links, question_dates(portfolio, links))
        return DependencyQuestion.ANSWERED if is_refused or days >= ANSWER_DAYS else DependencyQuestion.AGREED
    if any(link.state is State.UNKNOWN for link in links):
        return None
    return None if all(is_resolved(portfolio, link) for link in links) else DependencyQuestion.PRIORITY


def question_dates(portfolio: Portfolio, links: Sequence[Link]) -> dict[Ref, date]:
    """By providing ticket, the day since which a comment there asks; `links` are all between the two teams.

    Only the three that are needed first are asked. The next one is asked once one of these has answered; where that was
    by a label, nobody knows when, and the ticket is left out.
    """
    return {} if not links else _dates_of_pairs(portfolio).of(portfolio, links)


@dataclass(slots=True)
class _DatesOfPairs:
    """Worked out once for every two teams: several rules ask."""

    known: dict[Teams, dict[Ref, date]] = field(default_factory=dict)

    def of(self, portfolio: Portfolio, links: Sequence[Link]) -> dict[Ref, date]:
        teams = links[0].teams
        if teams not in self.known:
            self.known[teams] = _dates(portfolio, links)
        return self.known[teams]


@once
def _dates_of_pairs(_: Portfolio) -> _DatesOfPairs:
    return _DatesOfPairs()


def _dates(portfolio: Portfolio, links: Sequence[Link]) -> dict[Ref, date]:
    seen: dict[Ref, date] = {}
    asking = [link for link in links if link.state is State.UNANSWERED or link.providing in portfolio.answers]
    for link in asking:
        seen[link.providing] = min(known_since(portfolio, link), seen.get(link.providing, date.max))
    if len(seen) <= MAX_COMMENTED_TICKETS:
        return seen
    dates: dict[Ref, date] = {}
    answer_days: list[date] = []
    for place, ref in enumerate(_providers(portfolio, asking)):
        answers_needed = place + 1 - MAX_COMMENTED_TICKETS
        if answers_needed <= 0:
            dates[ref] = seen[ref]
        elif answers_needed <= len(answer_days):
            dates[ref] = max(seen[ref], answer_days[answers_needed - 1])
        if (answered := _answered_on(portfolio, ref)) is not None:
            insort(answer_days, answered)
    return dates


def days_unanswered(portfolio: Portfolio, links: Sequence[Link], dates: Mapping[Ref, date]) -> int:
    """Working days since the first of the providing tickets was asked; 0 where none was."""
    first = min((dates[link.providing] for link in links if link.providing in dates), default=None)
    return 0 if first is None else working_days_between(first, portfolio.today)


def overdue(portfolio: Portfolio, links: Sequence[Link], dates: Mapping[Ref, date]) -> list[Link]:
    """The links whose providing ticket was asked so long ago that an answer is owed."""
    days = {day: working_days_between(day, portfolio.today) for day in {*dates.values()}}
    return [link for link in links if link.providing in dates and days[dates[link.providing]] >= ANSWER_DAYS]


def providers(portfolio: Portfolio, links: Sequence[Link]) -> tuple[Ref, ...]:
    """The providing tickets to ask on: the three that are needed first."""
    return _providers(portfolio, links)[:MAX_COMMENTED_TICKETS]


def facts_of(portfolio: Portfolio, teams: Teams, links: Sequence[Link], dates: Mapping[Ref, date]) -> dict[str, Fact]:
    """Both teams by id and name, the first links, what they are for, and by when the first is needed."""
    served = sorted({serves.key_result for link in links for serves in portfolio.serves.get(link.waiting, ())})
    ordered = earliest_first(portfolio, links)
    return {
        "waiting_team": teams[0],
        "waiting_name": portfolio.okrs.teams[teams[0]].name,
        "providing_team": teams[1],
        "providing_name": portfolio.okrs.teams[teams[1]].name,
        "links": tuple(
            {"waiting": str(entry.waiting), "providing": str(entry.providing)} for entry in ordered[:MAX_LISTED]
        ),
        "count": len(links),
        "key_results": tuple(portfolio.key_result_fact(id_) for id_ in served),
        "needed_by": next((day for entry in ordered if (day := needed_by(portfolio, entry, public_only=True))), None),
        "since": min((dates[link.providing] for link in links if link.providing in dates), default=None),
    }


def _providers(portfolio: Portfolio, links: Sequence[Link]) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(link.providing for link in earliest_first(portfolio, links)))


def _answered_on(portfolio: Portfolio, ref: Ref) -> date | None:
    """The day of the comment that answers; None without an answer, and where a label is the answer."""
    if ref not in portfolio.answers:
        return None
    group = COMMAND_GROUPS[Verb.ACCEPT]
    commands = (command for command in portfolio.effective_commands.get(ref, ()) if command.group == group)
    return max((command.at.date() for command in commands), default=None)
