"""Suggests the key result that a ticket most likely supports, by what its tree and similar work support."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain

from hub.core.mapping.ticket_words import LinkedTickets, distinct, distinct_spellings, stem, words_of
from hub.model.initiative import Initiative, Ref
from hub.model.link import Candidate
from hub.model.okr import KeyResult, Okrs

TREE, SIMILAR, WORDS = 3.0, 0.5, 1.0
"""What the three kinds of evidence weigh in the ranking: the tree was right far more often than words were."""

WORDS_IN_COMMON = 2
"""So many words of its title must stand in one key result's title, and in no other's, before words alone suggest it."""

COMMON = 50
"""A word that so many tickets of a team have tells nothing about any of them."""

MAX_SIMILAR = 5

Named = Mapping[Ref, Sequence[str]]
Tickets = Mapping[Ref, Initiative]


def suggester(
    okrs: Okrs, team_of: Mapping[Ref, str], tickets: Tickets, named: Named
) -> Callable[[Initiative], tuple[Candidate, ...]]:
    """A function that offers a ticket one key result where that is likely right; it prepares nothing until it is asked.

    `named` holds the key results that a ticket names itself.
    """
    return Ranking(okrs, team_of, tickets, named).candidates


@dataclass(frozen=True, slots=True)
class RankedKeyResult:
    """A key result with its score for one ticket; `evidence` is a sentence, empty where it is too little to ask."""

    key_result: str
    score: float
    evidence: str = ""


@dataclass(slots=True)
class _TeamVocabulary:
    """A team's key results by the words that they say, and by those of their titles, and what these words weigh."""

    key_results: dict[str, frozenset[str]]
    titles: dict[str, frozenset[str]]
    weights: dict[str, float]
    totals: dict[str, float]


