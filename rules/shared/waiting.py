"""Which work and which key results of one team still wait for those of another."""

from collections import defaultdict
from collections.abc import Iterator

from hub.model.finding import NotJudged, Subject, SubjectKind
from hub.model.initiative import Ref, StatusCategory
from hub.model.link import Dependency
from hub.model.okr import KeyResult, LinkState, Need
from hub.model.portfolio import Portfolio


def open_dependencies(portfolio: Portfolio) -> Iterator[Dependency | NotJudged]:
    """Active tickets that wait for what another team has not done; not judged where the other end was not read."""
    for one in portfolio.dependencies:
        known = tuple(ref for ref in (one.waiting, one.providing) if ref in portfolio.initiatives)
        if len(known) == 2:
            if _open(portfolio, one):
                yield one
        elif known and _may_matter(portfolio, one, known[0]):
            missing = one.providing if known[0] == one.waiting else one.waiting
            yield NotJudged(of_dependency(one), f"{missing} could not be read", known)


def of_dependency(one: Dependency) -> Subject:
    """The two tickets, as `waiting -> providing`."""
    return Subject(SubjectKind.DEPENDENCY, f"{one.waiting} -> {one.providing}")


def stated_needs(portfolio: Portfolio) -> Iterator[tuple[KeyResult, Need, KeyResult]]:
    """Every need of a key result that another one is to meet, unless its team declined."""
    for one in portfolio.okrs.key_results.values():
        for need in one.depends_on:
            met_by = portfolio.okrs.key_results.get(need.key_result or "")
            if met_by is not None and need.state is not LinkState.DECLINED:
                yield one, need, met_by


def is_apart(rank: int | None, other: int | None, apart: float) -> bool:
    """Whether two bands are known and so far apart."""
    return rank is not None and other is not None and abs(rank - other) >= apart


def _open(portfolio: Portfolio, one: Dependency) -> bool:
    waiting, providing = portfolio.team_of.get(one.waiting), portfolio.team_of.get(one.providing)
    if waiting is None or providing is None or waiting == providing:
        return False
    return portfolio.is_active(one.waiting) and not _done(portfolio, one.providing)


def _may_matter(portfolio: Portfolio, one: Dependency, known: Ref) -> bool:
    if known == one.waiting:
        return portfolio.is_active(known) and not portfolio.readable(one.providing)
    return not _done(portfolio, known) and known not in portfolio.exempt and not portfolio.readable(one.waiting)


def _done(portfolio: Portfolio, ref: Ref) -> bool:
    return portfolio.initiatives[ref].status is StatusCategory.DONE


def tickets_between(portfolio: Portfolio) -> dict[tuple[str, str], tuple[Ref, ...]]:
    """For each pair of key results: the tickets of an open dependency between work that serves them."""
    found: dict[tuple[str, str], set[Ref]] = defaultdict(set)
    for one in open_dependencies(portfolio):
        if isinstance(one, Dependency):
            for waiting in portfolio.serves.get(one.waiting, ()):
                for providing in portfolio.serves.get(one.providing, ()):
                    found[waiting.key_result, providing.key_result] |= {one.waiting, one.providing}
    return {pair: tuple(sorted(refs)) for pair, refs in found.items()}
