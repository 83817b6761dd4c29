"""One reader finds out how a file of rows is written, for exports and for spreadsheets of OKRs alike."""

import io
from datetime import date
from pathlib import Path

import pytest

from connectors.shared.csv_file import CsvUnreadable, encoding_of, hinted_delimiter, is_hint, lines_in, open_csv
from hub.okr_import.draft import ImportOptions
from hub.usecases.import_okrs import ImportRequest, import_okrs

TEXT = "Ziel;Wert\nGröße;5\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_encoding_is_found_in_the_bytes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert encoding_of(path) == encoding
    with open_csv(path, encoding) as file:
        assert file.read() == TEXT


@pytest.mark.parametrize("text", ["Résumé des coûts", "Año nuevo, señor", "naïve café", "Preis: 5 €", "Ærø å"])
def test_short_western_texts_are_not_taken_for_another_code_page(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("cp1252"))
    with open_csv(path, encoding_of(path)) as file:
        assert file.read() == text


def test_a_file_that_breaks_off_inside_a_character_is_read_to_there(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(TEXT.encode("utf-16")[:-1])
    with open_csv(path, encoding_of(path)) as file:
        assert file.read().startswith("Ziel;Wert\nGröße;5")


def test_an_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xe9")
    with pytest.raises(CsvUnreadable, match=r"x\.csv is not text of the encoding utf-8"):
        encoding_of(path, "utf-8")


@pytest.mark.parametrize(
    ("first", "delimiter"),
    [("sep=;", ";"), ("\ufeffSEP=\t", "\t"), ("\nsep=|", "|"), ("sep=", ""), ("sep=x", ""), ("a;b", ""), ("", "")],
)
def test_excels_first_line_names_a_delimiter(first: str, delimiter: str) -> None:
    assert hinted_delimiter(f"{first}\r\na;b\r\n") == delimiter
    assert not delimiter or is_hint(first.strip("\n").split(delimiter))


def test_a_row_that_is_written_wrongly_is_a_fault_and_the_next_is_read() -> None:
    lines = list(lines_in(io.StringIO('a;"b"x\nc;d\n', newline=""), ";"))
    assert [(line.number, line.cells, bool(line.error)) for line in lines] == [(1, [], True), (2, ["c", "d"], False)]


def test_an_imported_row_that_looks_like_excels_line_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "okrs.csv"
    path.write_text("sep=;\nObjective;Key Result;Target\nGrow;Revenue;10\nsep=;Margin;5\n")
    found = import_okrs(ImportRequest(path, ImportOptions(cycle="2026-Q4", today=date(2026, 11, 1)), {}))
    assert found.okrs is not None
    assert [key_result.title for key_result in found.okrs.key_results.values()] == ["Revenue", "Margin"]
