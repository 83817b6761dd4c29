"""The first open question of a dependency between two teams, and the places and facts of its finding.

Three rules ask, each about one question, so that every two teams get one finding at most.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from hub.model.calendar import working_days_between
from hub.model.finding import Fact, Severity
from hub.model.initiative import Ref, StatusCategory
from hub.model.labels import DEPENDENCY
from hub.model.memory import between_tickets
from hub.model.portfolio import Portfolio
from rules.shared.dependencies import Link, State, Teams, is_settled, needed_by
from rules.shared.words import SHOWN

FAULT = "unsettled-dependency"
TOLD_OF_PRIVATE = (
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
LABEL = DEPENDENCY
ANSWER_DAYS = 5
"""Working days in which the providing team may answer before silence is the question."""

ASKED = 3
"""On how many tickets of one side a comment asks."""


class Question(StrEnum):
    """Did the teams agree, was there an answer, and do both give it the same priority?"""

    AGREED = "agreed"
    ANSWERED = "answered"
    PRIORITY = "priority"


def first_question(portfolio: Portfolio, links: Sequence[Link]) -> Question | None:
    """The first question that is open between two teams; None where all is settled, or where that is not known."""
    unsettled = [link for link in links if link.is_open]
    if any(one.state is State.REFUSED for one in unsettled) or days_open(portfolio, unsettled) >= ANSWER_DAYS:
        return Question.ANSWERED
    if unsettled:
        return Question.AGREED
    if any(link.state is State.UNKNOWN for link in links):
        return None
    return None if all(is_settled(portfolio, link) for link in links) else Question.PRIORITY


def days_open(portfolio: Portfolio, links: Sequence[Link]) -> int:
    """Working days since the oldest of the links is known; 0 without any."""
    return max((working_days_between(known_since(portfolio, one), portfolio.today) for one in links), default=0)


def severity_of(portfolio: Portfolio, links: Sequence[Link]) -> Severity:
    """An error where waiting work is in progress or due within the cycle."""
    waiting = [portfolio.initiatives[one.waiting] for one in links]
    pressing = any(
        one.status is StatusCategory.IN_PROGRESS or (one.due is not None and one.due <= portfolio.cycle.end)
        for one in waiting
    )
    return Severity.ERROR if pressing else Severity.WARNING


def earliest_first(portfolio: Portfolio, links: Sequence[Link]) -> list[Link]:
    """The links by the day on which the waiting work needs them; those without one last."""
    return sorted(links, key=lambda one: (needed_by(portfolio, one) or date.max, one.providing, one.waiting))


def providers(portfolio: Portfolio, links: Sequence[Link]) -> tuple[Ref, ...]:
    """The providing tickets to ask on: the three that are needed first."""
    return tuple(dict.fromkeys(one.providing for one in earliest_first(portfolio, links)))[:ASKED]


def tickets_of(links: Sequence[Link]) -> tuple[Ref, ...]:
    """The tickets of both sides, each once."""
    return tuple(sorted({ref for one in links for ref in (one.waiting, one.providing)}))


def facts_of(portfolio: Portfolio, teams: Teams, links: Sequence[Link]) -> dict[str, Fact]:
    """Both teams by id and name, the first links, what they are for, and by when the first is needed."""
    served = sorted({serves.key_result for one in links for serves in portfolio.serves.get(one.waiting, ())})
    ordered = earliest_first(portfolio, links)
    return {
        "waiting_team": teams[0],
        "waiting_name": portfolio.okrs.teams[teams[0]].name,
        "providing_team": teams[1],
        "providing_name": portfolio.okrs.teams[teams[1]].name,
        "links": tuple({"waiting": str(one.waiting), "providing": str(one.providing)} for one in ordered[:SHOWN]),
        "count": len(links),
        "key_results": tuple(portfolio.shown(id_) for id_ in served),
        "needed_by": next((day for one in ordered if (day := needed_by(portfolio, one, shown=True))), None),
        "since": min((known_since(portfolio, one) for one in links), default=None),
    }


def known_since(portfolio: Portfolio, link: Link) -> date:
    """The day on which the hub first saw the link, which is when the provider was asked."""
    key = between_tickets(portfolio.initiatives[link.waiting], portfolio.initiatives[link.providing])
    return portfolio.first_seen.get(key, portfolio.today)
