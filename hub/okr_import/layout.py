"""Which rows are objectives and key results, and how they are linked by id, number or title."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from hub.model.text import closest
from hub.okr_import.draft import Draft, DraftObjective, ImportLog
from hub.okr_import.headers import Header, Row

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
    objectives: dict[str, Item] = {}
    # An objective may stand in the sheet for each cycle: the one that is taken is meant.
    for item in sorted(items, key=lambda item: item.row.line in left_out):
        if item.kind == OBJECTIVE:
            for text in (header.cell(item.row, "id"), item.title, *item.labels):
                objectives.setdefault(_plain(text), item)
    children: dict[int, list[Item]] = {id(item): [] for item in items if item.kind == OBJECTIVE}
    last: Item | None = None
    for item in items:
        if item.kind == OBJECTIVE:
            last = item
            continue
        if item.row.line in left_out:
            continue
        parents = (objectives.get(name) for name in _parents_of(header, item.row))
        above = next((parent for parent in parents if parent is not None), last)
        if above is not None and above.row.line in left_out:
            message = f"stands under {above.title!r}, which is left out, and is left out as well"
            log.info(item.row.line, message, name)
        elif above is None:
            log.block(item.row.line, f"the key result {item.title!r} stands under no objective", name)
        else:
            children[id(above)].append(item)
    included = (item for item in items if item.kind == OBJECTIVE and item.row.line not in left_out)
    return [entry for item in included for entry in (item, *children[id(item)])]


def _parents_of(header: Header, row: Row) -> list[str]:
    """What its parents may be called: a title may hold commas, and so may a list of ids."""
    names = split_references(header.cell(row, "parent"))
    return [_plain(text) for name in names for text in (name, *(part.strip() for part in name.split(",")))]


def split_references(cell: str) -> list[str]:
    """What a cell names, after semicolons, bars and line breaks."""
    return [name.strip() for name in re.split(r"[;\n|]", cell) if name.strip()]


def _kinds_by_parent(header: Header, rows: Sequence[Row], name: str) -> Kinds:
    """A row that names a parent of the sheet is a key result where it has a target, or is nobody's parent itself."""
    titled = [row for row in rows if header.cell(row, name).strip()]
    known = {
        _plain(text) for row in titled for text in (header.cell(row, "id"), header.cell(row, name)) if text.strip()
    }
    parents = {row.line: set(_parents_of(header, row)) for row in titled}
    named = {text for names in parents.values() for text in names}

    def kind_of(row: Row) -> str:
        own = {_plain(header.cell(row, "id")), _plain(header.cell(row, name))} - {""}
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


@dataclass(slots=True)
class Names:
    """Everything that an objective or a key result may be called, and its id."""

    objectives: dict[str, str] = field(default_factory=dict)
    key_results: dict[str, str] = field(default_factory=dict)

    def objective_of(self, name: str) -> str | None:
        """The id of the objective of that name."""
        return self.objectives.get(_plain(name))

    def add(self, id_: str, title: str, labels: Iterable[str], *, objective: bool) -> None:
        """One more; what came first keeps a name that both have."""
        known = self.objectives if objective else self.key_results
        for name in (id_, title, *labels):
            known.setdefault(_plain(name), id_)


def resolve_alignments(draft: Draft, names: Names, log: ImportLog) -> None:
    """Turn what the rows say into ids: key result to key result, or objective to objective; all else is told."""
    known_ids = {
        id_
        for objective in draft.objectives
        for id_ in (objective.id, *(key_result.id for key_result in objective.key_results))
    }
    for objective in draft.objectives:
        references = list(objective.aligns_to)
        for key_result in objective.key_results:
            leads = _resolve(key_result.aligns_to, names, known_ids, (key_result.line, log))
            key_result.aligns_to = [id_ for kind, id_ in leads if kind == "key result" and id_ != key_result.id]
            objective_ids = [id_ for kind, id_ in leads if kind == "objective"]
            if objective_ids:
                message = (
                    f"{key_result.title!r} is aligned to an objective: its own objective is linked, not the key result"
                )
                log.info(key_result.line, message, "aligns_to")
            references += objective_ids
        targets = _resolve(references, names, known_ids, (objective.line, log))
        _align_below([id_ for kind, id_ in targets if kind == "key result"], objective, log)
        ids = [id_ for kind, id_ in targets if kind == "objective" and id_ != objective.id]
        objective.aligns_to = list(dict.fromkeys(ids))


def _align_below(key_results: Sequence[str], objective: DraftObjective, log: ImportLog) -> None:
    """An objective cannot be aligned to a key result: its key results are, unless they say otherwise themselves."""
    if not key_results:
        return
    below = [key_result for key_result in objective.key_results if not key_result.aligns_to]
    for key_result in below:
        key_result.aligns_to = [id_ for id_ in dict.fromkeys(key_results) if id_ != key_result.id]
    done = (
        f"its {len(below)} key results are linked to it" if below else "it has no key results to link, and is left out"
    )
    log.info(objective.line, f"{objective.title!r} is aligned to a key result: {done}", "aligns_to")


def _resolve(
    references: Iterable[str], names: Names, known_ids: Collection[str], origin: tuple[int, ImportLog]
) -> list[tuple[str, str]]:
    """The kinds and ids of what is named; what isn't in the sheet, or was left out of the import, is told."""
    line, log = origin
    targets: dict[tuple[str, str], None] = {}
    for name in references:
        for reference in _split_names(name, names):
            target = _find(reference, names)
            if target is None:
                suggestions = closest(reference, [*names.key_results, *names.objectives])
                hint = f"; the closest is {suggestions[0]!r}" if suggestions else ""
                log.info(line, f"{reference!r} is not in this sheet, and the link is left out{hint}", "aligns_to")
            elif target[1] not in known_ids:
                log.info(line, f"{reference!r} is left out of the import, and the link to it as well", "aligns_to")
            else:
                targets[target] = None
                log.sample("aligns_to", reference, f"{target[0]} {target[1]}")
    return list(targets)


def _split_names(name: str, names: Names) -> list[str]:
    """A title may hold commas: only what is no name as a whole is taken apart."""
    if _find(name, names) is not None or "," not in name:
        return [name]
    parts = [part.strip() for part in name.split(",") if part.strip()]
    return parts if any(_find(part, names) for part in parts) else [name]


def _find(name: str, names: Names) -> tuple[str, str] | None:
    plain = _plain(name)
    if plain in names.key_results:
        return "key result", names.key_results[plain]
    return ("objective", names.objectives[plain]) if plain in names.objectives else None


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace(" ", " ").split())
