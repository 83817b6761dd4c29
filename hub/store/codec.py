"""Initiatives and ledger entries as JSON text and back, field by field, so that a stored row can be compared."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import repeat
from typing import Any, TypeVar

from hub.model.action import PostedFinding
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from hub.model.not_understood import NotUnderstood

T = TypeVar("T")
ENCODE = json.JSONEncoder(separators=(",", ":")).encode
EMPTY_SET: frozenset[str] = frozenset()
COLUMNS = Initiative.__slots__


def initiative_to_text(i: Initiative) -> str:
    """Every field in one list: lists are read back in half the time of objects with names.

    In ASCII, for a tracker may cut a character in two, and half of one cannot be written otherwise.
    """
    values = ((name, getattr(i, name)) for name in COLUMNS)
    return ENCODE([WRITE[name](value) if name in WRITE else value for name, value in values])


def initiative_from_text(connector: str, text: str) -> Initiative:
    """The inverse of `initiative_to_text`."""
    return next(initiatives_from_texts(connector, [text]))


def initiatives_from_texts(connector: str, texts: Iterable[str]) -> Iterator[Initiative]:
    """Many at once, field by field for all of them: a hundred thousand in a second instead of four."""
    rows = json.loads(f"[{','.join(texts)}]")
    initiatives = _allocate(Initiative, len(rows))
    for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=bool(rows)):
        if name == "ref":
            _put(Initiative, name, initiatives, map(Ref, repeat(connector), column))
        else:
            _put(Initiative, name, initiatives, map(READ[name], column) if name in READ else column)
    return iter(initiatives)


def _allocate(kind: type[T], count: int) -> list[T]:
    return [object.__new__(kind) for _ in range(count)]


def _put(kind: type[T], name: str, instances: Iterable[T], values: Iterable[Any]) -> None:
    """What a frozen value's own constructor does, without its detour over one call for each field of each row."""
    deque(map(getattr(kind, name).__set__, instances, values), maxlen=0)


def findings_to_text(findings: tuple[PostedFinding, ...]) -> str:
    """What the ledger remembers of a comment's findings."""
    return json.dumps(
        [(f.rule, f.severity, f.fingerprint, [str(ref) for ref in f.tickets], f.label, f.request) for f in findings]
    )


def findings_from_text(text: str) -> tuple[PostedFinding, ...]:
    """The inverse of `findings_to_text`."""
    return tuple(
        PostedFinding(rule, severity, fingerprint, tuple(Ref.parse(ref) for ref in tickets), label, *request)
        for rule, severity, fingerprint, tickets, label, *request in json.loads(text)
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _to_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _span(span: tuple[date | None, date | None] | None) -> list[str | None] | None:
    return None if span is None else [_day(span[0]), _day(span[1])]


def _to_span(pair: list[str | None] | None) -> tuple[date | None, date | None] | None:
    return (_to_day(pair[0]), _to_day(pair[1])) if pair else None


def _to_datetime(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _to_ref(text: str | None) -> Ref | None:
    return Ref.parse(text) if text else None


def _to_refs(texts: list[str]) -> tuple[Ref, ...]:
    return tuple(map(Ref.parse, texts)) if texts else ()


def _to_set(texts: list[str]) -> frozenset[str]:
    return frozenset(texts) if texts else EMPTY_SET


def _to_mentions(pairs: list[list[str]]) -> tuple[KeyResultMention, ...]:
    return tuple(_key_result_mention(*pair) for pair in pairs) if pairs else ()


@lru_cache(maxsize=10_000)
def _key_result_mention(source: str, raw: str, parent_option: str = "") -> KeyResultMention:
    """Most tickets name what others name as well."""
    return KeyResultMention(MentionSource(source), raw, parent_option)


def _to_values(rows: list[list[str]]) -> tuple[NotUnderstood, ...]:
    return tuple(_not_understood(*row) for row in rows) if rows else ()


@lru_cache(maxsize=10_000)
def _not_understood(field: str, raw: str, reason: str, setting: str) -> NotUnderstood:
    """What is not understood on one ticket mostly stands on others as well."""
    return NotUnderstood(field, raw, reason, setting)


def _to_band(number: int | None) -> PriorityBand | None:
    return PriorityBand(number) if number else None


def _texts(refs: tuple[Ref, ...]) -> list[str]:
    return [str(ref) for ref in refs]


WRITE: Mapping[str, Callable[[Any], Any]] = {
    "ref": lambda ref: ref.key,
    "start": _day,
    "due": _day,
    "iteration": _span,
    "labels": sorted,
    "parent": lambda ref: ref and str(ref),
    "blocked_by": _texts,
    "blocks": _texts,
    "key_result_mentions": lambda mentions: [
        (mention.source.value, mention.raw, *((mention.parent_option,) if mention.parent_option else ()))
        for mention in mentions
    ],
    "created": _iso,
    "updated": _iso,
    "closed": _iso,
    "missing_fields": sorted,
    "not_understood": lambda values: [(value.field, value.raw, value.reason, value.setting) for value in values],
}
READ: Mapping[str, Callable[[Any], Any]] = {
    "containers": tuple,
    "status": {status.value: status for status in StatusCategory}.__getitem__,
    "start": _to_day,
    "due": _to_day,
    "iteration": _to_span,
    "labels": _to_set,
    "parent": _to_ref,
    "blocked_by": _to_refs,
    "blocks": _to_refs,
    "depends_on_text": tuple,
    "mentions": tuple,
    "words": tuple,
    "key_result_mentions": _to_mentions,
    "priority": _to_band,
    "created": _to_datetime,
    "updated": _to_datetime,
    "closed": _to_datetime,
    "missing_fields": _to_set,
    "not_understood": _to_values,
}
