"""A Jira ticket as the hub's initiative, and the values on it that are not understood."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from connectors.http.messages import MALFORMED
from connectors.jira.adf import text_of
from connectors.jira.fields import FieldMap, as_words, is_person_value, names_in
from connectors.jira.values import (
    CATEGORIES,
    Json,
    NormaliseContext,
    parse_day,
    parse_timestamp,
    planned_span,
    unclear_sprints,
)
from connectors.jira.wiki import wiki_to_text
from connectors.shared import vocabulary as not_understood_values
from connectors.shared.ticket_text import (
    depends_on,
    mentioned,
    mentions_in_text,
    named_by_labels,
    plain_words,
)
from connectors.shared.vocabulary import Waiting, is_cancelled, is_unrelated, level_of_type, waiting_of
from hub.model.initiative import Gap, Initiative, KeyResultMention, MentionSource, Ref, StatusCategory
from hub.model.ticket_input import NotUnderstood
from hub.model.written_names import is_empty_value


def not_understood(fields: Json, text: str, context: NormaliseContext) -> tuple[NotUnderstood, ...]:
    """Each once, in the order in which people look at a ticket."""
    return not_understood_values.deduplicate(
        (
            *_status_not_understood(fields),
            *_priority(fields, context),
            *_dates(fields, context),
            *(
                not_understood_values.build("sprint", sprint, "it tells no state and no days")
                for sprint in _sprints(fields, context)
            ),
            *_key_results(fields, context),
            *_links_not_understood(fields, context),
            *not_understood_values.in_text(text),
        )
    )


def _status_not_understood(fields: Json) -> Iterator[NotUnderstood]:
    status = fields["status"]
    if status["statusCategory"]["key"] not in CATEGORIES:
        yield not_understood_values.status(str(status["name"]), "")


def _priority(fields: Json, context: NormaliseContext) -> Iterator[NotUnderstood]:
    name = str((fields.get("priority") or {}).get("name") or "")
    if name and not context.is_default_priority(name) and context.settings.band_of(name) is None:
        yield not_understood_values.priority(name)


def _dates(fields: Json, context: NormaliseContext) -> Iterator[NotUnderstood]:
    field_map = context.field_map
    for label, ids, setting in (
        ("start date", field_map.start, "start_field"),
        ("due date", field_map.due, "due_field"),
    ):
        for id_ in ids:
            if (value := fields.get(id_)) and parse_day(value) is None:
                yield not_understood_values.date(label, "" if is_person_value(value) else as_words(value), setting)
    for label, setting, ids in field_map.same_name:
        days = list(dict.fromkeys(day for id_ in ids if (day := parse_day(fields.get(id_))) is not None))
        for day in days[1:]:
            reason = f"another field of the same name says {days[0]}, which counts"
            yield not_understood_values.build(label, day, reason, setting)


def _sprints(fields: Json, context: NormaliseContext) -> Iterator[str]:
    for text in context.field_map.sprint:
        yield from unclear_sprints(fields.get(text))


def _key_results(fields: Json, context: NormaliseContext) -> Iterator[NotUnderstood]:
    for id_ in context.field_map.key_result:
        value = fields.get(id_)
        for part in value if isinstance(value, list) else (value,) if value is not None else ():
            if is_person_value(part):
                yield not_understood_values.key_result("", "it holds a person, and people name no key result")
            elif _has_value(part) and not any(names_in(part)):
                yield not_understood_values.key_result(
                    as_words(part), "its value is of a kind that names no key result"
                )


def _has_value(value: Any) -> bool:
    """Whether somebody filled it: words for nothing do not, a value of an unknown kind does."""
    if isinstance(value, dict | str):
        words = as_words(value)
        return (
            not is_empty_value(words) if words or isinstance(value, str) or value.get("type") == "doc" else bool(value)
        )
    return value is not None


def _links_not_understood(fields: Json, context: NormaliseContext) -> Iterator[NotUnderstood]:
    for link in fields.get("issuelinks") or ():
        kind = link["type"]
        name, destination_text, source_text = (str(kind.get(part) or "") for part in ("name", "inward", "outward"))
        own = context.settings.links
        waits = waiting_of(name, destination_text, source_text, own) is not Waiting.NONE
        if not (waits or is_unrelated(name, destination_text, source_text, own)):
            yield not_understood_values.link_type(name)


# A field that was asked for and did not come may be hidden from us: nothing follows from its absence.
FIELDS_BY_COLUMN = {"labels": ("labels",), "issuelinks": ("blocked_by", "blocks")}


UNKNOWN_KEY = "?"


def normalise(issue: Any, context: NormaliseContext) -> Initiative | Gap:
    """One row; one that makes no sense becomes a gap with its key, so that the others go on."""
    try:
        return _initiative(issue, context)
    except MALFORMED as error:
        key, message = _key_of(issue), f"unreadable row: {type(error).__name__} at {error}"[:200]
        return Gap(context.connector, message, key, "" if key == UNKNOWN_KEY else f"unclear:{key}")


def _key_of(issue: Any) -> str:
    return str(issue.get("key") or issue.get("id") or UNKNOWN_KEY) if isinstance(issue, dict) else UNKNOWN_KEY


def _initiative(issue: Json, context: NormaliseContext) -> Initiative:
    fields = issue["fields"]
    text = text_in(fields.get("description"))
    field_map, settings = context.field_map, context.settings
    blocks, blocked_by = _links(fields, context)
    values = _plain_values(issue["key"], str(issue["id"]), fields, context)
    return Initiative(
        **values,
        start=_first_day(fields, field_map.start),
        due=_first_day(fields, field_map.due),
        iteration=planned_span(_first(fields, field_map.sprint)),
        exempt=settings.exemption_of(values["kind"], values["level"], values["labels"]),
        blocks=blocks,
        blocked_by=blocked_by,
        depends_on_text=depends_on(text),
        mentions=tuple(key for key in mentioned(text) if key != issue["key"]),
        words=plain_words(text),
        key_result_mentions=tuple(_named(fields, values["labels"], text, context)),
        inherits=settings.key_results.inherit,
        rank=_first(fields, field_map.rank),
        created=parse_timestamp(fields.get("created")),
        updated=parse_timestamp(fields.get("updated")),
        closed=_closed(fields) if values["status"].ended else None,
        not_understood=not_understood(fields, text, context),
    )


def text_in(description: Any) -> str:
    """Plain words of a document, or of wiki markup."""
    return wiki_to_text(description) if isinstance(description, str) else text_of(description)


def _plain_values(key: str, id_: str, fields: Json, context: NormaliseContext) -> dict[str, Any]:
    """What stands in the fields as it is."""
    status, priority, missing_fields = fields["status"], fields.get("priority"), context.field_map.missing_fields
    for field_name, names in FIELDS_BY_COLUMN.items():
        if field_name not in fields:
            missing_fields = missing_fields.union(names)
    if any(id_ in fields for id_ in context.field_map.unreadable):
        missing_fields = missing_fields.union(("fields",))
    return {
        "ref": context.ref(key),
        "id": id_,
        "title": fields["summary"] or "",
        "url": context.browse(key),
        "containers": _containers(key, fields, context.field_map),
        "kind": fields["issuetype"]["name"],
        "level": context.settings.level_of(fields["issuetype"]["name"], level_of(fields["issuetype"])),
        "status": _status(fields),
        "status_name": status["name"],
        "parent": _parent(fields, context),
        "priority": context.priority(priority["name"]) if priority else None,
        "priority_name": str(priority["name"]) if priority else "",
        "labels": frozenset(fields.get("labels") or ()),
        "restricted": bool(fields.get("security")),
        "missing_fields": missing_fields,
    }


def _status(fields: Json) -> StatusCategory:
    """Jira's category; what is done and whose resolution or status says so was cancelled."""
    status, resolution = fields["status"], fields.get("resolution")
    category = CATEGORIES.get(status["statusCategory"]["key"], StatusCategory.TO_DO)
    words = (str(status["name"]), str(resolution.get("name") or "") if isinstance(resolution, dict) else "")
    cancelled = category is StatusCategory.DONE and any(is_cancelled(word) for word in words)
    return StatusCategory.CANCELLED if cancelled else category


