"""What hints at a dependency that nobody has stated: mentions, the other team's name on a ticket, one metric."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from hub.model.initiative import Initiative, Ref
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from rules.metrics import measured

_WORD = re.compile(r"[^\W_]+")
# What so many teams measure is everybody's, and tells nothing of any two of them.
COMMON = 4
NOBODY: frozenset[str] = frozenset()
Words = tuple[str, ...]


def unstated_hints(portfolio: Portfolio, signs: float) -> dict[tuple[Ref, str], set[str]]:
    """So many signs by active ticket and other team, where nothing on the ticket or above it joins the two.

    A sign is `mention`, `name` or `metric`.
    """
    enough = _enough(portfolio, signs)
    if not enough:
        return {}
    stated, apart = _stated(portfolio, {ref for ref, _ in enough}), _joined_above(portfolio)

    def joined(ref: Ref, team: str) -> bool:
        served = (link.key_result for link in portfolio.serves.get(ref, ()))
        return (ref, team) in stated or any((key_result, team) in apart for key_result in served)

    return {key: said for key, said in enough.items() if not joined(*key)}


def _enough(portfolio: Portfolio, signs: float) -> dict[tuple[Ref, str], set[str]]:
    mentioned, rivals, called = _mentioned(portfolio), _rivals(portfolio), _called(portfolio)
    found: dict[tuple[Ref, str], set[str]] = {}
    for ref in portfolio.active:
        metric = {team for link in portfolio.serves.get(ref, ()) for team in rivals.get(link.key_result, ())}
        told = {"mention": mentioned.get(ref, NOBODY), "metric": metric}
        # Reading titles is slow: where one sign is not enough, only those that have another are read.
        if signs <= 1 or metric or told["mention"]:
            told["name"] = _named(portfolio.initiatives[ref], called)
            for team in set().union(*told.values()) - {portfolio.team_of.get(ref, "")}:
                said = {sign for sign, teams in told.items() if team in teams}
                if len(said) >= signs and ref in portfolio.team_of:
                    found[ref, team] = said
    return found


def _stated(portfolio: Portfolio, asked: set[Ref]) -> set[tuple[Ref, str]]:
    """Which of the tickets are linked with any ticket of another team, parents and parts included."""
    parents = ((i.ref, i.parent) for i in portfolio.initiatives.values() if i.parent is not None)
    links = [*((one.waiting, one.providing) for one in portfolio.dependencies), *parents]
    ends = [*links, *((other, one) for one, other in links)]
    return {(one, portfolio.team_of[other]) for one, other in ends if one in asked and other in portfolio.team_of}


def _joined_above(portfolio: Portfolio) -> set[tuple[str, str]]:
    """Key results and the other teams that share them, or are joined with them by a need on either side."""
    found = {(k, team) for k in portfolio.okrs.key_results for team in portfolio.teams_of(k)}
    for one in portfolio.okrs.key_results.values():
        for need in one.depends_on:
            found.add((one.id, need.team))
            found |= {(need.key_result, team) for team in portfolio.teams_of(one.id) if need.key_result is not None}
    return found


def _mentioned(portfolio: Portfolio) -> dict[Ref, set[str]]:
    """The teams whose tickets a ticket names, or is named by."""
    found: dict[Ref, set[str]] = defaultdict(set)
    for ref, named in portfolio.mentions.items():
        for other in named:
            if ref in portfolio.team_of and other in portfolio.team_of:
                found[ref].add(portfolio.team_of[other])
                found[other].add(portfolio.team_of[ref])
    return found


def _rivals(portfolio: Portfolio) -> dict[str, set[str]]:
    """For a key result: the teams that hold another one on the same metric."""
    same: dict[tuple[str, ...], list[KeyResult]] = defaultdict(list)
    for one in portfolio.okrs.key_results.values():
        if not one.private and (key := measured(one)):
            same[key].append(one)
    found: dict[str, set[str]] = {}
    for group in same.values():
        teams = {team for one in group for team in portfolio.teams_of(one.id)}
        if 1 < len(teams) <= COMMON:
            found |= {one.id: teams for one in group}
    return found


def _called(portfolio: Portfolio) -> dict[str, list[tuple[Words, str]]]:
    """By first word: the words of each team's name and id, and the team."""
    found: dict[str, list[tuple[Words, str]]] = defaultdict(list)
    for team in portfolio.okrs.teams.values():
        for words in {_words(team.name), _words(team.id)} - {()}:
            found[words[0]].append((words, team.id))
    return found


def _named(one: Initiative, called: Mapping[str, Sequence[tuple[Words, str]]]) -> set[str]:
    """Teams whose id or name is among the labels, or stands in the title in whole words."""
    # A ticket's own key results say nothing of other teams, whatever their ids sound like.
    labels = (_words(label) for label in one.labels if not label.casefold().startswith(("kr-", "okr-")))
    found: set[str] = set()
    for said in (_words(one.title), *labels):
        for at, first in enumerate(said):
            found |= {team for words, team in called.get(first, ()) if said[at : at + len(words)] == words}
    return found


@lru_cache(maxsize=10_000)
def _words(text: str) -> Words:
    return tuple(_WORD.findall(text.casefold()))
