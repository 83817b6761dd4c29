"""Tables, notes and texts as Markdown."""

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written by `python -m docs.generate` from the code: change it there. -->"


def page(title: str, *parts: str) -> str:
    """A generated page: its title, then the parts with empty lines between."""
    return "\n\n".join([f"# {title}", GENERATED, *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; signs that would end a cell are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)


def cell(text: str) -> str:
    """Text in one line, with the sign between columns escaped."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    """Text as code."""
    return f"`{text}`"


def alternatives(texts: Sequence[str]) -> str:
    """`a`, `b` or `c`."""
    *head, last = texts
    return f"{', '.join(head)} or {last}" if head else last
