"""From rows to drafted OKRs: every cell is read by what its column holds, and every doubt is told."""

import re
from collections.abc import Sequence
from datetime import date

from hub.sheet_form.asked import Asked
from hub.sheet_form.cells import (
    Part,
    confidence,
    day,
    of_organization,
    parts_of,
    slug,
    unique,
)
from hub.sheet_form.cycles import cycle_of, is_in_cycle
from hub.sheet_form.draft import Draft, DraftKeyResult, DraftObjective
from hub.sheet_form.grid import Row
from hub.sheet_form.headers import Header, folded
from hub.sheet_form.holders import settle
from hub.sheet_form.layout import KEY_RESULT, OBJECTIVE, Item, items_of
from hub.sheet_form.links import Names, join
from hub.sheet_form.measures import Measures
from hub.sheet_form.missing import ask_about_numbers, ask_about_targets
from hub.sheet_form.persons import first_name_first, split_persons
from hub.sheet_form.statuses import says_no_confidence, status_confidence
from hub.sheet_form.told import Notes
from hub.sheet_form.visibility import is_private


def draft_of(header: Header, rows: Sequence[Row], asked: Asked, notes: Notes) -> tuple[str, Draft | None]:
    """How the sheet is laid out, and the OKRs; None where no cycle is known."""
    cycle = cycle_of(header, rows, asked, notes)
    kept = [row for row in rows if cycle is None or is_in_cycle(header, row, cycle, asked, notes)]
    layout, items = items_of(header, kept, notes)
    if cycle is None:
        return layout, None
    builder = _Builder(header, [item.row for item in items], asked, notes)
    for item in items:
        builder.add(item)
    draft = Draft(cycle, builder.objectives)
    ask_about_numbers(header, rows, draft, notes)
    ask_about_targets(header, draft, asked, notes)
    settle(draft, notes, header.places.keys())
    _hide(draft, notes)
    join(draft, builder.names, notes)
    return layout, draft


def _hide(draft: Draft, notes: Notes) -> None:
    """What stands under a private objective is private, unless it says otherwise; the objective itself can't be."""
    for objective in (one for one in draft.objectives if one.private):
        for one in objective.key_results:
            one.private = True if one.private is None else one.private
        told = f"{objective.title!r} is private: its key results are, but the title of an objective is always shown"
        notes.say(objective.line, told, "visibility")


