"""The hub's comment as it stands on a ticket, read as people see it: paragraphs, commands, lists, lines of italics."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

FOOTER = "Kept up to date by Alignment Hub"


@dataclass(slots=True)
class Said:
    """One comment: code stands in backticks, links are their words."""

    headline: str
    paragraphs: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join((self.headline, *self.paragraphs, *map(str, (self.commands, self.answers, *self.recorded))))


def read(body: Any) -> Said:
    """A comment in whichever form it was stored."""
    if isinstance(body, dict):
        inside = body["content"]
        alone = inside[0].get("content", [{}]) if len(inside) == 1 else [{}]
        text = alone[0].get("text", "")
        return _of_lines(_wiki(text)) if len(inside) == 1 and "\n" in text else _of_document(inside)
    return _of_lines(_markdown(str(body)))


Part = tuple[str, str]


def _of_lines(parts: Iterator[Part]) -> Said:
    found: Said | None = None
    for kind, text in parts:
        if found is None:
            found = Said(text)
        elif kind == "command":
            found.commands.append(text)
        elif kind == "answer":
            name, _, code = text.partition(": ")
            found.answers.append((name, code.strip("`")))
        elif kind == "row":
            found.rows.append(text)
        elif kind == "recorded":
            found.recorded.append(text)
        elif not text.endswith(FOOTER):
            found.paragraphs.append(text)
    assert found is not None
    return found


# --- Markdown

_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\([^)\s]*\)")


def _plain(text: str) -> str:
    parts = re.split(r"(`[^`]*`)", _LINK.sub(r"\1", text))
    said = (part if part.startswith("`") else re.sub(r"\\(.)", r"\1", html.unescape(part)) for part in parts)
    return "".join(said).replace("\u200b", "").replace("**", "").strip()


def _markdown(body: str) -> Iterator[Part]:
    folded = False
    for block in body.strip().split("\n\n")[1:]:
        if block.startswith("<details>"):
            folded = True
        elif block == "</details>":
            folded = False
        elif block.startswith("```"):
            yield "command", block.strip("`\n")
        elif block.startswith("- "):
            for row in block.split("\n"):
                yield "row" if folded else "answer", _plain(row.removeprefix("- "))
        elif block.startswith("_") and block.endswith("_"):
            yield "recorded", _plain(block[1:-1])
        else:
            yield "paragraph", _plain(re.sub(r"</?sub>", "", block))


# --- wiki markup

_MARKS = ((r"\{\{(.*?)\}\}", r"`\1`"), (r"\[([^\]|]*)\|[^\]]*\]", r"\1"), (r"\{?\*\}?(\S.*?)\{?\*\}?(?=\s|$)", r"\1"))


def _unwiki(text: str) -> str:
    for mark, words in _MARKS:
        text = re.sub(mark, words, text)
    return html.unescape(text).strip()


def _wiki(body: str) -> Iterator[Part]:
    for block in body.split("\n\n"):
        if block.startswith("{noformat}"):
            yield "command", block.replace("{noformat}", "")
        elif block.startswith("* "):
            for row in block.split("\n"):
                yield "answer", _unwiki(row.removeprefix("* "))
        elif block.startswith("_") and block.endswith("_"):
            yield "recorded", _unwiki(block[1:-1])
        else:
            yield "paragraph", _unwiki(block)


# --- documents


def _of_document(nodes: list[Any]) -> Said:
    return _of_lines(part for node in nodes for part in _parts(node))


def _parts(node: Any, kind: str = "answer") -> Iterator[Part]:
    if node["type"] == "codeBlock":
        yield "command", _inline(node)
    elif node["type"] == "expand":
        for child in node["content"]:
            yield from _parts(child, "row")
    elif node["type"] == "bulletList":
        for item in node["content"]:
            yield kind, "".join(map(_inline, item["content"]))
    else:
        marks = [mark["type"] for child in node.get("content", ()) for mark in child.get("marks", ())]
        yield "recorded" if "em" in marks else "paragraph", _inline(node)


def _inline(node: Any) -> str:
    def said(child: Any) -> str:
        coded = any(mark["type"] == "code" for mark in child.get("marks", ()))
        return f"`{child['text']}`" if coded else str(child["text"])

    return "".join(map(said, node.get("content", ()))).strip()
