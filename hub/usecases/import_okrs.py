"""Turns a spreadsheet of OKRs into an OKR file: read, logged, checked, and only then written; the log as lines."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.shared.csv_file import DELIMITERS, encoding_of, hinted_delimiter, is_hint, lines_in, open_csv
from hub.core.display_names import plural
from hub.model.errors import ConfigError, Problem
from hub.model.okr import Okrs
from hub.model.text import did_you_mean
from hub.okr_files.json_file import is_json
from hub.okr_files.loader import okrs_from_text
from hub.okr_import.builder import build_draft
from hub.okr_import.draft import ImportLog, ImportMessage, ImportOptions
from hub.okr_import.headers import IGNORE, NAMES, Grid, Header, Row, find_header, normalize_header, score
from hub.okr_import.ownership import render_okr_file
from hub.report.lines import StyledLine
from hub.toml.document import write_atomically

DELIMITER_NAMES = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's header, what it is read as (None: not at all, and why), and what some cells became."""

    header: str
    name: str | None
    skip_reason: str
    samples: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A sheet that was read: `text` is the OKR file, empty where people must fix something first."""

    source: str
    encoding: str
    delimiter: str
    layout: str
    cycle: str | None
    columns: Sequence[Column]
    messages: Sequence[ImportMessage]
    text: str
    okrs: Okrs | None

    @property
    def blocked(self) -> bool:
        """Whether people must fix something before it can be written."""
        return self.okrs is None


def import_lines(result: ImportResult, *, dry: bool) -> Iterator[StyledLine]:
    """Each column with samples, each message with its line, and what came of it."""
    separated = DELIMITER_NAMES.get(result.delimiter, result.delimiter)
    yield StyledLine(f"{result.source}: {result.encoding}, separated by {separated}; {result.layout}", "heading")
    for column in result.columns:
        if column.name is None:
            yield StyledLine(
                f"  {column.header or '(no header)'}: left out: {column.skip_reason or 'has no header'}", "warning"
            )
            continue
        yield StyledLine(f"  {column.header} → {column.name}")
        yield from (StyledLine(f"      {raw!r} → {became}", "dim") for raw, became in column.samples.items())
    if result.messages:
        yield StyledLine("Notes", "heading")
    for import_message in result.messages:
        prefix = f"{import_message.column}: " if import_message.column else ""
        yield StyledLine(
            f"  line {import_message.line}: {prefix}{import_message.text}",
            "error" if import_message.blocks else "warning",
        )
    if result.okrs is None:
        yield StyledLine("Nothing can be written yet. Fix the lines marked above, then import again.", "error")
        return
    totals = _counts(result.okrs)
    counts = ", ".join(plural(count, noun.replace("_", " ").removesuffix("s")) for noun, count in totals.items())
    yield StyledLine(f"{result.cycle}: {counts}", "good")
    if dry:
        yield StyledLine()
        yield from (StyledLine(line) for line in result.text.splitlines())


def import_document(result: ImportResult, path: str | None) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "source": result.source,
        "encoding": result.encoding,
        "delimiter": result.delimiter,
        "layout": result.layout,
        "cycle": result.cycle,
        "columns": [
            {
                "header": column.header,
                "read_as": column.name,
                "skip_reason": column.skip_reason,
                "samples": dict(column.samples),
            }
            for column in result.columns
        ],
        "messages": [
            {
                "line": import_message.line,
                "column": import_message.column,
                "text": import_message.text,
                "blocks": import_message.blocks,
            }
            for import_message in result.messages
        ],
        "counts": _counts(result.okrs) if result.okrs else None,
        "text": result.text,
        "path": path,
    }


def _counts(okrs: Okrs) -> dict[str, int]:
    return {
        "objectives": len(okrs.objectives),
        "key_results": len(okrs.key_results),
        "teams": len(okrs.teams),
    }


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What was asked for; `columns` are meanings that people gave to headers."""

    source: Path
    options: ImportOptions
    columns: Mapping[str, str]


def import_okrs(request: ImportRequest) -> ImportResult:
    """Read the sheet and say what it becomes; nothing is written."""
    name = str(request.source)
    _check_columns(request.columns)
    grid = _grid(request.source)
    header = find_header(grid.rows, request.columns, request.options.cycle)
    if header is None:
        cells = ", ".join(cell.strip() for cell in grid.rows[0].cells if cell.strip())
        remedy = "Name a column by hand: --column 'HEADER=objective' --column 'HEADER=key_result'"
        raise ConfigError(
            [Problem(name, "", f"no row has a column of objectives or key results; it has {cells}", remedy)]
        )
    _check_headers(request.columns, header)
    return _convert(request, grid, header)


