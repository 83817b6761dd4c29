"""Text that people typed: normal forms, the form in which it is compared, similarity, and what is safe to print."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import groupby, islice
from typing import Literal

MAX_MARKS = 30
"""Marks in a row that are kept; those behind them change nothing that people can read."""
# The voiced sound marks of half-width katakana are letters by their category and become marks by NFKC.
_SOUND_MARKS = "\uff9e\uff9f"
# All but Latin, kana, Han and Hangul letters: one search is much faster than a look at each sign.
_CROWDED = re.compile(rf"[^\x00-\u02ff\s\u3041-\u3096\u309d-\u30ff\u3400-\u9fff\uac00-\ud7a3]{{{MAX_MARKS + 1},}}")


def normalized(normalization: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """The text in the normal form; of more than 30 combining marks in a row the first 30 are kept."""
    if text.isascii():
        return text
    return unicodedata.normalize(normalization, _CROWDED.sub(_limit_marks, text))


def _limit_marks(match: re.Match[str]) -> str:
    runs = groupby(match[0], _is_mark)
    return "".join("".join(islice(chars, MAX_MARKS) if marks else chars) for marks, chars in runs)


def _is_mark(char: str) -> bool:
    return char in _SOUND_MARKS or unicodedata.category(char).startswith("M")


_DASHES = "\u2212\u2043\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2e3a\u2e3b\u301c\u3030\u058a\u05be\u1806"
# What NFKC leaves as it is, though it is the same sign to the person who types it.
_SUBSTITUTES = {
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys("\u2236\ua789\u02d0\u0589\u05c3\u1361\u1365", ":"),
    **dict.fromkeys("\u3001\u060c\u055d\u07f8\u1363\u1802\u1808\u2e41\u2e32\ua4fe\ua60d\U000102f7", ","),
    **dict.fromkeys("\u061b\u204f\u2e35\u1364", ";"),
    **dict.fromkeys("\u2044\u2215\u29f8", "/"),
    **dict.fromkeys("\u2223\u23d0", "|"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f", '"'),
    **dict.fromkeys("\u3010\u3008\u300a\u3014", "("),
    **dict.fromkeys("\u3011\u3009\u300b\u3015", ")"),
    **dict.fromkeys("\u3002\u06d4\u0964", "."),
}
# Signs that are shown as nothing: joiners, marks of direction, fillers and variants of signs.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
# The key for long vowels stands where others have the hyphen.
_LONG_VOWEL = re.compile(r"(?<=[A-Za-z0-9])\u30fc(?=[A-Za-z0-9])")
_WORDS = r"(?<![^\s,;&])(?:and|und|et|y|och|og|\u0438)(?![^\s,;&])"
# Scripts without blanks write theirs right between two names.
_AND = rf"{_WORDS}|(?<=[a-z0-9])\s*[\u548c\u4e0e\u8207\u53ca\u3068\uc640\uacfc]\s*(?=[a-z0-9])"
SEPARATORS = re.compile(rf"[,;&]|{_AND}", re.IGNORECASE)
"""Between two names in folded text, whatever follows them."""
_SEPARATORS = re.compile(rf"[,;&/+|\u2022\u00b7\u30fb]|{_AND}", re.IGNORECASE)


@lru_cache(maxsize=64)
def folded(text: str) -> str:
    """The text with plain signs: full-width letters, dashes, colons, commas and quotes of all scripts; line by line."""
    if text.isascii():
        return text
    plain = _INVISIBLE.sub("", normalized("NFKC", text))
    plain = _substitutable().sub(lambda char: _SUBSTITUTES[char[0]], plain)
    return _LONG_VOWEL.sub("-", plain)


@lru_cache(maxsize=1)
def _substitutable() -> re.Pattern[str]:
    """Any of them: to search for all at once is much faster than to look at each letter."""
    return re.compile(f"[{re.escape(''.join(_SUBSTITUTES))}]")


@lru_cache(maxsize=8192)
def match_key(text: str) -> str:
    """What two texts have in common that name the same: without regard to case, blanks and how signs are typed."""
    return " ".join(folded(text).split()).casefold()


# By byte of an ASCII text: the small letter, the digit, or a blank.
_SMALL = b"abcdefghijklmnopqrstuvwxyz"
_LETTERS = b" " * 65 + _SMALL + b" " * 6 + _SMALL + b" " * 133
_LETTERS_AND_DIGITS = b" " * 48 + b"0123456789" + _LETTERS[58:]


def ascii_words(text: str, *, digits: bool = True) -> list[bytes]:
    """The words of an ASCII text in small letters, in a third of the time that a search for them takes."""
    return text.encode().translate(_LETTERS_AND_DIGITS if digits else _LETTERS).split()


END = b"\x01"
"""What stands between the words of two texts."""
_MARK = END.decode()
_CHUNK = 4096


def words_of_all(texts: Sequence[str], *, digits: bool = True) -> list[bytes]:
    """The words of many ASCII texts, one text after the other with an END between them, in one go."""
    joined = f" {_MARK} ".join(texts)
    if joined.count(_MARK) >= len(texts):
        joined = f" {_MARK} ".join([text.replace(_MARK, " ") for text in texts])
    table = _LETTERS_AND_DIGITS if digits else _LETTERS
    return joined.encode().translate(table[:1] + END + table[2:]).split()


def texts_with_any(words: AbstractSet[bytes], texts: Sequence[str]) -> Iterator[int]:
    """Which of many texts hold one of these words, or are not ASCII and so may hold anything, by their places."""
    known = words | {END}
    for start in range(0, len(texts), _CHUNK):
        chunk, found, at = texts[start : start + _CHUNK], set[int](), 0
        if not "".join(chunk).isascii():
            found = {place for place, text in enumerate(chunk) if not text.isascii()}
            chunk = [text if text.isascii() else "" for text in chunk]
        for word in filter(known.__contains__, words_of_all(chunk)):
            if word == END:
                at += 1
            else:
                found.add(at)
        yield from (start + at for at in sorted(found))


# Letters that no normal form takes apart, though people type the plain ones.
_PLAIN_LETTERS = {0xF8: "o", 0x142: "l", 0x111: "d", 0xE6: "ae", 0x153: "oe", 0x131: "i", 0xFE: "th", 0xF0: "d"}


def search_text(text: str) -> str:
    """What a search compares: without regard to case, accents, blanks and how signs are typed."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = normalized("NFKD", " ".join(folded(text).split()).casefold())
    return "".join(char for char in plain if unicodedata.category(char) != "Mn").translate(_PLAIN_LETTERS)


