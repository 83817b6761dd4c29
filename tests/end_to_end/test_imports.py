"""`hub import` on sheets as strangers write them: what is in the file, what is asked, and with which option."""

import tomllib
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from tests.end_to_end.workspace import ROOT, Ran, hub_in

SHEETS = ROOT / "tests" / "end_to_end" / "sheets"
CYCLE = ("--cycle", "2026-Q4", "--today", "2026-11-16")


def imported(here: Path, sheet: str, *words: str) -> Ran:
    """Run the import of a sheet: the name of one that is kept, or its text."""
    if "\n" in sheet:
        (here / "okrs.csv").write_text(sheet)
    else:
        copy(SHEETS / sheet, here / "okrs.csv")
    return hub_in(here, "import", "okrs.csv", "--out", "okrs.toml", "--force", *CYCLE, *words)


def written(here: Path) -> dict[str, Any]:
    return tomllib.loads((here / "okrs.toml").read_text())


def key_results(here: Path, *names: str) -> dict[str, tuple[Any, ...]]:
    """Some values of each key result in the file, by title."""
    all_of_it = [item for objective in written(here)["objective"] for item in objective["key_result"]]
    return {item["title"]: tuple(item.get(name) for name in names) for item in all_of_it}


def test_bounds_become_a_direction_and_no_failure_becomes_a_success(tmp_path: Path) -> None:
    ran = imported(tmp_path, "less-is-better.csv")
    assert ran.code == 0, ran.said
    assert key_results(tmp_path, "target", "current", "direction") == {
        "Days from draft to funded": (5, 12, "at_most"),
        "Critical bugs": (5, 14, "at_most"),
        "Open defects": (5, 14, None),
    }
    assert "'Open defects' is at 14, above its target 5, with no start" in ran.out
    check = hub_in(tmp_path, "check", "okrs.toml")
    assert "Traceback" not in check.said
    config = 'okrs = ["okrs.toml"]\n[connectors.none]\nkind = "csv"\npaths = ["none.csv"]\n'
    (tmp_path / "config.toml").write_text(config)
    (tmp_path / "none.csv").write_text("Summary,Issue key,Status\nA,ACME-1,To Do\n")
    audit = hub_in(tmp_path, "audit", "--today", "2026-11-16", "--fail-on", "never", "--config", "config.toml")
    assert audit.code == 0, audit.said
    assert "target met" not in audit.said
    assert "280" not in audit.said


@pytest.mark.parametrize(
    ("start", "target", "current", "found"),
    [
        ("24", "< 5", "12", (24, 5, None)),
        ("", "max. 5", "12", (None, 5, "at_most")),
        ("", "at most 5", "12", (None, 5, "at_most")),
        ("", "höchstens 5", "12", (None, 5, "at_most")),
        ("", ">= 90 %", "80", (None, 90, "at_least")),
        ("", "500+", "80", (None, 500, "at_least")),
        ("0", "500+", "80", (0, 500, None)),
        ("0", "< 5", "12", (0, 5, "at_most")),
        ("", "~ 5", "4", (None, 5, None)),
    ],
)
def test_a_bound_is_a_limit_unless_the_start_says_the_same(
    tmp_path: Path, start: str, target: str, current: str, found: tuple[Any, ...]
) -> None:
    ran = imported(tmp_path, f"Objective,Key Result,Start,Target,Current\nCare,Bugs,{start},{target},{current}\n")
    assert ran.code == 0, ran.said
    assert key_results(tmp_path, "start", "target", "direction") == {"Bugs": found}


def test_a_value_that_the_bound_itself_excludes_is_a_question(tmp_path: Path) -> None:
    ran = imported(tmp_path, "Objective,Key Result,Target,Current\nCare,Bugs,< 5,5\n")
    assert ran.code == 2
    assert "exactly the value that its target < excludes" in ran.said


def test_progress_alone_is_the_value(tmp_path: Path) -> None:
    ran = imported(tmp_path, "progress-only.csv")
    assert ran.code == 0, ran.said
    assert key_results(tmp_path, "start", "target", "current", "unit") == {
        "Put money aside": (0, 100, 70, "%"),
        "Invest monthly": (0, 100, 80, "%"),
    }


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (("0.7", "0.25"), (70, 25)),
        (("1", "0.5"), (100, 50)),
        (("1", "50"), (1, 50)),
        (("7/10", "0"), (70, 0)),
        (("1 %", "12,5 %"), (1, 12.5)),
        (("soon", "5"), (None, 5)),
    ],
)
def test_progress_is_read_as_people_write_it(tmp_path: Path, column: tuple[str, str], values: tuple[Any, Any]) -> None:
    text, two = column
    ran = imported(tmp_path, f'Objective,Key Result,% Complete\nGrow,A,"{text}"\nGrow,B,"{two}"\n')
    assert ran.code == 0, ran.said
    assert tuple(found[0] for found in key_results(tmp_path, "current").values()) == values
    assert ("'soon' is no progress in per cent" in ran.out) is (text == "soon")


