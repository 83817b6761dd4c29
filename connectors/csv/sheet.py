"""A file of rows, read line by line: its encoding, its delimiter, its header and what follows."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from connectors.csv.columns import KINDS, Columns, best_columns, lacking
from connectors.csv.settings import AUTO, CsvSettings

DELIMITERS = (",", ";", "\t", "|")
PIECE = 1 << 20
SAMPLE = 1 << 16
LONGEST_CELL = 1 << 24
EXCEL_HINT = "sep="


class Unreadable(Exception):
    """The file is no export: its text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row and the line that it ends on; `fault` where it is no row."""

    number: int
    cells: list[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open export: how it is written, what its columns hold, and its rows, which can be gone through once."""

    name: str
    encoding: str
    delimiter: str
    header: list[str]
    columns: Columns
    lines: Iterator[Line]


@contextmanager
def opened(path: Path, settings: CsvSettings) -> Iterator[Sheet]:
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
                raise Unreadable(f"{path.name}:{max(1, header.number)}: {lacking(columns, header.cells)}")
            yield Sheet(path.name, encoding, delimiter, header.cells, columns, lines)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeError:
        raise Unreadable(f"{path.name} is not text of the encoding {settings.encoding}") from None


def encoding_of(path: Path, asked: str) -> str:
    """The encoding that all of the file can be read in."""
    if asked != AUTO:
        if not _decodes(path, asked):
            raise Unreadable(f"{path.name} is not text of the encoding {asked}")
        return asked
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
            while piece := file.read(PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(sample: str, settings: CsvSettings) -> str:
    """The delimiter with which the header fits best; a first line `sep=;` is Excel's way to say it."""
    if settings.delimiter != AUTO:
        return "\t" if settings.delimiter == "tab" else settings.delimiter
    hinted = sample.lstrip("\ufeff")
    if hinted[: len(EXCEL_HINT)].lower() == EXCEL_HINT and hinted[4:5] in DELIMITERS:
        return hinted[4]
    headers = [(one, _header(sample, one)) for one in DELIMITERS]
    return max(headers, key=lambda pair: (_columns(pair[1], settings).score, len(pair[1])))[0]


def _columns(header: list[str], settings: CsvSettings) -> Columns:
    kinds = tuple(KINDS) if settings.format == AUTO else (settings.format,)
    return best_columns(header, kinds, settings.columns, settings.key_results.field, settings.links)


def _header(sample: str, delimiter: str) -> list[str]:
    lines = _lines(io.StringIO(sample, newline=""), delimiter)
    return next((line.cells for line in lines if _is_header(line)), [])


def _is_header(line: Line) -> bool:
    filled = [cell for cell in line.cells if cell.strip()]
    return bool(filled) and not line.cells[0].lstrip("\ufeff").lower().startswith(EXCEL_HINT)


def _lines(file: io.TextIOBase | io.StringIO, delimiter: str) -> Iterator[Line]:
    """Rows one after another; one that is written wrongly is told and the next is read."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
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
