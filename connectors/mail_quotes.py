"""Where the mail begins that somebody answered: mail programs put it below the answer, often without quote marks."""

import re
from collections.abc import Sequence

MAX_LINE_LENGTH = 400
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
    return " ".join(line[:MAX_LINE_LENGTH].replace("*", "").split())
