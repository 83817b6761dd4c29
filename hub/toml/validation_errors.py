"""What pydantic found wrong, told by file, line and key, with what was expected and never with a secret value."""

from collections.abc import Callable, Collection, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from hub.model.errors import Problem
from hub.model.text import closest, did_you_mean
from hub.toml.document import TomlFile, TomlPath
from hub.toml.key_descriptions import describe_keys

_EXPECTED = {
    "string_type": "expected text in quotes",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "int_parsing": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a finite number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "date_type": "expected a date such as 2026-10-01, without quotes",
    "date_parsing": "expected a date such as 2026-10-01",
    "date_from_datetime_parsing": "expected a date such as 2026-10-01",
    "date_from_datetime_inexact": "expected a date without a time",
    "list_type": "expected a list in brackets",
    "tuple_type": "expected a list in brackets",
    "dict_type": "expected a table",
    "model_type": "expected a table",
    "model_attributes_type": "expected a table",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "url_parsing": "expected a web address",
}
_BOUNDS = {
    "greater_than": "expected more than {gt}",
    "greater_than_equal": "expected at least {ge}",
    "less_than": "expected less than {lt}",
    "less_than_equal": "expected at most {le}",
}
_TYPES = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "list": "a list",
          "dict": "a table", "date": "a date", "datetime": "a date with a time"}  # fmt: skip
SECRET_NAMES = frozenset({"token", "secret", "password", "private_key", "webhook_secret", "api_key", "apprise_url"})
SECRET_SUFFIXES = ("_token", "_secret", "_password", "_private_key", "_api_key")


def is_secret(name: str) -> bool:
    """Whether a key of that name holds something that nobody may read."""
    return name in SECRET_NAMES or name.endswith(SECRET_SUFFIXES)


def describe_errors(error: ValidationError, file: TomlFile, at: TomlPath, model: type[BaseModel]) -> list[Problem]:
    """The problems of a table at path `at` of the file, which was validated as `model`."""
    return [
        describe_error(detail, model, at=at, location=file.location, key=file.key)
        for detail in error.errors(include_url=False)
    ]  # fmt: skip


def describe_error(
    detail: ErrorDetails,
    model: type[BaseModel],
    *,
    at: TomlPath,
    location: Callable[[TomlPath], str],
    key: Callable[[TomlPath], str],
) -> Problem:
    """One problem; values are looked at only where the details carry them, which secrets' never do."""
    loc = tuple(part for part in detail["loc"] if part != "[key]")
    path = (*at, *loc)
    message, remedy = _explain(detail, loc, model)
    return Problem(location(path), key(path), message, remedy)


def _explain(detail: ErrorDetails, loc: TomlPath, model: type[BaseModel]) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    last = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        return "unknown key", did_you_mean(last, known_keys(model, loc[:-1]))
    if kind == "missing":
        inner = _model_at(model, loc[:-1])
        return "is missing", describe_keys(inner).get(last, "") if inner else ""
    if kind in ("enum", "literal_error") and not is_secret(last):
        return _expected_choice(str(context["expected"]), detail.get("input"))
    remedy = _known_key(last, loc, model) if kind.startswith("float") else ""
    return "not a valid value" if is_secret(last) else _expectation(detail, loc, model), remedy


def _known_key(name: str, loc: TomlPath, model: type[BaseModel]) -> str:
    """The key that was meant, where a table takes any other as a number: `severty` for `severity`."""
    known = known_keys(model, loc[:-1])
    suggestions = () if name in known else closest(name, known)
    return f"Did you mean `{suggestions[0]}`?" if suggestions else ""


def _expectation(detail: ErrorDetails, loc: TomlPath, model: type[BaseModel]) -> str:
    kind = detail["type"]
    if kind in ("value_error", "string_pattern_mismatch"):
        return _custom_message(detail, loc, model)
    if kind in _BOUNDS:
        return _BOUNDS[kind].format_map(detail.get("ctx", {}))
    if kind == "float_type" and type(detail.get("input")) is int:
        # Only a whole number beyond all floating-point numbers is refused.
        return _EXPECTED["finite_number"]
    return _EXPECTED.get(kind, "not a valid value") + _actual_type(kind, detail)


def _actual_type(kind: str, detail: ErrorDetails) -> str:
    if not kind.endswith("_type") or "input" not in detail:
        return ""
    name = _TYPES.get(type(detail["input"]).__name__, "")
    return f", found {name}" if name else ""


def _expected_choice(expected: str, value: object) -> tuple[str, str]:
    words = (word.strip("'") for word in expected.replace(" or ", ", ").split(", "))
    allowed = ["true" if word == "True" else word for word in words]
    suggestions = closest(value, allowed) if isinstance(value, str) else ()
    return "expected " + " or ".join(allowed), f"Did you mean `{suggestions[0]}`?" if suggestions else ""


def _custom_message(detail: ErrorDetails, loc: TomlPath, model: type[BaseModel]) -> str:
    """A validator's sentence, or the description of the field whose pattern was missed."""
    context = detail.get("ctx", {})
    if "error" in context:
        return str(context["error"])
    described = _description(model, loc)
    return f"expected {described}" if described else "not in the expected form"


def known_keys(model: type[BaseModel], loc: TomlPath = ()) -> frozenset[str]:
    """The keys that may stand in the table at `loc` of a table validated as `model`."""
    inner = _model_at(model, loc)
    return frozenset(field.alias or name for name, field in inner.model_fields.items()) if inner else frozenset()


def _description(model: type[BaseModel], loc: TomlPath) -> str:
    """The description of the nearest field on the way to `loc`."""
    for end in range(len(loc), 0, -1):
        inner = _model_at(model, loc[: end - 1])
        name = loc[end - 1]
        if inner and isinstance(name, str) and name in inner.model_fields:
            field_info = inner.model_fields[name]
            return field_info.description or _first_description(field_info.annotation)
    return ""


def _first_description(annotation: Any) -> str:
    """The first description anywhere inside an annotation, as in `Id | None`."""
    for arg in get_args(annotation):
        if words := (arg.description if isinstance(arg, FieldInfo) else _first_description(arg)):
            return words
    return ""


def _model_at(model: type[BaseModel], loc: TomlPath) -> type[BaseModel] | None:
    at: Any = model
    for part in loc:
        unwrapped = _unwrap(at)
        if isinstance(unwrapped, type) and issubclass(unwrapped, BaseModel):
            at = unwrapped.model_fields[str(part)].annotation if part in unwrapped.model_fields else None
        else:
            inner = get_args(unwrapped)
            at = inner[1] if get_origin(unwrapped) in (dict, Mapping) and len(inner) == 2 else next(iter(inner), None)
    unwrapped = _unwrap(at)
    return unwrapped if isinstance(unwrapped, type) and issubclass(unwrapped, BaseModel) else None


def _unwrap(annotation: Any) -> Any:
    """Without `Annotated` and `| None`."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        inner: Collection[Any] = [arg for arg in get_args(annotation) if arg is not type(None)]
        annotation = next(iter(inner))
    return annotation
