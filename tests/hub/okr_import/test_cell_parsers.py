"""What stands in the cells of sheets and of other tools' exports: each word as what it means, and nothing guessed."""

from pathlib import Path

import pytest

from hub.model.link import Visibility
from hub.okr_import.cell_parsers import is_neutral_status, parse_leading_period, parse_parts, status_confidence
from hub.okr_import.ownership import is_private
from hub.okr_import.persons import first_name_first, is_person, split_persons
from tests.hub.okr_import.test_builder import imported, okrs_of, remarks, sheet

PERSONS = (
    "Anna Schmidt", "Anna", "Jean-Luc Picard", "Max Müller", "anna.schmidt", "@anna", "a@b.example", "Me",
    "Xiaoming Zhang",
    "Oluwaseun Adeyemi", "Ludwig van Beethoven", "Dr. House", "A. Schmidt", "Anna S.", "Head of Sales", "CEO",
    "Product Manager", "Oliver North", "Anna & Max", "Anna Schmidt und Max Müller", "ANNA SCHMIDT", "anna schmidt",
    "María José García", "SCHMIDT Anna", "anna_schmidt", "Siobhán O'Connor", "Sean McDonald",
)  # fmt: skip
TEAMS = (
    "Sales", "Customer Success", "Sales North", "Sales & Marketing", "CS", "R&D", "HR", "Team Anna", "Growth",
    "Phoenix", "Kundenservice", "Vertrieb Süd", "Data Platform", "Business Development", "People & Culture",
    "Management Board",
    "Backend Team", "Go-to-Market", "data.platform", "Sales Anna", "Customer Care", "Sales DACH",
    "Geschäftsführung", "Public Relations",
)  # fmt: skip


