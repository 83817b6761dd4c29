"""How words are written in Redmine's two text formats: nothing in them becomes markup, a link, a macro or a mention."""

import re

from connectors.shared.marked_text import Markup

# Both formats keep numeric entities. Links, macros and mentions are looked for once more in the HTML that Markdown
# makes, where an entity is a character again: there only something between the characters keeps them apart.
# A colon between words, a point within a sentence, and what only stands for itself stay as they are.
_SIGN = re.compile(r"[^\w\s,;.:/()']|_|:(?=\S)|(?<=www)\.|(?<=^\w)[.)]|(?<=^\w\w)[.)]")
_REVISION = re.compile(r"\br(?=\d)")
_GAP = "\u200b"


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};" if match[0].isascii() else match[0]


def _escape_textile(words: str) -> str:
    return _REVISION.sub("&#114;", _SIGN.sub(_entity, words))


def _entity_and_gap(match: re.Match[str]) -> str:
    return f"{_entity(match)}{_GAP}"


def _escape_markdown(words: str) -> str:
    return _REVISION.sub(f"r{_GAP}", _SIGN.sub(_entity_and_gap, words))


def _textile_code(words: str) -> str:
    return f"@{words}@" if re.fullmatch(r"[\w/. -]+", words) else _escape_textile(words)


def _markdown_code(words: str) -> str:
    return f"`{words}`" if re.fullmatch(r"[\w/. -]+", words) else _escape_markdown(words)


def _pre(words: str) -> str:
    return f"<pre>{words.replace('</', f'<{_GAP}/')}</pre>"


def _fence(words: str) -> str:
    return f"~~~\n{words.replace('~~~', f'~{_GAP}~~')}\n~~~"


TEXTILE = Markup(
    escape=_escape_textile,
    strong=lambda words: f"*{words}*",
    code=_textile_code,
    block=_pre,
    link=lambda label, url: f'"{label}":{url}',
    bullet="* ",
)
COMMON_MARK = Markup(
    escape=_escape_markdown,
    strong=lambda words: f"**{words}**",
    code=_markdown_code,
    block=_fence,
    link=lambda label, url: f"[{label}]({url.replace('(', '%28').replace(')', '%29')})",
)
MARKUPS = {"textile": TEXTILE, "common_mark": COMMON_MARK}
