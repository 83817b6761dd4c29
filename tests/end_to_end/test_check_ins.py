"""`hub checkin` and `hub import` as people run them: in a process of their own, in a folder of their own."""

import json
import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.end_to_end.workspace import ROOT, Desk, hub_in

DAY = ("--today", "2026-11-20")
CONFIG = 'cycle = "2026-Q4"\nokrs = ["okrs/*.toml"]\n'
IMPORTED = ROOT / "examples" / "import"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "okrs").mkdir()
    for file in (ROOT / "examples" / "acme" / "okrs").glob("*.toml"):
        (tmp_path / "okrs" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def text_of(folder: Path) -> str:
    return (folder / "okrs" / "2026-Q4.toml").read_text(encoding="utf-8")


def test_a_check_in_changes_two_lines_of_the_file(folder: Path) -> None:
    before = text_of(folder)
    (folder / "okrs" / "2026-Q4.toml").chmod(0o640)
    ran = hub_in(folder, "checkin", "launch-dau", "130000", "--confidence", "0.7", "--present", "product,bizdev", *DAY)
    assert ran.code == 0, ran.said
    after = text_of(folder)
    changed = [(a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert next(b for _, b in changed) == "current = 130_000"
    assert changed[1][1].endswith(
        ', { date = 2026-11-20, value = 130_000, confidence = 0.7, present = ["product", "bizdev"] }]'
    )
    assert len(changed) == 2
    assert (folder / "okrs" / "2026-Q4.toml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (folder / "okrs").iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("launch-da", "5"), "launch-dau"),
        (("beta-signups", "5"), "its cycle 2026-Q3 is closed"),
        (("launch-dau", "5", "--date", "2026-11-16"), "--replace"),
        (("launch-dau", "5", "--date", "2026-12-16"), "is after 2026-11-20"),
        (("launch-dau", "5", "--present", "produkt"), "`product`"),
        (("launch-dau", "many"), "is not a number"),
        (("launch-dau", "nan"), "is not a number"),
        (("launch-dau", "5", "--confidence", "7"), "not in the range"),
        (("launch-dau", "--note", "x"), "needs a VALUE"),
    ],
)
def test_a_check_in_that_cannot_be_is_refused_and_nothing_written(
    folder: Path, words: tuple[str, ...], said: str
) -> None:
    before = text_of(folder)
    ran = hub_in(folder, "checkin", *words, *DAY)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert text_of(folder) == before


def test_a_replaced_check_in_stands_once(folder: Path) -> None:
    ran = hub_in(
        folder, "checkin", "launch-dau", "125_000", "--date", "2026-11-16", "--replace", "--format", "json", *DAY
    )
    assert json.loads(ran.out)["replaced"]
    okrs = tomllib.loads(text_of(folder))
    (item,) = [k for o in okrs["objective"] for k in o.get("key_result", ()) if k["id"] == "launch-dau"]
    assert (item["current"], [c["value"] for c in item["check_ins"]]) == (125_000, [125_000])


def test_an_earlier_check_in_leaves_the_current_value(folder: Path) -> None:
    ran = hub_in(folder, "checkin", "launch-dau", "90000", "--date", "2026-11-09", *DAY)
    assert "`current` did not change" in ran.out
    assert "current = 120_000" in text_of(folder)
    assert "{ date = 2026-11-09, value = 90_000 }" in text_of(folder)


def test_a_terminal_is_asked_who_was_there(folder: Path) -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "hub", "checkin", "launch-dau", "130000", *DAY]
    process = subprocess.Popen(
        words,
        cwd=folder,
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    os.write(ours, b"0,4\nproduct, platform\n")
    assert process.communicate(timeout=60)[0]
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 0
    assert 'value = 130_000, confidence = 0.4, present = ["product", "platform"] }' in text_of(folder)


def test_before_any_sync_the_work_is_said_to_be_unknown(folder: Path) -> None:
    ran = hub_in(folder, "checkin", "launch-dau", "--format", "json", *DAY)
    told = json.loads(ran.out)
    (row,) = told["key_results"]
    assert told["work_read"] is None
    assert row["work"] is None
    assert row["measured"]["progress"] == 0.24
    assert row["expected"]["progress"] == round(51 / 92, 4)
    assert "no sync has run yet" in hub_in(folder, "checkin", *DAY).out


def test_after_a_sync_the_work_stands_beside_the_progress(told: Desk) -> None:
    ran = told.hub("checkin", "launch-dau", "--format", "json", *DAY)
    (row,) = json.loads(ran.out)["key_results"]
    assert sum(row["work"].values()) > 2
    assert row["measured"]["progress"] == 0.24
    text = told.hub("checkin", *DAY).out
    assert " in progress, " in text
    assert "expected   55 %" in text


def test_a_private_key_result_shows_only_when_asked_for(folder: Path) -> None:
    file = folder / "okrs" / "2026-Q4.toml"
    file.write_text(text_of(folder).replace('id = "launch-dau"', 'id = "launch-dau"\nvisibility = "private"', 1))
    for words in (
        (),
        ("launch-dau",),
        ("--format", "json"),
        ("launch-dau", "130000"),
        ("launch-dau", "1", "--replace"),
    ):
        ran = hub_in(folder, "checkin", *words, *DAY)
        assert ran.code == 0, ran.said
        assert "launch-dau" not in ran.said
        assert "daily active" not in ran.said
        assert "a private key result" in ran.said
    assert "launch-dau: 500,000 daily" in hub_in(folder, "checkin", "--private", *DAY).out
    assert "launch-dau" not in hub_in(folder, "checkin", "launch-da", "5", *DAY).err


@pytest.mark.parametrize("name", ["okrs-english.csv", "okrs-deutsch.csv"])
def test_an_imported_sheet_is_a_file_that_checks(tmp_path: Path, name: str) -> None:
    dry = hub_in(tmp_path, "import", str(IMPORTED / name), "--dry-run", *DAY)
    assert dry.code == 0, dry.said
    assert "→ target" in dry.out
    assert list(tmp_path.iterdir()) == []
    ran = hub_in(tmp_path, "import", str(IMPORTED / name), *DAY)
    assert ran.code == 0, ran.said
    written = tmp_path / "okrs" / "2026-Q4.toml"
    assert hub_in(tmp_path, "check", str(written), "--fail-on", "never", *DAY).code == 0
    again = hub_in(tmp_path, "import", str(IMPORTED / name), *DAY)
    assert (again.code, "is there already" in again.err) == (2, True)
    before = written.read_text(encoding="utf-8")
    assert hub_in(tmp_path, "import", str(IMPORTED / name), "--force", *DAY).code == 0
    assert written.read_text(encoding="utf-8") == before


def test_an_import_in_doubt_names_the_line_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("Objective,Key Result,Target\nGrow,Revenue,1.234\n", encoding="utf-8")
    ran = hub_in(tmp_path, "import", "o.csv", "--cycle", "2026-Q4", "--format", "json")
    assert ran.code == 2
    assert "o.csv:2: target: '1.234' could be two numbers" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["o.csv"]
    dry = hub_in(tmp_path, "import", "o.csv", "--cycle", "2026-Q4", "--format", "json", "--dry-run", "--decimal", ",")
    assert "target = 1234" in json.loads(dry.out)["text"]
