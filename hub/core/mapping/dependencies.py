"""Who waits for whom: stated links, sub-issues of another team, and mentions in the text, across trackers."""

from collections.abc import Iterator, Mapping

from hub.core.mapping.ticket_index import Written
from hub.model.initiative import Initiative, Ref
from hub.model.link import Dependency, FoundBy

_STRENGTH = {FoundBy.LINK: 0, FoundBy.TEXT: 1, FoundBy.SUB_ISSUE: 2}


def dependencies(
    initiatives: Mapping[Ref, Initiative], team_of: Mapping[Ref, str], written: Written
) -> tuple[Dependency, ...]:
    """Each pair of tickets once, by its strongest sign; the other end may be a ticket that was not read."""
    best: dict[tuple[Ref, Ref], FoundBy] = {}
    for waiting, providing, found_by in _seen(initiatives, team_of, written):
        pair = (waiting, providing)
        if waiting != providing and (pair not in best or _STRENGTH[found_by] < _STRENGTH[best[pair]]):
            best[pair] = found_by
    return tuple(Dependency(*pair, found_by) for pair, found_by in best.items())


def _seen(
    initiatives: Mapping[Ref, Initiative], team_of: Mapping[Ref, str], written: Written
) -> Iterator[tuple[Ref, Ref, FoundBy]]:
    for ref, initiative in initiatives.items():
        for other in initiative.blocked_by:
            yield ref, other, FoundBy.LINK
        for other in initiative.blocks:
            yield other, ref, FoundBy.LINK
        for text in initiative.depends_on_text:
            if (named := written.resolve(initiative, text)) is not None:
                yield ref, named, FoundBy.TEXT
        parent = initiative.parent
        if parent is not None and ref in team_of and team_of.get(parent, team_of[ref]) != team_of[ref]:
            yield parent, ref, FoundBy.SUB_ISSUE
