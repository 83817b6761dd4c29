"""Each figure over the map is the number of what its page lists, whatever there is."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings

from hub.model.initiative import Initiative
from hub.model.okr import Okrs
from hub.web.page import Page, PageParams, Viewer
from hub.web.pages.findings import findings_page
from hub.web.pages.map import map_page
from hub.web.pages.map_counts import LISTS, MapCount, map_count_page, map_counts
from hub.web.pages.okrs import key_result_page
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import an_initiative
from tests.hub.pipeline.portfolios import okrs as any_okrs
from tests.hub.pipeline.portfolios import tickets as any_tickets
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, a_snapshot, ask, html, with_a_secret, words


def listed(snapshot: PortfolioSnapshot, address: str) -> int:
    """How many the page at an address lists, over all of its parts."""
    parts = urlsplit(address)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.path == "/findings":
        return int(str(ask(findings_page, snapshot, **query).context["count"]))
    name = parts.path.removeprefix("/map/")
    rows, page = 0, 1
    while True:
        made = ask(map_count_page, snapshot, {"count": name}, **query, page=str(page))
        listing = made.context["listing"]
        rows += len(listing.rows)  # type: ignore[attr-defined]
        if page == listing.pages:  # type: ignore[attr-defined]
            assert rows == listing.total  # type: ignore[attr-defined]
            return rows
        page += 1


@settings(max_examples=60, deadline=None)
@given(any_okrs(), any_tickets())
def test_a_figure_is_the_number_of_what_its_page_lists(okrs: Okrs, tickets: tuple[Initiative, ...]) -> None:
    snapshot = a_snapshot(*tickets, okrs=okrs)
    counts = map_counts(snapshot)
    assert len(counts) == 5
    assert [count.count for count in counts] == [listed(snapshot, count.url) for count in counts]
    assert all(0 <= count.count <= count.total and (count.count or not count.bad) for count in counts)


@settings(max_examples=40, deadline=None)
@given(any_okrs(), any_tickets())
def test_a_number_on_a_box_is_what_its_page_lists(okrs: Okrs, tickets: tuple[Initiative, ...]) -> None:
    snapshot = a_snapshot(*tickets, okrs=okrs)
    links = ask(map_page, snapshot).context["links_of"]
    for id_, (count, _) in links.marks.items():  # type: ignore[attr-defined]
        if id_ in snapshot.status_by_key_result and not okrs.key_results[id_].private:
            page = ask(key_result_page, snapshot, {"key_result": id_})
            assert len(page.context["findings"]) == count  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(any_okrs(), any_tickets())
def test_tickets_without_a_key_result_are_as_many_as_the_box_says(okrs: Okrs, tickets: tuple[Initiative, ...]) -> None:
    snapshot = a_snapshot(*tickets, okrs=okrs)
    for lane in snapshot.lanes:
        for group in lane.groups:
            for node in group.entries:
                if node.key.endswith("/"):
                    address = f"/map/tickets-without-key-result?team={group.teams[0]}"
                    assert node.problem.startswith(f"{listed(snapshot, address)} active ticket")


def four_loose() -> PortfolioSnapshot:
    loose = (an_initiative(f"jira:ACME-{n}", title=f"Loose end {n}") for n in range(1, 4))
    return a_snapshot(*loose, an_initiative("jira:ACME-9", serves=SECRET, title=SECRET_TITLE), okrs=with_a_secret())


def page_of(snapshot: PortfolioSnapshot, name: str, **query: str) -> Page:
    return map_count_page(snapshot, Viewer(), PageParams({"count": name}, query))


def test_tickets_are_listed_with_title_team_and_page() -> None:
    snapshot = four_loose()
    page = page_of(snapshot, "tickets-without-key-result", team="product")
    assert page.title == "Product: Active tickets without a key result"
    told = html(page, snapshot)
    assert re.findall(r'href="(/tickets/[^"]*)">([^<]*)<', told)[0] == ("/tickets/jira/ACME-1", "ACME-1 Loose end 1")


@pytest.mark.parametrize("name", sorted(LISTS))
def test_no_list_names_a_private_key_result(name: str) -> None:
    snapshot = four_loose()
    told = html(page_of(snapshot, name), snapshot)
    assert SECRET not in told
    assert SECRET_TITLE not in told


@pytest.mark.parametrize(("name", "query"), [("no-such", {}), ("unlinked-tickets", {"team": "no-such"})])
def test_an_unknown_list_or_team_is_no_page(name: str, query: dict[str, str]) -> None:
    assert page_of(four_loose(), name, **query).status == 404


def test_an_empty_list_says_so() -> None:
    snapshot = a_snapshot(okrs=with_a_secret())
    assert "None." in words(page_of(snapshot, "open-dependencies"), snapshot)


def test_a_figure_is_bad_only_where_somebody_has_to_act() -> None:
    counts: dict[str, MapCount] = {count.url: count for count in map_counts(four_loose())}
    assert counts["/map/unlinked-tickets"].bad
    assert not counts["/map/open-dependencies"].bad
    assert (counts["/map/open-dependencies"].count, counts["/map/unlinked-tickets"].count) == (0, 4)
