"""What values are made of that exist by the hundred thousand: structs that also answer to functions for dataclasses."""

from dataclasses import Field, field, make_dataclass
from functools import cache
from typing import Any, ClassVar

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo
from msgspec.structs import fields as struct_fields


class _DataclassFields:
    """The fields of a struct as those of a dataclass, worked out when somebody asks for them."""

    def __get__(self, value: object, kind: type[Struct]) -> dict[str, Field[Any]]:
        return _fields_of(kind)


class Value(Struct, frozen=True, gc=False):
    """A frozen value. To make one takes an eighth of a dataclass's time, and msgspec writes and reads it as it is.

    The garbage collector passes it over (`gc=False`), so it may hold nothing that leads back to it. `replace`,
    `fields` and `is_dataclass` of the standard library work on it: rules and connectors of other packages use them.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]] = _DataclassFields()  # type: ignore[assignment]


@cache
def _fields_of(kind: type[Struct]) -> dict[str, Field[Any]]:
    columns = [(info.name, info.type, _field(info)) for info in struct_fields(kind)]
    described: dict[str, Field[Any]] = make_dataclass(kind.__name__, columns).__dataclass_fields__  # type: ignore[attr-defined]
    return described


def _field(info: FieldInfo) -> Any:
    if info.default is not NODEFAULT:
        return field(default=info.default)
    return field() if info.default_factory is NODEFAULT else field(default_factory=info.default_factory)
