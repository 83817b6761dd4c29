"""The names of private key results, and every way in which they can be typed: found in text, and replaced there."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from hub.model.text import ascii_words, folded, normalized, texts_with_any

PRIVATE_NAME = "a private key result"
PRIVATE_OBJECTIVE = "a private objective"
# What may stand between two words of a name: blanks, dashes, underscores, escapes; nothing, where enough is left.
_BETWEEN = r"[\W_]{0,16}"
_SEPARATED = r"[\W_]{1,16}"
# Scripts that write no blanks between words, or write particles right behind them (Hangul, taken apart as `_plain`
# does): nothing tells where a word begins or ends.
_UNSPACED = (
    "[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u1b00-\u1b7f\u2e80-\u2fdf"
    "\u3005-\u3007\u3021-\u3029\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf"
    "\ua960-\ua9df\uaa60-\uaadf\ud7b0-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_BEGIN = rf"(?:(?<![^\W_])|(?<={_UNSPACED})|(?={_UNSPACED}))"
# A vowel or a last consonant goes on with the syllable.
_END = rf"(?:(?![^\W_])|(?={_UNSPACED})|(?<={_UNSPACED}))(?![\u1160-\u11ff])"
_DISTINCTIVE_LENGTH = 6
_PREFIX = rf"(?:kr{_BETWEEN})?"
_WORD = re.compile(r"[^\W_]+")
# Letters that case folding keeps apart, though people type one for the other; a mark that stands where a dash does.
_LIKE = {"\u0131": "i", "\u30fc": "-"}

Name = tuple[str, str]
"""The id and the title of a key result."""


@dataclass(frozen=True, slots=True)
class PrivateNames:
    """Looks for the names of `private` key results; the longer ids of `public` ones that begin like them are none."""

    private: tuple[Name, ...] = ()
    public: tuple[str, ...] = ()
    _known: "_NameIndex" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Made ready once: every title that is shown is looked through."""
        object.__setattr__(self, "_known", _known(self.private, self.public))

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.private)

    def redact(self, text: str) -> str:
        """The text with words that name none in the place of each name, and of a label's prefix before it."""
        matches = list(self._matches(text))
        for start, end, _ in reversed(matches):
            text = f"{text[:start]}{PRIVATE_NAME}{text[end:]}"
        return text

    def names_in(self, text: str) -> frozenset[str]:
        """The names that the text holds, each as `squeezed` leaves it."""
        if not self.private or (text.isascii() and self._known.first_words.isdisjoint(ascii_words(text))):
            return _NONE
        return frozenset(key for _, _, key in self._matches(text))

    def texts_naming(self, texts: Sequence[str]) -> Iterator[int]:
        """The places of those of many texts that may hold a name; `names_in` tells whether one does."""
        return texts_with_any(self._known.first_words, texts) if self.private else iter(())

    def ids_named(self, value: str) -> frozenset[str]:
        """The ids of those that the whole value names."""
        return frozenset(self._known.ids.get(squeezed(value), ())) if self.private else frozenset()

    def _matches(self, text: str) -> Iterator[tuple[int, int, str]]:
        if not self.private:
            return
        plain, positions = _plain(text)
        # Most texts hold none of these words: asked without a step of ours for each.
        if next(filter(plain.__contains__, self._known.longest_words), None) is None:
            return
        for match in self._known.pattern.finditer(plain):
            if (name := match["name"]) is not None:
                start, end = match.span()
                if positions is not None:
                    start, end = positions[start], _with_marks(text, positions[end - 1] + 1)
                yield start, end, squeezed(name)


_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _NameIndex:
    """The ids by each squeezed name, the longest word of each name, without which there is nothing to find, and all.

    An ASCII text holds a name only where one of its words is one of `first_words`.
    """

    ids: Mapping[str, tuple[str, ...]]
    longest_words: frozenset[str]
    first_words: frozenset[bytes]
    pattern: re.Pattern[str]


@lru_cache(maxsize=64)
def _known(private: tuple[Name, ...], public: tuple[str, ...]) -> _NameIndex:
    ids: dict[str, tuple[str, ...]] = {}
    for id_, title in private:
        for name in filter(None, dict.fromkeys((squeezed(id_), squeezed(title)))):
            ids[name] = (*ids.get(name, ()), id_)
    words = [parts for entry in private for name in entry if (parts := _WORD.findall(_plain(name)[0]))]
    longest = frozenset(max(parts, key=len) for parts in words)
    # Any of a name's words may be written as one, and `kr` before them.
    joined = {"".join(parts[:end]) for parts in words for end in range(1, len(parts) + 1)}
    every = ("kr", *joined, *(f"kr{word}" for word in joined))
    first_words = frozenset(word.encode() for word in every if word.isascii())
    return _NameIndex(ids, longest, first_words, _pattern(private, public))


def _pattern(private: tuple[Name, ...], public: tuple[str, ...]) -> re.Pattern[str]:
    shapes = sorted({shape for entry in private for name in entry if (shape := _shape(name))}, key=len, reverse=True)
    if not shapes:
        return re.compile("(?P<name>(?!))")
    any_name = "|".join(shapes)
    longer = sorted(
        {folded_id for id_ in public if re.search(any_name, folded_id := id_.casefold())}, key=len, reverse=True
    )
    allowed = "|".join(map(re.escape, (PRIVATE_NAME, *longer)))
    # What goes on with a number is another name: `launch-2` beside `launch`.
    name = rf"{_BEGIN}{_PREFIX}(?P<name>{any_name}){_END}(?!-\d)"
    return re.compile(rf"{_BEGIN}{_PREFIX}(?:{allowed})(?:(?![\w-])|(?={_UNSPACED}))|{name}")


@lru_cache(maxsize=8192)
def squeezed(text: str) -> str:
    """What is left of a name without case, blanks, dashes and other signs."""
    return "".join(_WORD.findall(_plain(folded(text))[0]))


def _shape(name: str) -> str:
    words = _WORD.findall(_plain(name)[0])
    between = _BETWEEN if sum(map(len, words)) >= _DISTINCTIVE_LENGTH else _SEPARATED
    return between.join(map(re.escape, words))


def _plain(text: str) -> tuple[str, list[int] | None]:
    """The text in plain small letters, and where each of them stands in it; None where that is the same place."""
    if text.isascii():
        return text.lower(), None
    letters, positions = [], []
    for at, char in enumerate(text):
        for letter in _letters(char):
            letters.append(letter)
            positions.append(at)
    return "".join(letters), positions


def _with_marks(text: str, end: int) -> int:
    """Where the last letter's accents end, too."""
    while end < len(text) and not _letters(text[end]):
        end += 1
    return end


@lru_cache(maxsize=4096)
def _letters(char: str) -> str:
    """The sign in plain small letters without accents; nothing for one that is not seen."""
    if not folded(char):
        return ""
    plain = normalized("NFKD", normalized("NFKD", char).casefold())
    visible = (text for text in plain if unicodedata.category(text) not in ("Mn", "Me", "Cf"))
    return "".join(_LIKE.get(text, text) for text in visible)
