"""What hints at a dependency that nobody has stated: mentions, the other team's name on a ticket, one metric."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from hub.model.initiative import Initiative, Ref
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from rules.metrics import measured

_WORD = re.compile(r"[^\W_]+")
Pair = tuple[str, str]


class Hint(NamedTuple):
    """One sign that a ticket has to do with another team: `mention`, `name` or `metric`."""

    ticket: Ref
    team: str
    sign: str


def unstated_hints(portfolio: Portfolio) -> dict[tuple[Ref, str], set[str]]:
    """Signs by active ticket and other team, where nothing on the ticket or above it joins the two."""
    stated = _stated(portfolio)
    apart = _joined_above(portfolio)
    found: dict[tuple[Ref, str], set[str]] = defaultdict(set)
    for hint in (*_mentions(portfolio), *_names(portfolio), *_metrics(portfolio)):
        own = portfolio.team_of.get(hint.ticket)
        if own is None or own == hint.team or not portfolio.is_active(hint.ticket):
            continue
        served = {link.key_result for link in portfolio.serves.get(hint.ticket, ())}
        if (hint.ticket, hint.team) not in stated and not any((k, hint.team) in apart for k in served):
            found[hint.ticket, hint.team].add(hint.sign)
    return found


def _stated(portfolio: Portfolio) -> set[tuple[Ref, str]]:
    """Tickets that are linked with any ticket of another team, parents and parts included."""
    parents = ((i.ref, i.parent) for i in portfolio.initiatives.values() if i.parent is not None)
    links = [*((one.waiting, one.providing) for one in portfolio.dependencies), *parents]
    ends = [*links, *((other, one) for one, other in links)]
    return {(one, portfolio.team_of[other]) for one, other in ends if other in portfolio.team_of}


def _joined_above(portfolio: Portfolio) -> set[tuple[str, str]]:
    """Key results and the other teams that share them, or are joined with them by a need on either side."""
    found = {(k, team) for k in portfolio.okrs.key_results for team in portfolio.teams_of(k)}
    for one in portfolio.okrs.key_results.values():
        for need in one.depends_on:
            found.add((one.id, need.team))
            found |= {(need.key_result, team) for team in portfolio.teams_of(one.id) if need.key_result is not None}
    return found


def _mentions(portfolio: Portfolio) -> Iterator[Hint]:
    for ref, named in portfolio.mentions.items():
        for other in named:
            if ref in portfolio.team_of and other in portfolio.team_of:
                yield Hint(ref, portfolio.team_of[other], "mention")
                yield Hint(other, portfolio.team_of[ref], "mention")


def _names(portfolio: Portfolio) -> Iterator[Hint]:
    """The other team's id or name as a label, or as whole words of the title."""
    called = _called(portfolio)
    longest = max(map(len, called), default=0)
    for ref in portfolio.active:
        for words in _said(portfolio.initiatives[ref]):
            for at in range(len(words)):
                for end in range(at + 1, min(at + longest, len(words)) + 1):
                    if (team := called.get(words[at:end])) is not None:
                        yield Hint(ref, team, "name")


def _called(portfolio: Portfolio) -> dict[tuple[str, ...], str]:
    names = ((text, team.id) for team in portfolio.okrs.teams.values() for text in (team.name, team.id))
    return {_words(text): team for text, team in names if _words(text)}


def _said(one: Initiative) -> Iterator[tuple[str, ...]]:
    yield _words(one.title)
    # A ticket's own key results say nothing of other teams, whatever their ids sound like.
    yield from (_words(label) for label in sorted(one.labels) if not label.casefold().startswith(("kr-", "okr-")))


@lru_cache(maxsize=10_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _metrics(portfolio: Portfolio) -> Iterator[Hint]:
    """The ticket serves a key result that measures what one of the other team's does."""
    same: dict[tuple[str, ...], list[KeyResult]] = defaultdict(list)
    for one in portfolio.okrs.key_results.values():
        if not one.private and (key := measured(one)):
            same[key].append(one)
    for group in same.values():
        teams = sorted({team for one in group for team in portfolio.teams_of(one.id)})
        for one in group if len(group) > 1 else ():
            for link in portfolio.served_by.get(one.id, ()):
                yield from (Hint(link.initiative, team, "metric") for team in teams)
