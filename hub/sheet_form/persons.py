"""Owners that are plainly persons, who become no teams."""

import re

from hub.sheet_form.cells import Part

_SELF = frozenset({"me", "i", "myself", "self", "ich", "ich selbst", "selbst", "moi", "yo", "you", "we", "wir"})
_ADDRESS = re.compile(r"@|^(?:dr|mr|mrs|ms|herr|frau)\.? |^[^\W\d_]\. |, [^\W\d_]\.?$", re.IGNORECASE)


def split_persons(parts: list[Part], owners: str | None) -> tuple[list[Part], list[str]]:
    """The teams among owners, and the names of persons; `owners` says of all of them what they are."""
    if owners == "teams":
        return parts, []
    persons = [part.name for part in parts if owners == "persons" or _is_person(part.name)]
    return [part for part in parts if part.name not in persons], persons


def _is_person(name: str) -> bool:
    return name.casefold() in _SELF or _ADDRESS.search(name) is not None
