"""Repositories that have another name than the one they are asked for under: GitHub follows the old name."""

from collections.abc import Iterable
from dataclasses import replace

from hub.model.initiative import Initiative


class Renamed:
    """The old names that are asked for, by today's; tickets keep both, so that whoever owns either owns them."""

    def __init__(self, asked: Iterable[str]) -> None:
        self._asked = {name.casefold(): name for name in asked}
        self._old: dict[str, str] = {}
        self._new: dict[str, str] = {}

    def learn(self, asked: str, called: str) -> None:
        """The answer to a question about `asked` gave the name `called`."""
        if called and called.casefold() != asked.casefold():
            self._old[called.casefold()], self._new[asked.casefold()] = asked, called

    def remember(self, tickets: Iterable[Initiative]) -> None:
        """What earlier pulls learned: tickets that stand under both names."""
        for one in tickets:
            if len(one.containers) > 1 and (asked := self._asked.get(one.containers[1].casefold())) is not None:
                self.learn(asked, one.containers[0])

    def places(self, containers: tuple[str, ...]) -> tuple[str, ...]:
        """The same places, with the name that was asked for behind the repository's own."""
        old = self._old.get(containers[0].casefold()) if containers else None
        return containers if old is None or old in containers else (containers[0], old, *containers[1:])

    def under(self, one: Initiative) -> Initiative:
        """The ticket under both names."""
        places = self.places(one.containers)
        return one if places == one.containers else replace(one, containers=places)

    def is_news(self, tickets: Iterable[Initiative]) -> bool:
        """Whether tickets that are remembered do not stand under both names yet."""
        return any(one.containers[0].casefold() in self._new or self.under(one) != one for one in tickets)

    def notes(self) -> tuple[str, ...]:
        """What to tell people about it."""
        return tuple(
            f"the repository {self._asked.get(old, old)} is called {new} now: write {new} in `repositories` "
            f"and in the `owns` of its team"
            for old, new in self._new.items()
        )
