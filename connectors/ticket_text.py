"""What a ticket's labels and text say about key results and other tickets, the same for every tracker."""

import re
from collections.abc import Iterable, Iterator

PLACEHOLDER = "{id}"
_UNSAID = frozenset({"", "-", "?", "none", "n/a", "na", "tbd", "todo", PLACEHOLDER})
_FENCE = re.compile(r"(`{3,}|~{3,}|\{(?:code|noformat|quote)(?=[:}]))")
_OPENERS = ("```", "~~~", "{", "<!--")
_MARKS = re.compile(r"(?:[-+*] +|\d{1,9}[.)] +|#{1,6} +)?(?:\[[ xX]\] +)?")
_SEPARATORS = re.compile(r"[,;&]|\band\b", re.IGNORECASE)
_WAITS = re.compile(r"(?:depends on|blocked by)(?![\w-])\s{0,8}:?\s{0,8}", re.IGNORECASE)
_KEY = re.compile(
    r"\[[^\[\]]{0,200}\]\((?P<linked>https?://[^\s()<>]{1,500})\)"
    r"|<?(?P<url>https?://[^\s()<>,;]{1,500})>?"
    r"|(?P<key>[\w.-]{1,100}/[\w.-]{1,100}#\d{1,12}|\#\d{1,12}|[A-Z][A-Z0-9_]{1,30}-\d{1,12})(?![\w-])"
)
_NAMED = re.compile(rf"(?<![\w/#.-])(?:{_KEY.pattern})")
_CODE = re.compile(r"(`+)[^`]{1,500}\1|\{\{[^{}]{1,500}\}\}")
# What every name of a ticket holds somewhere; found much faster than a name is.
_TRACES = re.compile(r"[-#]\d|https?://")
MENTIONS_AT_MOST = 20
WORDS_AT_MOST, TEXT_AT_MOST = 40, 2_000
# Letters only: whatever holds a digit or a sign may be a name, a number or a secret.
_PLAIN_WORD = re.compile(r"(?<![^\s(\"“])[^\W\d_]{4,20}(?![^\s.,;:!?)\"”])")
_BETWEEN = re.compile(r"(?:\s{0,8}(?:,|;|&|\band\b|\s)){0,3}\s{0,8}")


def named_by_labels(labels: Iterable[str], pattern: str) -> tuple[str, ...]:
    """The ids in labels of the form `kr-{id}`, in alphabetical order; the words around the id in any case."""
    before, found, after = pattern.partition(PLACEHOLDER)
    if not found:
        return ()
    ids = (_between(label, before, after) for label in labels)
    return tuple(sorted({name for name in ids if name}))


def named_in_text(text: str, pattern: str) -> tuple[str, ...]:
    """The ids after `KR:` at the start of a line, as written; what is quoted or code does not count."""
    before, found, _ = pattern.partition(PLACEHOLDER)
    start = before.strip().casefold()
    if not (found and start and start in text.replace("**", "").casefold()):
        return ()
    names: dict[str, None] = {}
    for line in _spoken_with(start, text):
        plain = line.replace("**", "")
        rest = plain[len(start) :]
        bounded = not start[-1].isalnum() or not rest[:1].isalnum()
        if plain[: len(start)].casefold() == start and bounded:
            names.update(dict.fromkeys(_values(rest)))
    return tuple(names)


def plain_words(text: str) -> tuple[str, ...]:
    """The first words of a text in small letters, each once: enough to tell what it is about."""
    found: dict[str, None] = {}
    for word in _PLAIN_WORD.finditer(text[:TEXT_AT_MOST]):
        found[word[0].casefold()] = None
        if len(found) >= WORDS_AT_MOST:
            break
    return tuple(found)


def depends_on(text: str) -> tuple[str, ...]:
    """Tickets named after "Depends on" or "Blocked by" at the start of a line: keys, `#12`, or URLs, as written."""
    names: dict[str, None] = {}
    folded = text.replace("**", "").casefold()
    if "depends on" not in folded and "blocked by" not in folded:
        return ()
    for line in spoken_lines(text):
        plain = line.replace("**", "")
        if start := _WAITS.match(plain):
            names.update(dict.fromkeys(_keys(plain, start.end())))
    return tuple(names)


def mentioned(text: str) -> tuple[str, ...]:
    """Other tickets named anywhere outside quotes and code: keys, `#12`, or addresses that end in a number."""
    names: dict[str, None] = {}
    if _TRACES.search(text) is None:
        return ()
    for line in spoken_lines(text):
        for match in _NAMED.finditer(_CODE.sub(" ", line)):
            word = match["key"] or (match["linked"] or match["url"]).rstrip("/.:!?'\"")
            if word[-1].isdigit():
                names[word] = None
    return tuple(names)[:MENTIONS_AT_MOST]


def _between(label: str, before: str, after: str) -> str:
    inner = label[len(before) : len(label) - len(after)]
    fits = len(label) > len(before) + len(after)
    around = (label[: len(before)] + label[len(label) - len(after) :]) if fits else ""
    return inner if fits and around.casefold() == (before + after).casefold() else ""


def _values(rest: str) -> Iterator[str]:
    for part in _SEPARATORS.split(rest):
        words = part.split(maxsplit=1)
        value = words[0].strip("*`\"'“”()[]<>").rstrip(".,:!?") if words else ""
        if value.casefold() not in _UNSAID:
            yield value


def _keys(line: str, at: int) -> Iterator[str]:
    while match := _KEY.match(line, at):
        yield match["linked"] or match["key"] or match["url"].rstrip(".:!?'\"")
        at = match.end()
        at = between.end() if (between := _BETWEEN.match(line, at)) else at


def _spoken_with(word: str, text: str) -> Iterator[str]:
    """The spoken lines that may hold the word; where no block can open, the other lines need no look."""
    if any(mark in text for mark in _OPENERS):
        return spoken_lines(text)
    lines = (line for line in text.splitlines() if word in line.replace("**", "").casefold())
    return spoken_lines("\n".join(lines))


def spoken_lines(text: str) -> Iterator[str]:
    """Lines that people say in their own voice, without list marks: no quotes, code or hidden comments."""
    closes = ""
    for raw in text.splitlines():
        line = raw.strip()
        if closes:
            closes = "" if line.startswith(closes) or (closes == "-->" and closes in line) else closes
        elif opening := _opens(line):
            closes = opening
        elif not _is_quoted_or_code(raw, line):
            yield line[_after_marks(line) :]


def _opens(line: str) -> str:
    """What will close a block that this line opens; empty when it opens none."""
    if fence := _FENCE.match(line):
        mark = fence[1] if fence[1][0] in "`~" else fence[1] + "}"
        alone = mark not in line[fence.end() :]
        return mark if alone else ""
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
