"""Shows a document as HTML: all words escaped, unknown nodes by the words in them."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

SAFE = ("https://", "http://", "mailto:", "/")
TAGS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "table": "table",
    "tableRow": "tr",
    "tableHeader": "th",
    "tableCell": "td",
}
MARKS = {"strong": "strong", "em": "em", "code": "code", "strike": "s", "underline": "u"}
PANELS = {"info": "info", "note": "note", "warning": "warning", "error": "error", "success": "success"}


def to_html(node: Any) -> Markup:
    """The HTML of a document or a part of one; nothing for nothing."""
    if not isinstance(node, dict):
        return Markup()
    kind = node.get("type", "")
    if kind in SPECIAL:
        return SPECIAL[kind](node)
    inner = _inner_html(node)
    return _wrap(TAGS[kind], inner) if kind in TAGS else inner


def _inner_html(node: dict[str, Any]) -> Markup:
    return Markup().join(to_html(child) for child in node.get("content") or ())


def _wrap(tag: str, inner: Markup) -> Markup:
    # Tags come from the tables above, never from a document.
    return Markup(f"<{tag}>") + inner + Markup(f"</{tag}>")  # noqa: S704


def _text(node: dict[str, Any]) -> Markup:
    html = escape(node.get("text", ""))
    for mark in node.get("marks") or ():
        kind = mark.get("type")
        if kind in MARKS:
            html = _wrap(MARKS[kind], html)
        elif kind == "link":
            html = _link(str(mark.get("attrs", {}).get("href", "")), html)
    return html


def _link(href: str, inner: Markup) -> Markup:
    if not href.startswith(SAFE):
        return inner
    return Markup('<a href="{}" rel="noreferrer nofollow">{}</a>').format(href, inner)


def _heading(node: dict[str, Any]) -> Markup:
    level = min(6, max(1, int(node.get("attrs", {}).get("level", 3))))
    return _wrap(f"h{level}", _inner_html(node))


def _panel(node: dict[str, Any]) -> Markup:
    kind = PANELS.get(str(node.get("attrs", {}).get("panelType")), "info")
    return Markup('<div class="panel {}">{}</div>').format(kind, _inner_html(node))


def _expand(node: dict[str, Any]) -> Markup:
    title = node.get("attrs", {}).get("title") or "More"
    return Markup("<details><summary>{}</summary>{}</details>").format(title, _inner_html(node))


def _card(node: dict[str, Any]) -> Markup:
    href = str(node.get("attrs", {}).get("url", ""))
    return _link(href, escape(href))


def _mention(node: dict[str, Any]) -> Markup:
    return _wrap("strong", escape(node.get("attrs", {}).get("text") or "@someone"))


SPECIAL: dict[str, Callable[[dict[str, Any]], Markup]] = {
    "text": _text,
    "hardBreak": lambda _: Markup("<br>"),
    "rule": lambda _: Markup("<hr>"),
    "heading": _heading,
    "panel": _panel,
    "expand": _expand,
    "nestedExpand": _expand,
    "codeBlock": lambda node: _wrap("pre", _wrap("code", _inner_html(node))),
    "inlineCard": _card,
    "blockCard": _card,
    "mention": _mention,
}
