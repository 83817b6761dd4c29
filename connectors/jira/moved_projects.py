"""Projects whose key was changed: Jira follows the old key in a query, and the tickets come with the new one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from connectors.http import Gate
from connectors.jira.okr_query import projects_in
from connectors.wire import Request, content_of
from hub.model.errors import QueryRefused, SourceError, TicketNotFound
from hub.model.initiative import Initiative

Ask = Callable[[str], str]
MOST = 10


@dataclass(frozen=True, slots=True)
class MovedProjects:
    """The old keys that the query asks for, by the new ones; tickets stand under both, so that either names a team."""

    old: Mapping[str, str] = field(default_factory=dict)

    def under(self, one: Initiative) -> Initiative:
        """The ticket under both keys; its own stays the last."""
        old = self.old.get(one.containers[-1]) if one.containers else None
        if old is None or old in one.containers:
            return one
        return replace(one, containers=(*one.containers[:-1], old, one.containers[-1]))

    def is_news(self, tickets: Iterable[Initiative]) -> bool:
        """Whether one of the tickets does not stand under both keys yet, or stands under the old one alone."""
        before = set(self.old.values())
        return any(self.under(one) != one or one.containers[-1] in before for one in tickets if one.containers)

    def notes(self) -> tuple[str, ...]:
        """What to tell people about it."""
        return tuple(
            f"the project {old} is called {new} now: write {new} in `query` and in the `owns` of its team"
            for new, old in self.old.items()
        )


def moved_projects(query: str, tickets: Iterable[Initiative], ask: Ask) -> MovedProjects:
    """Which projects of the query are called otherwise now.

    A project is asked about where the query names it and no ticket is in it, while tickets are in others.
    """
    named = {name.casefold(): name for name in projects_in(query)}
    there = {one.containers[-1]: None for one in tickets if one.containers and not one.reference_only}
    strange = [key for key in there if key.casefold() not in named]
    empty = [name for folded, name in named.items() if folded not in {key.casefold() for key in there}]
    if not strange or not empty:
        return MovedProjects()
    called = {ask(name): name for name in empty[:MOST]}
    return MovedProjects({key: called[key] for key in strange if key in called})


def remembered(query: str, tickets: Iterable[Initiative]) -> MovedProjects:
    """What earlier pulls learned: tickets that stand under both keys."""
    named = {name.casefold() for name in projects_in(query)}
    both = {one.containers[-1]: one.containers[-2] for one in tickets if len(one.containers) > 1}
    return MovedProjects({new: old for new, old in both.items() if old.casefold() in named})


def since_then(query: str, kept: Iterable[Initiative], read: Iterable[Initiative], ask: Ask) -> MovedProjects:
    """The same, and what tickets in projects that are new among them tell."""
    kept = list(kept)
    before, keys = remembered(query, kept), {one.containers[-1] for one in kept if one.containers}
    fresh = [one for one in read if one.containers and one.containers[-1] not in keys]
    return MovedProjects({**before.old, **moved_projects(query, fresh, ask).old}) if fresh else before


def asking(gate: Gate, connector: str) -> Ask:
    """Ask the site for a project's key of today; empty where it has no such project.

    Any other answer tells nothing, and raises SourceError: tickets whose team hangs on it are not believed.
    """

    def ask(name: str) -> str:
        try:
            row = content_of(gate.send(Request("GET", f"/rest/api/2/project/{quote(name, safe='')}", ticket=name)))
        except (TicketNotFound, QueryRefused):
            return ""
        except SourceError as error:
            raise SourceError(connector, _not_told(name, error.detail)) from None
        if not isinstance(row, dict) or not row.get("key"):
            raise SourceError(connector, _not_told(name, "the answer held no project"))
        return str(row["key"])

    return ask


def _not_told(name: str, why: str) -> str:
    return (
        f"whether the project {name} has another key now was not told: {why}. The next read asks again; "
        f"if it stays so, let the account browse {name}, or write today's key in `query`"
    )
