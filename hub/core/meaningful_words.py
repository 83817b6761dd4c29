"""The words of a text that say something, without their endings, so that like texts can be found."""

import re
from functools import lru_cache

from hub.model.initiative import Initiative

MIN_WORD_LENGTH = 3
MIN_STEM_LENGTH = 4

_WORD = re.compile(r"[^\W\d_]+")
# Words that stand in every title; one string, since it is only searched.
_EMPTY = (
    " a about after all an and any are as at be been before but by can do each for from had has have how if in into is "
    "it its least less more most new no not of off on one only or our out over per so than that the their them then "
    "there they this to too under up was we were what when which who will with would you your "
    "epic feature initiative issue key kr okr result story task "
)
_ENDINGS = ("ment", "ing", "ion", "ed", "er", "ly")


def words_of(initiative: Initiative) -> tuple[str, ...]:
    """Title, people's own labels and the text; labels of the OKR process say nothing of the work."""
    labels = " ".join(sorted(x for x in initiative.labels if not x.casefold().startswith(("okr-", "kr-"))))
    return distinct(f"{initiative.title} {labels} {' '.join(initiative.words)}")


def distinct(text: str) -> tuple[str, ...]:
    """Distinct words that carry meaning, in order, without their endings."""
    return tuple(dict.fromkeys(filter(None, map(_meaning, _WORD.findall(text.casefold())))))


def distinct_spellings(text: str) -> list[str]:
    """The words that carry meaning as they are written, in small letters, each once."""
    spellings: dict[str, str] = {}
    for word in _WORD.findall(text.casefold()):
        if meaning := _meaning(word):
            spellings.setdefault(meaning, word)
    return list(spellings.values())


@lru_cache(maxsize=65_536)
def _meaning(word: str) -> str:
    """The word without its endings; nothing where it says nothing."""
    return stem(word) if len(word) >= MIN_WORD_LENGTH and f" {word} " not in _EMPTY else ""


def stem(word: str) -> str:
    """Plural as singular, and without the commonest endings; words, not roots, so that a wrong cut does little harm."""
    if len(word) > MIN_WORD_LENGTH and word.endswith("s") and not word.endswith("ss"):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > MIN_STEM_LENGTH else word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM_LENGTH:
            return word[: -len(ending)]
    return word
