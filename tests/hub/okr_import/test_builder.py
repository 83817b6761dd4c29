"""Sheets of OKRs as people have them, as the model reads what they become."""

from datetime import date
from pathlib import Path

import pytest

from hub.model.errors import ConfigError
from hub.model.okr import Okrs
from hub.okr_import.draft import ImportOptions
from hub.usecases.import_okrs import ImportRequest, ImportResult, import_okrs

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 20)


def imported(
    path: Path, cycle: str | None = None, decimal: str | None = None, missing: str | None = None, **columns: str
) -> ImportResult:
    return import_okrs(ImportRequest(path, ImportOptions(TODAY, cycle, decimal, missing_target=missing), columns))


def sheet(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "okrs.csv"
    path.write_bytes(text.encode(encoding))
    return path


def okrs_of(found: ImportResult) -> Okrs:
    assert found.okrs is not None, found.messages
    return found.okrs


def remarks(found: ImportResult) -> list[tuple[int, str]]:
    return [(import_message.line, import_message.text) for import_message in found.messages]


def test_the_english_example_becomes_organization_team_and_shared_okrs() -> None:
    okrs = okrs_of(imported(ROOT / "examples" / "import" / "okrs-english.csv"))
    assert {objective.id: objective.teams for objective in okrs.objectives.values()} == {
        "become-the-first-choice-of-small-studios": (),
        "fill-the-pipeline": ("marketing",),
        "successfully-launch-the-acme-product": ("product", "platform"),
    }
    revenue = okrs.key_results["yearly-revenue-of-10m-usd"]
    assert (revenue.start, revenue.target, revenue.current, revenue.unit) == (6_200_000, 10_000_000, 7_100_000, "USD")
    assert [(contribution.team, contribution.share) for contribution in revenue.contributions] == [
        ("sales", 60),
        ("customer-success", 40),
    ]
    assert revenue.confidence == 0.6
    assert revenue.check_ins == ()
    leads = okrs.key_results["100-marketing-qualified-leads"]
    assert leads.aligns_to[0].key_result == revenue.id
    assert (leads.check_ins[0].date, leads.check_ins[0].confidence, leads.check_ins[0].note) == (
        TODAY,
        0.8,
        "status 🟢",
    )
    assert okrs.key_results["500-000-daily-active-users"].confidence == 0.7
    assert okrs.cycle.id == "2026-Q4"


def test_the_german_example_is_read_with_german_numbers() -> None:
    found = imported(ROOT / "examples" / "import" / "okrs-deutsch.csv")
    okrs = okrs_of(found)
    assert {objective.title: objective.teams for objective in okrs.objectives.values()} == {
        "Erste Wahl für kleine Studios werden": (),
        "Den Vertriebstrichter füllen": ("marketing",),
    }
    wanted = okrs.key_results["1-200-qualifizierte-anfragen"]
    assert (wanted.start, wanted.target, wanted.current, wanted.unit) == (800, 1200, 950, "Anfragen")
    assert wanted.aligns_to[0].key_result == "jahresumsatz-auf-10-mio-steigern"
    assert okrs.key_results["kosten-je-anfrage-unter-12-50"].target == 12.5
    assert any(line == 6 and "read as 1200" in what for line, what in remarks(found))
    assert [column.skip_reason for column in found.columns if column.header == "Bemerkung"] == ["not understood"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter_gives_the_same_okrs(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [["Ziel", "Schlüsselergebnis", "Zielwert", "Fällig"], ["Größe", "Umsätze", "5", "2026-12-01"]]
    found = imported(sheet(tmp_path, "\r\n".join(delimiter.join(row) for row in rows), encoding))
    assert [key_result.id for key_result in okrs_of(found).key_results.values()] == ["umsaetze"]
    assert found.delimiter == delimiter


def test_rows_that_are_indented_are_key_results(tmp_path: Path) -> None:
    text = "Title;Owner;Target\nGrow;;\n  Revenue;Sales;10\n  Customers;Sales;20\n"
    okrs = okrs_of(imported(sheet(tmp_path, text), "2026-Q4"))
    assert [(key_result.objective, key_result.id) for key_result in okrs.key_results.values()] == [
        ("grow", "revenue"),
        ("grow", "customers"),
    ]
    assert okrs.objectives["grow"].teams == ("sales",)


def test_labels_before_titles_tell_the_rows_apart(tmp_path: Path) -> None:
    text = "OKR;Target;Aligns to\nO1: Grow;;\nKR1.1: Revenue;10;\nO2: Sell;;\nKR2.1: 1.5 deals a day;2;KR1.1\n"
    okrs = okrs_of(imported(sheet(tmp_path, text), "2026-Q4"))
    assert {key_result.title for key_result in okrs.key_results.values()} == {"Revenue", "1.5 deals a day"}
    assert okrs.key_results["1-5-deals-a-day"].aligns_to[0].key_result == "revenue"


def test_an_ambiguous_number_stops_the_import_until_it_is_decided(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Objective,Key Result,Target\nGrow,Revenue,1.234\n")
    blocked = imported(path, "2026-Q4")
    assert blocked.okrs is None
    assert blocked.text == ""
    assert [
        (import_message.line, import_message.column, import_message.blocks) for import_message in blocked.messages
    ] == [(2, "target", True)]
    assert okrs_of(imported(path, "2026-Q4", ",")).key_results["revenue"].target == 1234
    assert okrs_of(imported(path, "2026-Q4", ".")).key_results["revenue"].target == 1.234


def test_without_a_cycle_the_import_asks_for_one(tmp_path: Path) -> None:
    blocked = imported(sheet(tmp_path, "Objective,Key Result,Target\nGrow,Revenue,12\n"))
    assert blocked.okrs is None
    assert "--cycle" in blocked.messages[0].text


def test_rows_of_other_cycles_are_left_out_and_told(tmp_path: Path) -> None:
    text = "Objective,Key Result,Target,Quarter\nGrow,Revenue,12,Q4 2026\nGrow,Beta,5,Q3 2026\n"
    path = sheet(tmp_path, text)
    assert imported(path).okrs is None
    found = imported(path, "2026-Q4")
    assert list(okrs_of(found).key_results) == ["revenue"]
    assert (3, "is of 2026-Q3, and is left out") in remarks(found)


def test_ids_are_unique_and_stay_when_rows_are_added(tmp_path: Path) -> None:
    text = "Objective,Key Result,Target\nUmsatz,Umsatz,5\nUmsatz,Umsatz,6\n增长,收入,7\n"
    first = list(okrs_of(imported(sheet(tmp_path, text), "2026-Q4")).key_results)
    again = list(okrs_of(imported(sheet(tmp_path, text + "Umsatz,Umsatz,9\n"), "2026-Q4")).key_results)
    assert first[:2] == ["umsatz-2", "umsatz-3"]
    assert set(first) < set(again)


def test_titles_of_any_characters_survive_the_file(tmp_path: Path) -> None:
    title = "Say \"hi\" \\ to [[x]] # = \x7f 'y'"
    text = 'Objective,Key Result,Target\n"Two\nlines","' + title.replace('"', '""') + '",5\n'
    okrs = okrs_of(imported(sheet(tmp_path, text), "2026-Q4"))
    assert [objective.title for objective in okrs.objectives.values()] == ["Two lines"]
    assert [key_result.title for key_result in okrs.key_results.values()] == [title]


def test_a_link_that_leads_nowhere_is_told_with_the_closest(tmp_path: Path) -> None:
    text = "Objective,Key Result,Target,Aligns to\nGrow,Revenue,5,\nSell,Deals,6,Revenues\n"
    found = imported(sheet(tmp_path, text), "2026-Q4")
    assert okrs_of(found).key_results["deals"].aligns_to == ()
    assert any("'Revenues' is not in this sheet" in what and "revenue" in what for _, what in remarks(found))


def test_numbers_that_a_sheet_leaves_out_are_asked_about_and_never_filled_in(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Objective,Key Result,Target\nCare,No bugs,0\nCare,Happy people,\nCare,Rating,5\n")
    asked = imported(path, "2026-Q4")
    assert [
        (import_message.line, import_message.column) for import_message in asked.messages if import_message.blocks
    ] == [(3, "target")]
    assert "--missing-target take" in remarks(asked)[-1][1]
    assert set(okrs_of(imported(path, "2026-Q4", missing="skip")).key_results) == {"no-bugs", "rating"}
    found = imported(path, "2026-Q4", missing="take")
    stated = {key_result.id: key_result.stated for key_result in okrs_of(found).key_results.values()}
    assert stated == {"no-bugs": {"target"}, "happy-people": set(), "rating": {"target"}}
    assert remarks(found) == [
        (2, "'No bugs' has no start: its progress isn't measured until you state one, or a direction"),
        (3, "'Happy people' has no target: it isn't measured until you state one"),
    ]


def test_a_start_at_the_target_is_a_level_to_keep(tmp_path: Path) -> None:
    found = imported(sheet(tmp_path, "Objective,Key Result,Start,Target\nCare,No bugs,0,0\n"), "2026-Q4")
    assert okrs_of(found).key_results["no-bugs"].direction == "keep"
    assert "starts at its target: read as a level to keep" in found.messages[-1].text


def test_a_column_can_be_named_by_hand(tmp_path: Path) -> None:
    text = "Thema,Messlatte,Bis wohin\nGrow,Revenue,5\n"
    named = {"Thema": "objective", "Messlatte": "key_result", "Bis wohin": "target"}
    okrs = okrs_of(imported(sheet(tmp_path, text), "2026-Q4", **named))
    assert okrs.key_results["revenue"].target == 5


@pytest.mark.parametrize("text", ["", "nothing", "a,b\n1,2\n", "PK\x03\x04"])
def test_what_is_no_sheet_of_okrs_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError):
        imported(sheet(tmp_path, text), "2026-Q4")


@pytest.mark.parametrize(
    "text", [";;;", ",", "\t\t|", "sep=;", "sep=;\n;;\n", "; ;\n;\n", '"","" ', "\ufeff,,,\r\n,,,\r\n"]
)
def test_a_file_without_a_filled_cell_is_said_to_hold_no_rows(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"okrs\.csv: (holds no rows|no row has a column of objectives)"):
        imported(sheet(tmp_path, text))


def test_a_number_with_an_exponent_is_no_smaller_one(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Objective,Key Result,Target,Current\nGrow,Users,1.20E+07,3.00E+06\n")
    users = okrs_of(imported(path, "2026-Q4")).key_results["users"]
    assert (users.target, users.current, users.unit) == (12_000_000, 3_000_000, "")


@pytest.mark.parametrize("strange", ["nan", "inf", "-inf", "1e999", "1_000", "Infinity", "NaN %", "9" * 400])
def test_a_confidence_that_is_no_number_changes_no_other(tmp_path: Path, strange: str) -> None:
    path = sheet(tmp_path, f"Objective,Key Result,Confidence\nGrow,First,{strange}\nGrow,Second,0.7\n")
    found = imported(path, "2026-Q4", missing="take")
    sure = {key_result.id: key_result.confidence for key_result in okrs_of(found).key_results.values()}
    assert sure == {"first": None, "second": 0.7}
    assert (2, f"{strange!r} is no confidence, and is left out") in remarks(found)


def test_a_link_to_a_key_result_that_is_left_out_is_left_out_too(tmp_path: Path) -> None:
    rows = "Grow,Alpha,,\nGrow,Beta,5,Alpha\nGrow,Gamma,7,Alpha; Beta\n"
    path = sheet(tmp_path, f"Objective,Key Result,Target,Aligns to\n{rows}")
    found = imported(path, "2026-Q4", missing="skip")
    leads = {
        key_result.id: [link.key_result for link in key_result.aligns_to]
        for key_result in okrs_of(found).key_results.values()
    }
    assert leads == {"beta": [], "gamma": ["beta"]}
    told = "'Alpha' is left out of the import, and the link to it as well"
    assert [line for line, what in remarks(found) if what == told] == [3, 4]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["-0.5"], [None]), (["-1"], [None]), (["-20"], [-20]), (["-20 %"], [-20]), (["-0.5", "20"], [-0.5, 20]),
        (["-0.5", "0.25"], [-50, 25]), (["0", "-0.5"], [0, None]), (["0.5"], [50]), (["9" * 400], [None]),
        (["1/" + "9" * 400], [None]),
    ],
)  # fmt: skip
def test_a_progress_below_nothing_is_read_or_said(tmp_path: Path, cells: list[str], values: list[object]) -> None:
    rows = "".join(f"Grow,Result {at},{cell}\n" for at, cell in enumerate(cells))
    found = imported(sheet(tmp_path, f"Objective,Key Result,Progress\n{rows}"), "2026-Q4", missing="take")
    assert [key_result.current for key_result in okrs_of(found).key_results.values()] == values
    said = [what for _, what in remarks(found) if what.endswith(", and is left out")]
    assert len(said) == values.count(None)
    assert all("could be" in what or "is no progress in per cent" in what for what in said)


@pytest.mark.parametrize("column", ["Owner", "Team", "Shares", "Target", "Progress", "Unit", "Title"])
@pytest.mark.parametrize("filler", [" ", "\u00a0", "\t", "1", "(", "x(", "a ", "%", "-"])
def test_a_cell_that_goes_on_and_on_is_read(tmp_path: Path, column: str, filler: str) -> None:
    rows = f'Grow,Users,"x{filler * (20_000 // len(filler))}x",5\n'
    assert imported(sheet(tmp_path, f"Objective,Key Result,{column},Start\n{rows}"), "2026-Q4", missing="take").text


LONG = "Type,Id,Title,Parent,Cycle,Target\n"


def test_objectives_of_one_title_and_different_ids_stay_apart(tmp_path: Path) -> None:
    text = LONG + (
        "Objective,o-a,Delight users,,2026-Q4,\nKey Result,k-a,NPS of 40,o-a,2026-Q4,40\n"
        "Objective,o-b,Delight users,,2026-Q4,\nKey Result,k-b,Rating of 5,o-b,2026-Q4,5\n"
        "Key Result,k-c,Churn of 2,o-a,2026-Q4,2\n"
    )
    okrs = okrs_of(imported(sheet(tmp_path, text)))
    assert {o.id: o.key_results for o in okrs.objectives.values()} == {"o-a": ("k-a", "k-c"), "o-b": ("k-b",)}


def test_a_row_with_the_id_of_another_is_named(tmp_path: Path) -> None:
    text = LONG + ("Objective,1,Grow,,2026-Q4,\nKey Result,2,Signups,1,2026-Q4,40\nKey Result,2,Revenue,1,2026-Q4,40\n")
    words = "the id '2' is another row's, too: this one becomes '2-2'"
    assert (4, words) in remarks(imported(sheet(tmp_path, text)))


def test_a_column_that_is_named_by_hand_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        imported(sheet(tmp_path, f"{LONG}Objective,1,Grow,,2026-Q4,\n"), Messlatte="target")
    (problem,) = caught.value.problems
    assert (problem.key, problem.message) == ("--column", "no column is called 'Messlatte'")
    assert problem.remedy == "The columns are: Type, Id, Title, Parent, Cycle, Target"


def test_a_key_result_whose_objective_is_left_out_goes_under_no_other(tmp_path: Path) -> None:
    text = LONG + (
        "Objective,o-a,Grow,,2026-Q4,\nKey Result,k-a,Revenue,o-a,2026-Q4,40\n"
        "Objective,o-b,Old,,2026-Q3,\nKey Result,k-b,Rating,o-b,2026-Q4,5\nKey Result,k-c,Churn,,2026-Q4,2\n"
        "Objective,o-c,Grow,,2026-Q3,\n"
    )
    found = imported(sheet(tmp_path, text), cycle="2026-Q4")
    assert {o.id: o.key_results for o in okrs_of(found).objectives.values()} == {"o-a": ("k-a",)}
    words = "stands under 'Old', which is left out, and is left out as well"
    assert [line for line, remark in remarks(found) if remark == words] == [5, 6]


def test_an_objective_of_two_cycles_is_the_one_that_is_taken(tmp_path: Path) -> None:
    text = LONG + (
        "Objective,,Grow,,2026-Q3,\nKey Result,,Signups,Grow,2026-Q3,40\n"
        "Objective,,Grow,,2026-Q4,\nKey Result,,Revenue,Grow,2026-Q4,40\n"
    )
    okrs = okrs_of(imported(sheet(tmp_path, text), cycle="2026-Q4"))
    assert {o.title: o.key_results for o in okrs.objectives.values()} == {"Grow": ("revenue",)}


def test_a_blank_cell_below_an_objective_means_that_objective_in_any_cycle(tmp_path: Path) -> None:
    text = "Objective,Key result,Cycle,Target\nGrow,Revenue,2026-Q4,40\nDelight,Rating,2026-Q3,5\n,Churn,2026-Q4,2\n"
    okrs = okrs_of(imported(sheet(tmp_path, text), cycle="2026-Q4"))
    assert {o.title: o.key_results for o in okrs.objectives.values()} == {"Grow": ("revenue",), "Delight": ("churn",)}


def test_cells_beyond_the_header_are_told(tmp_path: Path) -> None:
    text = "Objective,Key result,Target\nGrow,Revenue,40\nGrow,Reach 1,000 users,1000\nGrow,Reach,5,,\n"
    found = imported(sheet(tmp_path, text), cycle="2026-Q4", missing="drop")
    told = [remark for line, remark in remarks(found) if line == 3]
    assert "the row holds cells beyond the last column of the header, which are left out, such as '1000'" in told
