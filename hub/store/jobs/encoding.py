"""What one step leaves for the next as bytes: pulled sources, actions with their ledger entries, and receipts."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from hub.model import message
from hub.model.action import (
    Action,
    ActionKind,
    LedgerEntry,
    PostedFinding,
    Receipt,
    RemoteLink,
    Status,
    Target,
    WriteRefusal,
)
from hub.model.initiative import Initiative, PullResult, Ref
from hub.store.sql.rows import decode_ref, encode_ref

_MESSAGES = (message.Code, message.Fold, message.Link, message.Message, message.Point, message.Strong, message.Table)
KINDS: Mapping[str, Any] = {
    kind.__name__: kind
    for kind in (
        *_MESSAGES,
        message.Text,
        Action,
        LedgerEntry,
        PostedFinding,
        Receipt,
        RemoteLink,
        Target,
        WriteRefusal,
    )
}
"""The only classes that are ever made of what is read."""


def encode_values(values: Iterable[Action | LedgerEntry | Receipt]) -> str:
    """Values of the model as JSON: msgspec alone could not tell the spans of a message apart."""
    return json.dumps([_plain(value) for value in values], separators=(",", ":"))


def decode_values(text: str) -> tuple[Any, ...]:
    """The inverse of `encode_values`; KeyError for a class that is none of `KINDS`."""
    return tuple(_value(item) for item in json.loads(text))


def encode_pull(pulled: PullResult) -> bytes:
    """A pull without its tickets: there may be more of them than one value of the database can hold."""
    return _to_json(replace(pulled, initiatives=()))


def decode_pull(body: bytes, tickets: tuple[Initiative, ...]) -> PullResult:
    """The inverse of `encode_pull`, with the tickets."""
    pulled: PullResult = _from_json(body, PullResult)
    return replace(pulled, initiatives=tickets)


def encode_tickets(tickets: Sequence[Initiative]) -> bytes:
    """Some tickets of a pull."""
    return _to_json(tickets)


def decode_tickets(body: bytes) -> tuple[Initiative, ...]:
    """The inverse of `encode_tickets`."""
    tickets: tuple[Initiative, ...] = _from_json(body, tuple[Initiative, ...])
    return tickets


def _to_json(value: object) -> bytes:
    """Text that no UTF-8 can hold, where a tracker cut a character in two, is escaped by the standard library."""
    try:
        return msgspec.json.encode(value, enc_hook=encode_ref)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value, enc_hook=encode_ref), separators=(",", ":")).encode()


def _from_json(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind, dec_hook=decode_ref)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.convert(json.loads(body), kind, dec_hook=decode_ref)


def _plain(value: Any) -> Any:
    """JSON in which a list is a tuple, and an object with one key says what else a value is."""
    content: Any
    match value:
        case Ref() | StrEnum():
            content = str(value)
        case date():
            content = value.isoformat()
        case Mapping():
            return {"map": [[_plain(key), _plain(item)] for key, item in value.items()]}
        case frozenset():
            return {"set": [_plain(item) for item in value]}
        case tuple():
            return [_plain(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            content = [_plain(getattr(value, field.name)) for field in fields(value)]
    return {type(value).__name__: content}


def _value(item: Any) -> Any:
    if isinstance(item, list):
        return tuple(map(_value, item))
    if not isinstance(item, dict):
        return item
    ((name, content),) = item.items()
    return _MAKERS[name](content) if name in _MAKERS else KINDS[name](*map(_value, content))


_MAKERS: Mapping[str, Callable[[Any], Any]] = {
    "map": lambda content: {_value(key): _value(inner) for key, inner in content},
    "set": lambda content: frozenset(map(_value, content)),
    "date": date.fromisoformat,
    "Ref": Ref.parse,
    "ActionKind": ActionKind,
    "Status": Status,
}
