"""Issues that texts name by a key under which none is known: asked for once, followed where they were transferred."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.github import api
from connectors.github.renamed import RenamedRepositories
from connectors.github.whole import IssueFetcher
from connectors.http import ApiClient
from connectors.shared.incremental import Named
from connectors.wire import Request, Response, content_of
from hub.model.errors import RetryLater
from hub.model.initiative import Gap, Initiative

_KEY = re.compile(
    r"(?P<page>https?://[^\s/]{1,200}/)?(?P<repository>[\w.-]{1,100}/[\w.-]{1,100})(?:/issues/|#)(?P<number>\d{1,12})/?",
    re.ASCII,
)
MAX_LOOKUPS = 50
"""So many are asked for in one pull; the rest when the tickets that name them are read again."""


class NamedIssues:
    """Looks issues up by their old places, with which GitHub answers from the new ones."""

    def __init__(
        self, name: str, url: str, client: ApiClient, fetcher: IssueFetcher, renamed: RenamedRepositories
    ) -> None:
        self._name = name
        self._api_prefix = api.Addresses.of(url).api_prefix
        self._client = client
        self._fetcher = fetcher
        self._renamed = renamed
        self._gaps: list[Gap] = []

    def resolve(self, tickets: Mapping[str, Initiative], new_ids: Collection[str]) -> Named:
        """Look up keys in the texts of tickets that are `fresh`, by id; a key whose id is known costs no question.

        What a text of before names in vain was asked for already.
        """
        ids = self._ids(tickets, new_ids)
        fetched = {ticket.id: ticket for ticket in self._fetcher.of_ids(dict.fromkeys(ids.values()))} if ids else {}
        by_key = {key: self._renamed.under(fetched[id_]) for key, id_ in ids.items() if id_ in fetched}
        moved = {key: ticket.ref.key for key, ticket in by_key.items() if key not in _names_of(ticket)}
        texts = {id_: _with_current_keys(ticket, moved) for id_, ticket in tickets.items()} if moved else {}
        return Named(
            {id_: ticket for id_, ticket in texts.items() if ticket != tickets[id_]},
            tuple(ticket for ticket in fetched.values() if ticket.id not in tickets),
            tuple(self._gaps),
        )

    def _ids(self, tickets: Mapping[str, Initiative], new_ids: Collection[str]) -> dict[str, str]:
        """The ids of the issues that texts name and that are none of the tickets, by the keys in small letters."""
        named = {
            id_: tuple(_keys(ticket.depends_on_text, ticket))
            for id_, ticket in tickets.items()
            if ticket.depends_on_text
        }
        if not named:
            return {}
        known_keys = {key for ticket in tickets.values() for key in _names_of(ticket)}
        known = {key.casefold(): id_ for key, id_ in self._fetcher.ids.items()}
        unknown: dict[str, list[str]] = {}
        for id_, keys in named.items():
            for key in keys:
                if key.casefold() not in known_keys:
                    unknown.setdefault(key, []).append(id_)
        resolved = {key.casefold(): known[key.casefold()] for key in unknown if key.casefold() in known}
        candidates = {key: [id_ for id_ in ids if id_ in new_ids] for key, ids in unknown.items()}
        lookups = [(key, ids) for key, ids in candidates.items() if ids and key.casefold() not in known]
        return resolved | dict(self._issue_ids(lookups[:MAX_LOOKUPS]))

    def _issue_ids(self, named: Sequence[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, str]]:
        """The ids of the issues behind the keys; what is not there, or no issue, has none.

        Where the answer does not come, it is each ticket that names the key which was not read to its end.
        """
        requests = [self._lookup_request(api.Issue.of(key)) for key, _ in named]
        for (key, ids), answer in zip(named, self._client.send_all(requests), strict=True):
            if isinstance(answer, Response):
                row = content_of(answer)
                if isinstance(row, dict) and isinstance(row.get("node_id"), str) and "pull_request" not in row:
                    yield key.casefold(), row["node_id"]
            elif isinstance(answer, RetryLater):
                reason = f"{key}, which its text names, could not be requested: {answer.detail}"
                self._gaps += [Gap(self._name, reason, id_) for id_ in ids]

    def _lookup_request(self, issue: api.Issue) -> Request:
        path = f"{self._api_prefix}/repos/{issue.repository}/issues/{issue.number}"
        return Request("GET", path, ticket=f"{issue.repository}#{issue.number}")


def _names_of(ticket: Initiative) -> Iterator[str]:
    """The key, and the keys by the other names of its repository."""
    yield ticket.ref.key.casefold()
    for container in ticket.containers:
        yield f"{container}#{ticket.ref.key.rpartition('#')[2]}".casefold()


def _keys(texts: Iterable[str], ticket: Initiative) -> Iterator[str]:
    """The keys among what a ticket's text names; addresses count where they begin as the ticket's own does."""
    page = ticket.url.partition(ticket.ref.key.partition("#")[0])[0]
    for text in texts:
        match = _KEY.fullmatch(text.strip())
        if match and (match["page"] is None or match["page"].casefold() == page.casefold()):
            yield f"{match['repository']}#{match['number']}"


def _with_current_keys(ticket: Initiative, moved: Mapping[str, str]) -> Initiative:
    def now(text: str) -> str:
        return next((moved[key.casefold()] for key in _keys((text,), ticket) if key.casefold() in moved), text)

    if not ticket.depends_on_text and not ticket.mentions:
        return ticket
    mentions = tuple(named for named in map(now, ticket.mentions) if named != ticket.ref.key)
    return replace(ticket, depends_on_text=tuple(map(now, ticket.depends_on_text)), mentions=mentions)
