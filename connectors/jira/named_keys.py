"""Tickets that texts name by a key under which none is known: asked for once, and followed where they were moved."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from connectors.shared.incremental import Fetch, Named
from hub.model.initiative import Initiative

_KEY = re.compile(r"(?P<page>https?://\S+/browse/)?(?P<key>[A-Za-z][A-Za-z0-9_]{1,30}-\d{1,12})/?", re.ASCII)


def resolve_named_keys(
    tickets: Mapping[str, Initiative], read: Fetch, page: str, new_ids: Collection[str], known: Collection[str]
) -> Named:
    """Look up keys in the texts of tickets that are `fresh`, by id, and keys that were `known` and are no more.

    What a text of before names in vain was asked for already. `page` is how addresses of this site's tickets begin.
    """
    known_keys = {ticket.ref.key for ticket in tickets.values()}
    lookups: dict[str, None] = {}
    for id_, ticket in tickets.items():
        for key in _keys(ticket.depends_on_text, page) if ticket.depends_on_text else ():
            if key not in known_keys and (id_ in new_ids or key in known):
                lookups[key] = None
    if not lookups:
        return Named()
    fetched = {ticket.ref.key: ticket for ticket in read(tuple(lookups))}
    moved = dict(_moved(lookups, fetched, read))
    texts = {id_: _with_current_keys(ticket, moved, page) for id_, ticket in tickets.items()} if moved else {}
    return Named(
        {id_: ticket for id_, ticket in texts.items() if ticket != tickets[id_]},
        tuple(ticket for ticket in fetched.values() if ticket.id not in tickets),
    )


def _moved(lookups: Collection[str], fetched: Collection[str], read: Fetch) -> Iterator[tuple[str, str]]:
    """Which of the tickets that came under another key was asked for by which."""
    unexpected, missing = [key for key in fetched if key not in lookups], [key for key in lookups if key not in fetched]
    if len(unexpected) == len(missing) == 1:
        yield missing[0], unexpected[0]
    elif unexpected:
        yield from ((key, ticket.ref.key) for key in missing for ticket in read((key,)))


def _keys(texts: Iterable[str], page: str) -> Iterator[str]:
    for text in texts:
        match = _KEY.fullmatch(text.strip())
        if match and (match["page"] is None or match["page"].casefold() == page.casefold()):
            yield match["key"].upper()


def _with_current_keys(ticket: Initiative, moved: Mapping[str, str], page: str) -> Initiative:
    def now(text: str) -> str:
        return next((moved[key] for key in _keys((text,), page) if key in moved), text)

    if not ticket.depends_on_text and not ticket.mentions:
        return ticket
    mentions = tuple(named for named in map(now, ticket.mentions) if named != ticket.ref.key)
    return replace(ticket, depends_on_text=tuple(map(now, ticket.depends_on_text)), mentions=mentions)
