"""Problems of OKR files in words that tell nothing of a private key result: output is piped, pasted and logged."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hub.model.errors import Problem
from hub.model.private_names import PRIVATE_NAME, Name, PrivateNames
from hub.toml.document import TomlFile

# Not the line of another place in the file.
_NUMBER = re.compile(r"(?<![\w:.])\d(?:[\d.,_:e+-]*\d)?")


def redact_problems(problems: Iterable[Problem], files: Sequence[TomlFile]) -> list[Problem]:
    """File and line stay: they lead whoever may open the file to the fault. Names and figures do not."""
    names = PrivateNames(tuple(name for file in files for name in private_names(file.data)))
    return [_redact(problem, names) for problem in problems] if names else list(problems)


def private_names(data: Any) -> Iterator[Name]:
    """Id and title of every key result whose visibility is stated and is not `public`, however the table is damaged."""
    for objective in _tables(data, "objective"):
        for table in _tables(objective, "key_result"):
            if table.get("visibility", "public") != "public":
                yield _text(table.get("id")), _text(table.get("title"))


def _redact(problem: Problem, names: PrivateNames) -> Problem:
    key, message, remedy = map(names.redact, (problem.key, problem.message, problem.remedy))
    if PRIVATE_NAME in key:
        message = _NUMBER.sub("…", message)
    return replace(problem, key=key, message=message, remedy=remedy)


def _tables(data: Any, name: str) -> Iterator[dict[str, Any]]:
    value = data.get(name) if isinstance(data, dict) else None
    yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
