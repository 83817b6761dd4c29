"""The fields of an OKR ticket as the table of an OKR file; what is not understood costs its line, not the ticket."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from pydantic import ValidationError

from hub.model.okr import Team
from hub.model.ticket_input import KEY_RESULT_FIELDS, OBJECTIVE_FIELDS, OkrTicket
from hub.okr_files.schema import KeyResultTable, ObjectiveTable
from hub.okr_files.ticket_measure import parse_measure
from hub.okr_files.ticket_names import KnownNames, OkrNames
from hub.okr_files.ticket_values import (
    Table,
    parse_alignments,
    parse_check_ins,
    parse_confidence,
    parse_contributions,
    parse_direction,
    parse_ids,
    parse_integer,
    parse_names,
    parse_needs,
    parse_number,
    parse_supported,
    parse_sync,
    split_lines,
)
from hub.toml.document import TomlFile
from hub.toml.validation_errors import describe_errors

TEAM_LISTS = ("owners", "audience", "teams")
MAX_RAW = 120
LINE_NAMES = {"check_ins": "Check-in"}
ALONE = "an objective stands alone, not a key result. Write the line on the ticket of its objective"
SINGLE_FIELDS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("start", "target", "current", "tolerance"), parse_number),
    **dict.fromkeys(("priority", "cadence_days", "lag_days"), parse_integer),
    **dict.fromkeys(("unit", "metric", "blocker", "standalone"), str),
    **dict.fromkeys(("aggregation", "visibility"), str.casefold),
    "confidence": parse_confidence,
    "direction": parse_direction,
    "sync": parse_sync,
}
LIST_FIELDS: Mapping[str, Callable[[str], list[Any]]] = {
    "audience": parse_names,
    "check_ins": parse_check_ins,
    "contributions": parse_contributions,
    "owners": parse_names,
    "teams": parse_names,
}
LINK_FIELDS: Mapping[str, Callable[[str, OkrNames], list[Any]]] = {
    "aligns_to": parse_alignments,
    "depends_on": parse_needs,
    "supports": parse_supported,
}
"""Fields that name other OKRs, by id or title; `replaced_by` names a single one."""
FIELDS_OF_OTHERS = frozenset({
    *("aligns_to", "audience", "contributions", "depends_on", "owners", "replaced_by", "supports", "visibility"),
})  # fmt: skip
"""Fields that other OKRs and work are judged by as well; all others only say something of the OKR itself."""


class InvalidOkrTicket(ValueError):
    """What a ticket says cannot be understood; the text tells people what, and `field` which of its words alone."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class InvalidLine:
    """One value of a ticket that does not count: its field, what is written there, and what is wrong with it."""

    field: str
    raw: str
    message: str

    def __str__(self) -> str:
        """What is written, why it does not count, and what to do."""
        name = LINE_NAMES.get(self.field, self.field.replace("_", " ").capitalize())
        raw = self.raw if len(self.raw) <= MAX_RAW else f"{self.raw[:MAX_RAW]}…"
        return f"`{name}: {raw}` does not count: {self.message.rstrip('. ')}. The rest of the ticket counts"


InvalidLines = tuple[InvalidLine, ...]


def parse_objective(row: OkrTicket, id_: str, names: KnownNames) -> tuple[ObjectiveTable, InvalidLines]:
    """The objective, and what does not count; without a word on teams it is the team's that owns the ticket's place.

    Raises:
        InvalidOkrTicket: Its id or its teams are not understood: nothing else can be said without them.
    """
    base: Table = {}
    if not row.values_of("teams"):
        base["teams"] = [owner] if (owner := _owning_team(row, names.teams)) else []
    lines = _Lines(row, names, partial(parse_ids, names=names.objectives))
    read = lines.read(ObjectiveTable, (*OBJECTIVE_FIELDS, "aligns_to"), {"id": id_, "title": row.title, **base})
    if faulty := [line for line in lines.invalid if line.field == "teams"]:
        raise InvalidOkrTicket(f"teams: {faulty[0].message}", "teams")
    return read, tuple(lines.invalid)


def parse_key_result(row: OkrTicket, id_: str, names: KnownNames) -> tuple[KeyResultTable, InvalidLines]:
    """The key result, and what does not count; its address is the ticket.

    Raises:
        InvalidOkrTicket: Its id is not understood.
    """
    lines = _Lines(row, names)
    read = lines.read(KeyResultTable, KEY_RESULT_FIELDS, {"id": id_, "title": row.title, "url": row.url})
    alone = [InvalidLine("standalone", text.strip(), ALONE) for text in row.values_of("standalone")]
    return read, (*lines.invalid, *alone)


class _Line(NamedTuple):
    """One value that could be parsed; `value` is a list of entries where the field is a list."""

    field: str
    raw: str
    value: Any


