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
from hub.model.memory import ticket_dependency_key
from hub.model.portfolio import Portfolio
from rules.shared.dependencies import Link, State, Teams, is_resolved, needed_by
from rules.shared.words import MAX_LISTED

FAULT = "unsettled-dependency"
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
LABEL = DEPENDENCY
ANSWER_DAYS = 5
"""Working days in which the providing team may answer before silence is the question."""

MAX_COMMENTED_TICKETS = 3
"""On how many tickets of one side a comment asks."""


class DependencyQuestion(StrEnum):
    """Did the teams agree, was there an answer, and do both give it the same priority?"""

    AGREED = "agreed"
    ANSWERED = "answered"
    PRIORITY = "priority"


def first_open_question(portfolio: Portfolio, links: Sequence[Link]) -> DependencyQuestion | None:
    """The first question that is open between two teams; None where all is settled, or where that is not known."""
    open_links = [link for link in links if link.is_open]
    if any(entry.state is State.REFUSED for entry in open_links) or days_open(portfolio, open_links) >= ANSWER_DAYS:
        return DependencyQuestion.ANSWERED
    if open_links:
        return DependencyQuestion.AGREED
    if any(link.state is State.UNKNOWN for link in links):
        return None
    return None if all(is_resolved(portfolio, link) for link in links) else DependencyQuestion.PRIORITY


def days_open(portfolio: Portfolio, links: Sequence[Link]) -> int:
    """Working days since the oldest of the links is known; 0 without any."""
    return max((working_days_between(known_since(portfolio, link), portfolio.today) for link in links), default=0)


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
    return sorted(links, key=lambda entry: (needed_by(portfolio, entry) or date.max, entry.providing, entry.waiting))


def providers(portfolio: Portfolio, links: Sequence[Link]) -> tuple[Ref, ...]:
    """The providing tickets to ask on: the three that are needed first."""
    return tuple(dict.fromkeys(entry.providing for entry in earliest_first(portfolio, links)))[:MAX_COMMENTED_TICKETS]


def tickets_of(links: Sequence[Link]) -> tuple[Ref, ...]:
    """The tickets of both sides, each once."""
    return tuple(sorted({ref for link in links for ref in (link.waiting, link.providing)}))


def facts_of(portfolio: Portfolio, teams: Teams, links: Sequence[Link]) -> dict[str, Fact]:
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
        "since": min((known_since(portfolio, link) for link in links), default=None),
    }


def known_since(portfolio: Portfolio, link: Link) -> date:
    """The day on which the hub first saw the link, which is when the provider was asked."""
    key = ticket_dependency_key(portfolio.initiatives[link.waiting], portfolio.initiatives[link.providing])
    return portfolio.first_seen.get(key, portfolio.today)
