"""The fields of an OKR ticket as the table of an OKR file: numbers, links and check-ins as people write them."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from pydantic import ValidationError

from hub.model.okr import Team
from hub.model.ticket_input import KEY_RESULT_FIELDS, OBJECTIVE_FIELDS, OkrTicket
from hub.okr_files.schema import KeyResultTable, ObjectiveTable
from hub.okr_files.ticket_measure import parse_measure
from hub.toml.document import TomlFile
from hub.toml.validation_errors import describe_errors

Table = dict[str, Any]
KINDS, STATES = ("direct", "indirect"), ("proposed", "accepted", "declined")
NO_TEAM = frozenset({"organization", "organisation", "company", "none", "-"})
_UP_TO_BRACKET = re.compile(r"[^()]*[()]|[^()]+")
_ENTRY = re.compile(r"([^()]*)(?:\(([^()]*)\))?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SHARE = re.compile(r"(?:^|\s)([+-]?\d[\d.,]*)(?:\s*%)?$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_number(text: str) -> float:
    """`500,000`, `500 000`, `5 %`, `0,5` and `1.3`; a sign at the end says only in what it is measured."""
    plain = re.sub(r"[\s_'\u00a0\u202f]+", "", text).rstrip("%")
    plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain.replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None


def parse_integer(text: str) -> int:
    """A whole number."""
    if not (value := parse_number(text)).is_integer():
        raise ValueError(f"{text!r} is no whole number")
    return int(value)


def parse_confidence(text: str) -> float:
    """`0.6` or `60 %`."""
    return parse_number(text) / (100 if text.rstrip().endswith("%") else 1)


def parse_day(text: str) -> date:
    """`2026-11-30`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no date such as 2026-11-30") from None


def parse_names(text: str) -> list[str]:
    """Ids after commas; what stands for nobody is none."""
    return [item for part in _split(text) if (item := part.strip().casefold()) and item not in NO_TEAM]


def parse_contributions(text: str) -> list[Table]:
    """`sales 60 %, product (indirect)`."""
    return [_parse_contribution(head, details) for head, details in _parse_entries(text)]


def parse_alignments(text: str) -> list[Table]:
    """`revenue (indirect, proposed, since 2026-10-19)`."""
    return [
        {"key_result": head.casefold(), **_parse_details(details, ALIGNMENT_DETAILS)}
        for head, details in _parse_entries(text)
    ]


def parse_needs(text: str) -> list[Table]:
    """`platform / scale-p99 (priority 1, by 2026-11-30, accepted)`; the key result may be left out."""
    needs = []
    for head, details in _parse_entries(text):
        team, _, key_result = (part.strip().casefold() for part in head.partition("/"))
        needs.append(
            {
                "team": team,
                **({"key_result": key_result} if key_result else {}),
                **_parse_details(details, NEED_DETAILS),
            }
        )
    return needs


def parse_supported(text: str) -> list[Table]:
    """`launch-dau, scale-p99`: key results of other teams."""
    return [{"key_result": name} for name in parse_names(text)]


def parse_direction(text: str) -> str:
    """`at most` and `at-most` as the OKR files write it."""
    return re.sub(r"[\s-]+", "_", text.strip().casefold())


def parse_check_ins(text: str) -> list[Table]:
    """`2026-11-16: 120000 (confidence 0.6, present product platform, note all is well)`; one a line."""
    return [_parse_check_in(line) for line in _split(text, ";\n") if line.strip()]


def parse_sync(text: str) -> Table:
    """`product, every 7 days`: the host, the interval, or both."""
    table: Table = {}
    for part in _split(text):
        interval = re.fullmatch(r"\s*every\s+(\d+)\s+days?\s*", part, re.IGNORECASE)
        table |= {"every_days": int(interval[1])} if interval else {"host": part.strip().casefold()}
    return table


def _split(text: str, separators: str = ",;\n") -> list[str]:
    """The text taken apart at the signs, but for those within brackets; in time that grows with its length."""
    entries: list[list[str]] = [[]]
    for part in _UP_TO_BRACKET.findall(text):
        first, *remaining = [part] if part.endswith(")") else re.split(f"[{separators}]", part)
        entries[-1].append(first)
        entries += ([other] for other in remaining)
    return ["".join(parts) for parts in entries]


