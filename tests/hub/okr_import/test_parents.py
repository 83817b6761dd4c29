"""Parents that exports of OKR products name: where a key result stands, and what it is aligned to."""

from pathlib import Path

import pytest

from tests.hub.okr_import.test_builder import imported, okrs_of, remarks, sheet

# The columns that help.peoplebox.ai lists for its import of goals; there is none that tells what a goal is.
PEOPLEBOX = """Row ID,Parent Row IDs,Goal Title,Owner Emails,Goal Cycle,Departments,Starting Value,Target Value,\
Current Value
1,,Win the market,,2026-Q4,,,,
2,,Launch the app,,2026-Q4,Product,,,
3,1,Revenue of 10 million,,2026-Q4,,0,10,2
4,"2,3",500 daily users,anna@acme.test,2026-Q4,Product,0,500,120
"""
# The columns that support.betterworks.com names: a goal and its milestones, in the order of the rows.
BETTERWORKS = """name,type,progress,start_date,end_date,owner_email
Win the market,goal,,2026-10-01,2026-12-31,
Revenue of 10 million,milestone,20,2026-10-01,2026-12-31,anna@acme.test
"""


def test_parents_alone_tell_objectives_from_key_results(tmp_path: Path) -> None:
    found = imported(sheet(tmp_path, PEOPLEBOX))
    okrs = okrs_of(found)
    assert found.layout == "a row each, told apart by their parents"
    assert {id_: key_result.objective for id_, key_result in okrs.key_results.items()} == {"3": "1", "4": "2"}
    users = okrs.key_results["4"]
    assert (users.start, users.target, users.current) == (0, 500, 120)
    assert [link.key_result for link in users.aligns_to] == ["3"]
    assert okrs.objectives["2"].teams == ("product",)


def test_milestones_are_the_key_results_of_their_goal(tmp_path: Path) -> None:
    okrs = okrs_of(imported(sheet(tmp_path, BETTERWORKS), cycle="2026-Q4", missing="take"))
    assert [(o.title, len(o.key_results)) for o in okrs.objectives.values()] == [("Win the market", 1)]


@pytest.mark.parametrize("header", ["Parent", "Parent ID", "Parent Objective", "Übergeordnet"])
def test_a_parent_counts_before_the_order_of_the_rows(tmp_path: Path, header: str) -> None:
    text = f"""ID,Type,Title,{header},Start,Target
o1,Objective,First,,,
o2,Objective,Second,,,
k1,Key Result,Of the first,o1,0,10
k2,Key Result,Of the second,Second,0,10
"""
    found = imported(sheet(tmp_path, text), cycle="2026-Q4")
    okrs = okrs_of(found)
    assert {id_: key_result.objective for id_, key_result in okrs.key_results.items()} == {"k1": "o1", "k2": "o2"}
    assert all(not key_result.aligns_to for key_result in okrs.key_results.values())
    assert not [text for _, text in remarks(found) if "aligned" in text]


def test_a_key_result_may_stand_before_its_parent(tmp_path: Path) -> None:
    text = "ID,Type,Title,Parent,Start,Target\nk1,KR,Ten,o1,0,10\no1,Objective,First,,,\n"
    assert okrs_of(imported(sheet(tmp_path, text), cycle="2026-Q4")).key_results["k1"].objective == "o1"


def test_a_key_result_without_a_parent_and_without_an_objective_before_it_is_asked_about(tmp_path: Path) -> None:
    text = "ID,Type,Title,Parent,Start,Target\nk1,KR,Ten,,0,10\no1,Objective,First,,,\n"
    found = imported(sheet(tmp_path, text), cycle="2026-Q4")
    assert found.blocked
    assert (2, "the key result 'Ten' stands under no objective") in remarks(found)


def test_an_objective_below_a_key_result_links_its_key_results_to_it(tmp_path: Path) -> None:
    text = """ID,Type,Title,Parent,Aligns to,Start,Target
o1,Objective,Company,,,,
k1,KR,Revenue,o1,,0,10
k0,KR,Churn,o1,,10,0
o2,Objective,Team,k1,,,
k2,KR,Deals,o2,,0,5
k3,KR,Stay,o2,k0,0,5
"""
    found = imported(sheet(tmp_path, text), cycle="2026-Q4")
    okrs = okrs_of(found)
    links = {id_: [link.key_result for link in k.aligns_to] for id_, k in okrs.key_results.items()}
    assert links == {"k1": [], "k0": [], "k2": ["k1"], "k3": ["k0"]}
    assert (5, "'Team' is aligned to a key result: its 1 key results are linked to it") in remarks(found)


def test_an_objective_below_an_objective_is_aligned_to_it(tmp_path: Path) -> None:
    text = "ID,Type,Title,Parent,Start,Target\no1,O,Company,,,\no2,O,Team,Company,,\nk2,KR,Deals,o2,0,5\n"
    assert okrs_of(imported(sheet(tmp_path, text), cycle="2026-Q4")).objectives["o2"].aligns_to == ("o1",)


def test_a_key_result_whose_parent_is_not_in_the_sheet_goes_under_nothing(tmp_path: Path) -> None:
    found = imported(
        sheet(tmp_path, "Type,Title,Parent,Start,Target\nObjective,Grow,,,\nKey Result,Rev,Grw,0,10\n"), "2026-Q4"
    )
    words = "the parent 'Grw' of 'Rev' is not in this sheet: correct it, or leave the cell empty"
    assert [(message.line, message.text) for message in found.messages if message.blocks] == [(3, words)]


def test_an_id_that_a_spreadsheet_made_a_number_of_is_the_same(tmp_path: Path) -> None:
    text = "ID;Type;Title;Parent ID;Start;Target\n1.0;Objective;A;;;\n2.0;Objective;B;;;\n3.0;Key Result;K;1;0;5\n"
    okrs = okrs_of(imported(sheet(tmp_path, text), "2026-Q4"))
    assert {o.title: len(o.key_results) for o in okrs.objectives.values()} == {"A": 1, "B": 0}
