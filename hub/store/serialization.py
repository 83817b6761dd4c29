"""Values as JSON arrays of their fields, and back: equal values give equal texts, so that rows can be compared."""

import json
from collections.abc import Iterable
from dataclasses import MISSING, Field, fields
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec
from msgspec.structs import asdict, astuple

from hub.model.action import PostedFinding
from hub.model.initiative import Initiative, Ref
from hub.model.okr_row import OkrTicket

Value = TypeVar("Value")


class ArrayFormat(Generic[Value]):
    """How the values of one dataclass are written: arrays take half the space of objects.

    Trailing fields with defaults may be missing, so that rows from before a field was added still load. `omitted` are
    fields that are not written and are passed to `decode` instead.
    """

    def __init__(self, kind: type[Value], *omitted: str) -> None:
        types = get_type_hints(kind)
        written = [field for field in fields(kind) if field.name not in omitted]  # type: ignore[arg-type]
        row = msgspec.defstruct(
            kind.__name__, [_column(field, types) for field in written], array_like=True, frozen=True, gc=False
        )
        self._kind = kind
        self._values = attrgetter(*(field.name for field in written))
        self._single = msgspec.json.Decoder(row, dec_hook=_decoded)
        self._many = msgspec.json.Decoder(list[row], dec_hook=_decoded)  # type: ignore[valid-type]

    def encode(self, value: Value) -> str:
        """One value as one array."""
        return _to_json(self._values(value))

    def encode_all(self, values: Iterable[Value]) -> str:
        """All of them in one array of arrays."""
        return _to_json([self._values(value) for value in values])

    def decode(self, text: str, **omitted: object) -> Value:
        """The inverse of `encode`; raises msgspec.ValidationError for what it did not write."""
        return self._value(_from_json(self._single, text), omitted)

    def decode_all(self, text: str) -> tuple[Value, ...]:
        """The inverse of `encode_all`."""
        return tuple(self._value(row, {}) for row in _from_json(self._many, text))

    def _value(self, row: msgspec.Struct, omitted: dict[str, object]) -> Value:
        return self._kind(**omitted, **asdict(row)) if omitted else self._kind(*astuple(row))


@cache
def initiative_format() -> ArrayFormat[Initiative]:
    """Rows of tickets."""
    return ArrayFormat(Initiative)


@cache
def okr_format() -> ArrayFormat[OkrTicket]:
    """Rows of OKRs that trackers keep: the name of the connector stands in a column of its own."""
    return ArrayFormat(OkrTicket, "connector")


@cache
def findings_format() -> ArrayFormat[PostedFinding]:
    """What the ledger holds of a comment's findings. It is never read again from a tracker: old rows must load."""
    return ArrayFormat(PostedFinding)


def _column(field: Field[Any], types: dict[str, Any]) -> tuple[str, Any] | tuple[str, Any, Any]:
    kind = types[field.name]
    return (field.name, kind) if field.default is MISSING else (field.name, kind, field.default)


@cache
def _encoder() -> msgspec.json.Encoder:
    return msgspec.json.Encoder(enc_hook=_encoded, order="deterministic")


def _to_json(rows: object) -> str:
    """Text that no UTF-8 can hold, where a tracker cut a character in two, is escaped by the standard library."""
    try:
        return _encoder().encode(rows).decode()
    except UnicodeEncodeError:
        plain = msgspec.to_builtins(rows, enc_hook=_encoded, order="deterministic")
        return json.dumps(plain, separators=(",", ":"))


def _from_json(decoder: msgspec.json.Decoder[Any], text: str) -> Any:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.convert(json.loads(text), decoder.type, dec_hook=_decoded)


def _encoded(value: object) -> str:
    """The only type of a field that JSON does not know is a ticket's name."""
    if isinstance(value, Ref):
        return str(value)
    raise NotImplementedError(type(value).__name__)


def _decoded(kind: type, text: Any) -> Ref:
    if kind is Ref:
        return Ref.parse(text)
    raise NotImplementedError(kind.__name__)
