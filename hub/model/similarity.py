"""Which known names a mistyped one was probably meant to be."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

SIMILARITY_CUTOFF = 60
"""Out of 100: names that are less alike have nothing to do with each other."""


def closest(name: str, known: Iterable[str], limit: int = 1, cutoff: int = SIMILARITY_CUTOFF) -> tuple[str, ...]:
    """The known names that were probably meant, the likeliest first; none if nothing is alike."""
    matches = process.extract(
        name, sorted({*known}), scorer=fuzz.ratio, processor=_without_secrets, limit=limit, score_cutoff=cutoff
    )
    return tuple(match[0] for match in matches)


def did_you_mean(name: str, known: Iterable[str], *, noun: str = "") -> str:
    """A remedy: the closest known names, else all of them if they are few."""
    known = {*known}
    suggestions = closest(name, known, limit=3 if noun else 1)
    if suggestions:
        return f"Did you mean {_listed(suggestions)}?"
    if not known:
        return f"No {noun or 'key'} is known here."
    return f"Known: {_listed(sorted(known))}." if len(known) <= 25 else ""


def _without_secrets(name: str) -> str:
    return utils.default_process(name).replace("_", " ")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
