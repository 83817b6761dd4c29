"""How texts, numbers and lists are written in TOML."""

import json
from collections.abc import Sequence
from datetime import date

GROUPED_FROM = 10_000


def quoted(text: str) -> str:
    """A text in quotes, whatever stands in it."""
    # TOML's basic strings are JSON's, but for one character that JSON lets pass.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def number(value: float, *, grouped: bool = True) -> str:
    """A number without a needless fraction; `grouped` parts long ones by underscores."""
    plain = int(value) if float(value).is_integer() and abs(value) < 1e15 else value
    return f"{plain:_}" if grouped and abs(value) >= GROUPED_FROM and "e" not in repr(plain) else repr(plain)


def array(parts: Sequence[str]) -> str:
    """A list in one line, of parts that are TOML already."""
    return f"[{', '.join(parts)}]"


def inline_table(pairs: Sequence[tuple[str, str]]) -> str:
    """A table in one line, of values that are TOML already."""
    return "{ " + ", ".join(f"{name} = {value}" for name, value in pairs) + " }"


def day(value: date) -> str:
    """A day."""
    return value.isoformat()