def split_names(text: str) -> tuple[str, ...]:
    """What stands between the signs and words by which people join names: `revenue / nps`, `revenue + nps`."""
    return tuple(part for segment in _SEPARATORS.split(folded(text)) if (part := segment.strip()))


_JOINERS, _VARIANTS = "\u200c\u200d", "\ufe00-\ufe0f"
_UNSAFE = re.compile(
    # Controls, but for the tab and the line end; marks of direction; what is shown as nothing; halves of signs.
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
    # Emoji and some scripts need joiners and variants: only between their own signs.
    rf"|(?<![^\x00-\x7f{_JOINERS}])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f{_JOINERS}{_VARIANTS}])"
    rf"|(?<![^\x00-\x7f{_JOINERS}{_VARIANTS}])(?!\ufe0f\u20e3)[{_VARIANTS}]"
)
_COMMAND = re.compile(r"^([^\S\n]*)(?=::)|(##\w*)(?=\[)", re.MULTILINE)
_COMMAND_IN_JSON = re.compile(r"##(?=\w*\[)")


def printable(text: str) -> str:
    """The text with its line ends, and nothing in it that acts."""
    return _COMMAND.sub(r"\1\2\\", without_controls(text))


def printable_line(text: str) -> str:
    """The text as one line: a line end is shown as an escape."""
    return printable(text.replace("\n", "\\n"))


def without_controls(text: str) -> str:
    """The text without controls: for a line that is meant to be a command, whose own parts are made safe before."""
    return _UNSAFE.sub(lambda char: _escape(char[0]), text.replace("\r\n", "\n"))


def printable_json(document: str) -> str:
    """A JSON document that means the same, with nothing in its strings that acts."""
    return _COMMAND_IN_JSON.sub("#\\\\u0023", _UNSAFE.sub(lambda char: _json_escape(char[0]), document))


def ascii_json(document: str) -> str:
    """A JSON document that means the same, in ASCII."""
    return re.sub(r"[^\x00-\x7f]", lambda char: _json_escape(char[0]), document)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


SIMILARITY_CUTOFF = 60
"""Out of 100: names that are less alike have nothing to do with each other."""


def closest(name: str, known: Iterable[str], limit: int = 1, cutoff: int = SIMILARITY_CUTOFF) -> tuple[str, ...]:
    """The known names that were probably meant, the likeliest first; none if nothing is alike."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  only misspelt names need it

    matches = process.extract(
        name, sorted({*known}), scorer=fuzz.ratio, processor=_without_secrets, limit=limit, score_cutoff=cutoff
    )
    return tuple(match[0] for match in matches)


def did_you_mean(name: str, known: Iterable[str], *, noun: str = "") -> str:
    """A remedy: the closest known names, else all of them if they are few; a `noun` says that people chose them."""
    known = {*known}
    suggestions = closest(name, known, limit=3 if noun else 1)
    if suggestions:
        return f"Did you mean {_listed(suggestions)}?"
    if not known:
        return f"No {noun or 'key'} is known here."
    return f"Known: {_listed(sorted(known))}." if len(known) <= (10 if noun else 25) else ""


def _without_secrets(name: str) -> str:
    from rapidfuzz import utils  # noqa: PLC0415

    return utils.default_process(name).replace("_", " ")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


ELLIPSIS = "…"


def display_width(text: str) -> int:
    """How many columns of a terminal the text takes: none for marks, two for wide signs such as Han and emoji."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def cut_to_width(text: str, width: int) -> str:
    """The text in at most so many columns and characters; an ellipsis stands where something was left out."""
    if len(text) <= width and display_width(text) <= width:
        return text
    columns, end = 0, 0
    for end, char in enumerate(text[: max(0, width - 1)]):  # noqa: B007  the index is where it is cut
        columns += _columns(char)
        if columns > width - 1:
            break
    else:
        end = max(0, width - 1)
    return f"{text[:end].rstrip()}{ELLIPSIS}" if width > 0 else ""


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
