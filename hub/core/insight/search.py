"""Search over tickets, key results, teams and rules: every word anywhere, without regard to case and accents."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from hub.core.insight.audit.audit import key_result_ref, team_ref, ticket_ref
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from hub.model.text import closest, search_text
from hub.model.urls import key_result_page, rule_page, team_page, ticket_page
from rules.base import Rule

MAX_LENGTH, MAX_WORDS = 100, 12
MIN_CORRECTED_LENGTH, CORRECTION_CUTOFF = 4, 70
_SIGNS = re.compile(r"[\W_]+")


class SearchKind(StrEnum):
    """What can be found."""

    TICKET = "ticket"
    KEY_RESULT = "key_result"
    TEAM = "team"
    RULE = "rule"


FILLERS = frozenset(
    {"a", "an", "and", "are", "by", "for", "has", "have", "in", "is", "it", "of", "on", "that", "the", "to", "with"}
)
"""Words of a sentence that no rule is looked for by."""
PAGES = {
    SearchKind.TICKET: ticket_page,
    SearchKind.KEY_RESULT: key_result_page,
    SearchKind.TEAM: team_page,
    SearchKind.RULE: rule_page,
}
# What people call a thing for which a rule has another word; for rules alone, whose words are ours.
SYNONYMS: tuple[frozenset[str], ...] = (
    frozenset({"ticket", "issue", "epic", "story", "initiative", "work"}),
    frozenset({"kr", "key result"}),
    frozenset({"goal", "objective", "okr"}),
    frozenset({"unlinked", "unaligned", "orphan", "missing", "without", "no key result"}),
    frozenset({"typo", "unknown", "wrong", "unresolvable"}),
    frozenset({"blocked", "blocker", "blocking", "waits", "waiting", "depend", "needs"}),
    frozenset({"late", "overdue", "delayed", "due date", "deadline"}),
    frozenset({"old", "outdated", "stale", "check-in", "update"}),
    frozenset({"ownerless", "owner", "responsible", "owns"}),
    frozenset({"duplicate", "copy", "repeat", "same metric"}),
    frozenset({"priority", "priorities", "urgent"}),
    frozenset({"secret", "confidential", "private"}),
    frozenset({"percent", "share", "contribution"}),
    frozenset({"too many", "overloaded", "crowded", "more than"}),
)


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """Something that can be found: its key and title for people, and its normalized words.

    `name` is the normalized key, `head` the key with the title, `text` all words.
    """

    kind: SearchKind
    id: str
    title: str
    detail: str
    name: str
    head: str
    text: str

    @property
    def page(self) -> str:
        """Its address."""
        return PAGES[self.kind](self.id)

    @property
    def plain_title(self) -> str:
        """The normalized title."""
        return self.head[len(self.name) + 1 :]


@dataclass(frozen=True)
class SearchIndex:
    """Made once for each snapshot; entries of a kind stay in the order of their lists."""

    entries: Mapping[SearchKind, tuple[SearchEntry, ...]]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words of all keys and titles, for the correction of typing errors."""
        heads = (entry.head for entries in self.entries.values() for entry in entries)
        words = {word for head in heads for word in _SIGNS.split(head)}
        return frozenset(word for word in words if len(word) >= MIN_CORRECTED_LENGTH and not word.isdigit())


def build_index(portfolio: Portfolio, order: Iterable[Ref], rules: Iterable[Rule]) -> SearchIndex:
    """The index of what this portfolio's audience may read; a private key result is not part of it."""
    return SearchIndex(
        {
            SearchKind.TICKET: tuple(_ticket(portfolio, ref) for ref in order),
            SearchKind.KEY_RESULT: tuple(_key_results(portfolio)),
            SearchKind.TEAM: tuple(_teams(portfolio)),
            SearchKind.RULE: tuple(map(_rule, rules)),
        }
    )


def clean_query(text: str) -> str:
    """The words as they are shown again: one blank between them, nothing that is not seen."""
    visible = "".join(char for char in text[:MAX_LENGTH] if char.isprintable() or char.isspace())
    return " ".join(visible.split())


def search(index: SearchIndex, kind: SearchKind, query: str) -> list[SearchEntry]:
    """The entries of a kind that hold every word, the best matches first; an empty query matches nothing."""
    phrase = search_text(query[:MAX_LENGTH])
    words = phrase.split()[:MAX_WORDS]
    if not words:
        return []
    telling = [word for word in words if kind is not SearchKind.RULE or word not in FILLERS] or words
    choices = [_alternatives(word, kind) for word in telling]
    matches = [entry for entry in index.entries[kind] if _holds(entry.text, choices)]
    return sorted(matches, key=lambda entry: _rank(entry, phrase, words))


def rank(entry: SearchEntry, query: str) -> int:
    """How good a match it is: 0 for its key, the greater the worse."""
    phrase = search_text(query[:MAX_LENGTH])
    return _rank(entry, phrase, phrase.split()[:MAX_WORDS])


def find_words(index: SearchIndex, query: str) -> str:
    """The query, or its correction where that finds something and the query itself nothing."""
    if any(search(index, kind, query) for kind in SearchKind):
        return query
    better = _corrected(index, query)
    return better if better and any(search(index, kind, better) for kind in SearchKind) else query


