"""A ticket's words as the table that would stand in an OKR file, checked by the same shapes."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from hub.model.okr import Team
from hub.model.okr_row import OkrKind, OkrRow
from hub.model.okr_words import OF_KEY_RESULTS, OF_OBJECTIVES
from hub.okr_form.shapes import KeyResultShape, ObjectiveShape
from hub.okr_form.ticket_words import ONCE, SEVERAL, Table, names
from hub.toml.document import TomlFile
from hub.toml.validation_errors import file_problems

TEAM_LISTS = ("owners", "audience", "teams")


class Faulty(ValueError):
    """What a ticket says cannot be understood; the text tells people what, and `word` which of its words alone."""

    def __init__(self, what: str, word: str) -> None:
        super().__init__(what)
        self.word = word


def id_of(row: OkrRow) -> str:
    """The id that the ticket states, by a line, a field or a label; else one made of its key."""
    said = row.said("id")
    stated = said[-1] if said else row.id_label
    return stated.strip().casefold() if stated else re.sub(r"[^a-z0-9._-]+", "-", row.key.casefold()).strip("-._")


def objective_shape(row: OkrRow, id_: str, teams: Mapping[str, Team]) -> ObjectiveShape:
    """The objective; without a word on teams it is the team's that owns the place of the ticket."""
    table = _table(row, OF_OBJECTIVES, teams)
    if not row.said("teams"):
        table["teams"] = [owner] if (owner := _owner(row, teams)) else []
    table["aligns_to"] = [name for text in row.said("aligns_to") for name in names(text)]
    shape: ObjectiveShape = _checked(ObjectiveShape, row, id_, table)
    return shape


def key_result_shape(row: OkrRow, id_: str, teams: Mapping[str, Team]) -> KeyResultShape:
    """The key result; its address is the ticket."""
    table = _table(row, OF_KEY_RESULTS, teams)
    shape: KeyResultShape = _checked(KeyResultShape, row, id_, table | {"url": row.url})
    return shape


def _table(row: OkrRow, words: tuple[str, ...], teams: Mapping[str, Team]) -> Table:
    table: Table = {}
    for word in words:
        if not (said := row.said(word)):
            continue
        if word in SEVERAL:
            table[word] = [one for text in said for one in _read(word, text, SEVERAL[word])]
        else:
            table[word] = _read(word, said[-1], ONCE[word])
    return _with_ids(table, teams)


def _read(word: str, text: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(text)
    except (ValueError, OverflowError) as wrong:
        raise Faulty(f"{word}: {wrong}", word) from None


def _with_ids(table: Table, teams: Mapping[str, Team]) -> Table:
    """Teams may be called by their names as well."""
    called = {team.name.casefold(): team.id for team in teams.values()} | {id_: id_ for id_ in teams}
    for word in TEAM_LISTS:
        if word in table:
            table[word] = [called.get(name, name) for name in table[word]]
    for word in ("contributions", "depends_on"):
        for one in table.get(word, ()):
            one["team"] = called.get(one["team"], one["team"])
    return table


def _owner(row: OkrRow, teams: Mapping[str, Team]) -> str | None:
    """The team that owns the first of the ticket's containers that anybody owns, as for any work."""
    owner = {place.casefold(): team.id for team in teams.values() for place in team.owns}
    named = (owner.get(f"{row.connector}:{place}".casefold()) for place in row.containers)
    return next((name for name in named if name), None)


def _checked(shape: type[Any], row: OkrRow, id_: str, table: Table) -> Any:
    try:
        return shape.model_validate({"id": id_, "title": row.title, **table})
    except ValidationError as error:
        nowhere = TomlFile(row.place, table, {})
        problems = file_problems(error, nowhere, (), shape)
        words = dict.fromkeys(re.split(r"[.\[]", one.key)[0] for one in problems)
        raise Faulty("; ".join(f"{one.key}: {one.what}" for one in problems), ", ".join(filter(None, words))) from None


def is_objective(row: OkrRow) -> bool:
    """Whether the ticket is an objective."""
    return row.kind is OkrKind.OBJECTIVE