def write_import(result: ImportResult, out: Path, *, force: bool) -> None:
    """Write the OKR file; never in the place of another unless that is asked for."""
    if result.blocked:
        problems = [
            Problem(f"{result.source}:{import_message.line}", import_message.column, import_message.text)
            for import_message in result.messages
            if import_message.blocks
        ]
        raise ConfigError(problems)
    if out.exists() and not force:
        raise ConfigError([Problem(str(out), "", "is there already", "Name another with --out, or give --force.")])
    write_atomically(out, result.text.encode("utf-8"))


def _convert(request: ImportRequest, grid: Grid, header: Header) -> ImportResult:
    log = ImportLog()
    rows = grid.rows[grid.rows.index(header.row) + 1 :]
    layout, draft = build_draft(header, rows, request.options, log)
    text, okrs = "", None
    if draft is not None and not any(import_message.blocks for import_message in log.messages):
        text = render_okr_file(draft, request.source.name, request.options.today)
        okrs = _validate(text, request, draft.period.id)
    return ImportResult(
        source=str(request.source),
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        layout=layout,
        cycle=draft.period.id if draft else None,
        columns=tuple(_columns(header, log, rows)),
        messages=tuple(sorted(log.messages, key=lambda import_message: import_message.line)),
        text=text,
        okrs=okrs,
    )


def _validate(text: str, request: ImportRequest, cycle: str) -> Okrs:
    return okrs_from_text(text, f"the OKRs of {request.source.name}", cycle)


def _columns(header: Header, log: ImportLog, rows: Sequence[Row]) -> list[Column]:
    names = {at: name for name, at in header.columns.items()}
    return [
        Column(cell.strip(), names.get(at), header.unused.get(at, ""), log.samples.get(names.get(at, ""), {}))
        for at, cell in enumerate(header.row.cells)
        if cell.strip() or any(at < len(row.cells) and row.cells[at].strip() for row in rows)
    ]


def _check_columns(columns: Mapping[str, str]) -> None:
    problems = [
        Problem("command line", "--column", f"there is no meaning {name!r}", did_you_mean(name, NAMES.keys()))
        for name in columns.values()
        if name not in NAMES and name != IGNORE
    ]
    if problems:
        raise ConfigError(problems)


def _check_headers(columns: Mapping[str, str], header: Header) -> None:
    """Whoever names a column by hand means one that is there."""
    titles = {normalize_header(cell): cell.strip() for cell in header.row.cells if cell.strip()}
    remedy = f"The columns are: {', '.join(titles.values())}"
    problems = [
        Problem("command line", "--column", f"no column is called {name!r}", remedy)
        for name in columns
        if normalize_header(name) not in titles
    ]
    if problems:
        raise ConfigError(problems)


def _grid(path: Path) -> Grid:
    """The sheet's rows; the delimiter is the one with which some row scores best as a header."""
    name = str(path)
    text, encoding = _text(path)
    hinted = hinted_delimiter(text)
    grids = [
        Grid(encoding, delimiter, tuple(_rows(name, text, delimiter)))
        for delimiter in ([hinted] if hinted else DELIMITERS)
        if delimiter in text
    ]
    if not grids:
        raise ConfigError([Problem(name, "", "holds no columns: no row has a comma, semicolon, tab or bar", "")])
    best = max(grids, key=lambda grid: max((score(row.cells) for row in grid.rows[:20]), default=-1))
    if not best.rows:
        raise ConfigError([Problem(name, "", "holds no rows: every cell is empty", "Export the sheet once more.")])
    return best


def _rows(name: str, text: str, delimiter: str) -> Iterator[Row]:
    """The rows that hold something; Excel's first line is none of them."""
    above, began = 0, False
    for line in lines_in(io.StringIO(text, newline=""), delimiter, strict=False):
        if line.error:
            raise ConfigError([Problem(f"{name}:{line.number}", "", f"is no CSV: {line.error}", "")])
        row = Row(above + 1, tuple(line.cells))
        above = line.number
        if row.is_empty:
            continue
        if began or not is_hint(line.cells):
            yield row
        began = True


def _text(path: Path) -> tuple[str, str]:
    """The text of the file and its encoding."""
    try:
        content = path.read_bytes()
        if content.startswith(b"PK\x03\x04"):
            raise ConfigError([Problem(str(path), "", "is a workbook, not CSV", "Save it as CSV and import that.")])
        if is_json(path.name):
            remedy = "Name it in `okrs` of config.toml: the hub reads it where it is."
            raise ConfigError([Problem(str(path), "", "is JSON, which needs no import", remedy)])
        if not content.strip():
            raise ConfigError([Problem(str(path), "", "is empty")])
        encoding = encoding_of(path)
        with open_csv(path, encoding) as file:
            return file.read(), encoding.removesuffix("-sig")
    except OSError as error:
        raise ConfigError([Problem(str(path), "", f"cannot be read: {error.strerror}")]) from None
