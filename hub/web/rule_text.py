"""Parses a rule's docstring into headings, paragraphs, lists and examples for the template."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hub.model.message import Code, Line, Text

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """`kind` is heading, paragraph, list or example; an example is one text, a list has a line for each item."""

    kind: str
    lines: tuple[Line, ...] = ()
    text: str = ""
    heading: str = ""


def parse_rule_page(page: str) -> tuple[RuleBlock, ...]:
    """Everything after the first line, which is the rule's summary; unknown blocks are paragraphs."""
    _, _, text = page.strip().partition("\n")
    return tuple(_parse_blocks(text))


def _parse_blocks(text: str) -> Iterator[RuleBlock]:
    heading = ""
    for block in _blocks(text):
        first = block[0]
        if first.startswith("#"):
            heading = first.lstrip("#").strip()
            yield RuleBlock("heading", (parse_line(heading),))
        elif first.startswith("```"):
            yield RuleBlock("example", text="\n".join(block[1:]), heading=heading)
        elif first.startswith(("- ", "* ")):
            yield RuleBlock("list", tuple(parse_line(item) for item in _items(block)))
        else:
            yield RuleBlock("paragraph", (parse_line(" ".join(block)),))


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together; empty lines don't end an example."""
    lines: list[str] = []
    is_fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            if not is_fenced and lines:
                yield lines
                lines = []
            elif is_fenced:
                yield lines
                lines, is_fenced = [], False
                continue
            is_fenced = True
        ends_block = not is_fenced and (not line.strip() or (lines and lines[0].startswith("#")))
        if ends_block and lines:
            yield lines
            lines = []
        if is_fenced or line.strip():
            lines.append(line if is_fenced else line.strip())
    if lines:
        yield lines


def _items(block: list[str]) -> Iterator[str]:
    lines: list[str] = []
    for line in block:
        if line.startswith(("- ", "* ")) and lines:
            yield " ".join(lines)
            lines = []
        lines.append(line[2:] if line.startswith(("- ", "* ")) else line)
    yield " ".join(lines)


def parse_line(text: str) -> Line:
    """A line of text; text in backquotes is an exact value."""
    parts = _CODE.split(text)
    spans = (Code(part) if at % 2 else Text(part) for at, part in enumerate(parts))
    return tuple(span for span in spans if span.text)
