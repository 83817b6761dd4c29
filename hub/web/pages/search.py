"""The results of a search over everything, by kind, each kind with the number of its matches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.core.insight.search import SearchEntry, SearchKind, clean_query, find_words, rank, search
from hub.model.urls import with_query
from hub.web.page import Page, PageParams, Viewer
from hub.web.snapshot import PortfolioSnapshot

MAX_OF_A_KIND = 10
LISTS = {
    SearchKind.TICKET: ("Tickets", "/tickets"),
    SearchKind.KEY_RESULT: ("Key results", "/key-results"),
    SearchKind.TEAM: ("Teams", "/teams"),
    SearchKind.RULE: ("Rules", "/rules"),
}


@dataclass(frozen=True, slots=True)
class Matches:
    """The first matches of a kind, how many there are, and the address of the list of all of them."""

    name: str
    entries: Sequence[SearchEntry]
    count: int
    address: str


def search_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """What holds all words of `q`; where nothing does, what holds the closest words."""
    query = clean_query(params.query.get("q", ""))
    words = find_words(snapshot.search_index, query)
    results = {kind: search(snapshot.search_index, kind, words) for kind in LISTS}
    # Whoever types a team's name looks for the team: the kind of the best match comes first.
    found = sorted(((kind, entries) for kind, entries in results.items() if entries), key=_best_rank(words))
    groups = [_matches(kind, entries, words) for kind, entries in found]
    context = {"query": query, "corrected": words if words != query else "", "groups": groups}
    return Page("search.html", f"Search: {query}" if query else "Search", context)


def _best_rank(query: str) -> Callable[[tuple[SearchKind, Sequence[SearchEntry]]], int]:
    return lambda found: rank(found[1][0], query)


def _matches(kind: SearchKind, entries: Sequence[SearchEntry], query: str) -> Matches:
    name, path = LISTS[kind]
    return Matches(name, entries[:MAX_OF_A_KIND], len(entries), with_query(path, text=query))
