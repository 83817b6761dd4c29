"""Builds drafted OKRs from rows: each cell read by what its column holds, within the cycle of the sheet."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from hub.okr_import.cell_parsers import (
    Part,
    Period,
    is_neutral_status,
    is_of_organization,
    make_slug,
    make_unique,
    parse_confidence,
    parse_day,
    parse_leading_period,
    parse_parts,
    parse_period,
    quarter_of,
    status_confidence,
)
from hub.okr_import.draft import Draft, DraftKeyResult, DraftObjective, ImportLog, ImportOptions
from hub.okr_import.headers import Header, Row, normalize_header
from hub.okr_import.layout import KEY_RESULT, OBJECTIVE, Item, read_items
from hub.okr_import.measures import Measures
from hub.okr_import.numeric_columns import check_missing_targets, check_unread_numbers
from hub.okr_import.ownership import is_private, resolve_ownership
from hub.okr_import.persons import first_name_first, split_persons
from hub.okr_import.references import Names, resolve_alignments, split_references

TAKE, SKIP = "take", "skip"


def choose_cycle(header: Header, rows: Sequence[Row], options: ImportOptions, log: ImportLog) -> Period | None:
    """The cycle that was asked for, else the one that all rows are of, by their cycle or their due day."""
    if options.cycle is not None:
        return parse_period(options.cycle)
    periods = {each_period.id: each_period for each_period in _periods(header, rows)}
    if len(periods) == 1:
        each_period = next(iter(periods.values()))
        log.info(header.row.line, f"the cycle is {each_period.id}, by the rows' own cycle or due days", "cycle")
        return each_period
    message = f"the rows are of several cycles ({', '.join(sorted(periods))})" if periods else "no cycle is named"
    log.block(header.row.line, f"{message}: say which with --cycle 2026-Q4", "cycle")
    return None


def is_in_cycle(header: Header, row: Row, cycle: Period, options: ImportOptions, log: ImportLog) -> bool:
    """Whether the row is taken."""
    cell = header.cell(row, "cycle").strip()
    if not cell:
        return True
    try:
        other = parse_leading_period(cell)
    except ValueError as error:
        return _apply_unclear_cycle(f"{cell!r} {error}", row, cycle, options, log)
    if other.id != cycle.id:
        log.info(row.line, f"is of {other.id}, and is left out", "cycle")
    else:
        log.sample("cycle", cell, cycle.id)
    return other.id == cycle.id


def _apply_unclear_cycle(message: str, row: Row, cycle: Period, options: ImportOptions, log: ImportLog) -> bool:
    if options.unclear_cycle is None:
        ask = f"--unclear-cycle {TAKE} takes such rows into {cycle.id}, --unclear-cycle {SKIP} leaves them out"
        log.block(row.line, f"{message}; {ask}", "cycle")
        return True
    is_included = options.unclear_cycle == TAKE
    done = f"is taken into {cycle.id}" if is_included else "is left out"
    log.info(row.line, f"{message}; the row {done}, as --unclear-cycle says", "cycle")
    return is_included


def _periods(header: Header, rows: Sequence[Row]) -> Iterable[Period]:
    for row in rows:
        cell, due = header.cell(row, "cycle").strip(), header.cell(row, "due").strip()
        try:
            if cell:
                yield parse_leading_period(cell)
            elif due and "cycle" not in header.columns:
                yield quarter_of(parse_day(due))
        except ValueError:
            continue


def build_draft(
    header: Header, rows: Sequence[Row], options: ImportOptions, log: ImportLog
) -> tuple[str, Draft | None]:
    """How the sheet is laid out, and the OKRs; None where no cycle is known."""
    cycle = choose_cycle(header, rows, options, log)
    left_out = {row.line for row in rows if cycle is not None and not is_in_cycle(header, row, cycle, options, log)}
    _report_cells_beyond(header, rows, log)
    layout, items = read_items(header, rows, left_out, log)
    if cycle is None:
        return layout, None
    builder = _DraftBuilder(header, [item.row for item in items], options, log)
    for item in items:
        builder.add(item)
    draft = Draft(cycle, builder.objectives)
    check_unread_numbers(header, rows, draft, log)
    check_missing_targets(header, draft, options, log)
    resolve_ownership(draft, log, header.columns.keys())
    _apply_private_objectives(draft, log)
    resolve_alignments(draft, builder.names, log)
    return layout, draft


def _report_cells_beyond(header: Header, rows: Sequence[Row], log: ImportLog) -> None:
    """What stands to the right of the last header is read by nothing; a comma that is not quoted moves cells there."""
    width = len(header.row.cells)
    beyond = [(row.line, cell.strip()) for row in rows for cell in row.cells[width:] if cell.strip()]
    if beyond:
        line, cell = beyond[0]
        count = len({line for line, _ in beyond})
        where = "the row holds" if count == 1 else f"{count} rows hold"
        log.info(line, f"{where} cells beyond the last column of the header, which are left out, such as {cell!r}")


def _apply_private_objectives(draft: Draft, log: ImportLog) -> None:
    """What stands under a private objective is private, unless it says otherwise; the objective itself can't be."""
    for objective in (objective for objective in draft.objectives if objective.private):
        for key_result in objective.key_results:
            key_result.private = True if key_result.private is None else key_result.private
        message = f"{objective.title!r} is private: its key results are, but the title of an objective is always shown"
        log.info(objective.line, message, "visibility")


