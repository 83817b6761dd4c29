"""Guess which key result a ticket may serve, and which id a wrong value may have meant."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from rapidfuzz import fuzz, process

from hub.model.initiative import Initiative, Ref
from hub.model.link import Candidate
from hub.model.okr import KeyResult, Okrs

OFFERED = 3
# Only the best by shared words are compared letter by letter, so that a big team costs no more than a small one.
COMPARED = 5
# What whole words in common weigh in a score; letters weigh the rest.
WHOLE_WORDS = 0.6
# A word that so many key results share tells nothing about any of them.
COMMON = 64
# How far behind the closest id another may be and still be worth a look, in points of 100.
NEAR = 20.0
# Below this, in points of 100, two ids have nothing in common; one is named all the same, to show what ids look like.
ALIKE = 40.0

_WORD = re.compile(r"[^\W_]+")
# Words that stand in every title; one string, since it is only searched.
_EMPTY = (
    " a an and are as at be by for from in into is it least less more new no not of on or our over per than that the "
    "this to under up we with epic feature initiative issue key kr okr result story task "
)

Index = Mapping[str, Sequence[str]]


def closest(written: str, ids: Iterable[str]) -> tuple[str, ...]:
    """The 1 to 3 ids most like the written value, best first; none only where there are no ids."""
    word = written.strip().casefold()
    known = list(ids)
    scores = {id_: score for id_, score, _ in process.extract(word, known, scorer=fuzz.ratio, limit=OFFERED)}
    if word:
        scores |= {id_: 90.0 for id_ in known if word in id_ or id_ in word}
    ranked = sorted(scores, key=lambda id_: (-scores[id_], id_))
    return (*ranked[:1], *(id_ for id_ in ranked[1:OFFERED] if scores[id_] >= max(ALIKE, scores[ranked[0]] - NEAR)))


def suggester(okrs: Okrs, team_of: Mapping[Ref, str]) -> Callable[[Initiative], tuple[Candidate, ...]]:
    """A function that offers a ticket up to three key results; nothing is prepared before it is first asked."""
    offers = _Offers(okrs)

    def candidates(initiative: Initiative) -> tuple[Candidate, ...]:
        return offers.to(initiative, team_of.get(initiative.ref))

    return candidates


class _Offers:
    """The words of every public key result, indexed for all and for each team when it is first asked for."""

    def __init__(self, okrs: Okrs) -> None:
        self._okrs = okrs
        self._text: dict[str, str] = {}
        self._of_team: dict[str, Index] = {}

    def to(self, initiative: Initiative, team: str | None) -> tuple[Candidate, ...]:
        """The team's own first, then others with alike words; each with the reason for offering it."""
        words = _words_of(initiative)
        own = self._held.get(team, ()) if team is not None else ()
        offered = [] if team is None else self._alike(words, self._index(team, own), "same team, ")
        if not offered:
            offered = self._just_own(words, own)
        if len(offered) < OFFERED:
            known = {candidate.key_result for candidate in offered} | set(own)
            offered += [c for c in self._alike(words, self._everywhere, "") if c.key_result not in known]
        return tuple(offered[:OFFERED])

    @cached_property
    def _words(self) -> dict[str, tuple[str, ...]]:
        public = (k for k in self._okrs.key_results.values() if not k.private)
        return {k.id: self._spoken(k) for k in sorted(public, key=lambda k: k.id)}

    @cached_property
    def _held(self) -> dict[str, tuple[str, ...]]:
        held: dict[str, list[str]] = defaultdict(list)
        for id_ in self._words:
            for team in self._okrs.objectives[self._okrs.key_results[id_].objective].teams:
                held[team].append(id_)
        return {team: tuple(ids) for team, ids in held.items()}

    @cached_property
    def _everywhere(self) -> Index:
        return {word: ids for word, ids in _index(self._words, self._words).items() if len(ids) <= COMMON}

    def _index(self, team: str, own: Sequence[str]) -> Index:
        if team not in self._of_team:
            self._of_team[team] = _index(own, self._words)
        return self._of_team[team]

    def _spoken(self, key_result: KeyResult) -> tuple[str, ...]:
        objective = self._okrs.objectives[key_result.objective]
        return _words(f"{key_result.title} {key_result.id} {objective.title}")

    def _alike(self, words: Sequence[str], index: Index, lead: str) -> list[Candidate]:
        """Key results that share words with the ticket, most alike first."""
        shared = Counter(id_ for word in words for id_ in index.get(word, ()))
        best = sorted(shared, key=lambda id_: (-shared[id_], id_))[:COMPARED]
        ranked = self._ranked(best, words, shared)
        return [Candidate(id_, score, f"{lead}similar words: {self._common(id_, words)}") for id_, score in ranked]

    def _just_own(self, words: Sequence[str], own: Sequence[str]) -> list[Candidate]:
        """What a team has, where no word helps."""
        why = "your team's only open key result" if len(own) == 1 else "your team's key result"
        return [Candidate(id_, score, why) for id_, score in self._ranked(own[:COMPARED], words, {})]

    def _ranked(self, ids: Iterable[str], words: Sequence[str], shared: Mapping[str, int]) -> list[tuple[str, float]]:
        """By the part of the ticket's words that are shared, and by how alike the rest is, letter by letter."""
        said, part = " ".join(sorted(words)), 100 * WHOLE_WORDS / max(len(words), 1)
        scores = [
            (id_, part * shared.get(id_, 0) + (1 - WHOLE_WORDS) * fuzz.ratio(said, self._text_of(id_))) for id_ in ids
        ]
        ranked = sorted(scores, key=lambda one: (-one[1], one[0]))[:OFFERED]
        return [(id_, round(score, 1)) for id_, score in ranked]

    def _text_of(self, id_: str) -> str:
        if id_ not in self._text:
            self._text[id_] = " ".join(sorted(self._words[id_]))
        return self._text[id_]

    def _common(self, id_: str, words: Sequence[str]) -> str:
        said = self._words[id_]
        return ", ".join([word for word in words if word in said][:3])


def _words_of(initiative: Initiative) -> tuple[str, ...]:
    """Title, issue type and people's own labels; labels of the OKR process say nothing of the work."""
    labels = " ".join(sorted(x for x in initiative.labels if not x.casefold().startswith(("okr-", "kr-"))))
    return _words(f"{initiative.title} {initiative.kind} {labels}")


def _words(text: str) -> tuple[str, ...]:
    """Distinct words that carry meaning, in order, plural as singular."""
    words = dict.fromkeys(_WORD.findall(text.casefold()))
    return tuple(dict.fromkeys(_singular(word) for word in words if f" {word} " not in _EMPTY))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _index(ids: Iterable[str], words: Mapping[str, Sequence[str]]) -> Index:
    found: dict[str, list[str]] = defaultdict(list)
    for id_ in ids:
        for word in words[id_]:
            found[word].append(id_)
    return found
