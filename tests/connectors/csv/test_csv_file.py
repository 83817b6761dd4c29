"""Files as people have them: encodings, delimiters, headers that do not fit, patterns, and odd content."""

import csv
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.base import Capabilities
from connectors.csv.connector import CsvConnector
from connectors.csv.settings import CsvSettings
from hub.model.errors import Health, QueryRefused
from tests.connectors.csv.exports import GITHUB, JIRA, a_connector, a_row, pulled_from, read, written
from tests.fakes.connector_context import a_world

WORDS = "Größe € ça va, 速く"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = written(JIRA, [a_row(Summary=f"{WORDS}{delimiter}x", Labels="kr-a")], delimiter=delimiter)
    (ticket,) = read(tmp_path, text.encode(encoding))
    assert (ticket.title, ticket.labels) == (f"{WORDS}{delimiter}x", {"kr-a"})


def test_text_of_the_old_windows_encoding_is_read(tmp_path: Path) -> None:
    (ticket,) = read(tmp_path, written(JIRA, [a_row(Summary="Größe € ça va")], delimiter=";").encode("cp1252"))
    assert ticket.title == "Größe € ça va"


def test_excels_hint_names_the_delimiter_and_is_no_header(tmp_path: Path) -> None:
    (ticket,) = read(tmp_path, "\ufeffsep=;\r\n" + written(JIRA, [a_row()], delimiter=";"))
    assert ticket.ref.key == "ACME-1"


def test_a_text_that_is_not_of_the_named_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryRefused, match=r"export\.csv is not text of the encoding utf-8"):
        pulled_from(tmp_path, written(JIRA, [a_row(Summary="é")]).encode("cp1252"), encoding="utf-8")


def test_a_header_without_what_matters_names_line_expected_and_closest(tmp_path: Path) -> None:
    with pytest.raises(QueryRefused) as refused:
        pulled_from(tmp_path, "\r\nIssue keys,Summary,Assignee\r\nACME-1,Launch,ann\r\n")
    for words in ("export.csv:2:", "Issue key", "Status or Status category", "the closest are Issue keys"):
        assert words in str(refused.value)


