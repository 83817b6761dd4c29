"""The classes of values as they stand in JSON, for OpenAPI; see `hub.report.document.document_of`."""

from collections.abc import Callable
from dataclasses import MISSING, field, fields, is_dataclass, make_dataclass
from functools import cache, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hub.model.finding import Finding
from hub.report.document import FindingDocument, derived


def response_model(resource: Callable[..., object]) -> Any:
    """The class of what a function returns, None left out."""
    returned = get_type_hints(resource)["return"]
    kinds = [kind for kind in get_args(returned) or (returned,) if kind is not NoneType]
    return in_json(kinds[0])


def in_json(kind: Any) -> Any:
    """The type with findings as their documents, and derived properties as fields."""
    if kind is Finding:
        return in_json(FindingDocument)
    if is_dataclass(kind) and isinstance(kind, type):
        return _class_in_json(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (None, Literal):
        return kind
    within = tuple(part if part is Ellipsis else in_json(part) for part in parts)
    return reduce(or_, within) if origin in (Union, UnionType) else origin[within]


@cache
def _class_in_json(kind: type[Any]) -> type:
    hints = get_type_hints(kind)
    described: list[Any] = [
        # What has a default may be missing.
        (part.name, in_json(hints[part.name]), *([] if part.default is MISSING else [field(default=part.default)]))
        for part in fields(kind)
    ]
    described += [(name, get_type_hints(getattr(kind, name).fget)["return"]) for name in derived(kind)]
    made = make_dataclass(kind.__name__, described, kw_only=True, frozen=True)
    made.__module__, made.__doc__ = kind.__module__, kind.__doc__
    return made
