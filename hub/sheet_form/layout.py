"""Rows as objectives and key results: one row per key result, or a row for each of both (by type, number or indent)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.sheet_form.grid import Row
from hub.sheet_form.headers import Header
from hub.sheet_form.told import ImportLog

OBJECTIVE, KEY_RESULT = "objective", "key_result"
BY_NUMBER = "a row each, told apart by their numbers"
_KEY_RESULT_WORDS = re.compile(r"\b(krs?|key ?results?|schlüsselergebnis(se)?|ergebnis)\b", re.IGNORECASE)
_OBJECTIVE_WORDS = re.compile(r"(\bo|objectives?|ziele?|goals?)\b", re.IGNORECASE)
_LABEL = re.compile(
    r"\s*(?P<word>O|Obj(?:ective)?|Ziel|KR|Key Result)[ -]?(?P<number>\d+(?:\.\d+)*)\s*[:.)\u2013-]?(?:\s+|$)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*(?P<number>\d+(?:\.\d+)+|\d+(?=[.:)]))[.:)]?(?:\s+|$)")
_NUMBER_CELL = re.compile(r"\s*(?P<number>\d+(?:\.\d+)*)[.:)]?\s*$")


@dataclass(frozen=True, slots=True)
class Item:
    """An objective or a key result as it stands in a row; `labels` are the numbers by which others may name it."""

    kind: str
    title: str
    row: Row
    labels: tuple[str, ...] = ()


Kinds = Callable[[Row], str | None]


def read_items(header: Header, rows: Sequence[Row], log: ImportLog) -> tuple[str, list[Item]]:
    """How the sheet is laid out, in words, and its objectives and key results in order."""
    if {OBJECTIVE, KEY_RESULT} <= header.columns.keys():
        return "one row per key result", _read_wide(header, rows, log)
    name = next(text for text in ("title", OBJECTIVE, KEY_RESULT) if text in header.columns)
    layouts: tuple[tuple[str, Kinds], ...] = (
        ("a row each, told apart by their type", lambda row: _kind_by_word(header.cell(row, "type"))),
        (BY_NUMBER, lambda row: _kind_by_number(_number_of(header, row, name))),
        ("a row each, told apart by their indentation", _kinds_by_indent(header, rows, name)),
    )
    for words, kind_of in layouts:
        kinds = [kind_of(row) for row in rows if header.cell(row, name).strip()]
        understood = {kind for kind in kinds if kind}
        if understood == {OBJECTIVE, KEY_RESULT} and sum(map(bool, kinds)) > len(kinds) / 2:
            return words, _read_long(header, rows, name, (words, kind_of), log)
    log.block(header.row.line, "objectives and key results cannot be told apart: a column Type would tell", name)
    return "not understood", []


def _read_wide(header: Header, rows: Sequence[Row], log: ImportLog) -> list[Item]:
    items: list[Item] = []
    last = ""
    for row in rows:
        objective, key_result = header.cell(row, OBJECTIVE).strip(), header.cell(row, KEY_RESULT).strip()
        if objective and (objective != last or not key_result):
            items.append(_make_item(OBJECTIVE, objective, row))
        last = objective or last
        if key_result and last:
            items.append(_make_item(KEY_RESULT, key_result, row, header.cell(row, "number")))
        elif key_result:
            log.block(row.line, f"the key result {key_result!r} stands under no objective", KEY_RESULT)
        elif not objective:
            log.info(row.line, "holds neither an objective nor a key result, and is left out")
    return items


def _read_long(header: Header, rows: Sequence[Row], name: str, layout: tuple[str, Kinds], log: ImportLog) -> list[Item]:
    words, kind_of = layout
    items: list[Item] = []
    for row in rows:
        title, kind = header.cell(row, name).strip(), kind_of(row)
        if not title or kind is None:
            log.info(row.line, "is neither an objective nor a key result, and is left out", name)
        elif kind == KEY_RESULT and not items:
            log.block(row.line, f"the key result {title!r} stands under no objective", name)
        else:
            number = header.cell(row, "number").strip()
            items.append(_make_item(kind, title, row, number, numbered=not number and words == BY_NUMBER))
    return items


def _make_item(kind: str, title: str, row: Row, number: str = "", *, numbered: bool = False) -> Item:
    """Without the label that stands before the title, which others may name it by.

    A bare number is one only where the rows are `numbered` by it; else it belongs to the title.
    """
    title = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", title)
    match = _LABEL.match(title) or (_NUMBER.match(title) if numbered else None)
    stripped = title[match.end() :].strip() if match else title
    labels = [number.strip(), *([match.group().strip(" :.)\u2013-\t"), match["number"]] if match else [])]
    words = " ".join((stripped or title).lstrip("-\u2013•* ").split())
    return Item(kind, words or title, row, tuple(label for label in labels if label))


def _kind_by_word(cell: str) -> str | None:
    if _KEY_RESULT_WORDS.search(cell):
        return KEY_RESULT
    return OBJECTIVE if _OBJECTIVE_WORDS.search(cell) else None


def _number_of(header: Header, row: Row, name: str) -> str:
    """The number of a row: from its column, else what stands before the title."""
    title = header.cell(row, name)
    match = _LABEL.match(title) or _NUMBER.match(title)
    return header.cell(row, "number").strip() or (match.group() if match else "")


def _kind_by_number(number: str) -> str | None:
    if match := _LABEL.match(number):
        return KEY_RESULT if match["word"].lower().startswith("k") else OBJECTIVE
    plain = _NUMBER_CELL.match(number)
    return None if plain is None else KEY_RESULT if "." in plain["number"] else OBJECTIVE


def _kinds_by_indent(header: Header, rows: Sequence[Row], name: str) -> Kinds:
    min_indent = min((_indent(header.cell(row, name)) for row in rows if header.cell(row, name).strip()), default=0)
    return lambda row: OBJECTIVE if _indent(header.cell(row, name)) == min_indent else KEY_RESULT


def _indent(cell: str) -> int:
    return len(cell) - len(cell.lstrip(" \t\u00a0-\u2013•*"))
