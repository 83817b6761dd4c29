"""The words of tickets that carry meaning, and the linked tickets of a team by these words."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Self

from hub.model.initiative import Initiative, Ref
from hub.model.text import END, ascii_words, words_of_all

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
_OKR_LABELS = ("okr-", "kr-")


def words_of(initiative: Initiative) -> tuple[str, ...]:
    """Title, people's own labels and the text; labels of the OKR process say nothing of the work."""
    labels = [label for label in initiative.labels if _is_own(label)]
    if not labels and not initiative.words:
        return distinct(initiative.title)
    return distinct(" ".join((initiative.title, *sorted(labels), *initiative.words)))


# Tickets are many, and their labels are few.
@lru_cache(maxsize=8192)
def _is_own(label: str) -> bool:
    return not label.casefold().startswith(_OKR_LABELS)


def distinct(text: str) -> tuple[str, ...]:
    """Distinct words that carry meaning, in order, without their endings."""
    if text.isascii():
        meanings = dict.fromkeys(map(_ascii_meaning, ascii_words(text, digits=False)))
    else:
        meanings = dict.fromkeys(map(_meaning, _WORD.findall(text.casefold())))
    meanings.pop("", None)
    return tuple(meanings)


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


@lru_cache(maxsize=65_536)
def _ascii_meaning(word: bytes) -> str:
    return _meaning(word.decode())


def stem(word: str) -> str:
    """Plural as singular, and without the commonest endings; words, not roots, so that a wrong cut does little harm."""
    if len(word) > MIN_WORD_LENGTH and word.endswith("s") and not word.endswith("ss"):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > MIN_STEM_LENGTH else word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM_LENGTH:
            return word[: -len(ending)]
    return word


@dataclass(slots=True)
class LinkedTickets:
    """A team's linked tickets by word, and the root of how many words each says."""

    by_word: dict[str, list[Ref]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[Ref, float] = field(default_factory=dict)

    @classmethod
    def of(cls, tickets: Iterable[Initiative]) -> Self:
        """All at once: of most tickets the title is all that is read, and many titles are taken apart in one go."""
        linked, titles = cls(), dict[Ref, str]()
        for ticket in tickets:
            title = ticket.title
            if ticket.words or not title.isascii() or any(map(_is_own, ticket.labels)):
                linked.add(ticket.ref, words_of(ticket))
            else:
                titles[ticket.ref] = title
        linked._add_titles(titles)
        return linked

    def add(self, ref: Ref, words: Sequence[str]) -> None:
        """One more of the team's, with its words."""
        self.sizes[ref], by_word = math.sqrt(len(words) or 1), self.by_word
        for word in words:
            by_word[word].append(ref)

    def remove(self, ref: Ref, words: Sequence[str]) -> None:
        """One less."""
        del self.sizes[ref]
        for word in words:
            self.by_word[word].remove(ref)

    def _add_titles(self, titles: dict[Ref, str]) -> None:
        by_raw_word: dict[bytes, list[Ref]] = defaultdict(list)
        refs = iter(titles)
        ref = next(refs, None)
        for word in words_of_all(list(titles.values()), digits=False):
            if word == END:
                ref = next(refs)
            elif ref is not None:
                by_raw_word[word].append(ref)
        by_meaning: dict[str, dict[Ref, None]] = defaultdict(dict)
        for word, word_refs in by_raw_word.items():
            by_meaning[_ascii_meaning(word)].update(dict.fromkeys(word_refs))
        by_meaning.pop("", None)
        counts = Counter(chain.from_iterable(by_meaning.values()))
        self.sizes.update({ref: math.sqrt(counts[ref] or 1) for ref in titles})
        for meaning, meaning_refs in by_meaning.items():
            self.by_word[meaning] += meaning_refs
