"""Problems of OKR files in words that tell nothing of a private key result: output is piped, pasted and logged."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hub.model.errors import Problem
from hub.model.private_names import PRIVATE_NAME, Name, PrivateNames
from hub.toml.document import TomlFile

# Not the line of another place in the file.
_FIGURE = re.compile(r"(?<![\w:.])\d(?:[\d.,_:e+-]*\d)?")


def without_private(problems: Iterable[Problem], files: Sequence[TomlFile]) -> list[Problem]:
    """File and line stay: they lead whoever may open the file to the fault. Names and figures do not."""
    names = PrivateNames(tuple(name for file in files for name in private_names(file.data)))
    return [_told(one, names) for one in problems] if names else list(problems)


def private_names(data: Any) -> Iterator[Name]:
    """Id and title of every key result whose visibility is stated and is not `public`, however the table is damaged."""
    for objective in _tables(data, "objective"):
        for one in _tables(objective, "key_result"):
            if one.get("visibility", "public") != "public":
                yield _text(one.get("id")), _text(one.get("title"))


def _told(one: Problem, names: PrivateNames) -> Problem:
    key, what, remedy = map(names.redact, (one.key, one.what, one.remedy))
    if PRIVATE_NAME in key:
        what = _FIGURE.sub("…", what)
    return replace(one, key=key, what=what, remedy=remedy)


def _tables(data: Any, name: str) -> Iterator[dict[str, Any]]:
    found = data.get(name) if isinstance(data, dict) else None
    yield from (one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
