"""Which ticket a key or an address in somebody's text means, and who mentions whom."""

from collections.abc import Iterator, Mapping

from hub.model.initiative import Initiative, Ref


class TicketIndex:
    """Finds tickets by what people write; the index is made when it is first asked for."""

    def __init__(self, initiatives: Mapping[Ref, Initiative], incomplete_sources: frozenset[str]) -> None:
        self._by_word: dict[str, Ref] | None = None
        self._initiatives = initiatives
        self._incomplete_sources = sorted(incomplete_sources)

    def known(self, initiative: Initiative, text: str) -> Ref | None:
        """The ticket that was read and is meant; None when there is none."""
        word = text.strip().rstrip("/").casefold()
        if word.startswith("#"):
            word = initiative.ref.key.partition("#")[0].casefold() + word
        if self._by_word is None:
            self._by_word = self._index()
        return self._by_word.get(f"{initiative.ref.connector}:{word}".casefold()) or self._by_word.get(word)

    def resolve(self, initiative: Initiative, text: str) -> Ref | None:
        """The ticket; one of a source that was not read when it may lie there; None when it means nothing."""
        ref = self.known(initiative, text)
        if ref is None and self._incomplete_sources:
            return Ref(self._incomplete_sources[0], text.strip())
        return ref

    def mentions(self) -> dict[Ref, tuple[Ref, ...]]:
        """For each ticket that names others anywhere in its text: those that were read."""
        mentioned: dict[Ref, tuple[Ref, ...]] = {}
        for ref, initiative in self._initiatives.items():
            if initiative.mentions:
                named = dict.fromkeys(self.known(initiative, text) for text in initiative.mentions)
                mentioned[ref] = tuple(each_ref for each_ref in named if each_ref is not None and each_ref != ref)
        return {ref: named for ref, named in mentioned.items() if named}

    def _index(self) -> dict[str, Ref]:
        """By address, by `connector:key`, and by key: of two trackers that share one, the first by name."""
        by_word = {i.url.rstrip("/").casefold(): ref for ref, i in self._initiatives.items()}
        by_word |= {str(ref).casefold(): ref for ref in self._initiatives}
        for ref in self._initiatives:
            word = ref.key.casefold()
            by_word[word] = min(ref, by_word.get(word, ref))
        for ref, initiative in self._initiatives.items():
            for word in _former(initiative):
                by_word.setdefault(word.casefold(), ref)
        return by_word


def _former(ticket: Initiative) -> Iterator[str]:
    """The key and the address of a ticket by the other names of its place: a repository may have been renamed."""
    container, at, number = ticket.ref.key.rpartition("#")
    for other in ticket.containers[1:] if at and ticket.containers[0] == container else ():
        yield from (f"{other}#{number}", f"{ticket.ref.connector}:{other}#{number}")
        yield ticket.url.rstrip("/").replace(f"/{container}/", f"/{other}/")
