"""Where a private key result can be seen by others: on tickets, and through what leads over it alone."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hub.model.initiative import Initiative
from hub.model.okr import KeyResult, LinkState
from hub.model.portfolio import Portfolio
from hub.model.typed import same
from rules.shared.doubts import MAY_NAME_KEY_RESULTS

_WORD = re.compile(r"\w+(?:[.-]+\w+)*")


class Exposed(NamedTuple):
    """A ticket that names a private key result outside its audience, and where: `label`, `field`, `text`, `title`."""

    ticket: Initiative
    key_result: KeyResult
    where: tuple[str, ...]


def private_ones(portfolio: Portfolio) -> tuple[KeyResult, ...]:
    """Every private key result, those of other cycles too."""
    return portfolio.okrs.private


def audience_of(portfolio: Portfolio, one: KeyResult) -> frozenset[str]:
    """The teams that may see it: those that are named, else those that hold it."""
    if one.audience:
        return frozenset(one.audience)
    if one.cycle == portfolio.cycle.id:
        return frozenset(portfolio.teams_of(one.id))
    other = portfolio.okrs.other_objectives.get((one.cycle, one.objective))
    return frozenset(other.teams if other else ())


def exposed(portfolio: Portfolio) -> Iterator[Exposed]:
    """Tickets in places of teams outside the audience, or of no team, that name a private key result."""
    private = private_ones(portfolio)
    if not private:
        return
    audiences = {(one.cycle, one.id): audience_of(portfolio, one) for one in private}
    names = {word: one for one in reversed(private) for word in _words_for(one)}
    for public in (k for k in portfolio.okrs.key_results.values() if not k.private):
        for word in _words_for(public):
            names.pop(word, None)
    starts = _by_first_word(names)
    for ticket in portfolio.initiatives.values():
        named = [(one, name.via) for name in ticket.named if (one := names.get(same(name.written)))]
        phrases = _phrases(ticket.title, starts)
        if not (named or phrases):
            continue
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for one, via in named:
            found[one.cycle, one.id].append(via.value)
        for phrase in phrases:
            found[names[phrase].cycle, names[phrase].id].append("title")
        for one in private:
            where = found.get((one.cycle, one.id))
            if where and portfolio.team_of.get(ticket.ref) not in audiences[one.cycle, one.id]:
                yield Exposed(ticket, one, tuple(dict.fromkeys(where)))


def may_expose(portfolio: Portfolio) -> Iterator[Initiative]:
    """Tickets outside an audience whose labels, fields or text were not read."""
    audiences = [audience_of(portfolio, one) for one in private_ones(portfolio)]
    seeing = frozenset.intersection(*audiences) if audiences else frozenset()
    for ticket in portfolio.initiatives.values() if audiences else ():
        if ticket.unread and ticket.unread & MAY_NAME_KEY_RESULTS and portfolio.team_of.get(ticket.ref) not in seeing:
            yield ticket


def _words_for(one: KeyResult) -> tuple[str, str]:
    return same(one.title), one.id.casefold()


def _by_first_word(names: Iterable[str]) -> dict[str, list[str]]:
    """What to look for in titles; an id that is one plain word may be chance and is left out."""
    starts: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if (first := _WORD.match(name)) is not None and not name.isalpha():
            starts[first[0]].append(name)
    return starts


def _phrases(title: str, starts: dict[str, list[str]]) -> list[str]:
    text = title.casefold()
    found: list[str] = []
    if starts.keys().isdisjoint(_WORD.findall(text)):
        return found
    for word in _WORD.finditer(text):
        for phrase in starts.get(word[0], ()):
            after = text[word.start() + len(phrase) :][:1]
            if text.startswith(phrase, word.start()) and not (after.isalnum() or after == "_"):
                found.append(phrase)
    return found


def over_private_alone(portfolio: Portfolio) -> list[KeyResult]:
    """Public key results that lead to the organization's, and would not without private ones."""
    below: dict[str, list[str]] = defaultdict(list)
    public = {k.id: k for k in (*portfolio.alongside.values(), *portfolio.okrs.key_results.values()) if not k.private}
    for one in public.values():
        for link in one.aligns_to:
            if link.state is LinkState.ACCEPTED:
                below[link.key_result].append(one.id)
        for need in one.depends_on:
            if need.state is LinkState.ACCEPTED and need.key_result is not None:
                below[one.id].append(need.key_result)
    todo = [id_ for id_ in public if portfolio.objective_of(id_).of_organization]
    reached = set(todo)
    while todo:
        fresh = [id_ for id_ in below[todo.pop()] if id_ in public and id_ not in reached]
        reached.update(fresh)
        todo.extend(fresh)
    lost = (k for k in portfolio.okrs.key_results.values() if k.id in public and k.id in portfolio.reaching - reached)
    return [k for k in lost if portfolio.objective_of(k.id).standalone is None]