class Ranking:
    """Ranks a team's public key results for each of its tickets."""

    def __init__(self, okrs: Okrs, team_of: Mapping[Ref, str], tickets: Tickets, named: Named) -> None:
        self._okrs, self._team_of, self._tickets, self._named = okrs, team_of, tickets, named
        self._teams: dict[str, _TeamVocabulary] = {}
        self._linked_by_team: dict[str, LinkedTickets] = {}
        self._children: Mapping[Ref, Collection[Ref]] | None = None
        self._linked_refs: dict[str, dict[Ref, None]] | None = None
        self._key_results_by_team: dict[str, list[KeyResult]] | None = None

    def candidates(self, initiative: Initiative) -> tuple[Candidate, ...]:
        """The one that is likely right, if any."""
        # Most tickets show no evidence at all: ranking for them would be in vain.
        best = next(iter(self.of(initiative)), None) if self.has_evidence(initiative) else None
        if best is None or not best.evidence:
            return ()
        return (Candidate(best.key_result, round(best.score, 2), best.evidence),)

    def of(self, initiative: Initiative) -> tuple[RankedKeyResult, ...]:
        """The team's key results, the likeliest first; only the first may carry evidence enough to ask."""
        team = self._team_of.get(initiative.ref)
        if team is None:
            return ()
        known = self._team(team)
        tree, relation, size = self._tree(initiative)
        words, title = words_of(initiative), frozenset(distinct(initiative.title))
        similar = self._similar_links(initiative.ref, words, team)
        total_votes = sum(tree.values()) + 1
        scores = {
            id_: TREE * tree[id_] / total_votes + SIMILAR * similar[id_] + WORDS * _similarity(words, id_, known)
            for id_ in known.key_results
        }
        ranked = sorted(scores, key=lambda id_: (-scores[id_], id_))
        if not ranked:
            return ()
        evidence = _tree_evidence(ranked[0], tree, relation, size) or _word_evidence(
            ranked[0], title, known, initiative.title
        )
        return (
            RankedKeyResult(ranked[0], scores[ranked[0]], evidence),
            *(RankedKeyResult(id_, scores[id_]) for id_ in ranked[1:]),
        )

    def has_evidence(self, initiative: Initiative) -> bool:
        """Whether there is enough to ask about any of the team's key results, whichever the ranking puts first."""
        team = self._team_of.get(initiative.ref)
        if team is None:
            return False
        known = self._team(team)
        tree, relation, size = self._tree(initiative)
        if any(_tree_evidence(id_, tree, relation, size) for id_ in tree if id_ in known.key_results):
            return True
        title = frozenset(distinct(initiative.title))
        shared = sorted(len(title & words) for words in known.titles.values())
        return bool(shared) and shared[-1] >= WORDS_IN_COMMON and shared[-1] not in shared[-2:-1]

    def _tree(self, initiative: Initiative) -> tuple[Counter[str], str, int]:
        """What the tickets below it name, and how many these are; without any, the others below its parent."""
        if self._children is None:
            children: dict[Ref, list[Ref]] = defaultdict(list)
            for ticket in self._tickets.values():
                if ticket.parent is not None:
                    children[ticket.parent].append(ticket.ref)
            self._children = children
        below = self._children.get(initiative.ref, ())
        votes = self._votes(below)
        if votes or initiative.parent is None:
            return votes, "below it", len(below)
        beside = [ref for ref in self._children.get(initiative.parent, ()) if ref != initiative.ref]
        return self._votes(beside), "beside it", len(beside)

    def _votes(self, refs: Iterable[Ref]) -> Counter[str]:
        return Counter(id_ for ref in refs for id_ in dict.fromkeys(self._named.get(ref, ())))

    def _similar_links(self, ref: Ref, words: Sequence[str], team: str) -> Counter[str]:
        """The key results of the team's tickets that share most words with it, each by how alike they are."""
        linked = self._linked_of(team)
        by_word = (linked.by_word.get(word, ()) for word in words)
        shared = Counter(chain.from_iterable(tickets for tickets in by_word if len(tickets) <= COMMON))
        size = math.sqrt(len(words) or 1)
        shared.pop(ref, None)
        sizes, votes = linked.sizes, Counter[str]()
        by_similarity = [(-count / (size * sizes[each_ref]), each_ref) for each_ref, count in shared.items()]
        for negative, each_ref in nsmallest(MAX_SIMILAR, by_similarity):
            for id_ in self._named[each_ref]:
                votes[id_] -= negative  # type: ignore[assignment]
        return votes

    def _team(self, team: str) -> _TeamVocabulary:
        if team not in self._teams:
            self._teams[team] = self._indexed(team)
        return self._teams[team]

    def _indexed(self, team: str) -> _TeamVocabulary:
        if self._key_results_by_team is None:
            self._key_results_by_team = defaultdict(list)
            for key_result in self._okrs.key_results.values():
                for owner in (
                    () if key_result.private or key_result.is_met else self._okrs.objectives[key_result.objective].teams
                ):
                    self._key_results_by_team[owner].append(key_result)
        words_by_id = {
            key_result.id: frozenset(self._key_result_words(key_result))
            for key_result in self._key_results_by_team.get(team, ())
        }
        titles = {
            key_result.id: frozenset(distinct(f"{key_result.title} {key_result.id}"))
            for key_result in self._key_results_by_team.get(team, ())
        }
        frequency = Counter(word for words in words_by_id.values() for word in words)
        weights = {word: math.log((len(words_by_id) + 1) / (count + 0.5)) for word, count in frequency.items()}
        totals = {id_: sum(weights[word] for word in words) for id_, words in words_by_id.items()}
        return _TeamVocabulary(words_by_id, titles, weights, totals)

    def _linked_of(self, team: str) -> LinkedTickets:
        if team in self._linked_by_team:
            return self._linked_by_team[team]
        if self._linked_refs is None:
            self._linked_refs = defaultdict(dict)
            for ref, ids in self._named.items():
                if ids and (owner := self._team_of.get(ref)) is not None:
                    self._linked_refs[owner][ref] = None
        linked = LinkedTickets.of([self._tickets[ref] for ref in self._linked_refs.get(team, ())])
        self._linked_by_team[team] = linked
        return linked

    def _key_result_words(self, key_result: KeyResult) -> tuple[str, ...]:
        objective = self._okrs.objectives[key_result.objective]
        return distinct(f"{key_result.title} {key_result.id} {objective.title}")


def _similarity(words: Sequence[str], id_: str, known: _TeamVocabulary) -> float:
    """The part of the key result's words that the ticket says, the rarer the word the heavier."""
    key_result_words, weights, total = known.key_results[id_], known.weights, known.totals[id_]
    return sum([weights[word] for word in words if word in key_result_words]) / total if total else 0.0


def _tree_evidence(id_: str, tree: Counter[str], relation: str, size: int) -> str:
    """`2 of the 3 tickets below it do.`; nothing unless most of those that name a key result name this one."""
    votes = tree[id_]
    enough = 1 if relation == "below it" else WORDS_IN_COMMON
    if votes < enough or 2 * votes <= sum(tree.values()):
        return ""
    if votes < size:
        return f"{'One' if votes == 1 else votes} of the {size} tickets {relation} do{'es' if votes == 1 else ''}."
    return f"{votes} tickets {relation} do." if votes > 1 else f"The ticket {relation} does."


def _word_evidence(id_: str, title: frozenset[str], known: _TeamVocabulary, title_text: str) -> str:
    """`Both mention “free” and “paid”.`; nothing unless no other key result has as many of the title's words."""
    shared = {text: len(title & words) for text, words in known.titles.items()}
    best_other = max((count for text, count in shared.items() if text != id_), default=0)
    if shared[id_] < WORDS_IN_COMMON or shared[id_] <= best_other:
        return ""
    common = [word for word in distinct_spellings(title_text) if stem(word) in title & known.titles[id_]]
    first, second = common[:2]
    return f"Both mention “{first}” and “{second}”."