def test_every_file_that_is_no_export_is_told_at_once(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("nothing,here\n1,2\n")
    with pytest.raises(QueryRefused) as refused:
        a_connector(tmp_path / "*.csv").pull()
    assert "a.csv:1" in str(refused.value)
    assert "b.csv:1" in str(refused.value)


def test_a_pattern_reads_every_file_that_fits(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(written(JIRA, [a_row("ACME-1")]))
    (tmp_path / "b.csv").write_text(written(GITHUB, [("Work", "https://github.com/acme/app/issues/2", "", "", "")]))
    assert [ticket.ref.key for ticket in a_connector(tmp_path / "*.csv").pull().initiatives] == ["ACME-1", "acme/app#2"]


def test_an_export_that_is_written_to_while_it_is_read_is_not_taken_for_whole(tmp_path: Path) -> None:
    path, rows = tmp_path / "export.csv", [a_row(f"ACME-{number}") for number in range(1500)]
    path.write_text(written(JIRA, rows[:1200]), encoding="utf-8")

    def go_on_writing(_what: str, _count: int) -> None:
        with path.open("a", encoding="utf-8") as file:
            csv.writer(file).writerows(rows[1200:])

    world = replace(a_world(), progress=go_on_writing)
    connector = CsvConnector("jira", CsvSettings(paths=[str(path)]), world)
    pulled = connector.pull()
    assert not pulled.complete
    assert [gap.reason for gap in pulled.gaps] == [
        "export.csv was written to while it was read: the next sync reads it again"
    ]
    connector = a_connector(path)
    assert (connector.pull().complete, len(connector.pull().initiatives)) == (True, 1500)


@pytest.mark.parametrize("name", ["missing.csv", "*.tsv", "**.bad", ""])
def test_a_path_that_names_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(QueryRefused, match="there is no export"):
        a_connector(tmp_path / name if name else tmp_path).pull()


def test_paths_start_from_where_the_validation_says() -> None:
    found = CsvSettings.model_validate({"paths": ["a.csv"]}, context={"resolve": lambda path: f"/there/{path}"})
    assert found.paths == ("/there/a.csv",)


@pytest.mark.parametrize(
    "wrong",
    [{"paths": []}, {"paths": [""]}, {"encoding": "klingon"}, {"encoding": "hex"}, {"columns": {"colour": "x"}},
     {"delimiter": "x"}, {"url": "acme"}, {"repository": "app"}, {"project": "acme/x"}, {"strange": 1}],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CsvSettings.model_validate({"paths": ["a.csv"]} | wrong)


def test_nothing_can_be_written_to_an_export(tmp_path: Path) -> None:
    connector = a_connector(tmp_path)
    assert connector.capabilities == Capabilities(lookup=connector)


def test_the_diagnosis_tells_how_files_are_written_and_what_is_in_them(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(written(JIRA, [a_row("ACME-1"), a_row("PLAT-1"), a_row("")], delimiter=";"))
    checks = list(a_connector(file, project="acme/5").diagnose())
    assert [(c.container, c.shared) for c in checks if c.container] == [
        ("ACME", False),
        ("PLAT", False),
        ("acme/5", True),
    ]
    assert any("is a jira export (utf-8-sig, delimiter ';')" in check.message for check in checks)
    assert [check.message for check in checks if check.outcome is Health.WARN and "not read" in check.message]


def test_the_diagnosis_of_a_missing_file_is_mended_in_the_configuration(tmp_path: Path) -> None:
    (check,) = a_connector(tmp_path / "missing.csv").diagnose()
    assert (check.outcome, check.configured) == (Health.FAIL, True)


CELLS = st.text(max_size=12) | st.sampled_from(
    ["ACME-1", "10001", '"', "\r", "\n", ",", ";", "15/Nov/26", "Done", "\x00"]
)
HEADERS = st.lists(st.sampled_from([*JIRA, *GITHUB, "Due date", "Parent id", "number", "x"]) | CELLS, max_size=8)


@settings(max_examples=150, deadline=None)
@given(header=HEADERS, rows=st.lists(st.lists(CELLS, max_size=9), max_size=6), delimiter=st.sampled_from(",;\t"))
def test_odd_tables_are_read_or_refused_and_never_crash(
    header: list[str], rows: list[list[str]], delimiter: str
) -> None:
    text = "\r\n".join(delimiter.join(row) for row in (header, *rows))
    _survives(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=300) | st.binary(max_size=100).map(lambda tail: b"Issue key,Summary,Status\r\nACME-1," + tail)
)
def test_odd_bytes_are_read_or_refused_and_never_crash(content: bytes) -> None:
    _survives(content)


def _survives(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "export.csv"
        file.write_bytes(content)
        connector = a_connector(file)
        try:
            pulled = connector.pull()
        except QueryRefused as refused:
            told = "export.csv" in str(refused)
        else:
            told = all(ticket.ref.key for ticket in pulled.initiatives)
        assert told
        assert list(connector.diagnose())


def test_a_quotation_mark_that_is_never_closed_is_told_by_its_line(tmp_path: Path) -> None:
    text = written(JIRA, [a_row("ACME-1", Summary="two\nlines"), a_row("ACME-2")])
    pulled = pulled_from(tmp_path, f'{text}"ACME-3,never closed\r\nACME-4,lost\r\n')
    assert [(gap.key, gap.reason) for gap in pulled.gaps] == [
        (None, "export.csv:5: a quotation mark that was opened in line 5 is never closed")
    ]


def test_of_two_rows_of_a_ticket_the_line_that_counts_is_told(tmp_path: Path) -> None:
    rows = [a_row("ACME-1", Summary="Old"), a_row("ACME-2"), a_row("ACME-1", Summary="New")]
    pulled = pulled_from(tmp_path, written(JIRA, rows))
    assert [ticket.title for ticket in pulled.initiatives if ticket.ref.key == "ACME-1"] == ["New"]
    (note,) = pulled.notes
    assert note.startswith("export.csv: tickets that stand in more than one row: ACME-1 (line 4 counts)")
    assert note.endswith("the row that was changed last counts, else the later one")
