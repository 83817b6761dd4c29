"""Who waits for whom: stated links, sub-issues of another team, and mentions in the text, across trackers."""

from collections.abc import Iterator, Mapping

from hub.core.mapping.ticket_index import TicketIndex
from hub.model.initiative import Initiative, Ref
from hub.model.link import Dependency, DependencySource

_STRENGTH = {DependencySource.LINK: 0, DependencySource.TEXT: 1, DependencySource.SUB_ISSUE: 2}


def dependencies(
    initiatives: Mapping[Ref, Initiative], team_of: Mapping[Ref, str], index: TicketIndex
) -> tuple[Dependency, ...]:
    """Each pair of tickets once, by its strongest sign; the other end may be a ticket that was not read."""
    best: dict[tuple[Ref, Ref], DependencySource] = {}
    for waiting, providing, source in _dependency_sources(initiatives, team_of, index):
        pair = (waiting, providing)
        if waiting != providing and (pair not in best or _STRENGTH[source] < _STRENGTH[best[pair]]):
            best[pair] = source
    return tuple(Dependency(*pair, source) for pair, source in best.items())


def _dependency_sources(
    initiatives: Mapping[Ref, Initiative], team_of: Mapping[Ref, str], index: TicketIndex
) -> Iterator[tuple[Ref, Ref, DependencySource]]:
    for ref, initiative in initiatives.items():
        for other in initiative.blocked_by:
            yield ref, other, DependencySource.LINK
        for other in initiative.blocks:
            yield other, ref, DependencySource.LINK
        for text in initiative.depends_on_text:
            if (named := index.resolve(initiative, text)) is not None:
                yield ref, named, DependencySource.TEXT
        parent = initiative.parent
        if parent is not None and ref in team_of and team_of.get(parent, team_of[ref]) != team_of[ref]:
            yield parent, ref, DependencySource.SUB_ISSUE
