"""Initiatives and ledger entries as JSON text and back, field by field, so that a stored row can be compared."""

import json
from datetime import date, datetime
from typing import Any

from hub.model.action import PostedFinding
from hub.model.initiative import Initiative, NamedKeyResult, PriorityBand, Ref, StatusCategory, Via


def initiative_to_text(i: Initiative) -> str:
    """Every field under a short, stable name; empty ones are left out.

    In ASCII, for a tracker may cut a character in two, and half of one cannot be written otherwise.
    """
    row: dict[str, Any] = {
        "key": i.ref.key,
        "id": i.id,
        "title": i.title,
        "url": i.url,
        "in": i.containers,
        "kind": i.kind,
        "status": i.status.value,
        "state": i.status_name,
        "start": _day(i.start),
        "due": _day(i.due),
        "labels": sorted(i.labels),
        "parent": i.parent and str(i.parent),
        "blocked_by": [str(ref) for ref in i.blocked_by],
        "blocks": [str(ref) for ref in i.blocks],
        "depends": i.depends_on_text,
        "named": [(name.via.value, name.written) for name in i.named],
        "alone": not i.inherits,
        "priority": i.priority and int(i.priority),
        "rank": i.rank,
        "created": _moment(i.created),
        "updated": _moment(i.updated),
        "closed": _moment(i.closed),
        "unread": sorted(i.unread),
    }
    return json.dumps({name: value for name, value in row.items() if value}, separators=(",", ":"))


def initiative_from_text(connector: str, text: str) -> Initiative:
    """The inverse of `initiative_to_text`."""
    row = json.loads(text)
    get = row.get
    return Initiative(
        ref=Ref(connector, row["key"]),
        id=row["id"],
        title=get("title", ""),
        url=get("url", ""),
        containers=tuple(get("in", ())),
        kind=get("kind", ""),
        status=StatusCategory(row["status"]),
        status_name=get("state", ""),
        start=_to_day(get("start")),
        due=_to_day(get("due")),
        labels=frozenset(get("labels", ())),
        parent=Ref.parse(row["parent"]) if get("parent") else None,
        blocked_by=tuple(Ref.parse(ref) for ref in get("blocked_by", ())),
        blocks=tuple(Ref.parse(ref) for ref in get("blocks", ())),
        depends_on_text=tuple(get("depends", ())),
        named=tuple(NamedKeyResult(Via(via), written) for via, written in get("named", ())),
        inherits=not get("alone", False),
        priority=PriorityBand(row["priority"]) if get("priority") else None,
        rank=get("rank"),
        created=_to_moment(get("created")),
        updated=_to_moment(get("updated")),
        closed=_to_moment(get("closed")),
        unread=frozenset(get("unread", ())),
    )


def findings_to_text(findings: tuple[PostedFinding, ...]) -> str:
    """What the ledger remembers of a comment's findings."""
    return json.dumps([(f.rule, f.severity, f.fingerprint, [str(ref) for ref in f.tickets]) for f in findings])


def findings_from_text(text: str) -> tuple[PostedFinding, ...]:
    """The inverse of `findings_to_text`."""
    return tuple(
        PostedFinding(rule, severity, fingerprint, tuple(Ref.parse(ref) for ref in tickets))
        for rule, severity, fingerprint, tickets in json.loads(text)
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _to_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _to_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
