"""What a ticket's labels and text say about key results and other tickets, quotes and code left out."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import takewhile

from hub.model.text import SEPARATORS, folded, match_key, split_names

OPENERS = ("```", "~~~", "{", "<!--")
_FENCE = re.compile(r"(`{3,}|~{3,}|\{(?:code|noformat|quote)(?=[:}]))")
_ITEM = r"(?:[-+*] +|[\u2022\u2023\u25e6\u25aa\u25cf\u30fb] *|\d{1,9}[.)] +)"
_MARKS = re.compile(rf"(?:{_ITEM}|#{{1,6}} +)?(?:\[[ xX]\] +)?")
_LISTED = re.compile(rf"{_ITEM}|\[[ xX]\] ")
_UNCHECKED = re.compile(rf"{_ITEM}?\[ \] ")
_HEADING = re.compile(r"#{1,6} +(?P<hashed>(?:.*[^#])?)#*|\*\*(?P<bold>[^*]{1,200})\*\*:?|__(?P<under>[^_]{1,200})__:?")
_PHRASE_NAME = re.compile(r"[\w.-]{1,100}[,;]?")


def prose_lines(text: str) -> Iterator[str]:
    """Lines that people say in their own voice, without list marks: no quotes, code or hidden comments."""
    for line in _unquoted_lines(text):
        yield line[_after_marks(line) :]


def lines_under_headings(text: str) -> Iterator[tuple[str, str]]:
    """Headings, and what stands right below each: a line, a list, or names one a line; boxes only where ticked.

    Forms write the answers to their questions so.
    """
    heading = previous = ""
    for line in _unquoted_lines(text):
        if (title := _heading_text(line)) is not None:
            heading, previous = title, ""
        elif not line:
            heading = heading if not previous or _LISTED.match(previous) else ""
        elif heading and _continues(previous, line):
            previous = line
            if not _UNCHECKED.match(line):
                yield heading, line[_after_marks(line) :]
        else:
            heading = ""


def _continues(previous: str, line: str) -> bool:
    """Whether a line still belongs to what a heading asked for."""
    if not previous:
        return True
    if _LISTED.match(previous):
        return _LISTED.match(line) is not None
    return bool(_PHRASE_NAME.fullmatch(previous) and _PHRASE_NAME.fullmatch(line))


def _heading_text(line: str) -> str | None:
    """The words of a heading, or of a line that is all bold, as they are compared; None for other lines."""
    match = _HEADING.fullmatch(line)
    words = match and next(group for group in match.groups() if group is not None)
    return match_key(words.replace("**", "")).rstrip(": ") if words is not None else None


def _unquoted_lines(text: str) -> Iterator[str]:
    closing = ""
    for raw in text.splitlines():
        line = raw.strip()
        if closing:
            closing = "" if line.startswith(closing) or (closing == "-->" and closing in line) else closing
        elif opening := _closing_mark(line):
            closing = opening
        elif not _is_quoted_or_code(raw, line):
            yield line


def _closing_mark(line: str) -> str:
    """What will close a block that this line opens; empty when it opens none."""
    if fence := _FENCE.match(line):
        mark = fence[1] if fence[1][0] in "`~" else fence[1] + "}"
        is_open = mark not in line[fence.end() :]
        return mark if is_open else ""
    hidden = line.rfind("<!--")
    return "-->" if hidden >= 0 and line.find("-->", hidden) < 0 else ""


def _is_quoted_or_code(raw: str, line: str) -> bool:
    """Quotes, code spans at the start, and text that is indented like code without being a list item."""
    if line.startswith((">", "`", "<!--", "bq. ", "|", "~~", "{")):
        return True
    indented = raw.startswith(("    ", "\t"))
    return indented and not _after_marks(line)


def _after_marks(line: str) -> int:
    marks = _MARKS.match(line)
    return marks.end() if marks else 0


PLACEHOLDER = "{id}"
_EMPTY_VALUES = frozenset({"", "-", "--", "?", "none", "n/a", "na", "tbd", "todo", "no response", PLACEHOLDER})
_WRAPPERS = "*`\"'()[]<>"
_DEPENDENCY_PHRASES = ("depends on", "blocked by")
_DEPENDENCY_START = re.compile(r"(?:depends\s+on|blocked\s+by)(?![\w-])\s{0,8}:?\s{0,8}", re.IGNORECASE)
_DEPENDENCY_ANYWHERE = re.compile(r"depends\s+on|blocked\s+by", re.IGNORECASE)
# A name, and perhaps an explanation of it; whatever else follows is a sentence.
_SINGLE_NAME = re.compile(r"\S+(?:\s+[(\[-].*)?")
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
MAX_WORDS, MAX_TEXT_LENGTH = 40, 2_000
# Letters only: whatever holds a digit or a sign may be a name, a number or a secret.
_PLAIN_WORD = re.compile(r"(?<![^\s(\"“])[^\W\d_]{4,20}(?![^\s.,;:!?)\"”])")
_BETWEEN = re.compile(r"(?:\s{0,8}(?:,|;|&|\band\b|\s)){0,3}\s{0,8}")


def named_by_labels(labels: Iterable[str], pattern: str) -> tuple[str, ...]:
    """The ids in labels of the form `kr-{id}`, in alphabetical order; the words around the id in any case."""
    if PLACEHOLDER not in pattern:
        return ()
    label_pattern = _label_pattern(pattern)
    matches = (label_pattern.fullmatch(folded(label).strip()) for label in labels)
    return tuple(sorted({match[1] for match in matches if match}))


def named_in_text(text: str, pattern: str, heading: str = "") -> tuple[str, ...]:
    """The ids after `KR:` at the start of a line, and below a heading that says the same or is called `heading`.

    What is quoted or code does not count.
    """
    before, placeholder, _ = pattern.partition(PLACEHOLDER)
    start = match_key(before)
    if not (placeholder and start):
        return ()
    plain, headings = (
        _without_bold(folded(text)),
        {name for text in (start, heading) if (name := _without_colon(match_key(text)))},
    )
    lowered = plain.casefold()
    names: dict[str, None] = {}
    if _without_colon(start).partition(" ")[0] in lowered:
        line_pattern = _line_pattern(start)
        for line in _prose_lines_with(_without_colon(start).partition(" ")[0], plain):
            if match := line_pattern.match(line):
                names.update(dict.fromkeys(_values(line[match.end() :])))
    if any(heading.partition(" ")[0] in lowered for heading in headings):
        names.update(dict.fromkeys(name for line in _answers(text, headings) for name in _values(line)))
    return tuple(names)


def named_in_field(text: str) -> tuple[str, ...]:
    """What a field of free words names, ids or titles, taken apart at commas, semicolons and line ends."""
    parts = (part.strip() for part in re.split(r"[,;\n]", folded(text)))
    return tuple(dict.fromkeys(part for part in parts if not is_empty_value(part)))


def is_empty_value(value: str) -> bool:
    """Whether the words stand for a field that somebody left empty."""
    return match_key(value).strip("_* .") in _EMPTY_VALUES or match_key(value) in _EMPTY_VALUES


def plain_words(text: str) -> tuple[str, ...]:
    """The first words of a text in small letters, each once: enough to tell what it is about."""
    words: dict[str, None] = {}
    for word in _PLAIN_WORD.finditer(text[:MAX_TEXT_LENGTH]):
        words[word[0].casefold()] = None
        if len(words) >= MAX_WORDS:
            break
    return tuple(words)


def depends_on(text: str) -> tuple[str, ...]:
    """Tickets named after "Depends on" or "Blocked by" at the start of a line: keys, `#12`, or URLs, as written."""
    names: dict[str, None] = {}
    plain = _without_bold(folded(text))
    if not _DEPENDENCY_ANYWHERE.search(plain):
        return ()
    for line in prose_lines(plain):
        if start := _DEPENDENCY_START.match(line):
            names.update(dict.fromkeys(_keys(line, start.end())))
    names.update(dict.fromkeys(key for line in _answers(text, _DEPENDENCY_PHRASES) for key in _keys(line, 0)))
    return tuple(names)


def unclear_dependencies(text: str) -> tuple[str, ...]:
    """The lines after "Depends on" or "Blocked by" that say something and name no ticket."""
    plain = _without_bold(folded(text))
    if not _DEPENDENCY_ANYWHERE.search(plain):
        return ()
    matched = ((line, start.end()) for line in prose_lines(plain) if (start := _DEPENDENCY_START.match(line)))
    listed = ((line, 0) for line in _answers(text, _DEPENDENCY_PHRASES))
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


def _without_bold(text: str) -> str:
    return text.replace("**", "")


def _answers(text: str, headings: Iterable[str]) -> Iterator[str]:
    """The lines below headings of these names."""
    titles = frozenset(headings)
    return (_without_bold(line) for heading, line in lines_under_headings(folded(text)) if heading in titles)


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


def _values(text: str) -> Iterator[str]:
    for part in SEPARATORS.split(text):
        if not is_empty_value(part):
            for token in _words(part.strip()):
                value = token.lstrip(_WRAPPERS).rstrip(_WRAPPERS + ".,:!?")
                if not is_empty_value(value):
                    yield value


def _words(part: str) -> Iterator[str]:
    """The first word, and those joined to it: `revenue / nps`; a sentence that follows is none of them."""
    names = split_names(part) if "://" not in part else ()
    for text in takewhile(_SINGLE_NAME.fullmatch, names) if names and _SINGLE_NAME.fullmatch(names[0]) else (part,):
        yield text.split(maxsplit=1)[0]


def _keys(line: str, at: int) -> Iterator[str]:
    while match := _KEY.match(line, at):
        yield match["linked"] or match["key"] or match["url"].rstrip(".:!?'\"")
        at = match.end()
        at = between.end() if (between := _BETWEEN.match(line, at)) else at


def _prose_lines_with(word: str, text: str) -> Iterator[str]:
    """The spoken lines that may hold the word; where no block can open, the other lines need no look."""
    if any(mark in text for mark in OPENERS):
        return prose_lines(text)
    return prose_lines("\n".join(line for line in text.splitlines() if word in line.casefold()))
