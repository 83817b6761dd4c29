"""Tickets that texts name by a key under which none is known: asked for once, and followed where they were moved."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from connectors.shared.incremental import Fetch, Named
from hub.model.initiative import Initiative

_KEY = re.compile(r"(?P<page>https?://\S+/browse/)?(?P<key>[A-Za-z][A-Za-z0-9_]{1,30}-\d{1,12})/?", re.ASCII)


def follow(
    tickets: Mapping[str, Initiative], read: Fetch, page: str, fresh: Collection[str], known: Collection[str]
) -> Named:
    """Look up keys in the texts of tickets that are `fresh`, by id, and keys that were `known` and are no more.

    What a text of before names in vain was asked for already. `page` is how addresses of this site's tickets begin.
    """
    there = {one.ref.key for one in tickets.values()}
    asked: dict[str, None] = {}
    for id_, one in tickets.items():
        for key in _keys(one.depends_on_text, page) if one.depends_on_text else ():
            if key not in there and (id_ in fresh or key in known):
                asked[key] = None
    if not asked:
        return Named()
    came = {one.ref.key: one for one in read(tuple(asked))}
    moved = dict(_moved(asked, came, read))
    texts = {id_: _renamed(one, moved, page) for id_, one in tickets.items()} if moved else {}
    return Named(
        {id_: one for id_, one in texts.items() if one != tickets[id_]},
        tuple(one for one in came.values() if one.id not in tickets),
    )


def _moved(asked: Collection[str], came: Collection[str], read: Fetch) -> Iterator[tuple[str, str]]:
    """Which of the tickets that came under another key was asked for by which."""
    others, missing = [key for key in came if key not in asked], [key for key in asked if key not in came]
    if len(others) == len(missing) == 1:
        yield missing[0], others[0]
    elif others:
        yield from ((key, one.ref.key) for key in missing for one in read((key,)))


def _keys(texts: Iterable[str], page: str) -> Iterator[str]:
    for text in texts:
        found = _KEY.fullmatch(text.strip())
        if found and (found["page"] is None or found["page"].casefold() == page.casefold()):
            yield found["key"].upper()


def _renamed(one: Initiative, moved: Mapping[str, str], page: str) -> Initiative:
    def now(text: str) -> str:
        return next((moved[key] for key in _keys((text,), page) if key in moved), text)

    if not one.depends_on_text and not one.mentions:
        return one
    mentions = tuple(named for named in map(now, one.mentions) if named != one.ref.key)
    return replace(one, depends_on_text=tuple(map(now, one.depends_on_text)), mentions=mentions)
