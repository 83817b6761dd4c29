"""Issues that texts name by a key under which none is known: asked for once, followed where they were transferred."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.github import api
from connectors.github.renamed import Renamed
from connectors.github.whole import Wholes
from connectors.http import Gate
from connectors.shared.incremental import Named
from connectors.wire import Request, Response, content_of
from hub.model.errors import TryLater
from hub.model.initiative import Gap, Initiative

_KEY = re.compile(
    r"(?P<page>https?://[^\s/]{1,200}/)?(?P<repository>[\w.-]{1,100}/[\w.-]{1,100})(?:/issues/|#)(?P<number>\d{1,12})/?",
    re.ASCII,
)
MOST = 50
"""So many are asked for in one pull; the rest when the tickets that name them are read again."""


class NamedIssues:
    """Looks issues up by their old places, with which GitHub answers from the new ones."""

    def __init__(self, name: str, url: str, gate: Gate, wholes: Wholes, renamed: Renamed) -> None:
        self._name = name
        self._rest = api.Addresses.of(url).rest
        self._gate = gate
        self._wholes = wholes
        self._renamed = renamed
        self._gaps: list[Gap] = []

    def follow(self, tickets: Mapping[str, Initiative], fresh: Collection[str]) -> Named:
        """Look up keys in the texts of tickets that are `fresh`, by id; a key whose id is known costs no question.

        What a text of before names in vain was asked for already.
        """
        ids = self._ids(tickets, fresh)
        came = {one.id: one for one in self._wholes.of_ids(dict.fromkeys(ids.values()))} if ids else {}
        there = {key: self._renamed.under(came[id_]) for key, id_ in ids.items() if id_ in came}
        moved = {key: one.ref.key for key, one in there.items() if key not in _names_of(one)}
        texts = {id_: _renamed(one, moved) for id_, one in tickets.items()} if moved else {}
        return Named(
            {id_: one for id_, one in texts.items() if one != tickets[id_]},
            tuple(one for one in came.values() if one.id not in tickets),
            tuple(self._gaps),
        )

    def _ids(self, tickets: Mapping[str, Initiative], fresh: Collection[str]) -> dict[str, str]:
        """The ids of the issues that texts name and that are none of the tickets, by the keys in small letters."""
        named = {id_: tuple(_keys(one.depends_on_text, one)) for id_, one in tickets.items() if one.depends_on_text}
        if not named:
            return {}
        there = {key for one in tickets.values() for key in _names_of(one)}
        known = {key.casefold(): id_ for key, id_ in self._wholes.ids.items()}
        strange: dict[str, list[str]] = {}
        for id_, keys in named.items():
            for key in keys:
                if key.casefold() not in there:
                    strange.setdefault(key, []).append(id_)
        found = {key.casefold(): known[key.casefold()] for key in strange if key.casefold() in known}
        asking = {key: [id_ for id_ in ids if id_ in fresh] for key, ids in strange.items()}
        asked = [(key, ids) for key, ids in asking.items() if ids and key.casefold() not in known]
        return found | dict(self._places(asked[:MOST]))

    def _places(self, named: Sequence[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, str]]:
        """The ids of the issues behind the keys; what is not there, or no issue, has none.

        Where the answer does not come, it is each ticket that names the key which was not read to its end.
        """
        requests = [self._question(api.Issue.of(key)) for key, _ in named]
        for (key, ids), answer in zip(named, self._gate.send_all(requests), strict=True):
            if isinstance(answer, Response):
                row = content_of(answer)
                if isinstance(row, dict) and isinstance(row.get("node_id"), str) and "pull_request" not in row:
                    yield key.casefold(), row["node_id"]
            elif isinstance(answer, TryLater):
                why = f"{key}, which its text names, could not be asked for: {answer.what}"
                self._gaps += [Gap(self._name, why, id_) for id_ in ids]

    def _question(self, issue: api.Issue) -> Request:
        path = f"{self._rest}/repos/{issue.repository}/issues/{issue.number}"
        return Request("GET", path, ticket=f"{issue.repository}#{issue.number}")


def _names_of(one: Initiative) -> Iterator[str]:
    """The key, and the keys by the other names of its repository."""
    yield one.ref.key.casefold()
    for place in one.containers:
        yield f"{place}#{one.ref.key.rpartition('#')[2]}".casefold()


def _keys(texts: Iterable[str], one: Initiative) -> Iterator[str]:
    """The keys among what a ticket's text names; addresses count where they begin as the ticket's own does."""
    page = one.url.partition(one.ref.key.partition("#")[0])[0]
    for text in texts:
        found = _KEY.fullmatch(text.strip())
        if found and (found["page"] is None or found["page"].casefold() == page.casefold()):
            yield f"{found['repository']}#{found['number']}"


def _renamed(one: Initiative, moved: Mapping[str, str]) -> Initiative:
    def now(text: str) -> str:
        return next((moved[key.casefold()] for key in _keys((text,), one) if key.casefold() in moved), text)

    if not one.depends_on_text and not one.mentions:
        return one
    mentions = tuple(named for named in map(now, one.mentions) if named != one.ref.key)
    return replace(one, depends_on_text=tuple(map(now, one.depends_on_text)), mentions=mentions)
