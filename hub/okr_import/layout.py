"""Which rows are objectives and key results, and which stand under which."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from hub.okr_import.draft import ImportLog
from hub.okr_import.headers import Header, Row
from hub.okr_import.references import plain_name, split_references

OBJECTIVE, KEY_RESULT = "objective", "key_result"
BY_NUMBER = "a row each, told apart by their numbers"
_KEY_RESULT_WORDS = re.compile(r"\b(krs?|key ?results?|milestones?|schlüsselergebnis(se)?|ergebnis)\b", re.IGNORECASE)
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


def read_items(
    header: Header, rows: Sequence[Row], left_out: Collection[int], log: ImportLog
) -> tuple[str, list[Item]]:
    """How the sheet is laid out, in words, and its objectives and key results in order.

    Rows on the lines `left_out` are of another cycle: nothing comes of them, and what stands under an objective among
    them goes under no other.
    """
    if {OBJECTIVE, KEY_RESULT} <= header.columns.keys():
        return "one row per key result", _read_wide(header, rows, left_out, log)
    name = next(text for text in ("title", OBJECTIVE, KEY_RESULT) if text in header.columns)
    layouts: tuple[tuple[str, Kinds], ...] = (
        ("a row each, told apart by their type", lambda row: _kind_by_word(header.cell(row, "type"))),
        (BY_NUMBER, lambda row: _kind_by_number(_number_of(header, row, name))),
        ("a row each, told apart by their indentation", _kinds_by_indent(header, rows, name)),
        ("a row each, told apart by their parents", _kinds_by_parent(header, rows, name)),
    )
    for words, kind_of in layouts:
        kinds = [kind_of(row) for row in rows if header.cell(row, name).strip()]
        understood = {kind for kind in kinds if kind}
        if understood == {OBJECTIVE, KEY_RESULT} and sum(map(bool, kinds)) > len(kinds) / 2:
            return words, _read_long(header, rows, name, (words, kind_of), (left_out, log))
    log.block(header.row.line, "objectives and key results cannot be told apart: a column Type would tell", name)
    return "not understood", []


def _read_wide(header: Header, rows: Sequence[Row], left_out: Collection[int], log: ImportLog) -> list[Item]:
    items: list[Item] = []
    last = made = ""
    for row in rows:
        objective, key_result = header.cell(row, OBJECTIVE).strip(), header.cell(row, KEY_RESULT).strip()
        last = objective or last
        if row.line in left_out:
            continue
        if (objective and not key_result) or (last != made and (objective or key_result)):
            items.append(_make_item(OBJECTIVE, last, row))
            made = last
        if key_result and last:
            items.append(_make_item(KEY_RESULT, key_result, row, header.cell(row, "number")))
        elif key_result:
            log.block(row.line, f"the key result {key_result!r} stands under no objective", KEY_RESULT)
        elif not objective:
            log.info(row.line, "holds neither an objective nor a key result, and is left out")
    return items


def _read_long(
    header: Header,
    rows: Sequence[Row],
    name: str,
    layout: tuple[str, Kinds],
    scope: tuple[Collection[int], ImportLog],
) -> list[Item]:
    (words, kind_of), (left_out, log) = layout, scope
    items: list[Item] = []
    for row in rows:
        title, kind = header.cell(row, name).strip(), kind_of(row)
        if title and kind is not None:
            number = header.cell(row, "number").strip()
            items.append(_make_item(kind, title, row, number, numbered=not number and words == BY_NUMBER))
        elif row.line not in left_out:
            log.info(row.line, "is neither an objective nor a key result, and is left out", name)
    return _under_parents(header, items, name, left_out, log)


def _under_parents(
    header: Header, items: Sequence[Item], name: str, left_out: Collection[int], log: ImportLog
) -> list[Item]:
    """Each key result after the objective that it names as its parent, else after the last one before it."""
    objectives = _objectives_by_name(header, items, left_out)
    children: dict[int, list[Item]] = {id(item): [] for item in items if item.kind == OBJECTIVE}
    known = {plain_name(text) for item in items for text in (header.cell(item.row, "id"), item.title, *item.labels)}
    last: Item | None = None
    for item in items:
        if item.kind == OBJECTIVE:
            last = item
            continue
        if item.row.line in left_out:
            continue
        parents = (objectives.get(name) for name in _parents_of(header, item.row))
        above = next((parent for parent in parents if parent is not None), None)
        if above is None and (unknown := _unknown_parent(header, item.row, known)):
            message = (
                f"the parent {unknown!r} of {item.title!r} is not in this sheet: correct it, or leave the cell empty"
            )
            log.block(item.row.line, message, "parent")
            continue
        above = above or last
        if above is not None and above.row.line in left_out:
            message = f"stands under {above.title!r}, which is left out, and is left out as well"
            log.info(item.row.line, message, name)
        elif above is None:
            log.block(item.row.line, f"the key result {item.title!r} stands under no objective", name)
        else:
            children[id(above)].append(item)
    included = (item for item in items if item.kind == OBJECTIVE and item.row.line not in left_out)
    return [entry for item in included for entry in (item, *children[id(item)])]


def _objectives_by_name(header: Header, items: Sequence[Item], left_out: Collection[int]) -> dict[str, Item]:
    """An objective may stand in the sheet for each cycle: the one that is taken is meant."""
    objectives: dict[str, Item] = {}
    for item in sorted(items, key=lambda item: item.row.line in left_out):
        if item.kind == OBJECTIVE:
            for text in (header.cell(item.row, "id"), item.title, *item.labels):
                objectives.setdefault(plain_name(text), item)
    return objectives


def _parents_of(header: Header, row: Row) -> list[str]:
    """What its parents may be called: a title may hold commas, and so may a list of ids."""
    names = split_references(header.cell(row, "parent"))
    return [plain_name(text) for name in names for text in (name, *(part.strip() for part in name.split(",")))]


def _unknown_parent(header: Header, row: Row, known: Collection[str]) -> str:
    """What the row names as its parent, where the sheet has no row of that name."""
    cell = header.cell(row, "parent").strip()
    return "" if any(name in known for name in _parents_of(header, row)) else cell


def _kinds_by_parent(header: Header, rows: Sequence[Row], name: str) -> Kinds:
    """A row that names a parent of the sheet is a key result where it has a target, or is nobody's parent itself."""
    titled = [row for row in rows if header.cell(row, name).strip()]
    known = {
        plain_name(text) for row in titled for text in (header.cell(row, "id"), header.cell(row, name)) if text.strip()
    }
    parents = {row.line: set(_parents_of(header, row)) for row in titled}
    named = {text for names in parents.values() for text in names}

    def kind_of(row: Row) -> str:
        own = {plain_name(header.cell(row, "id")), plain_name(header.cell(row, name))} - {""}
        is_result = bool(header.cell(row, "target").strip()) or not own & named
        return KEY_RESULT if parents.get(row.line, set()) & known and is_result else OBJECTIVE

    return kind_of


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
