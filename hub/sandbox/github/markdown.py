"""Markdown as a ticket's page shows it: links, emphasis and folds work, other HTML is text, comments are not seen."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

# What GitHub lets through of HTML and the hub uses; without attributes, for those could do something.
PLAIN_TAG = re.compile(r"(</?(?:sub|details|summary)>)")
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def to_html(text: str) -> Markup:
    """Safe HTML: the library writes the markup and escapes everything else."""
    return Markup(_markdown().render(text))  # noqa: S704


@cache
def _markdown() -> MarkdownIt:
    # HTML has to be recognised so that its comments can be left out; the rules below let none of it through.
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    markdown.add_render_rule("html_block", _html)
    markdown.add_render_rule("html_inline", _html)
    markdown.add_render_rule("image", _image)
    return markdown


def _html(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    parts = PLAIN_TAG.split(COMMENT.sub("", tokens[index].content).strip("\n"))
    return "".join(part if PLAIN_TAG.fullmatch(part) else str(escape(part)) for part in parts)


def _image(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    """A picture would be fetched from elsewhere: its words are enough."""
    return str(escape(tokens[index].content))