def level_of(kind: Json) -> int:
    """Cloud tells the level; Data Center only what is a sub-task, and the rest shows in the type's name."""
    level = kind.get("hierarchyLevel")
    if isinstance(level, int):
        return level
    return -1 if kind.get("subtask") else level_of_type(str(kind["name"]))


def _containers(key: str, fields: Json, field_map: FieldMap) -> tuple[str, ...]:
    """The project last, for ranks count within it; a ticket's team says more about who owns it."""
    team = _first(fields, field_map.team)
    name = team.get("name") or team.get("title") if isinstance(team, dict) else None
    # Blanks become hyphens, for places are written without any.
    return (*((f"team/{'-'.join(str(name).split())}",) if name else ()), key.rpartition("-")[0])


def _parent(fields: Json, context: NormaliseContext) -> Ref | None:
    """The ticket above: Cloud names it in one field for all levels, Data Center in one for each."""
    for value in (fields.get("parent"), *map(fields.get, context.field_map.parent_links)):
        target = value.get("data") or value if isinstance(value, dict) else value
        key = target.get("key") if isinstance(target, dict) else target
        if key:
            return context.ref(str(key))
    return None


def _first(fields: Json, ids: tuple[str, ...]) -> Any:
    for id_ in ids:
        if value := fields.get(id_):
            return value
    return None


def _first_day(fields: Json, ids: tuple[str, ...]) -> date | None:
    for id_ in ids:
        if (value := fields.get(id_)) and (parsed := parse_day(value)) is not None:
            return parsed
    return None


def _links(fields: Json, context: NormaliseContext) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
    """Who waits for this ticket, and for whom it waits; the other end's place in the link tells which."""
    if not fields.get("issuelinks"):
        return (), ()
    blocks: dict[Ref, None] = {}
    blocked_by: dict[Ref, None] = {}
    for link in fields["issuelinks"]:
        kind = link["type"]
        name, destination_text, source_text = (str(kind.get(part) or "") for part in ("name", "inward", "outward"))
        waiting = waiting_of(name, destination_text, source_text, context.settings.links)
        if waiting is Waiting.NONE:
            continue
        source_waits = waiting is Waiting.SOURCE_WAITS
        if other := link.get("outwardIssue"):
            (blocked_by if source_waits else blocks)[context.ref(other["key"])] = None
        if other := link.get("inwardIssue"):
            (blocks if source_waits else blocked_by)[context.ref(other["key"])] = None
    return tuple(blocks), tuple(blocked_by)


def _named(fields: Json, labels: frozenset[str], text: str, context: NormaliseContext) -> Iterator[KeyResultMention]:
    mentions = context.settings.key_results
    for name in named_by_labels(labels, mentions.label or ""):
        yield KeyResultMention(MentionSource.LABEL, name)
    values = (value for id_ in context.field_map.key_result if (value := fields.get(id_)) is not None)
    entries = dict.fromkeys(entry for value in values for entry in names_in(value))
    yield from (KeyResultMention(MentionSource.FIELD, *entry) for entry in entries)
    yield from mentions_in_text(text, mentions.text or "", mentions.field or "")


def _closed(fields: Json) -> datetime | None:
    return parse_timestamp(fields.get("resolutiondate") or fields.get("statuscategorychangedate"))
