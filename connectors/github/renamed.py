"""Repositories that have another name than the one they are asked for under: GitHub follows the old name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.github import api
from connectors.github.documents import POINTS
from connectors.http import Gate
from connectors.wire import Request
from hub.model.errors import SourceError
from hub.model.initiative import Initiative

AT_ONCE = 100


class Renamed:
    """The old names that are asked for, by today's; tickets keep both, so that whoever owns either owns them."""

    def __init__(self, asked: Iterable[str]) -> None:
        self._asked = {name.casefold(): name for name in asked}
        self._old: dict[str, str] = {}
        self._new: dict[str, str] = {}

    def learn(self, asked: str, called: str) -> None:
        """The answer to a question about `asked` gave the name `called`: what it was called before is forgotten."""
        if not called:
            return
        self._old = {new: old for new, old in self._old.items() if old.casefold() != asked.casefold()}
        self._new.pop(asked.casefold(), None)
        if called.casefold() != asked.casefold():
            self._old[called.casefold()], self._new[asked.casefold()] = asked, called

    def ask(self, gate: Gate, connector: str) -> None:
        """Learn what all are called now; raises SourceError where that is not told of one."""
        every = list(self._asked.values())
        for some in (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE)):
            said = api.read_answer(gate.send(names_of(some)))
            for at, asked in enumerate(some):
                called = name_in(said.at((f"r{at}",)))
                if not called:
                    raise SourceError(connector, f"repository {asked}: {said.why() or 'its name did not come'}")
                self.learn(asked, called)

    def remember(self, tickets: Iterable[Initiative]) -> None:
        """What earlier pulls learned: tickets that stand under both names."""
        for one in tickets:
            if (asked := self._asked_for(one)) is not None:
                self.learn(asked, one.containers[0])

    @property
    def called(self) -> Mapping[str, str]:
        """The names of today, by those that are asked for."""
        return {self._asked.get(old, old): new for old, new in self._new.items()}

    def places(self, containers: tuple[str, ...]) -> tuple[str, ...]:
        """The same places, with the name that was asked for behind the repository's own."""
        old = self._old.get(containers[0].casefold()) if containers else None
        return containers if old is None or old in containers else (containers[0], old, *containers[1:])

    def under(self, one: Initiative) -> Initiative:
        """The ticket under both names."""
        places = self.places(one.containers)
        return one if places == one.containers else replace(one, containers=places)

    def is_news(self, tickets: Iterable[Initiative]) -> bool:
        """Whether tickets that are remembered do not stand under both names yet, or under one that was forgotten."""
        return any(
            one.containers[0].casefold() in self._new or self.under(one) != one or self._was_under(one)
            for one in tickets
        )

    def _asked_for(self, one: Initiative) -> str | None:
        """The other name that the ticket stands under, where that is asked for."""
        return self._asked.get(one.containers[1].casefold()) if len(one.containers) > 1 else None

    def _was_under(self, one: Initiative) -> bool:
        return self._asked_for(one) is not None and one.containers[0].casefold() not in self._old

    def notes(self) -> tuple[str, ...]:
        """What to tell people about it."""
        return tuple(
            f"the repository {self._asked.get(old, old)} is called {new} now: write {new} in `repositories` "
            f"and in the `owns` of its team"
            for old, new in self._new.items()
        )


def names_of(repositories: Sequence[str]) -> Request:
    """A question for what repositories are called now: `r0`, `r1` and so on, in their order."""
    both = [repository.partition("/") for repository in repositories]
    variables = {
        f"{letter}{at}": part for at, (own, _, name) in enumerate(both) for letter, part in (("o", own), ("n", name))
    }
    types = ", ".join(f"${variable}: String!" for variable in variables)
    asked = " ".join(f"r{at}: repository(owner: $o{at}, name: $n{at}) {{ nameWithOwner }}" for at in range(len(both)))
    return api.graphql(f"query Names({types}) {{ {POINTS} {asked} }}", variables)


def name_in(repository: Mapping[str, Any] | None) -> str:
    """What a repository is called in an answer; empty where that did not come."""
    return str((repository or {}).get("nameWithOwner") or "")
