"""Which key result a misspelt id was meant to be: the nearest of all, where it leads every other one clearly."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator

from hub.model.text import match_key

MIN_SIMILARITY = 0.6
"""Part of the letters that two ids have to share in order, or they have nothing to do with each other."""

MIN_LEAD = 0.15
"""How much more alike the nearest id has to be than the next one."""

_NEIGHBOURS = 8
_ROUNDING = 1e-9
_FEW = 50
"""To compare so many values with all ids is quicker than to make what ids are looked up by."""


class ClosestIds:
    """Answers for many values; whatever it needs for that is made when it is asked.

    Most misspelt ids are near none of the others or near several, and to compare each with all takes long. Whichever id
    leads has to lead the second of any few ids, so that a look at the neighbours in the alphabet tells how near it must
    be at least; where that is a single edit, the ids are looked up instead of compared.
    """

    def __init__(self, ids: Collection[str]) -> None:
        self._ids = ids
        self._sorted: list[str] = []
        self._by_shortened: dict[str, list[str]] = {}
        self._requests = 0

    def of(self, value: str) -> tuple[str, ...]:
        """The one id that the value was meant to be; nothing where none is near, or two are about as near."""
        from rapidfuzz import process  # noqa: PLC0415  only misspelt ids need it
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        word, self._requests = match_key(value), self._requests + 1
        if not word or (self._requests > _FEW and not self._may_lead(word)):
            return ()
        # What is less alike than this neither is the nearest nor is near it.
        cutoff = MIN_SIMILARITY - MIN_LEAD
        ranked = process.extract(word, self._ids, scorer=OSA.normalized_similarity, limit=2, score_cutoff=cutoff)
        if not ranked or ranked[0][1] < MIN_SIMILARITY:
            return ()
        next_best = ranked[1][1] if len(ranked) > 1 else 0.0
        return (ranked[0][0],) if ranked[0][1] - next_best >= MIN_LEAD else ()

    def _may_lead(self, word: str) -> bool:
        """Whether any id may be near enough; false only where none is."""
        from rapidfuzz import process  # noqa: PLC0415
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        similarity = OSA.normalized_similarity
        known = self._sorted = self._sorted or sorted(self._ids)
        at = bisect_left(known, word)
        alike = process.extract(word, known[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS], scorer=similarity, limit=2)
        needed = max(MIN_SIMILARITY, alike[1][1] + MIN_LEAD if len(alike) > 1 else 0.0) - _ROUNDING
        if needed > 1:
            return False
        # Two edits make the word longer by two at most.
        if (1 - needed) * (len(word) + 2) >= 2:
            return True
        near = self._within_one_edit(word)
        return process.extractOne(word, near, scorer=similarity, score_cutoff=needed) is not None

    def _within_one_edit(self, word: str) -> set[str]:
        """All ids that one edit makes of the word, and few others: with at most a letter left out, both are one."""
        if not self._by_shortened:
            by_shortened = defaultdict(list)
            for id_ in self._ids:
                for text in _shortened(id_):
                    by_shortened[text].append(id_)
            self._by_shortened = dict(by_shortened)
        return {id_ for text in _shortened(word) for id_ in self._by_shortened.get(text, ())}


def _shortened(word: str) -> Iterator[str]:
    """The word, and without each of its letters."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
