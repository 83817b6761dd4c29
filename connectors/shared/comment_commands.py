"""Comments on any tracker: commands in them, never in quotes, code or a quoted mail, and the hash of our own text."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hub.model.message import HEADLINE
from hub.model.text import folded
from hub.model.ticket_input import Verb

MAX_QUOTE_LINE_LENGTH = 400
MAX_ATTRIBUTION_LINES = 3
MAX_HEADER_LINES = 5
# "On 23 Nov 2026, Ana Silva wrote:" in the languages of widespread mail programs.
_ATTRIBUTION_VERB = re.compile(
    r"\b(wrote|writes|schrieb|geschrieben|a écrit|escribió|escribio|escreveu|ha scritto|schreef|skrev|napisał\w*"
    r"|napsal\w*|kirjoitti|írta|a scris|написал\w*|пише|yazd\w|写道|書きました|작성)\b",
    re.IGNORECASE,
)
_ATTRIBUTION_START = re.compile(r"(on|am|le|el|em|il|op|den|på|dne|dnia|w dniu|\w{2,3}\.?,)\s", re.IGNORECASE)
_DATE_OR_ADDRESS = re.compile(r"\d|@")
_FROM = r"from|von|de|da|van|från|fra|od|lähettäjä|от|кому|gönderen|发件人|差出人"
_SENT = (
    r"sent|date|subject|gesendet|datum|betreff|envoyé|objet|enviado(?: el)?|fecha|asunto|inviato|data|oggetto"
    r"|verzonden|onderwerp|assunto|skickat|ämne|sendt|emne|wysłano|temat|lähetetty|aihe|отправлено|тема|发送时间|件名"
)
_HEADERS = re.compile(rf"(?:{_FROM})\s?[:：].{{1,300}}?\b(?:{_SENT})\s?[:：]", re.IGNORECASE)  # noqa: RUF001
_FROM_LINE = re.compile(rf"(?:{_FROM})\s?[:：]", re.IGNORECASE)  # noqa: RUF001
# "-----Original Message-----", "---------- Forwarded message ---------", and the line that Outlook draws.
_SEPARATOR = re.compile(r"-{4,}\s?[^\s-].{0,80}?-{4,}|_{20,}")
_REPLY_MARKER = re.compile(
    r"\breply above this line\b|\byour reply above\b|^reply to this email directly\b", re.IGNORECASE
)


def without_quoted_mail(lines: Sequence[str]) -> Sequence[str]:
    """The lines above the mail that is answered; all of them where there is none.

    Below "… wrote:" the writer may go on between lines that begin with `>`: these are quotes by themselves.
    """
    for at in range(len(lines)):
        if _starts_quoted_mail(lines, at):
            return lines[:at]
    return lines


def _starts_quoted_mail(lines: Sequence[str], at: int) -> bool:
    line = _plain_line(lines[at])
    if not line or line.startswith("/"):
        return False
    if _SEPARATOR.fullmatch(line) or _REPLY_MARKER.search(line):
        return True
    if _FROM_LINE.match(line) and _HEADERS.match(" ".join(_following(lines, at, MAX_HEADER_LINES))):
        return True
    length = _attribution_length(lines, at, line)
    return length > 0 and not _is_marked(lines, at + length)


def _attribution_length(lines: Sequence[str], at: int, line: str) -> int:
    """How many lines the words about who wrote what follows take; 0 where there are none."""
    if _DATE_OR_ADDRESS.search(line) is None:
        return 0
    max_lines = MAX_ATTRIBUTION_LINES if _ATTRIBUTION_START.match(line) else 1
    for length in range(1, max_lines + 1):
        text = " ".join(_plain_line(line) for line in lines[at : at + length])
        if text.endswith((":", "：")) and _ATTRIBUTION_VERB.search(text):  # noqa: RUF001
            return length
    return 0


def _is_marked(lines: Sequence[str], at: int) -> bool:
    """Whether the next line with words in it is marked as a quote."""
    following = next((line for line in lines[at:] if line.strip()), "")
    return following.lstrip().startswith(">")


def _following(lines: Sequence[str], at: int, max_lines: int) -> list[str]:
    return [_plain_line(line) for line in lines[at : at + 2 * max_lines] if line.strip()][:max_lines]


def _plain_line(line: str) -> str:
    """Without marks for bold, and with plain blanks: what a mail program wrote may have been made markup of."""
    return " ".join(line[:MAX_QUOTE_LINE_LENGTH].replace("*", "").split())


MAX_COMMANDS = 5
MAX_ARGUMENT_LENGTH = 300
MAX_LINE_LENGTH = 1_000
"""Of a command with its reason; no longer line is looked at."""
# People indent a command, list it, write it after a mention, or in backticks or bold as it was printed.
_PREFIX = re.compile(r" {0,3}(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?(?:(?:@[\w-]{1,60}|\[~[^\]\n]{1,120}\])[ \t,:]{1,3})?")
_DECORATED = re.compile(r"(?P<marks>[`*_]{0,3})(?P<command>/.*?)(?P=marks)\.?", re.DOTALL)
_COMMAND = re.compile(r"/okr:?(?:[ \t]+(?P<argument>.*?))?\.?", re.IGNORECASE)
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
    word_of_verb = word.rstrip(".,:!").casefold()
    verb = next((verb for verb in Verb if verb.value == word_of_verb and verb is not Verb.UNCLEAR), Verb.UNCLEAR)
    is_incomplete = (verb in _TAKES_REASON and not reason) or (verb is Verb.KR and not argument.strip(" `*\"'“”.,;:"))
    if verb is Verb.UNCLEAR or is_incomplete or _PLACEHOLDER.fullmatch(reason):
        return ParsedCommand(Verb.UNCLEAR, " ".join(text.split())[:MAX_ARGUMENT_LENGTH])
    return ParsedCommand(verb, reason)


def body_hash(text: str) -> str:
    """The hash of a text, whatever its white space: trackers trim and re-wrap what they are given."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def without_whitespace(text: str) -> str:
    """A text without any white space: trackers trim and re-wrap what they are given."""
    return "".join(text.split())


def mentions_hub(text: str, names: tuple[str, ...]) -> bool:
    """Whether a person's comment quotes the hub's or calls its account by one of the names."""
    return HEADLINE in text or any(name and name in text for name in names)