class _DraftBuilder:
    """Fills objectives and key results one row after another."""

    def __init__(self, header: Header, rows: Sequence[Row], options: ImportOptions, log: ImportLog) -> None:
        self.objectives: list[DraftObjective] = []
        self.names = Names()
        self._header = header
        self._options = options
        self._log = log
        self._measures = Measures(header, rows, options.decimal, log)
        self._confidences = [header.cell(row, "confidence") for row in rows]
        self._ids: set[str] = set()
        self._stated_ids: dict[str, str] = {}
        self._scale_reported = False

    def add(self, item: Item) -> None:
        """One row."""
        if item.kind == OBJECTIVE:
            self._objective(item)
        else:
            self._key_result(item)

    def _objective(self, item: Item) -> None:
        # In a row of its own an objective has cells of its own; in a key result's row they are the key result's.
        own = not self._cell(item.row, KEY_RESULT) or KEY_RESULT not in self._header.columns
        known = self._known_objective(item, self._cell(item.row, "id") if own else "")
        if known is not None:
            # The rows that follow belong to it, wherever it stood first.
            self.objectives.remove(known)
            self.objectives.append(known)
            return
        objective = DraftObjective(self._make_id(item, own=own), item.title, item.row.line)
        if own:
            objective.teams = [*parse_parts(self._cell(item.row, "team")), *self._read_owners(item.row)]
            objective.aligns_to = self._references(item.row)
            objective.of_organization = is_of_organization(self._cell(item.row, "type"))
            objective.private = self._read_visibility(item.row)
        self.objectives.append(objective)
        self.names.add(objective.id, item.title, item.labels, objective=True)
        self._log.sample(self._column(item), item.title, f"objective {objective.id}")

    def _known_objective(self, item: Item, stated_id: str) -> DraftObjective | None:
        """The one of the same title, unless both state ids and they differ: then it is another."""
        for objective in reversed(self.objectives):
            other_id = self._stated_ids.get(objective.id, "")
            differs = stated_id and other_id and stated_id.casefold() != other_id.casefold()
            if objective.title.casefold() == item.title.casefold() and not differs:
                return objective
        return None

    def _key_result(self, item: Item) -> None:
        row = item.row
        key_result = DraftKeyResult(self._make_id(item, own=True), item.title, row.line)
        self._measures.fill(key_result, row)
        self._set_confidence(key_result, row)
        key_result.due = self._read_day(row, "due")
        key_result.private = self._read_visibility(row)
        for name, parts in (("team", key_result.teams), ("owner", key_result.owners), ("shares", key_result.shares)):
            parts.extend(self._read_owners(row) if name == "owner" else parse_parts(self._cell(row, name)))
            self._log.sample(name, self._cell(row, name), " + ".join(_part_text(part) for part in parts))
        own = self.objectives[-1].id
        key_result.aligns_to = [name for name in self._references(row) if self.names.objective_of(name) != own]
        self.objectives[-1].key_results.append(key_result)
        self.names.add(key_result.id, item.title, item.labels, objective=False)
        self._log.sample(self._column(item), item.title, f"key result {key_result.id}")

    def _read_owners(self, row: Row) -> list[Part]:
        """The teams among those that own it; a column that is called after teams holds nothing else."""
        owner_kind = self._options.owners or (
            "teams" if "team" in normalize_header(self._header.title("owner")) else None
        )
        teams, persons = split_persons(parse_parts(first_name_first(self._cell(row, "owner"))), owner_kind)
        if persons:
            message = f"{', '.join(persons)}: a person, and no team comes of it (--owners teams takes all for teams)"
            self._log.info(row.line, message, "owner")
        return teams

    def _read_visibility(self, row: Row) -> bool | None:
        """Whether only some may see it; a word that is not known counts as private, so that nothing is revealed."""
        cell = self._cell(row, "visibility")
        try:
            private = is_private(self._header.title("visibility"), cell)
        except ValueError as error:
            self._log.info(row.line, f"{cell!r} {error}, and is taken as private", "visibility")
            return True
        if private is not None:
            self._log.sample("visibility", cell, "private" if private else "public")
        return private

    def _set_confidence(self, key_result: DraftKeyResult, row: Row) -> None:
        """A confidence that is told counts; without one a status does, as a check-in that says so."""
        cell, status = self._cell(row, "confidence"), self._cell(row, "status")
        from_status = status_confidence(cell)
        if cell:
            try:
                key_result.confidence = (
                    from_status if from_status is not None else parse_confidence(cell, self._confidences)
                )
                self._log.sample("confidence", cell, f"{key_result.confidence:g}")
                self._report_scale(row, cell, key_result.confidence)
            except ValueError:
                self._log.info(row.line, f"{cell!r} is no confidence, and is left out", "confidence")
        if not status:
            return
        from_status = status_confidence(status)
        if key_result.confidence is not None:
            self._log.sample("status", status, "left out: the confidence counts")
        elif from_status is None and is_neutral_status(status):
            self._log.sample("status", status, "left out: it says nothing of how sure people are")
        elif from_status is None:
            self._log.info(row.line, f"{status!r} is no status that is known, and is left out", "status")
        else:
            key_result.confidence, key_result.check_in_note = from_status, f"status {status}"
            key_result.check_in_date = self._read_day(row, "as_of") or self._options.today
            self._log.sample(
                "status", status, f"a check-in of {key_result.check_in_date} with confidence {from_status:g}"
            )

    def _report_scale(self, row: Row, cell: str, read: float) -> None:
        """A 7 is 0.7 where no value of the column is above ten: worth a word, once."""
        if cell.replace(",", ".") != f"{read:g}" and re.fullmatch(r"[\d.,]+", cell) and not self._scale_reported:
            self._scale_reported = True
            message = f"{cell!r} is read as {read:g}, for the largest value of the column says of what it is a part"
            self._log.info(row.line, message, "confidence")

    def _references(self, row: Row) -> list[str]:
        """What the row is aligned to: a parent that is not its own objective is what it is there for."""
        return [name for field in ("aligns_to", "parent") for name in split_references(self._cell(row, field))]

    def _read_day(self, row: Row, name: str) -> date | None:
        cell = self._cell(row, name)
        if not cell:
            return None
        try:
            parsed = parse_day(cell)
        except ValueError as error:
            reason = str(error) if str(error).startswith("could be") else "is no day that is known"
            self._log.info(row.line, f"{cell!r} {reason}, and is left out", name)
            return None
        became = f"a comment: due {parsed}" if name == "due" else f"the day of the check-in: {parsed}"
        self._log.sample(name, cell, became)
        return parsed

    def _make_id(self, item: Item, *, own: bool) -> str:
        """The id that stands in the row, else one of the title."""
        stated_id = self._cell(item.row, "id") if own else ""
        base_id = make_slug(stated_id or item.title, "objective" if item.kind == OBJECTIVE else "key-result")
        unique_id = make_unique(base_id, self._ids)
        self._ids.add(unique_id)
        if stated_id:
            if stated_id.casefold() in map(str.casefold, self._stated_ids.values()):
                text = f"the id {stated_id!r} is another row's, too: this one becomes {unique_id!r}"
                self._log.info(item.row.line, text, "id")
            self._stated_ids[unique_id] = stated_id
            self._log.sample("id", stated_id, unique_id)
            self.names.add(unique_id, stated_id, (), objective=item.kind == OBJECTIVE)
        return unique_id

    def _cell(self, row: Row, name: str) -> str:
        return self._header.cell(row, name).strip()

    def _column(self, item: Item) -> str:
        titled = (item.kind, "title", OBJECTIVE)
        return next((name for name in titled if name in self._header.columns), KEY_RESULT)


def _part_text(part: object) -> str:
    name, share = getattr(part, "name", ""), getattr(part, "share", None)
    return name if share is None else f"{name} {share:g} %"