@pytest.mark.parametrize("name", PERSONS)
def test_a_name_of_a_person_is_no_team(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize("name", TEAMS)
def test_a_name_of_a_team_is_no_person(name: str) -> None:
    assert not is_person(name)


@pytest.mark.parametrize(
    ("cell", "teams", "persons"),
    [
        ("Schmidt, Anna", [], ["Anna Schmidt"]),
        ("Schmidt, A.; Müller, Max", [], ["A. Schmidt", "Max Müller"]),
        ("Sales, Anna", ["Sales"], ["Anna"]),
        ("Sales, Marketing", ["Sales", "Marketing"], []),
        ("Anna Schmidt (Sales)", ["Sales"], ["Anna Schmidt"]),
        ("Sales (Anna Schmidt)", ["Sales"], ["Anna Schmidt"]),
        ("Anna Schmidt, Max Müller", [], ["Anna Schmidt", "Max Müller"]),
    ],
)
def test_a_cell_of_owners_is_parted_into_teams_and_persons(cell: str, teams: list[str], persons: list[str]) -> None:
    found, left_out = split_persons(parse_parts(first_name_first(cell)), None)
    assert ([part.name for part in found], left_out) == (teams, persons)


def test_what_people_say_of_all_owners_counts(tmp_path: Path) -> None:
    parts = parse_parts("Anna Schmidt")
    assert split_persons(parts, "teams") == (parts, [])
    assert split_persons(parse_parts("Sales"), "persons") == ([], ["Sales"])
    text = "Objective,Key Result,Target,Owner\nGrow,A,10,Anna Schmidt\nSell,B,20,Customer Success\n"
    found = imported(sheet(tmp_path, text), "2026-Q4")
    assert list(okrs_of(found).teams) == ["customer-success"]
    assert any(line == 2 and what.startswith("Anna Schmidt: a person") for line, what in remarks(found))


def test_a_column_of_owners_that_is_called_after_teams_holds_teams(tmp_path: Path) -> None:
    for header, teams in (("Owner Team", ["blue-whales"]), ("Owner", [])):
        text = f"Objective,Key Result,Start,Target,{header}\nGrow,A,0,10,Blue Whales\n"
        assert list(okrs_of(imported(sheet(tmp_path, text), "2026-Q4")).teams) == teams


@pytest.mark.parametrize(
    ("cell", "sure"),
    [
        ("onTrack", 0.8), ("AT_RISK", 0.5), ("🟢 On Track", 0.8), ("Done", 1.0), ("✅ Done", 1.0), ("🔵", 1.0),
        ("Completed", 1.0), ("not achieved", 0.0), ("Not on track", 0.2), ("🟢🔴", None), ("🔴 On track", None),
        ("70% complete", None), ("Not completed", None), ("En bonne voie", 0.8), ("Progressing", 0.5), ("⚠️", 0.5),
        ("Whatever", None), ("✅ Whatever", None),
    ],
)  # fmt: skip
def test_a_status_of_other_tools_is_a_confidence(cell: str, sure: float | None) -> None:
    assert status_confidence(cell) == sure


@pytest.mark.parametrize(
    "cell", ["Not started", "notStarted", "in_progress", "🚧 In Progress", "On Hold", "⚪️", "Draft"]
)
def test_a_status_that_says_how_far_the_work_is_is_no_confidence(tmp_path: Path, cell: str) -> None:
    assert is_neutral_status(cell)
    found = imported(sheet(tmp_path, f"Objective,Key Result,Start,Target,Status\nGrow,A,0,10,{cell}\n"), "2026-Q4")
    assert okrs_of(found).key_results["a"].check_ins == ()
    assert remarks(found) == []


@pytest.mark.parametrize(
    ("header", "cell", "private"),
    [
        ("Visibility", "private", True), ("Visibility", "Public", False), ("Visibility", "", None),
        ("Private", "yes", True),
        ("Private", "no", False), ("Private", "x", True), ("Private?", "TRUE", True), ("Public", "no", True),
        ("Public", "Yes", False), ("Vertraulich", "ja", True), ("Vertraulich", "nein", False),
        ("Öffentlich", "nein", True),
        ("Sichtbarkeit", "öffentlich", False), ("Access", "Leadership only", True), ("Access", "Everyone", False),
        ("Access", "Restricted", True), ("Access", "Company", False), ("Access", "company-only", True),
        ("Confidential", "Confidential", True), ("Confidential", "not confidential", False),
        ("Visibility", "🔒", True),
        ("Visibility", "not public", True), ("Confidentiel", "oui", True), ("Privado", "sí", True),
        ("Visibility", "-", None),
        ("Access", "Visible to the whole company", False), ("Access", "All employees", False),
        ("Access", "🔓 Public", False), ("Access", "public / internal", False), ("Access", "non-confidential", False),
        ("Access", "nicht öffentlich", True), ("Access", "🔒 HR", True), ("Public?", "no", True),
        ("Shared with", "everyone in the organization", False), ("Access", "HR only", True),
    ],
)  # fmt: skip
def test_visibility_is_read_in_the_usual_words(header: str, cell: str, private: bool | None) -> None:
    assert is_private(header, cell) is private


@pytest.mark.parametrize(
    "cell",
    [
        "Everyone in HR", "All managers", "Visible to board", "Shared with CEO", "Company board", "All but interns",
        "Public?", "Public until Friday", "Semi-public", "🚫 public", "Shared with", "Not restricted to HR",
        "Not only private", "No, confidential", "Non, confidentiel", "Not limited yet", "Öffentlich im Vorstand",
        "公開しない", "Tous les managers", "Public (w/o figures)", "Open to L2",
    ],
)  # fmt: skip
def test_a_public_word_beside_another_says_nothing_for_certain(cell: str) -> None:
    with pytest.raises(ValueError, match="says neither public nor private"):
        is_private("Visibility", cell)


@pytest.mark.parametrize(("header", "cell"), [("Visibility", "yes"), ("Access", "L2"), ("Sharing", "see wiki")])
def test_a_visibility_that_is_not_understood_is_taken_as_private(tmp_path: Path, header: str, cell: str) -> None:
    text = f"Objective,Key Result,Start,Target,{header}\nGrow,A,0,10,{cell}\nGrow,B,0,10,\n"
    found = imported(sheet(tmp_path, text), "2026-Q4")
    key_results = okrs_of(found).key_results
    assert (key_results["a"].visibility, key_results["b"].visibility) == (Visibility.PRIVATE, Visibility.PUBLIC)
    assert remarks(found) == [(2, f"{cell!r} says neither public nor private, and is taken as private")]


def test_a_private_objective_makes_its_key_results_private(tmp_path: Path) -> None:
    text = "Type,Title,Target,Private\nObjective,Grow,,yes\nKey result,A,5,\nKey result,B,6,no\n"
    found = imported(sheet(tmp_path, text), "2026-Q4")
    assert {key_result.id: key_result.private for key_result in okrs_of(found).key_results.values()} == {
        "a": True,
        "b": False,
    }
    assert any("the title of an objective is always shown" in what for _, what in remarks(found))


@pytest.mark.parametrize(
    ("target", "values"),
    [
        ("45→70%", (45, 70, "%")), ("14d → 7d", (14, 7, "d")), ("30 -> 45", (30, 45, "")),
        ("from 30 to 45", (30, 45, "")),
        ("von 1,5 auf 2,5", (1.5, 2.5, "")), ("$10k ➔ $25k", (10_000, 25_000, "$")),
    ],
)  # fmt: skip
def test_a_way_in_the_cell_of_the_target_gives_start_and_target(
    tmp_path: Path, target: str, values: tuple[float, float, str]
) -> None:
    found = imported(sheet(tmp_path, f'Objective,Key Result,Target\nGrow,A,"{target}"\n'), "2026-Q4")
    key_result = okrs_of(found).key_results["a"]
    assert (key_result.start, key_result.target, key_result.unit) == values


def test_a_way_that_another_start_contradicts_is_a_question(tmp_path: Path) -> None:
    found = imported(sheet(tmp_path, "Objective,Key Result,Start,Target\nGrow,A,40,45→70\n"), "2026-Q4")
    assert [import_message.text for import_message in found.messages if import_message.blocks] == [
        "its start differs from the one in '45→70': change one of them"
    ]


@pytest.mark.parametrize("target", ["10 to 20", "10 or 20", "45→", "5 – 10", "Q1 → Q2"])
def test_two_numbers_in_one_cell_are_told_and_cost_the_cell_alone(tmp_path: Path, target: str) -> None:
    found = imported(sheet(tmp_path, f"Objective,Key Result,Target,Current\nGrow,A,{target},3\n"), "2026-Q4")
    key_result = okrs_of(found).key_results["a"]
    assert (key_result.current, "target" in key_result.stated) == (3, False)
    assert any(line == 2 and f"{target!r} is no" in what for line, what in remarks(found))


@pytest.mark.parametrize(
    ("target", "direction"),
    [
        ("5 or less", "at_most"), ("5 users or fewer", "at_most"), ("500 or more", "at_least"),
        ("up to 5", "at_most"),
        ("bis zu 5", "at_most"), ("größer als 3", "at_least"), ("＜５", "at_most"), ("30 min", None),
        ("5 max.", "at_most"),
    ],
)  # fmt: skip
def test_a_bound_before_or_behind_the_number_is_a_direction(tmp_path: Path, target: str, direction: str | None) -> None:
    found = imported(sheet(tmp_path, f"Objective,Key Result,Target\nGrow,A,{target}\n"), "2026-Q4")
    assert okrs_of(found).key_results["a"].direction == direction


@pytest.mark.parametrize(
    "cell", ["4. Quartal 2026", "Quarter 4 2026", "Quartal 4/2026", "4Q26", "Q4'26", "T4 2026",
    "4th quarter 2026", "2026/Q4"]
)  # fmt: skip
def test_a_quarter_is_read_in_the_usual_words(cell: str) -> None:
    assert parse_leading_period(cell).id == "2026-Q4"


@pytest.mark.parametrize("cell", ["FY26 Q4", "Q4", "Rolling", "3rd quarter 2026 and 4th quarter 2026"])
def test_what_may_be_another_time_is_no_quarter(cell: str) -> None:
    with pytest.raises(ValueError, match="cycle"):
        parse_leading_period(cell)
