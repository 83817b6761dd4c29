"""Projects whose key was changed: Jira follows the old key in a query, and the tickets come with the new one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from connectors.http import ApiClient
from connectors.jira.okr_query import projects_in
from connectors.wire import Request, content_of
from hub.model.errors import QueryRefused, SourceError, TicketNotFound
from hub.model.initiative import Initiative

Ask = Callable[[str], str]
MAX_LOOKUPS = 10


@dataclass(frozen=True, slots=True)
class MovedProjects:
    """The old keys that the query asks for, by the new ones; tickets stand under both, so that either names a team."""

    old_keys: Mapping[str, str] = field(default_factory=dict)

    def under(self, ticket: Initiative) -> Initiative:
        """The ticket under both keys; its own stays the last."""
        old = self.old_keys.get(ticket.containers[-1]) if ticket.containers else None
        if old is None or old in ticket.containers:
            return ticket
        return replace(ticket, containers=(*ticket.containers[:-1], old, ticket.containers[-1]))

    def is_news(self, tickets: Iterable[Initiative]) -> bool:
        """Whether one of the tickets does not stand under both keys yet, or stands under the old one alone."""
        old_keys = set(self.old_keys.values())
        return any(
            self.under(ticket) != ticket or ticket.containers[-1] in old_keys for ticket in tickets if ticket.containers
        )

    def notes(self) -> tuple[str, ...]:
        """What to tell people about it."""
        return tuple(
            f"the project {old} is called {new} now: write {new} in `query` and in the `owns` of its team"
            for new, old in self.old_keys.items()
        )


def moved_projects(query: str, tickets: Iterable[Initiative], ask: Ask) -> MovedProjects:
    """Which projects of the query are called otherwise now.

    A project is asked about where the query names it and no ticket is in it, while tickets are in others.
    """
    named = {name.casefold(): name for name in projects_in(query)}
    present_keys = {
        ticket.containers[-1]: None for ticket in tickets if ticket.containers and not ticket.reference_only
    }
    unknown = [key for key in present_keys if key.casefold() not in named]
    empty = [name for folded, name in named.items() if folded not in {key.casefold() for key in present_keys}]
    if not unknown or not empty:
        return MovedProjects()
    names_by_key = {ask(name): name for name in empty[:MAX_LOOKUPS]}
    return MovedProjects({key: names_by_key[key] for key in unknown if key in names_by_key})


def known_moves(query: str, tickets: Iterable[Initiative]) -> MovedProjects:
    """What earlier pulls learned: tickets that stand under both keys."""
    named = {name.casefold() for name in projects_in(query)}
    key_pairs = {ticket.containers[-1]: ticket.containers[-2] for ticket in tickets if len(ticket.containers) > 1}
    return MovedProjects({new: old for new, old in key_pairs.items() if old.casefold() in named})


def updated_moves(query: str, stored: Iterable[Initiative], read: Iterable[Initiative], ask: Ask) -> MovedProjects:
    """The same, and what tickets in projects that are new among them tell."""
    stored = list(stored)
    known, keys = known_moves(query, stored), {ticket.containers[-1] for ticket in stored if ticket.containers}
    new_tickets = [ticket for ticket in read if ticket.containers and ticket.containers[-1] not in keys]
    return (
        MovedProjects({**known.old_keys, **moved_projects(query, new_tickets, ask).old_keys}) if new_tickets else known
    )


def key_lookup(client: ApiClient, connector: str) -> Ask:
    """Ask the site for a project's key of today; empty where it has no such project.

    Any other answer tells nothing, and raises SourceError: tickets whose team hangs on it are not believed.
    """

    def ask(name: str) -> str:
        try:
            row = content_of(client.send(Request("GET", f"/rest/api/2/project/{quote(name, safe='')}", ticket=name)))
        except (TicketNotFound, QueryRefused):
            return ""
        except SourceError as error:
            raise SourceError(connector, _unresolved_message(name, error.detail)) from None
        if not isinstance(row, dict) or not row.get("key"):
            raise SourceError(connector, _unresolved_message(name, "the answer contained no project"))
        return str(row["key"])

    return ask


def _unresolved_message(name: str, reason: str) -> str:
    return (
        f"whether the project {name} has a new key could not be checked: {reason}. The next read asks again; "
        f"if it stays so, let the account browse {name}, or write today's key in `query`"
    )
