"""The results of a search over everything, by kind, each kind with the number of its matches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.core.insight.search import MAX_LENGTH, SearchEntry, SearchIndex, SearchKind, corrected, search
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
    query = " ".join(params.query.get("q", "").split())[:MAX_LENGTH]
    results = search_all(snapshot.search_index, query)
    better = "" if any(results.values()) else corrected(snapshot.search_index, query)
    if better:
        results = search_all(snapshot.search_index, better)
    groups = [_matches(kind, entries, better or query) for kind, entries in results.items() if entries]
    context = {"query": query, "corrected": better if groups else "", "groups": groups}
    return Page("search.html", "Search", context)


def search_all(index: SearchIndex, query: str) -> Mapping[SearchKind, Sequence[SearchEntry]]:
    """The matches of every kind."""
    return {kind: search(index, kind, query) for kind in LISTS}


def _matches(kind: SearchKind, entries: Sequence[SearchEntry], query: str) -> Matches:
    name, path = LISTS[kind]
    return Matches(name, entries[:MAX_OF_A_KIND], len(entries), with_query(path, text=query))