def _parse_entry(text: str) -> tuple[str, list[str]] | None:
    """What stands before the brackets, and what within them, after commas; None for another form."""
    match = _ENTRY.fullmatch(text.strip())
    return match and (match[1].strip(), [item.strip() for item in (match[2] or "").split(",") if item.strip()])


def _parse_entries(text: str) -> Iterator[tuple[str, list[str]]]:
    for part in _split(text):
        entry = _parse_entry(part)
        if entry is None:
            raise ValueError(f"{part.strip()!r} cannot be understood")
        if entry[0]:
            yield entry


def _parse_contribution(head: str, details: list[str]) -> Table:
    match = _SHARE.search(head)
    team = head[: match.start()] if match else head
    share = {"share": parse_number(match[1])} if match else {}
    return {"team": team.strip().casefold(), **share, **_parse_details(details, CONTRIBUTION_DETAILS)}


def _parse_check_in(line: str) -> Table:
    entry = _parse_entry(line)
    match = _DAY.match(entry[0]) if entry else None
    if entry is None or match is None:
        raise ValueError(f"{line.strip()!r} begins with no date such as 2026-11-30")
    value = entry[0][match.end() :].lstrip(": ").strip()
    return {
        "date": parse_day(match[0]),
        **({"value": parse_number(value)} if value else {}),
        **_parse_details(entry[1], CHECK_IN_DETAILS),
    }


Detail = tuple[str, Callable[[str], Any]]


def _parse_details(details: list[str], known: Mapping[str, Detail]) -> Table:
    """What stands in the brackets: a word and its value, or one of the words that need none."""
    values: Table = {}
    for detail in details:
        keyword, _, value = detail.partition(" ")
        if keyword.casefold() in known:
            name, read = known[keyword.casefold()]
            values[name] = read(value.strip(": ") or keyword.casefold())
        else:
            raise ValueError(f"{detail!r} cannot be understood; known: {', '.join(known)}")
    return values


def _split_words(text: str) -> list[str]:
    return text.casefold().split()


CONTRIBUTION_DETAILS: Mapping[str, Detail] = {**dict.fromkeys(KINDS, ("kind", str)), "share": ("share", parse_number)}
_STATE_DETAILS: Mapping[str, Detail] = {**dict.fromkeys(STATES, ("state", str)), "since": ("since", parse_day)}
ALIGNMENT_DETAILS: Mapping[str, Detail] = {**dict.fromkeys(KINDS, ("kind", str)), **_STATE_DETAILS}
NEED_DETAILS: Mapping[str, Detail] = {
    **_STATE_DETAILS,
    "priority": ("priority", parse_integer),
    "by": ("needed_by", parse_day),
}
CHECK_IN_DETAILS: Mapping[str, Detail] = {
    "confidence": ("confidence", parse_confidence),
    "present": ("present", _split_words),
    "note": ("note", str),
    "blocker": ("blocker", str),
}
SINGLE_FIELDS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("start", "target", "current", "tolerance"), parse_number),
    **dict.fromkeys(("priority", "cadence_days", "lag_days"), parse_integer),
    **dict.fromkeys(("unit", "metric", "blocker", "standalone"), str),
    **dict.fromkeys(("aggregation", "visibility", "replaced_by"), str.casefold),
    "confidence": parse_confidence,
    "direction": parse_direction,
    "sync": parse_sync,
}
LIST_FIELDS: Mapping[str, Callable[[str], list[Any]]] = {
    "aligns_to": parse_alignments,
    "audience": parse_names,
    "check_ins": parse_check_ins,
    "contributions": parse_contributions,
    "depends_on": parse_needs,
    "owners": parse_names,
    "supports": parse_supported,
    "teams": parse_names,
}


TEAM_LISTS = ("owners", "audience", "teams")


class InvalidOkrTicket(ValueError):
    """What a ticket says cannot be understood; the text tells people what, and `field` which of its words alone."""

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
            read = partial(parse_measure, connector=row.connector) if field == "measure" else SINGLE_FIELDS[field]
            table[field] = _parse(field, stated[-1], read)
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
            table[field] = list(dict.fromkeys(id_by_name.get(name, name) for name in table[field]))
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
