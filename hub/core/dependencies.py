"""Who waits for whom: stated links, sub-issues of another team, and mentions in the text, across trackers."""

from collections.abc import Iterator, Mapping

from hub.model.initiative import Initiative, Ref
from hub.model.link import Dependency, FoundBy

_STRENGTH = {FoundBy.LINK: 0, FoundBy.TEXT: 1, FoundBy.SUB_ISSUE: 2}


def dependencies(
    initiatives: Mapping[Ref, Initiative], team_of: Mapping[Ref, str], unread: frozenset[str]
) -> tuple[Dependency, ...]:
    """Each pair of tickets once, by its strongest sign; the other end may be a ticket that was not read."""
    best: dict[tuple[Ref, Ref], FoundBy] = {}
    for waiting, providing, found_by in _seen(initiatives, team_of, unread):
        pair = (waiting, providing)
        if waiting != providing and (pair not in best or _STRENGTH[found_by] < _STRENGTH[best[pair]]):
            best[pair] = found_by
    return tuple(Dependency(*pair, found_by) for pair, found_by in best.items())


def _seen(
    initiatives: Mapping[Ref, Initiative], team_of: Mapping[Ref, str], unread: frozenset[str]
) -> Iterator[tuple[Ref, Ref, FoundBy]]:
    written = _Written(initiatives, unread)
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


class _Written:
    """Finds the ticket that a key or an address in somebody's text means."""

    def __init__(self, initiatives: Mapping[Ref, Initiative], unread: frozenset[str]) -> None:
        self._by_word: dict[str, Ref] | None = None
        self._initiatives = initiatives
        self._unread = sorted(unread)

    def resolve(self, initiative: Initiative, text: str) -> Ref | None:
        """The ticket; one of a source that was not read when it may lie there; None when it means nothing."""
        word = text.strip().rstrip("/").casefold()
        if word.startswith("#"):
            word = initiative.ref.key.partition("#")[0].casefold() + word
        if self._by_word is None:
            self._by_word = self._index()
        found = self._by_word.get(f"{initiative.ref.connector}:{word}".casefold()) or self._by_word.get(word)
        if found is None and self._unread:
            return Ref(self._unread[0], text.strip())
        return found

    def _index(self) -> dict[str, Ref]:
        """By address, by `connector:key`, and by key: of two trackers that share one, the first by name."""
        found = {i.url.rstrip("/").casefold(): ref for ref, i in self._initiatives.items()}
        found |= {str(ref).casefold(): ref for ref in self._initiatives}
        for ref in self._initiatives:
            word = ref.key.casefold()
            found[word] = min(ref, found.get(word, ref))
        return found
