"""Text that people typed, in the one form in which it is compared: keyboards and editors write the same differently."""

import re
from functools import lru_cache

from hub.model.unicode_forms import normalized

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
_JOINERS = re.compile(rf"[,;&/+|\u2022\u00b7\u30fb]|{_AND}", re.IGNORECASE)


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


def split_names(text: str) -> tuple[str, ...]:
    """What stands between the signs and words by which people join names: `revenue / nps`, `revenue + nps`."""
    return tuple(part for segment in _JOINERS.split(folded(text)) if (part := segment.strip()))
