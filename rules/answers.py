"""What other teams' work waits for, and what its team has said to it."""

from collections.abc import Iterator
from typing import NamedTuple

from hub.model.calendar import working_days_between
from hub.model.finding import NotJudged
from hub.model.initiative import Ref
from hub.model.link import Dependency
from hub.model.memory import between_tickets
from hub.model.okr import LinkState
from hub.model.portfolio import Portfolio
from rules.sides import Sides, joined, may_be_joined, sides_of
from rules.waiting import of_dependency, open_dependencies


class Asked(NamedTuple):
    """A ticket that others wait for: who they are, the answer if there is one, and working days since it is known."""

    providing: Ref
    waiting: tuple[Ref, ...]
    answer: LinkState | None
    days: int


def asked(portfolio: Portfolio) -> Iterator[Asked | NotJudged]:
    """Each ticket that active work of another team waits for, unless it was accepted or the teams agreed above it."""
    found: dict[Ref, list[Dependency]] = {}
    for one in open_dependencies(portfolio):
        if isinstance(one, NotJudged):
            yield one
        elif one.providing not in portfolio.exempt and not _settled(portfolio, one, sides := sides_of(portfolio, one)):
            if (reason := _doubt(portfolio, one, sides)) is not None:
                yield NotJudged(of_dependency(one), reason, (one.waiting, one.providing))
            else:
                found.setdefault(one.providing, []).append(one)
    for providing in sorted(found):
        waiting = tuple(sorted({one.waiting for one in found[providing]}))
        days = max(_days(portfolio, ref, providing) for ref in waiting)
        yield Asked(providing, waiting, portfolio.answers.get(providing), days)


def _settled(portfolio: Portfolio, one: Dependency, sides: Sides) -> bool:
    answer = portfolio.answers.get(one.providing)
    if answer is not None:
        return answer is LinkState.ACCEPTED
    return joined(portfolio, sides)


def _doubt(portfolio: Portfolio, one: Dependency, sides: Sides) -> str | None:
    if portfolio.answers.get(one.providing) is LinkState.DECLINED:
        return None
    if "labels" in portfolio.initiatives[one.providing].unread:
        return f"the answer on {one.providing} may be among what could not be read"
    return may_be_joined(portfolio, one, sides)


def _days(portfolio: Portfolio, waiting: Ref, providing: Ref) -> int:
    key = between_tickets(portfolio.initiatives[waiting], portfolio.initiatives[providing])
    return working_days_between(portfolio.first_seen.get(key, portfolio.today), portfolio.today)
