"""Repositories that have another name than the one they are asked for under: GitHub follows the old name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.github import api
from connectors.github.documents import POINTS
from connectors.http import ApiClient
from connectors.wire import Request
from hub.model.errors import SourceError
from hub.model.initiative import Initiative

AT_ONCE = 100


class RenamedRepositories:
    """The old names that are asked for, by today's; tickets keep both, so that whoever owns either owns them."""

    def __init__(self, configured: Iterable[str]) -> None:
        self._configured = {name.casefold(): name for name in configured}
        self._old: dict[str, str] = {}
        self._new: dict[str, str] = {}

    def learn(self, configured: str, current: str) -> None:
        """The answer to a question about `asked` gave the name `called`: what it was called before is forgotten."""
        if not current:
            return
        self._old = {new: old for new, old in self._old.items() if old.casefold() != configured.casefold()}
        self._new.pop(configured.casefold(), None)
        if current.casefold() != configured.casefold():
            self._old[current.casefold()], self._new[configured.casefold()] = configured, current

    def ask(self, client: ApiClient, connector: str) -> None:
        """Learn what all are called now; raises SourceError where that is not told of one."""
        names = list(self._configured.values())
        for chunk in (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)):
            answer = api.read_answer(client.send(names_request(chunk)))
            for at, configured in enumerate(chunk):
                current = name_in(answer.at((f"r{at}",)))
                if not current:
                    raise SourceError(
                        connector, f"repository {configured}: {answer.error_text() or 'its name did not come'}"
                    )
                self.learn(configured, current)

    def restore(self, tickets: Iterable[Initiative]) -> None:
        """What earlier pulls learned: tickets that stand under both names."""
        for ticket in tickets:
            if (configured := self._configured_name(ticket)) is not None:
                self.learn(configured, ticket.containers[0])

    @property
    def called(self) -> Mapping[str, str]:
        """The names of today, by those that are asked for."""
        return {self._configured.get(old, old): new for old, new in self._new.items()}

    def with_old_name(self, containers: tuple[str, ...]) -> tuple[str, ...]:
        """The same places, with the name that was asked for behind the repository's own."""
        old = self._old.get(containers[0].casefold()) if containers else None
        return containers if old is None or old in containers else (containers[0], old, *containers[1:])

    def under(self, ticket: Initiative) -> Initiative:
        """The ticket under both names."""
        containers = self.with_old_name(ticket.containers)
        return ticket if containers == ticket.containers else replace(ticket, containers=containers)

    def is_news(self, tickets: Iterable[Initiative]) -> bool:
        """Whether tickets that are remembered do not stand under both names yet, or under one that was forgotten."""
        return any(
            ticket.containers[0].casefold() in self._new or self.under(ticket) != ticket or self._was_under(ticket)
            for ticket in tickets
        )

    def _configured_name(self, ticket: Initiative) -> str | None:
        """The other name that the ticket stands under, where that is asked for."""
        return self._configured.get(ticket.containers[1].casefold()) if len(ticket.containers) > 1 else None

    def _was_under(self, ticket: Initiative) -> bool:
        return self._configured_name(ticket) is not None and ticket.containers[0].casefold() not in self._old

    def notes(self) -> tuple[str, ...]:
        """What to tell people about it."""
        return tuple(
            f"the repository {self._configured.get(old, old)} is called {new} now: write {new} in `repositories` "
            f"and in the `owns` of its team"
            for old, new in self._new.items()
        )


def names_request(repositories: Sequence[str]) -> Request:
    """A question for what repositories are called now: `r0`, `r1` and so on, in their order."""
    pairs = [repository.partition("/") for repository in repositories]
    variables = {
        f"{letter}{at}": part for at, (own, _, name) in enumerate(pairs) for letter, part in (("o", own), ("n", name))
    }
    types = ", ".join(f"${variable}: String!" for variable in variables)
    selections = " ".join(
        f"r{at}: repository(owner: $o{at}, name: $n{at}) {{ nameWithOwner }}" for at in range(len(pairs))
    )
    return api.graphql(f"query Names({types}) {{ {POINTS} {selections} }}", variables)


def name_in(repository: Mapping[str, Any] | None) -> str:
    """What a repository is called in an answer; empty where that did not come."""
    return str((repository or {}).get("nameWithOwner") or "")
