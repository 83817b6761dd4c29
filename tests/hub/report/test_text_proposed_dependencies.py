"""`hub check` lists the dependencies whose state was left out."""

from hub.cli.check import proposed_need_lines, proposed_need_rows
from hub.model.okr import FileLocation, LinkState, Need, Okrs, Visibility
from tests.builders import a_key_result, a_team, an_objective, some_okrs

PLACE = FileLocation("okrs/q4.toml", 41)
WHAT = "no state given, so it is only proposed until the other team confirms it"


def okrs(*needs: Need, visibility: Visibility = Visibility.PUBLIC) -> Okrs:
    waiting = a_key_result("dau", depends_on=needs, location=PLACE, visibility=visibility)
    teams = (a_team("product"), a_team("platform"))
    return some_okrs(teams=teams, objectives=(an_objective("launch", "product"),), key_results=(waiting,))


def test_a_need_without_a_state_is_listed_with_its_place() -> None:
    found = okrs(Need("platform"), Need("gone"))
    assert [line.text for line in proposed_need_lines(found)] == [
        "",
        "Proposed dependencies: 2",
        f"  okrs/q4.toml:41: dau depends on Platform: {WHAT}",
        f"  okrs/q4.toml:41: dau depends on gone: {WHAT}",
    ]
    assert proposed_need_rows(found)[0] == {
        "key_result": "dau",
        "team": "Platform",
        "location": "okrs/q4.toml:41",
        "message": WHAT,
    }


def test_what_is_stated_or_accepted_is_not_listed() -> None:
    stated = Need("platform", state_stated=True)
    accepted = Need("platform", state=LinkState.ACCEPTED)
    assert list(proposed_need_lines(okrs(stated, accepted))) == []
    assert proposed_need_rows(okrs(stated, accepted)) == []


def test_a_private_key_result_is_listed_without_its_id() -> None:
    (row,) = proposed_need_rows(okrs(Need("platform"), visibility=Visibility.PRIVATE))
    assert "dau" not in str(row)
