"""Where the mail begins that somebody answered: mail programs put it below the answer, often without quote marks."""

import re
from collections.abc import Sequence

LONGEST = 400
LINES_OF_AN_OPENING = 3
LINES_OF_HEADERS = 5
# "On 23 Nov 2026, Ana Silva wrote:" in the languages of widespread mail programs.
_WROTE = re.compile(
    r"\b(wrote|writes|schrieb|geschrieben|a écrit|escribió|escribio|escreveu|ha scritto|schreef|skrev|napisał\w*"
    r"|napsal\w*|kirjoitti|írta|a scris|написал\w*|пише|yazd\w|写道|書きました|작성)\b",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"(on|am|le|el|em|il|op|den|på|dne|dnia|w dniu|\w{2,3}\.?,)\s", re.IGNORECASE)
_TELLS_WHEN_OR_WHO = re.compile(r"\d|@")
_FROM = r"from|von|de|da|van|från|fra|od|lähettäjä|от|кому|gönderen|发件人|差出人"
_SENT = (
    r"sent|date|subject|gesendet|datum|betreff|envoyé|objet|enviado(?: el)?|fecha|asunto|inviato|data|oggetto"
    r"|verzonden|onderwerp|assunto|skickat|ämne|sendt|emne|wysłano|temat|lähetetty|aihe|отправлено|тема|发送时间|件名"
)
_HEADERS = re.compile(rf"(?:{_FROM})\s?[:：].{{1,300}}?\b(?:{_SENT})\s?[:：]", re.IGNORECASE)  # noqa: RUF001
_FROM_LINE = re.compile(rf"(?:{_FROM})\s?[:：]", re.IGNORECASE)  # noqa: RUF001
# "-----Original Message-----", "---------- Forwarded message ---------", and the line that Outlook draws.
_DRAWN = re.compile(r"-{4,}\s?[^\s-].{0,80}?-{4,}|_{20,}")
_ABOVE = re.compile(r"\breply above this line\b|\byour reply above\b|^reply to this email directly\b", re.IGNORECASE)


def without_answered_mail(lines: Sequence[str]) -> Sequence[str]:
    """The lines above the mail that is answered; all of them where there is none.

    Below "… wrote:" the writer may go on between lines that begin with `>`: these are quotes by themselves.
    """
    for at in range(len(lines)):
        if _opens(lines, at):
            return lines[:at]
    return lines


def _opens(lines: Sequence[str], at: int) -> bool:
    line = _bare(lines[at])
    if not line or line.startswith("/"):
        return False
    if _DRAWN.fullmatch(line) or _ABOVE.search(line):
        return True
    if _FROM_LINE.match(line) and _HEADERS.match(" ".join(_following(lines, at, LINES_OF_HEADERS))):
        return True
    length = _attribution(lines, at, line)
    return length > 0 and not _is_marked(lines, at + length)


def _attribution(lines: Sequence[str], at: int, line: str) -> int:
    """How many lines the words about who wrote what follows take; 0 where there are none."""
    if _TELLS_WHEN_OR_WHO.search(line) is None:
        return 0
    most = LINES_OF_AN_OPENING if _BEGINS.match(line) else 1
    for length in range(1, most + 1):
        said = " ".join(_bare(one) for one in lines[at : at + length])
        if said.endswith((":", "：")) and _WROTE.search(said):  # noqa: RUF001
            return length
    return 0


def _is_marked(lines: Sequence[str], at: int) -> bool:
    """Whether the next line with words in it is marked as a quote."""
    following = next((line for line in lines[at:] if line.strip()), "")
    return following.lstrip().startswith(">")


def _following(lines: Sequence[str], at: int, most: int) -> list[str]:
    return [_bare(one) for one in lines[at : at + 2 * most] if one.strip()][:most]


def _bare(line: str) -> str:
    """Without marks for bold, and with plain blanks: what a mail program wrote may have been made markup of."""
    return " ".join(line[:LONGEST].replace("*", "").split())
