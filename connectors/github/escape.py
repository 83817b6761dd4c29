"""People's words as GitHub Markdown that shows them as they are and does nothing else."""

import re

# A zero-width space: GitHub links mentions, references and shortcodes after Markdown is rendered, where no
# backslash is left; only something between the characters keeps them apart.
ZERO_WIDTH_SPACE = "&#8203;"
MAX_TEXT_LENGTH = 300

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"[\\`*_\[\]~|^]")
_START = re.compile(r"^(\d{0,9})([#+\-=>.):!])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
_ENTITY = re.compile(r"[&<>$]")
# The last character before the gap; what follows is only looked at. Applied before anything else is escaped.
_AUTOLINK = re.compile(
    r"[@#]"
    r"|(?<![^\W_])GH-(?=\d)"
    r"|:(?=//)"
    r"|\bwww(?=\.)|\b(?:mailto|xmpp)(?=:)"
    r"|(?<=:)(?=[\w+-]{1,60}:)",
    re.IGNORECASE,
)
_COMMIT = re.compile(r"(?<![^\W_])[0-9a-f]{7,64}(?![^\W_])", re.IGNORECASE)
_GAP = "\ue000"


def visible_line(text: str, limit: int = MAX_TEXT_LENGTH) -> str:
    """One line of visible characters, cut with an ellipsis where it is too long."""
    line = _SPACE.sub(" ", _INVISIBLE.sub("", text[: limit * 4]).replace(_GAP, " ")).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def escape_text(text: str) -> str:
    """Text that starts no markup, link, mention, reference, shortcode or HTML."""
    return _escape(visible_line(text)) if text.strip() else ""


def span(text: str) -> str:
    """Text within a line: a blank at either end stays, so that spans do not run together."""
    inner = escape_text(text)
    if not inner:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")


def strong(text: str) -> str:
    """Words that matter; the stars hold whatever stands at the ends, since a zero-width space is no punctuation."""
    inner = escape_text(text)
    start, end = ("" if inner[at : at + 1 or None].isalnum() else "\u200b" for at in (0, -1))
    return f"**{start}{inner}{end}**" if inner else ""


def code(text: str) -> str:
    """An exact value in a code span, whatever backticks it holds."""
    value = visible_line(text)
    if not value:
        return ""
    max_run = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * (max_run + 1)
    pad = " " if value[0] == "`" or value[-1] == "`" else ""
    return f"{fence}{pad}{value}{pad}{fence}"


def summary(text: str) -> str:
    """The title of a fold: within HTML no Markdown takes effect, and a backslash would be seen."""
    return _neutralise(visible_line(text)).replace(_GAP, ZERO_WIDTH_SPACE)


def block(text: str) -> str:
    """A block that can be copied, whatever backticks are in it."""
    value = visible_line(text)
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`+", value))])
    return f"{fence}\n{value}\n{fence}"


def link(text: str, url: str) -> str:
    """A link of the hub's own; an address that is not plain http(s) leaves only the words."""
    label = escape_text(text)
    if not re.fullmatch(r"https?://[^\s<>\"\\^`{|}\x00-\x1f]{1,1000}", url):
        return label
    safe = url.replace("(", "%28").replace(")", "%29").replace("*", "%2A")
    return f"[{label or 'link'}]({safe})"


def _escape(line: str) -> str:
    return _START.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", _neutralise(line))).replace(_GAP, ZERO_WIDTH_SPACE)


def _neutralise(line: str) -> str:
    """Gaps where GitHub would link something, and no HTML."""
    separated = _AUTOLINK.sub(lambda match: match[0] + _GAP, _COMMIT.sub(_break_up, line))
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], separated)


def _break_up(match: re.Match[str]) -> str:
    digits = match[0]
    return _GAP.join(digits[at : at + 6] for at in range(0, len(digits), 6))
