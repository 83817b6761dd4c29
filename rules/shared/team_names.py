"""Which teams are named in the title or among the labels of a ticket."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from hub.model.initiative import Initiative
from hub.model.portfolio import Portfolio

Words = tuple[str, ...]
_WORD = re.compile(r"[^\W_]+")


def teams_by_word(portfolio: Portfolio) -> dict[str, list[tuple[Words, str]]]:
    """By first word: the words of each team's name and id, and the team."""
    by_word: dict[str, list[tuple[Words, str]]] = defaultdict(list)
    both = (({_words(team.name), _words(team.id)} - {()}, team.id) for team in portfolio.okrs.teams.values())
    for names, team in both:
        for words in names:
            by_word[words[0]].append((words, team))
    return by_word


def teams_named_on(ticket: Initiative, names_by_word: Mapping[str, Sequence[tuple[Words, str]]]) -> set[str]:
    """Teams whose id or name is among the labels, or stands in the title in whole words."""
    # A ticket's own key results say nothing of other teams, whatever their ids sound like.
    labels = (_words(label) for label in ticket.labels if not label.casefold().startswith(("kr-", "okr-")))
    teams: set[str] = set()
    for phrase in (_words(ticket.title), *labels):
        for at in (at for at, first in enumerate(phrase) if first in names_by_word):
            teams |= {team for words, team in names_by_word[phrase[at]] if phrase[at : at + len(words)] == words}
    return teams


@lru_cache(maxsize=10_000)
def _words(text: str) -> Words:
    return tuple(_WORD.findall(text.casefold()))