def test_a_progress_of_one_is_a_question_where_nothing_tells_its_scale(tmp_path: Path) -> None:
    ran = imported(tmp_path, "Objective,Key Result,Progress\nGrow,A,1\nGrow,B,0\n")
    assert ran.code == 2
    assert "'1' could be 1 % or the whole: write 1% or 100%" in ran.said


def test_progress_beside_other_figures_is_computed_by_the_hub(tmp_path: Path) -> None:
    ran = imported(tmp_path, "Objective,Key Result,Target,Current,Progress\nGrow,A,10,4,40%\nGrow,B,10,,30%\n")
    assert key_results(tmp_path, "target", "current", "unit") == {"A": (10, 4, None), "B": (10, None, None)}
    assert "'40%' → left out: the hub computes it" in ran.out
    assert "line 3: progress: '30%' is left out" in ran.out


def test_a_level_to_keep_is_imported_with_its_direction(tmp_path: Path) -> None:
    ran = imported(tmp_path, "keep-it-there.csv")
    assert ran.code == 0, ran.said
    assert key_results(tmp_path, "id", "start", "target", "direction") == {
        "Tickets closed": ("kr-1", 10, 40, "increase"),
        "Uptime stays": ("kr-3", 99.9, 99.9, "keep"),
    }


@pytest.mark.parametrize(
    ("direction", "start", "asked"),
    [("", "40", "starts at its target"), ("decrease", "10", "above its start"), ("increase", "40", "at its start")],
)
def test_a_direction_that_the_figures_contradict_is_a_question(
    tmp_path: Path, direction: str, start: str, asked: str
) -> None:
    ran = imported(tmp_path, f"Objective,Key Result,Direction,Start,Target\nGrow,A,{direction},{start},40\n")
    assert ran.code == 2
    assert asked in ran.said


def test_rows_of_other_quarters_stay_out(tmp_path: Path) -> None:
    ran = imported(tmp_path, "rows-of-another-cycle.csv")
    assert ran.code == 0, ran.said
    assert key_results(tmp_path, "target") == {"New thing": (20,)}
    assert "is of 2024-Q2, and is left out" in ran.out


@pytest.mark.parametrize("cell", ["Rolling", "Q4 2026 - Q1 2027", "2026-11-30", "Q4 2026 to 2027"])
def test_a_quarter_that_cannot_be_read_is_a_question_with_its_option(tmp_path: Path, cell: str) -> None:
    text = f"Objective,Key Result,Target,Quarter\nGrow,Old,10,{cell}\nGrow,New,20,Q4/2026 (Oct)\n"
    ran = imported(tmp_path, text)
    assert ran.code == 2
    assert not (tmp_path / "okrs.toml").exists()
    assert "--unclear-cycle skip" in ran.said
    assert imported(tmp_path, text, "--unclear-cycle", "skip").code == 0
    assert list(key_results(tmp_path)) == ["New"]
    assert imported(tmp_path, text, "--unclear-cycle", "take").code == 0
    assert list(key_results(tmp_path)) == ["Old", "New"]


def test_a_quarter_around_a_known_header_is_looked_through(tmp_path: Path) -> None:
    ran = imported(tmp_path, "quarter-in-the-header.csv")
    assert ran.code == 0, ran.said
    assert key_results(tmp_path, "target", "current") == {"Sign 10 customers": (10, 4), "Lower churn": (2, 3.1)}


@pytest.mark.parametrize(
    "header",
    ["Target (EUR)", "Target in %", "2026 Target", "FY26 Target", "Q4/2026 Target", "Goal (2026)", "Target value"],
)
def test_the_words_around_a_target_do_not_hide_it(tmp_path: Path, header: str) -> None:
    ran = imported(tmp_path, f"Objective,Key Result,Initial value,{header}\nGrow,A,2,10\n")
    assert ran.code == 0, ran.said
    assert key_results(tmp_path, "start", "target") == {"A": (2, 10)}


@pytest.mark.parametrize("header", ["目標值", "Messlatte", "Q3 Target", "2025 Target"])
def test_an_unknown_column_of_numbers_is_asked_about_while_targets_are_missing(tmp_path: Path, header: str) -> None:
    text = f"Objective,Key Result,{header},Note\nGrow,A,10,x\nGrow,B,12,y\n"
    ran = imported(tmp_path, text)
    assert ran.code == 2
    assert not (tmp_path / "okrs.toml").exists()
    assert f"--column '{header}=target'" in ran.said
    assert "'Note" not in ran.err
    assert imported(tmp_path, text, "--column", f"{header}=target").code == 0
    assert key_results(tmp_path, "target") == {"A": (10,), "B": (12,)}
    assert imported(tmp_path, text, "--column", f"{header}=ignore").code == 0
    assert key_results(tmp_path, "target") == {"A": (None,), "B": (None,)}


