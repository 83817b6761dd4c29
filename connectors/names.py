"""Names as people write them, compared without case, emoji and punctuation."""

import re
from collections.abc import Iterable
from functools import lru_cache

from hub.model.typed import folded

_EMOJI = re.compile(r":[a-z0-9_+-]+:")
_APOSTROPHE = re.compile("['`\u2019\u00b4]")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """The words of a name in lower case with single blanks: `🔥 Won't-Do` is `wont do`."""
    words = _APOSTROPHE.sub("", _EMOJI.sub(" ", folded(name).casefold()))
    return " ".join(re.findall(r"[^\W_]+", words))


@lru_cache(maxsize=256)
def plain_names(names: tuple[str, ...]) -> frozenset[str]:
    """The plain words of each name."""
    return frozenset(plain_name(name) for name in names)


def contains_phrase(name: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases, given in plain words, stands in a name as whole words."""
    padded = f" {plain_name(name)} "
    return any(f" {phrase} " in padded for phrase in phrases)
