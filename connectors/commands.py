"""Commands in a comment's own words: a line that is only a command, never one in quotes or blocks of code."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.mail_quotes import without_answered_mail
from hub.model.command import Verb
from hub.model.typed import folded

COMMANDS_AT_MOST = 5
LONGEST_ARGUMENT = 300
LONGEST_LINE = 1_000
"""Of a command with its reason; no longer line is looked at."""
# People indent a command, list it, write it after a mention, or in backticks or bold as it was printed.
_BEFORE = re.compile(r" {0,3}(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?(?:(?:@[\w-]{1,60}|\[~[^\]\n]{1,120}\])[ \t,:]{1,3})?")
_AROUND = re.compile(r"(?P<marks>[`*_]{0,3})(?P<said>/.*?)(?P=marks)\.?", re.DOTALL)
_COMMAND = re.compile(r"/okr(?:[ \t]+(?P<rest>.*?))?\.?", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NOT_SAID = "pre|blockquote|code|samp|kbd|tt|q|del|s|strike|details|table|script|style|textarea"
_OPENS = re.compile(rf"<({_NOT_SAID})\b[^<>]{{0,300}}>", re.IGNORECASE)
_CLOSES = re.compile(rf"</({_NOT_SAID})\s{{0,8}}>", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"[`\"']?<[^<>]{0,40}>[`\"']?")
_TAKES_REASON = (Verb.EXEMPT, Verb.DECLINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One command as it was written: what is asked for, and the rest of the line."""

    verb: Verb
    argument: str = ""


def asked_in(markdown: str) -> tuple[Asked, ...]:
    """The commands of a comment in Markdown."""
    if "/okr" not in folded(markdown).casefold():
        return ()
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return asked_by(own_lines("\n".join(without_answered_mail(lines))))


def asked_by(lines: Iterable[str]) -> tuple[Asked, ...]:
    """The commands among lines that are known to be the author's own."""
    found = (_asked(rest) for line in lines if (rest := _command_in(line)) is not None)
    return tuple(dict.fromkeys(found))[:COMMANDS_AT_MOST]


def _command_in(line: str) -> str | None:
    """What follows `/okr` in a line that is only a command; None for any other line."""
    if len(line) > LONGEST_LINE:
        return None
    line = line if "/" in line else folded(line)
    before = _BEFORE.match(line)
    said = line[before.end() if before else 0 :].rstrip()
    around = _AROUND.fullmatch(said)
    match = _COMMAND.fullmatch(around["said"].rstrip()) if around else None
    return None if match is None else match["rest"] or ""


def own_lines(markdown: str) -> Iterator[str]:
    """The lines that the author says: no quotes, code, tables or hidden text. In doubt a line is left out.

    In time that grows with the length of the text, whatever stands in it: anybody may write it.
    """
    text = _without_elements(_HIDDEN.sub(" ", markdown))
    for paragraph in _paragraphs(text.split("\n")):
        coded = [at for at, line in enumerate(paragraph) if "`" in line]
        for at, line in enumerate(paragraph):
            # Code may begin on one line and end on another.
            around = bool(coded) and coded[0] < at <= coded[-1]
            if not around:
                yield line


def _without_elements(text: str) -> str:
    """Each element up to the last end tag of its name, for those of one name may stand within each other."""
    ends = {found[1].casefold(): found.end() for found in _CLOSES.finditer(text)}
    kept, at = [], 0
    while (opened := _OPENS.search(text, at)) is not None:
        kept.append(text[at : opened.start()])
        end = ends.get(opened[1].casefold(), 0)
        at = end if end > opened.end() else len(text)
    return " ".join((*kept, text[at:]))


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


def _asked(rest: str) -> Asked:
    word, _, argument = " ".join(rest.split()).partition(" ")
    said = argument[:LONGEST_ARGUMENT].strip()
    verb = next((one for one in Verb if one.value == word.casefold() and one is not Verb.UNCLEAR), Verb.UNCLEAR)
    lacks = (verb in _TAKES_REASON and not said) or (verb is Verb.KR and not argument.strip(" `*\"'“”.,;:"))
    if verb is Verb.UNCLEAR or lacks or _PLACEHOLDER.fullmatch(said):
        return Asked(Verb.UNCLEAR, " ".join(rest.split())[:LONGEST_ARGUMENT])
    return Asked(verb, said)