def test_of_the_targets_of_several_quarters_that_of_the_cycle_counts(tmp_path: Path) -> None:
    text = "Objective,Key Result,Q3 Target,Q4 Target,Due\nGrow,A,10,20,2026-11-30\n"
    assert imported(tmp_path, text).code == 0
    assert key_results(tmp_path, "target") == {"A": (20,)}
    ran = hub_in(tmp_path, "import", "okrs.csv", "--out", "other.toml", "--today", "2026-11-16")
    assert ran.code == 2
    assert "several columns say the target, each of another time" in ran.said


def test_a_target_of_another_quarter_than_the_rows_is_a_question(tmp_path: Path) -> None:
    (tmp_path / "okrs.csv").write_text("Objective,Key Result,Q3 Target,Due\nGrow,A,10,2026-11-30\n")
    ran = hub_in(tmp_path, "import", "okrs.csv", "--out", "other.toml", "--today", "2026-11-16")
    assert ran.code == 2
    assert "the column 'Q3 Target' is of Q3, the rows are of 2026-Q4: --column 'Q3 Target=target'" in ran.said
    named = ("--column", "Q3 Target=target")
    assert hub_in(tmp_path, "import", "okrs.csv", "--out", "other.toml", "--today", "2026-11-16", *named).code == 0


def test_a_target_in_words_is_told_and_not_filled_in(tmp_path: Path) -> None:
    ran = imported(tmp_path, "Objective,Key Result,Target\nGrow,A,Q1 2026\nGrow,B,< $500/env\n")
    assert ran.code == 0, ran.said
    assert "'Q1 2026' is no number, and is left out" in ran.out
    assert "'A' has no target: it isn't measured until you state one" in ran.out
    assert key_results(tmp_path, "target", "direction") == {"A": (None, None), "B": (500, "at_most")}


def test_the_column_called_team_is_the_team(tmp_path: Path) -> None:
    ran = imported(tmp_path, "team-and-department.csv")
    assert ran.code == 0, ran.said
    assert [item["id"] for item in written(tmp_path)["team"]] == ["sales-north"]
    assert "Department: left out: the column 'Team' is read for the same" in ran.out
    assert imported(tmp_path, "Department,Objective,Key result,Target\nSales,Win,Close deals,40\n").code == 0
    assert [item["id"] for item in written(tmp_path)["team"]] == ["sales"]


def test_small_things_of_real_tables_are_read(tmp_path: Path) -> None:
    ran = imported(tmp_path, "small-things.csv", "--decimal", ",")
    assert ran.code == 0, ran.said
    (objective,) = written(tmp_path)["objective"]
    assert (objective["id"], objective["title"]) == ("build-a-lab", "Build a lab")
    (found,) = objective["key_result"]
    assert (found["id"], found["target"], found["direction"]) == ("sign-ups-45-70-percent", 50000, "at_least")
    assert "unit" not in found
    assert found["check_ins"][0]["confidence"] == 0.8


@pytest.mark.parametrize(
    ("status", "sure"),
    [("onTrack", 0.8), ("AT_RISK", 0.5), ("off-track", 0.2), ("🟢", 0.8), ("🟡", 0.5), ("🔴", 0.2),
     ("Not on track", 0.2), ("🟢🔴", None), ("Not started", None)],
)  # fmt: skip
def test_status_words_of_other_tools_are_known(tmp_path: Path, status: str, sure: float | None) -> None:
    assert imported(tmp_path, f"Objective,Key Result,Target,Status\nGrow,A,10,{status}\n").code == 0
    ((check_ins,),) = key_results(tmp_path, "check_ins").values()
    assert (check_ins[0]["confidence"] if check_ins else None) == sure


def test_persons_become_no_teams(tmp_path: Path) -> None:
    for owner in ("Me", "anna@acme.example", "@anna"):
        ran = imported(tmp_path, f"Objective,Key Result,Target,Owner\nGrow,A,10,{owner}\n")
        assert ran.code == 0, ran.said
        assert "team" not in written(tmp_path)
        assert f"{owner}: a person, and no team comes of it" in ran.out
    text = "Objective,Key Result,Target,Owner\nGrow,A,10,Anna Schmidt\n"
    assert imported(tmp_path, text, "--owners", "persons").code == 0
    assert "team" not in written(tmp_path)
