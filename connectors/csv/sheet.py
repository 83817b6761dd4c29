"""A file of rows, read line by line: its encoding, its delimiter, its header and what follows."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from connectors.csv.columns import KINDS, Columns, best_columns, missing_columns
from connectors.csv.settings import AUTO, CsvSettings

DELIMITERS = (",", ";", "\t", "|")
CHUNK_BYTES = 1 << 20
SAMPLE = 1 << 16
MAX_CELL_LENGTH = 1 << 24
EXCEL_SEPARATOR_LINE = "sep="


class CsvUnreadable(Exception):
    """The file is no export: its text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row and the line that it ends on; `fault` where it is no row."""

    number: int
    cells: list[str]
    error: str = ""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """An open export: how it is written, what its columns hold, and its rows, which can be gone through once."""

    name: str
    encoding: str
    delimiter: str
    header: list[str]
    columns: Columns
    lines: Iterator[Line]


@contextmanager
def open_csv(path: Path, settings: CsvSettings) -> Iterator[CsvFile]:
    """Find out how the file is written and open it at its first row; raises Unreadable."""
    try:
        encoding = encoding_of(path, settings.encoding)
        # Five bytes of the old Windows encoding mean nothing; they must not end the reading.
        wrong = "replace" if encoding == "cp1252" else "strict"
        with path.open(encoding=encoding, errors=wrong, newline="") as file:
            sample = file.read(SAMPLE)
            file.seek(0)
            delimiter = _delimiter(sample, settings)
            lines = _lines(file, delimiter)
            header = next((line for line in lines if _is_header(line)), Line(0, []))
            columns = _columns(header.cells, settings)
            if columns.missing:
                raise CsvUnreadable(f"{path.name}:{max(1, header.number)}: {missing_columns(columns, header.cells)}")
            yield CsvFile(path.name, encoding, delimiter, header.cells, columns, lines)
    except OSError as error:
        raise CsvUnreadable(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeError:
        raise CsvUnreadable(f"{path.name} is not text of the encoding {settings.encoding}") from None


def encoding_of(path: Path, encoding: str) -> str:
    """The encoding that all of the file can be read in."""
    if encoding != AUTO:
        if not _decodes(path, encoding):
            raise CsvUnreadable(f"{path.name} is not text of the encoding {encoding}")
        return encoding
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        guesses = ["utf-16"]
    elif start.count(0) > len(start) // 4:
        guesses = ["utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"]
    else:
        guesses = ["utf-8-sig"]
    return next((guess for guess in guesses if _decodes(path, guess)), "cp1252")


def _decodes(path: Path, encoding: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file:
            while chunk_handling := file.read(CHUNK_BYTES):
                decoder.decode(chunk_handling)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(sample: str, settings: CsvSettings) -> str:
    """The delimiter with which the header fits best; a first line `sep=;` is Excel's way to say it."""
    if settings.delimiter != AUTO:
        return "\t" if settings.delimiter == "tab" else settings.delimiter
    first_line = sample.lstrip("\ufeff")
    if first_line[: len(EXCEL_SEPARATOR_LINE)].lower() == EXCEL_SEPARATOR_LINE and first_line[4:5] in DELIMITERS:
        return first_line[4]
    headers = [(text, _header(sample, text)) for text in DELIMITERS]
    return max(headers, key=lambda pair: (_columns(pair[1], settings).score, len(pair[1])))[0]


def _columns(header: list[str], settings: CsvSettings) -> Columns:
    kinds = tuple(KINDS) if settings.format == AUTO else (settings.format,)
    return best_columns(header, kinds, settings.columns, settings.key_results.field, settings.links)


def _header(sample: str, delimiter: str) -> list[str]:
    lines = _lines(io.StringIO(sample, newline=""), delimiter)
    return next((line.cells for line in lines if _is_header(line)), [])


def _is_header(line: Line) -> bool:
    filled = [cell for cell in line.cells if cell.strip()]
    return bool(filled) and not line.cells[0].lstrip("\ufeff").lower().startswith(EXCEL_SEPARATOR_LINE)


def _lines(file: io.TextIOBase | io.StringIO, delimiter: str) -> Iterator[Line]:
    """Rows one after another; one that is written wrongly is told and the next is read."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL_LENGTH))
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(reader.line_num, [], str(error))
        else:
            yield Line(reader.line_num, cells)
