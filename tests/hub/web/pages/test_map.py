"""The page of the map: what it links to, what a filter leaves, and that numbers stand where private names would."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from hub.model.okr import Visibility
from hub.web.pages.audit import MAPS_PER_PAGE, map_page
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import a_key_result, a_team, acme_okrs, an_initiative, an_objective, some_okrs
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, a_snapshot, ask, html, with_a_secret, words


def work() -> PortfolioSnapshot:
    return a_snapshot(
        an_initiative("jira:ACME-1", serves="dau"),
        an_initiative("jira:ACME-2", serves=("dau", SECRET)),
        an_initiative("jira:ACME-3", title="Loose end"),
        an_initiative("github:acme/app#4", serves="p99"),
        okrs=with_a_secret(),
    )


def svg(snapshot: PortfolioSnapshot, **query: str) -> ET.Element:
    page = ask(map_page, snapshot, **query)
    (picture,) = page.context["map_images"]  # type: ignore[misc]
    return ET.fromstring(picture)


def texts(root: ET.Element, name: str) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter() if name in element.get("class", "").split()]


def test_boxes_and_tickets_lead_to_their_pages() -> None:
    drawn = svg(work())
    places = {element.get("href", "") for element in drawn.iter() if element.tag.endswith("}a")}
    assert {"/key-results/dau", "/key-results/revenue", "/tickets/jira/ACME-1", "/teams/product"} <= places
    assert "/tickets/github/acme/app%234" in places
    assert "/findings?team=product&rule=initiative-without-key-result" in places


def test_a_private_key_result_is_a_number_and_can_be_reached() -> None:
    snapshot = work()
    shown = html(ask(map_page, snapshot), snapshot).casefold()
    assert SECRET not in shown
    assert SECRET_TITLE.casefold() not in shown
    private = [element for element in svg(snapshot).iter() if element.get("tabindex")]
    assert [element.get("aria-label", "").partition(":")[0] for element in private] == ["a private key result"]
    assert all((element.get("data-box") or "0").isdigit() for element in svg(snapshot).iter())


def test_its_audience_finds_it_in_the_open() -> None:
    snapshot = a_snapshot(an_initiative("jira:ACME-2", serves=SECRET), okrs=with_a_secret(), teams=("product",))
    assert f"/key-results/{SECRET}" in html(ask(map_page, snapshot), snapshot)


def test_every_link_and_line_of_work_knows_its_boxes() -> None:
    drawn = svg(work())
    boxes = {element.get("data-box") for element in drawn.iter()} - {None}
    for element in drawn.iter():
        for name in ("data-from", "data-to", "data-of"):
            assert element.get(name) is None or element.get(name) in boxes


def test_a_team_leaves_its_own_and_what_that_leads_to() -> None:
    drawn = svg(work(), team="platform")
    assert texts(drawn, "lane") == ["Platform"]
    assert {"p99", "revenue"} == set(texts(drawn, "id"))


def test_a_rule_leaves_what_it_is_about() -> None:
    drawn = svg(work(), rule="initiative-without-key-result")
    assert "No key result" in texts(drawn, "id")
    assert "p99" not in texts(drawn, "id")


@pytest.mark.parametrize("query", [{"team": "no-such"}, {"rule": "<script>"}, {"text": "\x00"}])
def test_a_filter_that_nothing_passes_says_so(query: dict[str, str]) -> None:
    snapshot = work()
    assert "Nothing on the map matches the filter" in words(ask(map_page, snapshot, **query), snapshot)


def test_how_far_a_key_result_has_come_is_drawn_beside_the_cycle() -> None:
    okrs = acme_okrs()
    dau = replace(okrs.key_results["dau"], current=25.0)
    snapshot = a_snapshot(okrs=replace(okrs, key_results={**okrs.key_results, "dau": dau}))
    drawn = svg(snapshot)
    (bar,) = [element for element in drawn.iter() if "progress" in (element.get("class") or "").split()]
    assert "behind" in bar.get("class", "")
    assert "25 % of the way" in "".join(drawn.itertext())


def test_nothing_tells_how_far_a_private_one_has_come() -> None:
    secret = replace(with_a_secret().key_results[SECRET], current=25.0)
    assert secret.visibility is Visibility.PRIVATE
    assert not [element for element in svg(work()).iter() if "progress" in (element.get("class") or "").split()]


def test_the_table_says_what_the_picture_shows() -> None:
    snapshot = work()
    told = words(ask(map_page, snapshot), snapshot)
    assert re.search(r"Platform p99 Title of p99 revenue \(direct\)", told)
    assert "+" not in told.partition("The map as a table")[2]


def test_a_big_map_goes_over_pages_that_can_be_jumped_to() -> None:
    teams = tuple(a_team(f"team{n}") for n in range(80))
    objectives = (an_objective("growth"), *(an_objective(f"o{n}", f"team{n}") for n in range(80)))
    held = (
        a_key_result("revenue", "growth"),
        *(a_key_result(f"k{n}-{m}", f"o{n}") for n in range(80) for m in range(3)),
    )
    snapshot = a_snapshot(okrs=some_okrs(teams=teams, objectives=objectives, key_results=held))
    first, second = ask(map_page, snapshot), ask(map_page, snapshot, page="2")
    assert len(first.context["map_images"]) == len(second.context["map_images"]) == MAPS_PER_PAGE  # type: ignore[arg-type]
    jumps = dict(first.context["jumps"])  # type: ignore[call-overload]
    assert len(jumps) == 80
    wanted = [place.partition("#")[2] for place in jumps.values() if place.startswith("/?page=2#")]
    drawn = "".join(second.context["map_images"])  # type: ignore[arg-type]
    assert wanted
    assert [anchor for anchor in wanted if f'id="{anchor}"' not in drawn] == []
    assert ask(map_page, snapshot, page="999999").context["page"] == first.context["pages"]