@dataclass(slots=True)
class _Lines:
    """Reads a ticket's values one by one; `aligns_to` reads links other than a key result's."""

    row: OkrTicket
    names: KnownNames
    aligns_to: Callable[[str], list[Any]] | None = None
    invalid: list[InvalidLine] = field(default_factory=list)

    def read(self, table_type: type[Any], field_names: Sequence[str], base: Table) -> Any:
        """The checked table; only where it is refused as a whole, each line is looked at for itself."""
        try:
            table_type.model_validate(base)
        except ValidationError as error:
            message, fields = _refusal(error, self.row, table_type)
            raise InvalidOkrTicket(f"{fields}: {message}", fields) from None
        lines = [line for name in field_names for line in self._parsed(name)]
        try:
            return table_type.model_validate({**base, **_assembled(lines)})
        except ValidationError:
            valid = list(self._valid(table_type, base, lines))
            return table_type.model_validate({**base, **_assembled(valid)})

    def _parsed(self, name: str) -> Iterator[_Line]:
        stated = self.row.values_of(name)
        parse = self._parser(name)
        if name == "check_ins":
            stated = tuple(line for text in stated for line in split_lines(text))
        for text in stated if _is_list(name) else stated[-1:]:
            try:
                yield _Line(name, text.strip(), self._with_team_ids(name, parse(text)))
            except (ValueError, OverflowError) as error:
                yield from self._leave_out(name, text.strip(), str(error))

    def _leave_out(self, name: str, raw: str, message: str) -> Iterator[_Line]:
        """Nothing; but whoever wrote a word for who may see it did not mean everybody."""
        self.invalid.append(InvalidLine(name, raw, message))
        if name == "visibility":
            yield _Line(name, raw, "private")

    def _valid(self, table_type: type[Any], base: Table, lines: Iterable[_Line]) -> Iterator[_Line]:
        """Those that are refused neither for themselves nor beside the single values before them."""
        single: Table = {}
        for line in lines:
            table = {line.field: line.value} if _is_list(line.field) else single | {line.field: line.value}
            try:
                table_type.model_validate({**base, **table})
            except ValidationError as error:
                yield from self._leave_out(line.field, line.raw, _refusal(error, self.row, table_type)[0])
            else:
                single = single if _is_list(line.field) else table
                yield line

    def _parser(self, name: str) -> Callable[[str], Any]:
        if name == "aligns_to" and self.aligns_to is not None:
            return self.aligns_to
        if name in LINK_FIELDS:
            parse_links, names = LINK_FIELDS[name], self.names.key_results
            return lambda text: parse_links(text, names)
        if name == "measure":
            return partial(parse_measure, connector=self.row.connector)
        return self.names.key_results.id_of if name == "replaced_by" else LIST_FIELDS.get(name) or SINGLE_FIELDS[name]

    def _with_team_ids(self, name: str, value: Any) -> Any:
        """Teams may be called by their names as well."""
        teams = self.names.teams
        id_by_name = {team.name.casefold(): team.id for team in teams.values()} | {id_: id_ for id_ in teams}
        if name in TEAM_LISTS:
            return list(dict.fromkeys(id_by_name.get(team, team) for team in value))
        if name in ("contributions", "depends_on"):
            return [{**item, "team": id_by_name.get(item["team"], item["team"])} for item in value]
        return value


def _is_list(name: str) -> bool:
    return name in LIST_FIELDS or name in LINK_FIELDS


def _assembled(lines: Iterable[_Line]) -> Table:
    table: Table = {}
    for line in lines:
        table[line.field] = [*table.get(line.field, ()), *line.value] if _is_list(line.field) else line.value
    for name in TEAM_LISTS:
        if name in table:
            table[name] = list(dict.fromkeys(table[name]))
    return table


def _refusal(error: ValidationError, row: OkrTicket, table_type: type[Any]) -> tuple[str, str]:
    """What is wrong, and with which fields; a word within brackets is named, the line's own is not."""
    problems = describe_errors(error, TomlFile(row.ticket_ref, {}, {}), (), table_type)
    messages = []
    for problem in problems:
        _, within, key = problem.key.partition("].")
        text = f"{key}: {problem.message}" if within else problem.message
        messages.append(f"{text}. {problem.remedy}" if problem.remedy else text)
    fields = dict.fromkeys(re.split(r"[.\[]", problem.key)[0] for problem in problems)
    return "; ".join(messages), ", ".join(filter(None, fields))


def _owning_team(row: OkrTicket, teams: Mapping[str, Team]) -> str | None:
    """The team that owns the first of the ticket's containers that anybody owns, as for any work."""
    owner = {container.casefold(): team.id for team in teams.values() for container in team.owns}
    named = (owner.get(f"{row.connector}:{container}".casefold()) for container in row.containers)
    return next((name for name in named if name), None)
