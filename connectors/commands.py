"""Commands in a comment's own words: a line that is only a command, never one in quotes or blocks of code."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.mail_quotes import without_quoted_mail
from hub.model.command import Verb
from hub.model.typed import folded

MAX_COMMANDS = 5
MAX_ARGUMENT_LENGTH = 300
MAX_LINE_LENGTH = 1_000
"""Of a command with its reason; no longer line is looked at."""
# People indent a command, list it, write it after a mention, or in backticks or bold as it was printed.
_PREFIX = re.compile(r" {0,3}(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?(?:(?:@[\w-]{1,60}|\[~[^\]\n]{1,120}\])[ \t,:]{1,3})?")
_DECORATED = re.compile(r"(?P<marks>[`*_]{0,3})(?P<command>/.*?)(?P=marks)\.?", re.DOTALL)
_COMMAND = re.compile(r"/okr(?:[ \t]+(?P<argument>.*?))?\.?", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_QUOTING_TAGS = "pre|blockquote|code|samp|kbd|tt|q|del|s|strike|details|table|script|style|textarea"
_OPENING_TAG = re.compile(rf"<({_QUOTING_TAGS})\b[^<>]{{0,300}}>", re.IGNORECASE)
_CLOSING_TAG = re.compile(rf"</({_QUOTING_TAGS})\s{{0,8}}>", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"[`\"']?<[^<>]{0,40}>[`\"']?")
_TAKES_REASON = (Verb.EXEMPT, Verb.DECLINE)


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """One command as it was written: what is asked for, and the rest of the line."""

    verb: Verb
    argument: str = ""


def parse_commands(markdown: str) -> tuple[ParsedCommand, ...]:
    """The commands of a comment in Markdown."""
    if "/okr" not in folded(markdown).casefold():
        return ()
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return parse_lines(own_lines("\n".join(without_quoted_mail(lines))))


def parse_lines(lines: Iterable[str]) -> tuple[ParsedCommand, ...]:
    """The commands among lines that are known to be the author's own."""
    commands = (_parse(text) for line in lines if (text := _command_in(line)) is not None)
    return tuple(dict.fromkeys(commands))[:MAX_COMMANDS]


def _command_in(line: str) -> str | None:
    """What follows `/okr` in a line that is only a command; None for any other line."""
    if len(line) > MAX_LINE_LENGTH:
        return None
    line = line if "/" in line else folded(line)
    prefix = _PREFIX.match(line)
    text = line[prefix.end() if prefix else 0 :].rstrip()
    decorated = _DECORATED.fullmatch(text)
    match = _COMMAND.fullmatch(decorated["command"].rstrip()) if decorated else None
    return None if match is None else match["argument"] or ""


def own_lines(markdown: str) -> Iterator[str]:
    """The lines that the author says: no quotes, code, tables or hidden text. In doubt a line is left out.

    In time that grows with the length of the text, whatever stands in it: anybody may write it.
    """
    text = _without_elements(_HIDDEN.sub(" ", markdown))
    for paragraph in _paragraphs(text.split("\n")):
        coded = [at for at, line in enumerate(paragraph) if "`" in line]
        for at, line in enumerate(paragraph):
            # Code may begin on one line and end on another.
            is_inside_code = bool(coded) and coded[0] < at <= coded[-1]
            if not is_inside_code:
                yield line


def _without_elements(text: str) -> str:
    """Each element up to the last end tag of its name, for those of one name may stand within each other."""
    ends = {match[1].casefold(): match.end() for match in _CLOSING_TAG.finditer(text)}
    parts, at = [], 0
    while (opened := _OPENING_TAG.search(text, at)) is not None:
        parts.append(text[at : opened.start()])
        end = ends.get(opened[1].casefold(), 0)
        at = end if end > opened.end() else len(text)
    return " ".join((*parts, text[at:]))


def _paragraphs(lines: Iterable[str]) -> Iterator[list[str]]:
    """Blocks between blank lines outside of fences; a block that quotes ends with what was before the quote."""
    block: list[str] = []
    fence, quoting = "", False
    for line in lines:
        if fence:
            closing = line.strip()
            fence = "" if closing and set(closing) == {fence[0]} and len(closing) >= len(fence) else fence
        elif (opening := _FENCE.match(line)) is not None:
            fence, quoting = opening[1], False
            yield block
            block = []
        elif not line.strip():
            quoting = False
            yield block
            block = []
        else:
            # A line right below a quote still belongs to it.
            quoting = quoting or _QUOTE.match(line) is not None
            block += [] if quoting else [line]
    yield block


def _parse(text: str) -> ParsedCommand:
    word, _, argument = " ".join(text.split()).partition(" ")
    reason = argument[:MAX_ARGUMENT_LENGTH].strip()
    verb = next((verb for verb in Verb if verb.value == word.casefold() and verb is not Verb.UNCLEAR), Verb.UNCLEAR)
    is_incomplete = (verb in _TAKES_REASON and not reason) or (verb is Verb.KR and not argument.strip(" `*\"'“”.,;:"))
    if verb is Verb.UNCLEAR or is_incomplete or _PLACEHOLDER.fullmatch(reason):
        return ParsedCommand(Verb.UNCLEAR, " ".join(text.split())[:MAX_ARGUMENT_LENGTH])
    return ParsedCommand(verb, reason)
