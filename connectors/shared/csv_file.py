"""Files of delimited rows as programs export them: their encoding, their delimiter and their rows."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

DELIMITERS = (";", ",", "\t", "|")
EXCEL_SEPARATOR_LINE = "sep="
"""How a file for Excel begins that names its delimiter."""

_PIECE = 1 << 20
_LONGEST_CELL = 1 << 24
# Some bytes of these mean nothing in files that people have; they must not end the reading.
_WITH_GAPS = frozenset({"cp1252", "utf-16"})


class CsvUnreadable(Exception):
    """The file is no table of text: its own text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row and the line that it ends on; `error` where it is no row, with the line that it begins on."""

    number: int
    cells: list[str]
    error: str = ""


def encoding_of(path: Path, encoding: str | None = None) -> str:
    """The encoding that all of the file can be read in; raises CsvUnreadable where it is not of the one asked for.

    Guessing by the frequency of letters is no help here: it takes short western texts for central European ones.
    """
    if encoding is not None:
        if not _decodes(path, encoding):
            raise CsvUnreadable(f"{path.name} is not text of the encoding {encoding}")
        return encoding
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    guess = "utf-8-sig"
    if start.count(0) > len(start) // 4:
        guess = "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
    return guess if _decodes(path, guess) else "cp1252"


def open_csv(path: Path, encoding: str) -> TextIO:
    """Open the file for `lines_in`."""
    errors = "replace" if encoding in _WITH_GAPS else "strict"
    return path.open(encoding=encoding, errors=errors, newline="")


def hinted_delimiter(sample: str) -> str:
    """The delimiter that Excel's first line names, such as `sep=;`; empty where there is no such line."""
    first = sample.lstrip("\ufeff \t\r\n")[: len(EXCEL_SEPARATOR_LINE) + 1]
    delimiter = first[len(EXCEL_SEPARATOR_LINE) :]
    return delimiter if first.lower().startswith(EXCEL_SEPARATOR_LINE) and delimiter in DELIMITERS else ""


def is_hint(cells: list[str]) -> bool:
    """Whether a row is Excel's first line."""
    return bool(cells) and cells[0].lstrip("\ufeff").lower().startswith(EXCEL_SEPARATOR_LINE)


def lines_in(file: Iterable[str], delimiter: str, *, strict: bool = True) -> Iterator[Line]:
    """Rows one after another; one that is written wrongly has a fault, and the next is read."""
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    reader = csv.reader(file, delimiter=delimiter, strict=strict)
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(first, [], _fault(str(error), first))
        else:
            yield Line(reader.line_num, cells)


def _fault(error: str, line: int) -> str:
    """What is wrong with the row that begins on the line; Python's words name no quotation mark."""
    if "unexpected end of data" in error:
        return f"a quotation mark that was opened in line {line} is never closed"
    if "expected after" in error:
        return f"a quotation mark in line {line} is not closed, or stands inside a cell without a second one beside it"
    return error


def _decodes(path: Path, encoding: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file:
            while chunk := file.read(_PIECE):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
