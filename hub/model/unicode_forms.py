"""Unicode's normal forms of text that anybody may have written, in time that grows with its length.

Normalizing sorts the marks on a letter, and Python does so in time that grows with the square of their number: a
comment full of accents on one letter took seconds. Unicode's stream-safe format keeps 30 of them, which is more than
any language writes: unicode.org/reports/tr15/#Stream_Safe_Text_Format.
"""

import re
import unicodedata
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
