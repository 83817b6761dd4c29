"""What a spreadsheet became, as lines and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.okr import Okrs
from hub.report.text import StyledLine
from hub.sheet_form.told import ImportMessage

DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}


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
    separated = DELIMITERS.get(result.delimiter, result.delimiter)
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
    counts = f"{totals['objectives']} objectives, {totals['key_results']} key results, {totals['teams']} teams"
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
