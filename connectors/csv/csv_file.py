"""An export read line by line: its encoding, its delimiter, its header and what follows."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from connectors.csv.settings import AUTO, KINDS, Columns, CsvSettings, best_columns, missing_columns
from connectors.shared.csv_file import (
    DELIMITERS,
    CsvUnreadable,
    Line,
    encoding_of,
    hinted_delimiter,
    is_hint,
    lines_in,
    open_csv,
)

SAMPLE = 1 << 16


@dataclass(frozen=True, slots=True)
class CsvFile:
    """An open export: how it is written, what its columns hold, and its rows, which can be gone through once."""

    name: str
    encoding: str
    delimiter: str
    header: list[str]
    columns: Columns
    lines: Iterator[Line]
    file: TextIO = field(repr=False)
    version: tuple[int, int]

    def is_changed(self) -> bool:
        """Whether somebody has written to the file since it was opened: what was read may be parts of two exports."""
        return _version(self.file) != self.version


@contextmanager
def open_export(path: Path, settings: CsvSettings) -> Iterator[CsvFile]:
    """Find out how the file is written and open it at its first row; raises CsvUnreadable."""
    try:
        encoding = encoding_of(path, None if settings.encoding == AUTO else settings.encoding)
        with open_csv(path, encoding) as file:
            version = _version(file)
            sample = file.read(SAMPLE)
            file.seek(0)
            delimiter = _delimiter(sample, settings)
            lines = lines_in(file, delimiter)
            header = next((line for line in lines if _is_header(line)), Line(0, []))
            columns = _columns(header.cells, settings)
            if columns.missing:
                raise CsvUnreadable(f"{path.name}:{max(1, header.number)}: {missing_columns(columns, header.cells)}")
            yield CsvFile(path.name, encoding, delimiter, header.cells, columns, lines, file, version)
    except OSError as error:
        raise CsvUnreadable(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeError:
        raise CsvUnreadable(f"{path.name} is not text of the encoding {settings.encoding}") from None


def _version(file: TextIO) -> tuple[int, int]:
    """Size and time of the open file, whatever has taken its name meanwhile."""
    about = os.fstat(file.fileno())
    return about.st_size, about.st_mtime_ns


def _delimiter(sample: str, settings: CsvSettings) -> str:
    """The delimiter with which the header fits best; a first line `sep=;` is Excel's way to say it."""
    if settings.delimiter != AUTO:
        return "\t" if settings.delimiter == "tab" else settings.delimiter
    if hinted := hinted_delimiter(sample):
        return hinted
    headers = [(text, _header(sample, text)) for text in DELIMITERS]
    return max(headers, key=lambda pair: (_columns(pair[1], settings).score, len(pair[1])))[0]


def _columns(header: list[str], settings: CsvSettings) -> Columns:
    kinds = tuple(KINDS) if settings.format == AUTO else (settings.format,)
    return best_columns(header, kinds, settings.columns, settings.key_results.field, settings.links)


def _header(sample: str, delimiter: str) -> list[str]:
    lines = lines_in(io.StringIO(sample, newline=""), delimiter)
    return next((line.cells for line in lines if _is_header(line)), [])


def _is_header(line: Line) -> bool:
    return any(cell.strip() for cell in line.cells) and not is_hint(line.cells)
