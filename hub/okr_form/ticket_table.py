"""A ticket's words as the table that would stand in an OKR file, checked by the same shapes."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from hub.model.okr import Team
from hub.model.okr_row import OkrKind, OkrTicket
from hub.model.okr_words import KEY_RESULT_FIELDS, OBJECTIVE_FIELDS
from hub.okr_form.shapes import KeyResultTable, ObjectiveTable
from hub.okr_form.ticket_words import LIST_FIELDS, SINGLE_FIELDS, Table, parse_names
from hub.toml.document import TomlFile
from hub.toml.validation_errors import describe_errors

TEAM_LISTS = ("owners", "audience", "teams")


class InvalidOkrTicket(ValueError):
    """What a ticket says cannot be understood; the text tells people what, and `word` which of its words alone."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def id_of(row: OkrTicket) -> str:
    """The id that the ticket states, by a line, a field or a label; else one made of its key."""
    values = row.values_of("id")
    stated = values[-1] if values else row.id_label
    return stated.strip().casefold() if stated else re.sub(r"[^a-z0-9._-]+", "-", row.key.casefold()).strip("-._")


def parse_objective(row: OkrTicket, id_: str, teams: Mapping[str, Team]) -> ObjectiveTable:
    """The objective; without a word on teams it is the team's that owns the place of the ticket."""
    table = _read_table(row, OBJECTIVE_FIELDS, teams)
    if not row.values_of("teams"):
        table["teams"] = [owner] if (owner := _owning_team(row, teams)) else []
    table["aligns_to"] = [name for text in row.values_of("aligns_to") for name in parse_names(text)]
    parsed: ObjectiveTable = _validate(ObjectiveTable, row, id_, table)
    return parsed


def parse_key_result(row: OkrTicket, id_: str, teams: Mapping[str, Team]) -> KeyResultTable:
    """The key result; its address is the ticket."""
    table = _read_table(row, KEY_RESULT_FIELDS, teams)
    parsed: KeyResultTable = _validate(KeyResultTable, row, id_, table | {"url": row.url})
    return parsed


def _read_table(row: OkrTicket, field_names: tuple[str, ...], teams: Mapping[str, Team]) -> Table:
    table: Table = {}
    for field in field_names:
        if not (stated := row.values_of(field)):
            continue
        if field in LIST_FIELDS:
            table[field] = [item for text in stated for item in _parse(field, text, LIST_FIELDS[field])]
        else:
            table[field] = _parse(field, stated[-1], SINGLE_FIELDS[field])
    return _with_ids(table, teams)


def _parse(field: str, text: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(text)
    except (ValueError, OverflowError) as error:
        raise InvalidOkrTicket(f"{field}: {error}", field) from None


def _with_ids(table: Table, teams: Mapping[str, Team]) -> Table:
    """Teams may be called by their names as well."""
    id_by_name = {team.name.casefold(): team.id for team in teams.values()} | {id_: id_ for id_ in teams}
    for field in TEAM_LISTS:
        if field in table:
            table[field] = [id_by_name.get(name, name) for name in table[field]]
    for field in ("contributions", "depends_on"):
        for item in table.get(field, ()):
            item["team"] = id_by_name.get(item["team"], item["team"])
    return table


def _owning_team(row: OkrTicket, teams: Mapping[str, Team]) -> str | None:
    """The team that owns the first of the ticket's containers that anybody owns, as for any work."""
    owner = {container.casefold(): team.id for team in teams.values() for container in team.owns}
    named = (owner.get(f"{row.connector}:{container}".casefold()) for container in row.containers)
    return next((name for name in named if name), None)


def _validate(table_type: type[Any], row: OkrTicket, id_: str, table: Table) -> Any:
    try:
        return table_type.model_validate({"id": id_, "title": row.title, **table})
    except ValidationError as error:
        document = TomlFile(row.ticket_ref, table, {})
        problems = describe_errors(error, document, (), table_type)
        fields = dict.fromkeys(re.split(r"[.\[]", problem.key)[0] for problem in problems)
        raise InvalidOkrTicket(
            "; ".join(f"{problem.key}: {problem.message}" for problem in problems), ", ".join(filter(None, fields))
        ) from None


def is_objective(row: OkrTicket) -> bool:
    """Whether the ticket is an objective."""
    return row.kind is OkrKind.OBJECTIVE
