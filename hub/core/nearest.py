"""Which id a mistyped value was meant to be, if one is clearly nearest."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from hub.model.typed import match_key

MIN_SIMILARITY = 0.6
"""Part of the letters that two ids have to share in order, or they have nothing to do with each other."""

MIN_LEAD = 0.15
"""How much more alike the nearest id has to be than the next one."""


def closest_ids(value: str, ids: Iterable[str]) -> tuple[str, ...]:
    """The one id that the value was meant to be; nothing where none is near, or two are about as near."""
    word = match_key(value)
    ranked = process.extract(word, list(ids), scorer=OSA.normalized_similarity, limit=2)
    if not word or not ranked or ranked[0][1] < MIN_SIMILARITY:
        return ()
    next_best = ranked[1][1] if len(ranked) > 1 else 0.0
    return (ranked[0][0],) if ranked[0][1] - next_best >= MIN_LEAD else ()
