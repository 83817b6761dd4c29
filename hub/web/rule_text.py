"""The page of a rule, from its docstring to parts that a template can draw: headings, paragraphs, lists, examples."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hub.model.message import Code, Line, Text

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Part:
    """`kind` is heading, paragraph, list or example; an example is one text, a list has a line for each item."""

    kind: str
    lines: tuple[Line, ...] = ()
    text: str = ""
    about: str = ""


def rule_parts(page: str) -> tuple[Part, ...]:
    """Everything after the first line, which is the rule's summary; what is no known form is a paragraph."""
    _, _, rest = page.strip().partition("\n")
    return tuple(_parts(rest))


def _parts(text: str) -> Iterator[Part]:
    heading = ""
    for block in _blocks(text):
        first = block[0]
        if first.startswith("#"):
            heading = first.lstrip("#").strip()
            yield Part("heading", (words(heading),))
        elif first.startswith("```"):
            yield Part("example", text="\n".join(block[1:]), about=heading)
        elif first.startswith(("- ", "* ")):
            yield Part("list", tuple(words(item) for item in _items(block)))
        else:
            yield Part("paragraph", (words(" ".join(block)),))


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together; within an example empty lines part nothing."""
    held: list[str] = []
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            if not fenced and held:
                yield held
                held = []
            elif fenced:
                yield held
                held, fenced = [], False
                continue
            fenced = True
        parted = not fenced and (not line.strip() or (held and held[0].startswith("#")))
        if parted and held:
            yield held
            held = []
        if fenced or line.strip():
            held.append(line if fenced else line.strip())
    if held:
        yield held


def _items(block: list[str]) -> Iterator[str]:
    held: list[str] = []
    for line in block:
        if line.startswith(("- ", "* ")) and held:
            yield " ".join(held)
            held = []
        held.append(line[2:] if line.startswith(("- ", "* ")) else line)
    yield " ".join(held)


def words(text: str) -> Line:
    """A line in which what stands in backquotes is an exact value."""
    parts = _CODE.split(text)
    spans = (Code(part) if at % 2 else Text(part) for at, part in enumerate(parts))
    return tuple(span for span in spans if span.text)
