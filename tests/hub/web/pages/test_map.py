"""The page of the map: what it links to, what a filter leaves, and that numbers stand where private names would."""

import re
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from xml.etree import ElementTree as ET

import pytest

from hub.model.initiative import Initiative
from hub.model.okr import Alignment, Visibility
from hub.report.map.svg import STYLE
from hub.web.pages.map import map_page
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
    return ET.fromstring(str(page.context["map_image"]))


def texts(root: ET.Element, name: str) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter() if name in element.get("class", "").split()]


def test_boxes_and_tickets_lead_to_their_pages() -> None:
    drawn = svg(work())
    places = {element.get("href", "") for element in drawn.iter() if element.tag.endswith("}a")}
    assert {"/key-results/dau", "/key-results/revenue", "/tickets/jira/ACME-1", "/teams/product"} <= places
    assert "/tickets/github/acme/app%234" in places
    assert "/map/tickets-without-key-result?team=product" in places


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


def unfaded(root: ET.Element) -> set[str]:
    """The names of the boxes that a filter keeps."""
    kept = [e for e in root.iter() if "box" in (e.get("class") or "").split() and "faded" not in (e.get("class") or "")]
    return {(box.find(".//{*}title").text or "").partition(":")[0] for box in kept}  # type: ignore[union-attr]


def test_a_team_keeps_its_own_and_what_that_is_linked_to() -> None:
    snapshot = work()
    drawn = svg(snapshot, team="platform")
    assert unfaded(drawn) == {"p99", "revenue"}
    assert sorted(texts(drawn, "title")) == sorted(texts(svg(snapshot), "title"))


def test_a_rule_keeps_what_it_is_about() -> None:
    assert unfaded(svg(work(), rule="initiative-without-key-result")) == {
        "No key result",
        "Not linked to an organization key result",
    }


def test_words_keep_the_key_results_and_tickets_that_hold_them() -> None:
    snapshot = work()
    assert "No key result" in unfaded(svg(snapshot, text="loose END"))
    assert unfaded(svg(snapshot, text="title of p99")) == {"p99", "revenue"}
    assert unfaded(svg(snapshot, text="Zanzibar")) == set()


def test_the_cycle_keeps_what_belongs_to_it() -> None:
    snapshot = work()
    assert unfaded(svg(snapshot, cycle="2026-Q4")) == unfaded(svg(snapshot))
    assert unfaded(svg(snapshot, cycle="2031-Q1")) == set()


def test_what_stays_passes_every_filter() -> None:
    snapshot = work()
    assert unfaded(svg(snapshot, team="platform", text="dau")) == set()
    assert "1 on the map matches" in words(ask(map_page, snapshot, text="loose end"), snapshot)


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


def test_the_table_says_what_the_drawing_shows() -> None:
    snapshot = work()
    told = words(ask(map_page, snapshot), snapshot)
    assert re.search(r"Title of revenue .* Platform 40 % Title of p99 direct, 40 % acme/app#4", told)


def many(*tickets: Initiative) -> PortfolioSnapshot:
    """Thirty organization key results, and sixty teams with a key result for the first two."""
    teams = tuple(a_team(f"team{n}") for n in range(60))
    objectives = (an_objective("growth"), *(an_objective(f"o{n}", f"team{n}") for n in range(60)))
    upper = tuple(a_key_result(f"org{n:02d}", "growth", owners=("team1",)) for n in range(30))
    lower = (
        a_key_result(f"k{n}-{m}", f"o{n}", aligns_to=(Alignment(f"org0{m}"),)) for n in range(60) for m in range(2)
    )
    return a_snapshot(*tickets, okrs=some_okrs(teams=teams, objectives=objectives, key_results=(*upper, *lower)))


def folds(root: ET.Element) -> dict[str, str]:
    """What can be opened or folded, with its address."""
    links = [element for element in root.iter() if element.get("aria-expanded")]
    return {link.get("aria-label", ""): link.get("href", "") for link in links}


def test_what_is_folded_opens_by_a_link_to_its_own_place() -> None:
    snapshot = many()
    address = folds(svg(snapshot))["60 teams, 60 key results, 0 tickets of Title of org00"]
    path, _, anchor = address.partition("#")
    assert path == "/?open=org00"
    drawn = svg(snapshot, open="org00")
    assert anchor in {element.get("id") for element in drawn.iter()}
    team = folds(drawn)["1 key result of Team17"]
    assert team.partition("#")[0] == "/?open=org00%2Corg00%2Fteam17"
    opened = svg(snapshot, open="org00,org00/team17")
    assert "Title of k17-0" in texts(opened, "title")
    assert folds(opened)["Fold Team17"].startswith("/?open=org00&close=org00%2Fteam17#")


def test_the_filter_stays_where_something_is_opened() -> None:
    assert all("team=team9" in address for address in folds(svg(many(), team="team9")).values())


def test_an_address_that_nobody_would_write_shows_the_map() -> None:
    snapshot = many()
    query = {"open": ",".join(f"x{n}" for n in range(500)), "close": ",,,", "severity": "bad", "page": "7"}
    assert len(texts(svg(snapshot, **query), "title")) == 31 - 1


def test_questions_come_first_with_titles_and_links() -> None:
    snapshot = many(an_initiative("jira:ACME-1", serves="k3-0"))
    page = ask(map_page, snapshot)
    asked = [question for question, _ in page.context["questions"]]  # type: ignore[attr-defined]
    assert asked == list(snapshot.audit.questions) != []
    told = html(page, snapshot)
    assert told.index("Act on this first") < told.index("Who starts work on") < told.index("<form")
    links = [link for _, evidence in page.context["questions"] for link in evidence]  # type: ignore[attr-defined]
    assert ("Title of k0-0", "/key-results/k0-0") in links


def test_the_age_of_the_data_is_told() -> None:
    snapshot = work()
    assert "As of 16 Nov 2026, 09:00 UTC" in words(ask(map_page, snapshot), snapshot)
    old = replace(snapshot, built_at=snapshot.built_at + timedelta(days=3))
    assert "As of 16 Nov 2026, 09:00 UTC, 3 days old" in words(ask(map_page, old), old)


def test_every_class_of_the_drawing_has_a_style_on_the_page_and_in_print() -> None:
    sheets = (resources.files("hub.web").joinpath("static/map.css").read_text(), STYLE)
    on_page, in_print = (set(re.findall(r"\.([a-z][a-z-]*)", sheet)) for sheet in sheets)
    drawn = [*svg(work()).iter(), *svg(work(), team="platform").iter(), *svg(many()).iter()]
    classes = {name for element in drawn for name in (element.get("class") or "").split()}
    plain = {"box", "work", "key-result", "line", "team", "heading", "direct", "opened", "unlinked"}
    assert classes - plain - {"error", "info"} <= on_page
    assert classes - plain - {"faded", "badge", "warning", "error", "info", "folded"} <= in_print
