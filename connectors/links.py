"""Which link types say that one ticket waits for another, and which end waits: by the words of waiting."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from connectors.names import plain


class Waiting(StrEnum):
    """Which words of a link type say that the ticket waits: `depends on` outward, `is blocked by` inward."""

    OUTWARD = "outward waits"
    INWARD = "inward waits"
    NONE = "none"


Own = Mapping[str, Waiting]
# Of each pair the first says that the ticket waits, the second that others wait for it.
_BLOCKED = re.compile(
    r"\bblocked\b|\b(?:wird|ist) \w*blockiert|\bblockiert (?:von|durch)\b|\bbloqu(?:é|ée|eado|eada)\b|ブロックされ"
)
_BLOCKS = re.compile(
    r"\bblock(?:s|ing|er|ers|ade|ades)?\b|\bblockiert\b|\bblockieren\b|\bbloque[ns]?\b|\bbloquea[n]?\b|\bbloquer\b|ブロック"
)
_NEEDED = re.compile(
    r"\bdepended\b|\bdependenc(?:y|ies) (?:of|for)\b|\bprerequisite (?:of|for)\b|\b(?:required|needed|awaited|waited)\b"
    r"|\b(?:benötigt|gebraucht|vorausgesetzt) von\b|\bvon \w+ (?:benötigt|gebraucht)\b"
    r"|\b(?:requis|requise|nécessaire)\b"
    r"|\b(?:requerid[oa]|necesari[oa])\b|\b(?:dépendance|dependencia) de\b|依存され"
)
_NEEDS = re.compile(
    r"\bdepend(?:s|ing|ent|ant)?\b|\bdependenc(?:y|ies)\b|\brequir(?:e|es|ing)\b|\bneeds?\b|\b(?:wait|waits|waiting|awaits)\b"
    r"|\bhängt\b.*\bab\b|\bhängt ab\b|\babhängig\b|\babhängigkeit(?:en)?\b|\bbenötigt\b|\bbraucht\b|\bwartet\b"
    r"|\bdépend(?:ance|ances|ant)?\b|\bnécessite\b|\battend\b|\bdepende[n]?\b|\bdependencia[s]?\b|\brequiere\b|\bnecesita\b"
    r"|\bespera a\b|依存"
)
_AFTER = re.compile(r"\b(?:done|finished|completed|started) after\b")
_BEFORE = re.compile(r"\b(?:done|finished|completed) before\b")
_FINISH_TO_START = re.compile(r"\bgantt\b.*\b(?:end|finish) to start\b|\bfinish to start\b")


@lru_cache(maxsize=512)
def _waits(words: str) -> bool | None:
    """Whether a ticket that reads so waits; False where others wait for it, None where nobody does."""
    said = plain(words)
    if _BLOCKED.search(said) or _AFTER.search(said):
        return True
    if _BLOCKS.search(said) or _BEFORE.search(said) or _NEEDED.search(said):
        return False
    return True if _NEEDS.search(said) else None


@lru_cache(maxsize=512)
def by_words(name: str, inward: str, outward: str) -> Waiting:
    """By both readings of a type; by its name where it has none, or where they say nothing and it names blocking."""
    out, in_ = _waits(outward), _waits(inward)
    if out is None and in_ is None:
        named = by_name(name)
        return named if named is Waiting.INWARD or not (inward or outward) else Waiting.NONE
    if out is not None and out == in_:
        return Waiting.NONE
    waits_outward = out if out is not None else not in_
    return Waiting.OUTWARD if waits_outward else Waiting.INWARD


@lru_cache(maxsize=512)
def by_name(name: str) -> Waiting:
    """By a type's name alone, as exports give it: blocking names the blocker inward, needing what is needed outward."""
    said = plain(name)
    if _BLOCKED.search(said) or _BLOCKS.search(said) or _FINISH_TO_START.search(said):
        return Waiting.INWARD
    return Waiting.OUTWARD if _NEEDS.search(said) or _NEEDED.search(said) else Waiting.NONE


def own_waiting(name: str, own: Own) -> Waiting | None:
    """What people say about the type of this name; None where they say nothing."""
    wanted = plain(name)
    return next((waiting for written, waiting in own.items() if plain(written) == wanted), None)


def waiting_of(name: str, inward: str, outward: str, own: Own) -> Waiting:
    """Which end of a link waits."""
    return own_waiting(name, own) or by_words(name, inward, outward)
