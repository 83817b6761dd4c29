"""What a ticket's labels and text say about key results and other tickets, quotes and code left out."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from connectors.shared.prose import lines_under_headings, prose_lines
from hub.model.initiative import KeyResultMention, MentionSource
from hub.model.text import folded, match_key
from hub.model.written_names import PLACEHOLDER, is_empty_value, single_names, unwrapped, without_addresses

_DEPENDENCY_PHRASES = ("depends on", "blocked by")
_DEPENDENCY_START = re.compile(r"(?:depends\s+on|blocked\s+by)(?![\w-])\s{0,8}:?\s{0,8}", re.IGNORECASE)
_DEPENDENCY_ANYWHERE = re.compile(r"depends\s+on|blocked\s+by")
_KEY = re.compile(
    r"\[[^\[\]]{0,200}\]\((?P<linked>https?://[^\s()<>]{1,500})\)"
    r"|<?(?P<url>https?://[^\s()<>,;]{1,500})>?"
    r"|(?P<key>[\w.-]{1,100}/[\w.-]{1,100}#\d{1,12}|\#\d{1,12}|[A-Za-z][A-Za-z0-9_]{1,30}-\d{1,12})(?![\w-])"
)
_NAMED = re.compile(rf"(?<![\w/#.-])(?:{_KEY.pattern})")
# A long run of marks is looked at from its start alone: from each mark in it, that takes time with its square.
_CODE = re.compile(r"(?<!`)(`{10,})[^`]{1,500}\1|(`{1,9})[^`]{1,500}\2|\{\{[^{}]{1,500}\}\}")
# What every name of a ticket holds somewhere; found much faster than a name is.
_TRACES = re.compile(r"[-#]\d|https?://")
MAX_MENTIONS = 20
MAX_LINE_LENGTH = 400
"""Of a line that names key results and is kept as it was written."""
MAX_WORDS, MAX_TEXT_LENGTH = 40, 2_000
MIN_WORD_LENGTH, MAX_WORD_LENGTH = 4, 20
# Letters only: whatever holds a digit or a sign may be a name, a number or a secret.
_WORD_OPENERS, _WORD_ENDS = '("“', '.,;:!?)"”'
_PLAIN_WORD = re.compile(
    rf"(?<![^\s{_WORD_OPENERS}])[^\W\d_]{{{MIN_WORD_LENGTH},{MAX_WORD_LENGTH}}}(?![^\s{_WORD_ENDS}])"
)
_BETWEEN = re.compile(r"(?:\s{0,8}(?:,|;|&|\band\b|\s)){0,3}\s{0,8}")


def named_by_labels(labels: Iterable[str], pattern: str) -> tuple[str, ...]:
    """The ids in labels of the form `kr-{id}`, in alphabetical order; the words around the id in any case."""
    if PLACEHOLDER not in pattern:
        return ()
    names = {name for label in labels if (name := _named_by_label(label, pattern))}
    return tuple(sorted(names)) if names else ()


@lru_cache(maxsize=4096)
def _named_by_label(label: str, pattern: str) -> str:
    match = _label_pattern(pattern).fullmatch(folded(label).strip())
    return match[1] if match else ""


def named_in_text(text: str, pattern: str, heading: str = "") -> tuple[str, ...]:
    """The ids that `mentions_in_text` finds, each once."""
    return tuple(dict.fromkeys(mention.raw for mention in mentions_in_text(text, pattern, heading)))


def mentions_in_text(text: str, pattern: str, heading: str = "") -> tuple[KeyResultMention, ...]:
    """What stands after `KR:` at the start of a line, and below a heading that says the same or is called `heading`.

    What is quoted or code does not count. Each has the line in which more stands than one id: it may be a title.
    """
    if (starts := _text_pattern(pattern, heading)) is None:
        return ()
    plain, lowered = _plain_and_lowered(text)
    found: dict[KeyResultMention, None] = {}
    if starts.first_word in lowered:
        for line in _prose_lines_with(starts.first_word, plain):
            if match := starts.line_start.match(line):
                found.update(dict.fromkeys(_mentions(line[match.end() :], "")))
    if any(word in lowered for word in starts.heading_words):
        below = _answers(text, starts.headings)
        found.update(dict.fromkeys(mention for title, line in below for mention in _mentions(line, title)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _TextPattern:
    """How lines and headings begin that name key results; `first_word` stands in every such line."""

    first_word: str
    line_start: re.Pattern[str]
    headings: frozenset[str]
    heading_words: frozenset[str]


@lru_cache(maxsize=64)
def _text_pattern(pattern: str, heading: str) -> _TextPattern | None:
    before, placeholder, _ = pattern.partition(PLACEHOLDER)
    start = match_key(before)
    if not (placeholder and start):
        return None
    headings = frozenset(name for text in (start, heading) if (name := _without_colon(match_key(text))))
    heading_words = frozenset(name.partition(" ")[0] for name in headings)
    return _TextPattern(_without_colon(start).partition(" ")[0], _line_pattern(start), headings, heading_words)


def named_in_field(text: str) -> tuple[str, ...]:
    """What a field of free words names, ids or titles, taken apart at commas, semicolons and line ends."""
    parts = (part.strip() for part in re.split(r"[,;\n]", folded(text)))
    return tuple(dict.fromkeys(part for part in parts if not is_empty_value(part)))


def plain_words(text: str) -> tuple[str, ...]:
    """The first words of a text in small letters, each once: enough to tell what it is about."""
    words: dict[str, None] = {}
    for token in text[:MAX_TEXT_LENGTH].split():
        if len(token) < MIN_WORD_LENGTH:
            continue
        bare = token.lstrip(_WORD_OPENERS).rstrip(_WORD_ENDS)
        # Most of what stands between blanks is one word: to look at each sign of it takes longer.
        if not bare.isalpha():
            words.update(dict.fromkeys(map(str.casefold, _PLAIN_WORD.findall(token))))
        elif MIN_WORD_LENGTH <= len(bare) <= MAX_WORD_LENGTH:
            words[bare.casefold()] = None
        if len(words) >= MAX_WORDS:
            break
    return tuple(words)[:MAX_WORDS]


def depends_on(text: str) -> tuple[str, ...]:
    """Tickets named after "Depends on" or "Blocked by" at the start of a line: keys, `#12`, or URLs, as written.

    What is struck out or ticked off is done.
    """
    if not _may_depend(text):
        return ()
    names: dict[str, None] = {}
    for line in prose_lines(_plain_and_lowered(text)[0], ticked=False):
        if start := _DEPENDENCY_START.match(line):
            names.update(dict.fromkeys(_keys(line, start.end())))
    names.update(dict.fromkeys(key for line in _tasks(text) for key in _keys(line, 0)))
    return tuple(names)


def unclear_dependencies(text: str) -> tuple[str, ...]:
    """The lines after "Depends on" or "Blocked by" that say something and name no ticket."""
    if not _may_depend(text):
        return ()
    plain = _plain_and_lowered(text)[0]
    lines = prose_lines(plain, ticked=False)
    matched = ((line, start.end()) for line in lines if (start := _DEPENDENCY_START.match(line)))
    listed = ((line, 0) for line in _tasks(text))
    return tuple(line for line, at in (*matched, *listed) if not (is_empty_value(line[at:]) or any(_keys(line, at))))


def mentioned(text: str) -> tuple[str, ...]:
    """Other tickets named anywhere outside quotes and code: keys, `#12`, or addresses that end in a number."""
    names: dict[str, None] = {}
    plain = folded(text)
    if _TRACES.search(plain) is None:
        return ()
    for line in prose_lines(plain):
        for match in _NAMED.finditer(_CODE.sub(" ", line)):
            word = match["key"] or (match["linked"] or match["url"]).rstrip("/.:!?'\"")
            if word[-1].isdigit():
                names[word] = None
    # Words such as utf-8 look like keys: what is written like one comes first.
    return tuple(sorted(names, key=lambda name: name[0].islower() and "/" not in name))[:MAX_MENTIONS]


@lru_cache(maxsize=16)
def _plain_and_lowered(text: str) -> tuple[str, str]:
    """The text with plain signs and without bold, and the same in small letters: to be searched much faster."""
    plain = _without_bold(folded(text))
    return plain, plain.casefold()


def _may_depend(text: str) -> bool:
    lowered = _plain_and_lowered(text)[1]
    return ("depends" in lowered or "blocked" in lowered) and _DEPENDENCY_ANYWHERE.search(lowered) is not None


def _without_bold(text: str) -> str:
    return text.replace("**", "")


def _answers(text: str, headings: Collection[str], *, of_tasks: bool = False) -> Iterator[tuple[str, str]]:
    """The lines below headings of these names, each after its heading."""
    lines = lines_under_headings(folded(text), of_tasks=of_tasks)
    return ((heading, _without_bold(line)) for heading, line in lines if heading in headings)


def _tasks(text: str) -> Iterator[str]:
    """The lines below headings that ask for dependencies; nobody ticks a ticket in a form, only a task that is done."""
    return (line for _, line in _answers(text, _DEPENDENCY_PHRASES, of_tasks=True))


def _without_colon(words: str) -> str:
    return words.rstrip(": ")


@lru_cache(maxsize=64)
def _label_pattern(pattern: str) -> re.Pattern[str]:
    before, _, after = pattern.partition(PLACEHOLDER)
    return re.compile(rf"{_with_flexible_spacing(before)}(\S(?:.*\S)?){_with_flexible_spacing(after)}", re.IGNORECASE)


@lru_cache(maxsize=64)
def _line_pattern(start: str) -> re.Pattern[str]:
    """The words at the start of a line; one that ends in a letter ends there."""
    return re.compile(_with_flexible_spacing(start) + (r"(?!\w)" if start[-1].isalnum() else ""), re.IGNORECASE)


def _with_flexible_spacing(words: str) -> str:
    """The words with any blanks between them, and with or without blanks around signs."""
    tokens = re.findall(r"\w+|[^\w\s]+", folded(words))
    patterns = [
        re.escape(piece) if re.match(r"\w", piece) else rf"\s{{0,8}}{re.escape(piece)}\s{{0,8}}" for piece in tokens
    ]
    return re.sub(r"(?<=\w) (?=\w)", r"\\s{1,8}", " ".join(patterns)).replace(" ", "")


@lru_cache(maxsize=4096)
def _mentions(line: str, heading: str) -> tuple[KeyResultMention, ...]:
    """What a line names, and the line, where more stands in it; many tickets have the same line."""
    names = tuple(dict.fromkeys(single_names(line)))
    text = unwrapped(without_addresses(line) if "](" in line else line)
    written = "" if names == (text,) or len(text) > MAX_LINE_LENGTH else text
    return tuple(KeyResultMention(MentionSource.TEXT, name, written=written, heading=heading) for name in names)


def _keys(line: str, at: int) -> Iterator[str]:
    while match := _KEY.match(line, at):
        yield match["linked"] or match["key"] or match["url"].rstrip(".:!?'\"")
        at = match.end()
        at = between.end() if (between := _BETWEEN.match(line, at)) else at


def _prose_lines_with(word: str, text: str) -> Iterator[str]:
    """The spoken lines that may hold the word; where no block can open, the other lines need no look."""
    if "```" in text or "~~~" in text or "{" in text or "<!--" in text:
        return prose_lines(text)
    return prose_lines("\n".join(line for line in text.splitlines() if word in line.casefold()))
