"""A Jira ticket as the hub's initiative."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from connectors.endings import says_cancelled
from connectors.jira.adf_text import text_of
from connectors.jira.field_values import named_by
from connectors.jira.layout import Layout
from connectors.jira.moments import day, moment
from connectors.jira.sprints import planned
from connectors.jira.terms import CATEGORIES, Json, Reading
from connectors.jira.unclear import not_understood
from connectors.jira.wiki_text import words_of
from connectors.levels import level_of_type
from connectors.links import Waiting, waiting_of
from connectors.ticket_text import (
    depends_on,
    mentioned,
    named_by_labels,
    named_in_text,
    plain_words,
)
from connectors.wire import MALFORMED
from hub.model.initiative import Gap, Initiative, KeyResultMention, MentionSource, Ref, StatusCategory

# A field that was asked for and did not come may be hidden from us: nothing follows from its absence.
UNREAD = {"labels": ("labels",), "issuelinks": ("blocked_by", "blocks")}


UNKNOWN = "?"


def normalise(issue: Any, reading: Reading) -> Initiative | Gap:
    """One row; one that makes no sense becomes a gap with its key, so that the others go on."""
    try:
        return _initiative(issue, reading)
    except MALFORMED as wrong:
        key, what = _key_of(issue), f"unreadable row: {type(wrong).__name__} at {wrong}"[:200]
        return Gap(reading.connector, what, key, "" if key == UNKNOWN else f"unclear:{key}")


def _key_of(issue: Any) -> str:
    return str(issue.get("key") or issue.get("id") or UNKNOWN) if isinstance(issue, Mapping) else UNKNOWN


def _initiative(issue: Json, reading: Reading) -> Initiative:
    fields = issue["fields"]
    text = text_in(fields.get("description"))
    layout, settings = reading.layout, reading.settings
    blocks, blocked_by = _links(fields, reading)
    told = _told(issue["key"], str(issue["id"]), fields, reading)
    return Initiative(
        **told,
        start=_first_day(fields, layout.start),
        due=_first_day(fields, layout.due),
        iteration=planned(_first(fields, layout.sprint)),
        exempt=settings.exemption_of(told["kind"], told["level"], told["labels"]),
        blocks=blocks,
        blocked_by=blocked_by,
        depends_on_text=depends_on(text),
        mentions=tuple(key for key in mentioned(text) if key != issue["key"]),
        words=plain_words(text),
        key_result_mentions=tuple(_named(fields, told["labels"], text, reading)),
        inherits=settings.key_results.inherit,
        rank=_first(fields, layout.rank),
        created=moment(fields.get("created")),
        updated=moment(fields.get("updated")),
        closed=_closed(fields) if told["status"].ended else None,
        not_understood=not_understood(fields, text, reading),
    )


def text_in(description: Any) -> str:
    """Plain words of a document, or of wiki markup."""
    return words_of(description) if isinstance(description, str) else text_of(description)


def _told(key: str, id_: str, fields: Json, reading: Reading) -> dict[str, Any]:
    """What stands in the fields as it is."""
    status, priority, unread = fields["status"], fields.get("priority"), reading.layout.unread
    for asked, names in UNREAD.items():
        if asked not in fields:
            unread = unread.union(names)
    return {
        "ref": reading.ref(key),
        "id": id_,
        "title": fields["summary"] or "",
        "url": reading.browse(key),
        "containers": _containers(key, fields, reading.layout),
        "kind": fields["issuetype"]["name"],
        "level": reading.settings.level_of(fields["issuetype"]["name"], level_of(fields["issuetype"])),
        "status": _status(fields),
        "status_name": status["name"],
        "parent": _parent(fields, reading),
        "priority": reading.priority(priority["name"]) if priority else None,
        "priority_name": str(priority["name"]) if priority else "",
        "labels": frozenset(fields.get("labels") or ()),
        "restricted": bool(fields.get("security")),
        "unread": unread,
    }


def _status(fields: Json) -> StatusCategory:
    """Jira's category; what is done and whose resolution or status says so was cancelled."""
    status, resolution = fields["status"], fields.get("resolution")
    found = CATEGORIES.get(status["statusCategory"]["key"], StatusCategory.TO_DO)
    words = (str(status["name"]), str(resolution.get("name") or "") if isinstance(resolution, Mapping) else "")
    cancelled = found is StatusCategory.DONE and any(says_cancelled(word) for word in words)
    return StatusCategory.CANCELLED if cancelled else found


def level_of(kind: Json) -> int:
    """Cloud tells the level; Data Center only what is a sub-task, and the rest shows in the type's name."""
    level = kind.get("hierarchyLevel")
    if isinstance(level, int):
        return level
    return -1 if kind.get("subtask") else level_of_type(str(kind["name"]))


def _containers(key: str, fields: Json, layout: Layout) -> tuple[str, ...]:
    """The project last, for ranks count within it; a ticket's team says more about who owns it."""
    team = _first(fields, layout.team)
    name = team.get("name") or team.get("title") if isinstance(team, Mapping) else None
    # Blanks become hyphens, for places are written without any.
    return (*((f"team/{'-'.join(str(name).split())}",) if name else ()), key.rpartition("-")[0])


def _parent(fields: Json, reading: Reading) -> Ref | None:
    """The ticket above: Cloud names it in one field for all levels, Data Center in one for each."""
    for value in (fields.get("parent"), *(fields.get(one) for one in reading.layout.up)):
        held = value.get("data") or value if isinstance(value, Mapping) else value
        key = held.get("key") if isinstance(held, Mapping) else held
        if key:
            return reading.ref(str(key))
    return None


def _first(fields: Json, ids: tuple[str, ...]) -> Any:
    for one in ids:
        if value := fields.get(one):
            return value
    return None


def _first_day(fields: Json, ids: tuple[str, ...]) -> date | None:
    return next((found for one in ids if (found := day(fields.get(one))) is not None), None)


def _links(fields: Json, reading: Reading) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
    """Who waits for this ticket, and for whom it waits; the other end's place in the link tells which."""
    if not fields.get("issuelinks"):
        return (), ()
    blocks: dict[Ref, None] = {}
    blocked_by: dict[Ref, None] = {}
    for link in fields["issuelinks"]:
        kind = link["type"]
        name, inward, outward = (str(kind.get(part) or "") for part in ("name", "inward", "outward"))
        waiting = waiting_of(name, inward, outward, reading.settings.links)
        if waiting is Waiting.NONE:
            continue
        backwards = waiting is Waiting.OUTWARD
        if other := link.get("outwardIssue"):
            (blocked_by if backwards else blocks)[reading.ref(other["key"])] = None
        if other := link.get("inwardIssue"):
            (blocks if backwards else blocked_by)[reading.ref(other["key"])] = None
    return tuple(blocks), tuple(blocked_by)


def _named(fields: Json, labels: frozenset[str], text: str, reading: Reading) -> Iterator[KeyResultMention]:
    places = reading.settings.key_results
    for written in named_by_labels(labels, places.label or ""):
        yield KeyResultMention(MentionSource.LABEL, written)
    said = (each for one in reading.layout.key_result for each in named_by(fields.get(one)))
    yield from (KeyResultMention(MentionSource.FIELD, *each) for each in dict.fromkeys(said))
    for written in named_in_text(text, places.text or "", places.field or ""):
        yield KeyResultMention(MentionSource.TEXT, written)


def _closed(fields: Json) -> datetime | None:
    return moment(fields.get("resolutiondate") or fields.get("statuscategorychangedate"))