class _Builder:
    """Fills objectives and key results one row after another."""

    def __init__(self, header: Header, rows: Sequence[Row], asked: Asked, notes: Notes) -> None:
        self.objectives: list[DraftObjective] = []
        self.names = Names()
        self._header = header
        self._asked = asked
        self._notes = notes
        self._measures = Measures(header, rows, asked.decimal, notes)
        self._confidences = [header.cell(row, "confidence") for row in rows]
        self._ids: set[str] = set()
        self._told_scale = False

    def add(self, item: Item) -> None:
        """One row."""
        if item.kind == OBJECTIVE:
            self._objective(item)
        else:
            self._key_result(item)

    def _objective(self, item: Item) -> None:
        known = next((one for one in self.objectives if one.title.casefold() == item.title.casefold()), None)
        if known is not None:
            # The rows that follow belong to it, wherever it stood first.
            self.objectives.remove(known)
            self.objectives.append(known)
            return
        # In a row of its own an objective has cells of its own; in a key result's row they are the key result's.
        own = not self._cell(item.row, KEY_RESULT) or KEY_RESULT not in self._header.places
        made = DraftObjective(self._id(item, own=own), item.title, item.row.line)
        if own:
            made.teams = [*parts_of(self._cell(item.row, "team")), *self._owners(item.row)]
            made.aligns_to = _names(self._cell(item.row, "aligns_to"))
            made.of_organization = of_organization(self._cell(item.row, "type"))
            made.private = self._private(item.row)
        self.objectives.append(made)
        self.names.add(made.id, item.title, item.labels, objective=True)
        self._notes.sample(self._column(item), item.title, f"objective {made.id}")

    def _key_result(self, item: Item) -> None:
        row = item.row
        made = DraftKeyResult(self._id(item, own=True), item.title, row.line)
        self._measures.fill(made, row)
        self._sureness(made, row)
        made.due = self._day(row, "due")
        made.private = self._private(row)
        for name, kept in (("team", made.teams), ("owner", made.owners), ("shares", made.shares)):
            kept.extend(self._owners(row) if name == "owner" else parts_of(self._cell(row, name)))
            self._notes.sample(name, self._cell(row, name), " + ".join(_told(part) for part in kept))
        made.aligns_to = _names(self._cell(row, "aligns_to"))
        self.objectives[-1].key_results.append(made)
        self.names.add(made.id, item.title, item.labels, objective=False)
        self._notes.sample(self._column(item), item.title, f"key result {made.id}")

    def _owners(self, row: Row) -> list[Part]:
        """The teams among those that own it; a column that is called after teams holds nothing else."""
        said = self._asked.owners or ("teams" if "team" in folded(self._header.title("owner")) else None)
        teams, persons = split_persons(parts_of(first_name_first(self._cell(row, "owner"))), said)
        if persons:
            told = f"{', '.join(persons)}: a person, and no team comes of it (--owners teams takes all for teams)"
            self._notes.say(row.line, told, "owner")
        return teams

    def _private(self, row: Row) -> bool | None:
        """Whether only some may see it; a word that is not known counts as private, so that nothing is revealed."""
        cell = self._cell(row, "visibility")
        try:
            found = is_private(self._header.title("visibility"), cell)
        except ValueError as error:
            self._notes.say(row.line, f"{cell!r} {error}, and is taken as private", "visibility")
            return True
        if found is not None:
            self._notes.sample("visibility", cell, "private" if found else "public")
        return found

    def _sureness(self, made: DraftKeyResult, row: Row) -> None:
        """A confidence that is told counts; without one a status does, as a check-in that says so."""
        cell, status = self._cell(row, "confidence"), self._cell(row, "status")
        meant = status_confidence(cell)
        if cell:
            try:
                made.confidence = meant if meant is not None else confidence(cell, self._confidences)
                self._notes.sample("confidence", cell, f"{made.confidence:g}")
                self._say_scale(row, cell, made.confidence)
            except ValueError:
                self._notes.say(row.line, f"{cell!r} is no confidence, and is left out", "confidence")
        if not status:
            return
        meant = status_confidence(status)
        if made.confidence is not None:
            self._notes.sample("status", status, "left out: the confidence counts")
        elif meant is None and says_no_confidence(status):
            self._notes.sample("status", status, "left out: it says nothing of how sure people are")
        elif meant is None:
            self._notes.say(row.line, f"{status!r} is no status that is known, and is left out", "status")
        else:
            made.confidence, made.said = meant, f"status {status}"
            made.said_on = self._day(row, "as_of") or self._asked.today
            self._notes.sample("status", status, f"a check-in of {made.said_on} with confidence {meant:g}")

    def _say_scale(self, row: Row, cell: str, read: float) -> None:
        """A 7 is 0.7 where no value of the column is above ten: worth a word, once."""
        if cell.replace(",", ".") != f"{read:g}" and re.fullmatch(r"[\d.,]+", cell) and not self._told_scale:
            self._told_scale = True
            told = f"{cell!r} is read as {read:g}, for the largest value of the column says of what it is a part"
            self._notes.say(row.line, told, "confidence")

    def _day(self, row: Row, name: str) -> date | None:
        cell = self._cell(row, name)
        if not cell:
            return None
        try:
            found = day(cell)
        except ValueError as error:
            why = str(error) if str(error).startswith("could be") else "is no day that is known"
            self._notes.say(row.line, f"{cell!r} {why}, and is left out", name)
            return None
        became = f"a comment: due {found}" if name == "due" else f"the day of the check-in: {found}"
        self._notes.sample(name, cell, became)
        return found

    def _id(self, item: Item, *, own: bool) -> str:
        """The id that stands in the row, else one of the title."""
        given = self._cell(item.row, "id") if own else ""
        wanted = slug(given or item.title, "objective" if item.kind == OBJECTIVE else "key-result")
        found = unique(wanted, self._ids)
        self._ids.add(found)
        if given:
            self._notes.sample("id", given, found)
            self.names.add(found, given, (), objective=item.kind == OBJECTIVE)
        return found

    def _cell(self, row: Row, name: str) -> str:
        return self._header.cell(row, name).strip()

    def _column(self, item: Item) -> str:
        return (
            item.kind
            if item.kind in self._header.places
            else "title"
            if "title" in self._header.places
            else (OBJECTIVE if OBJECTIVE in self._header.places else KEY_RESULT)
        )


def _names(cell: str) -> list[str]:
    return [name.strip() for name in re.split(r"[;\n|]", cell) if name.strip()]


def _told(part: object) -> str:
    name, share = getattr(part, "name", ""), getattr(part, "share", None)
    return name if share is None else f"{name} {share:g} %"
