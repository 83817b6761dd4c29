"""What a spreadsheet became, as lines and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.okr import Okrs
from hub.report.text import Styled
from hub.sheet_form.told import Remark

DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's header, what it is read as (None: not at all, and why), and what some cells became."""

    header: str
    name: str | None
    why_not: str
    samples: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """A sheet that was read: `text` is the OKR file, empty where people must fix something first."""

    source: str
    encoding: str
    delimiter: str
    layout: str
    cycle: str | None
    columns: Sequence[Column]
    remarks: Sequence[Remark]
    text: str
    okrs: Okrs | None

    @property
    def blocked(self) -> bool:
        """Whether people must fix something before it can be written."""
        return self.okrs is None


def imported_lines(found: Imported, *, dry: bool) -> Iterator[Styled]:
    """Each column with samples, each remark with its line, and what came of it."""
    separated = DELIMITERS.get(found.delimiter, found.delimiter)
    yield Styled(f"{found.source}: {found.encoding}, separated by {separated}; {found.layout}", "heading")
    for column in found.columns:
        if column.name is None:
            yield Styled(
                f"  {column.header or '(no header)'}: left out: {column.why_not or 'has no header'}", "warning"
            )
            continue
        yield Styled(f"  {column.header} → {column.name}")
        yield from (Styled(f"      {raw!r} → {became}", "dim") for raw, became in column.samples.items())
    if found.remarks:
        yield Styled("Notes", "heading")
    for one in found.remarks:
        where = f"{one.column}: " if one.column else ""
        yield Styled(f"  line {one.line}: {where}{one.what}", "error" if one.blocks else "warning")
    if found.okrs is None:
        yield Styled("Nothing can be written yet. Fix the lines marked above, then import again.", "error")
        return
    tally = _tally(found.okrs)
    counted = f"{tally['objectives']} objectives, {tally['key_results']} key results, {tally['teams']} teams"
    yield Styled(f"{found.cycle}: {counted}", "good")
    if dry:
        yield Styled()
        yield from (Styled(line) for line in found.text.splitlines())


def imported_document(found: Imported, written: str | None) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "source": found.source,
        "encoding": found.encoding,
        "delimiter": found.delimiter,
        "layout": found.layout,
        "cycle": found.cycle,
        "columns": [
            {"header": one.header, "read_as": one.name, "why_not": one.why_not, "samples": dict(one.samples)}
            for one in found.columns
        ],
        "remarks": [
            {"line": one.line, "column": one.column, "what": one.what, "blocks": one.blocks} for one in found.remarks
        ],
        "counts": _tally(found.okrs) if found.okrs else None,
        "text": found.text,
        "written": written,
    }


def _tally(okrs: Okrs) -> dict[str, int]:
    return {
        "objectives": len(okrs.objectives),
        "key_results": len(okrs.key_results),
        "teams": len(okrs.teams),
    }