def _corrected(index: SearchIndex, query: str) -> str:
    """The query with each unknown word replaced by the closest known one; empty if there is nothing to correct."""
    words = search_text(query[:MAX_LENGTH]).split()[:MAX_WORDS]
    better = [word if _is_known(index, word) else _corrected_word(index, word) for word in words]
    return " ".join(better) if better != words else ""


def _ticket(portfolio: Portfolio, ref: Ref) -> SearchEntry:
    ticket, view = portfolio.initiatives[ref], ticket_ref(portfolio, ref)
    links = (*portfolio.serves.get(ref, ()), *portfolio.other_cycle_links.get(ref, ()))
    served = dict.fromkeys(key_result_ref(portfolio, link.key_result) for link in links)
    team = portfolio.team(ref)
    name = team.name if team else ""
    words = (name, ticket.kind, ticket.status_name or ticket.status, *(f"{kr.id} {kr.title}" for kr in served))
    detail = " · ".join(filter(None, (name, str(ticket.status))))
    return _entry(SearchKind.TICKET, str(ref), view.title, detail=detail, words=words)


def _key_results(portfolio: Portfolio) -> Iterator[SearchEntry]:
    """The organization's first, as on their page."""
    okrs = portfolio.okrs
    public = [key_result for key_result in okrs.key_results.values() if not key_result.private]
    for key_result in sorted(public, key=lambda item: not okrs.objectives[item.objective].of_organization):
        objective = okrs.objectives[key_result.objective]
        names = tuple(team_ref(portfolio, team).name for team in (*objective.teams, *key_result.owners))
        detail = " · ".join(filter(None, (", ".join(names[: len(objective.teams)]), objective.title)))
        words = (*names, objective.title, key_result.metric or "")
        yield _entry(SearchKind.KEY_RESULT, key_result.id, key_result.title, detail=detail, words=words)


def _teams(portfolio: Portfolio) -> Iterator[SearchEntry]:
    for team in portfolio.okrs.teams.values():
        owned = ", ".join(team.owns)
        yield _entry(SearchKind.TEAM, team.id, team.name, detail=owned, words=team.owns)


def _rule(rule: Rule) -> SearchEntry:
    words = (rule.name.replace("-", " "), rule.label or "", rule.family)
    return _entry(SearchKind.RULE, rule.name, rule.summary.replace("`", ""), detail="", words=words)


def _entry(kind: SearchKind, id_: str, title: str, *, detail: str, words: Sequence[str]) -> SearchEntry:
    name = search_text(id_)
    head = f"{name} {search_text(title)}"
    return SearchEntry(kind, id_, title, detail, name, head, f"{head} {search_text(' '.join(words))}")


def _alternatives(word: str, kind: SearchKind) -> tuple[str, ...]:
    """What counts as the word: its singular, too, and for rules its synonyms."""
    stems = (word, word[:-1]) if len(word) > MIN_CORRECTED_LENGTH and word.endswith("s") else (word,)
    if kind is not SearchKind.RULE:
        return stems
    return tuple(dict.fromkeys((*stems, *(other for group in SYNONYMS if group & {*stems} for other in sorted(group)))))


def _holds(text: str, choices: Sequence[tuple[str, ...]]) -> bool:
    for alternatives in choices:
        if alternatives[0] not in text and not any(word in text for word in alternatives[1:]):
            return False
    return True


def _rank(entry: SearchEntry, phrase: str, words: Sequence[str]) -> int:
    """The key itself first, then titles, and last what is found beside them."""
    key = entry.name.partition(":")[2] if entry.kind is SearchKind.TICKET else entry.name
    if phrase in (key, entry.name) or (key[:1] == phrase[:1] and _SIGNS.sub("", phrase) == _SIGNS.sub("", key)):
        return 0
    title = entry.plain_title
    if title == phrase:
        return 1
    if key.startswith(phrase):
        return 2
    if title.startswith(phrase):
        return 3
    if any(word not in entry.head for word in words):
        return 6
    return 4 if all(_begins_word(word, entry.head) for word in words) else 5


def _begins_word(word: str, text: str) -> bool:
    """Whether a word of the text begins so; the usual case is looked for first, as it needs no pattern."""
    return f" {word}" in text or f" {_SIGNS.sub(' ', word).strip()}" in f" {_SIGNS.sub(' ', text)}"


def _is_known(index: SearchIndex, word: str) -> bool:
    """Whether any entry holds it."""
    return any(
        _holds(entry.text, [_alternatives(word, kind)]) for kind, entries in index.entries.items() for entry in entries
    )


def _corrected_word(index: SearchIndex, word: str) -> str:
    """Part by part, so that the number of a key stays as it is."""
    parts = {part for part in _SIGNS.split(word) if len(part) >= MIN_CORRECTED_LENGTH and part not in index.vocabulary}
    for part in parts:
        if near := closest(part, index.vocabulary, cutoff=CORRECTION_CUTOFF):
            word = word.replace(part, near[0])
    return word
