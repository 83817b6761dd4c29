"""The reference of the configuration and of OKR files: every key with its type, default and purpose."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from docs.generate.markdown import alternatives, code, page, table
from docs.generate.schemas import CONNECTORS, DEFINITIONS, Json, definitions, option_texts
from hub.config.sections import (
    AuthSettings,
    ChannelSettings,
    DigestSettings,
    PublishSettings,
    RuleSettings,
    ServiceSettings,
    WaiverSettings,
)
from hub.config.settings import Config
from hub.config.sources import variable
from hub.okr_files.schema import KeyResultTable
from hub.okr_files.tables import TABLES
from hub.toml.key_descriptions import describe_keys
from hub.toml.validation_errors import is_secret
from rules.registry import ALL_RULES

HEADER = ("key", "type", "default", "what it is for")
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "table",
}
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
}
NAMES = {"jira": "Jira", "github": "GitHub", "csv": "Exports (CSV)"}
CONFIG_TEXT = """
The configuration is one TOML file: the one that `--config` or `HUB_CONFIG` names, else `config.toml` in the current
folder. Paths in it start from its folder. `config.example.toml` in the repository holds every key with its default.

Every key can be set in the environment instead, where it overrides the file: `HUB_` and the key's path in capitals,
with `__` between the tables and `_` for dashes. `HUB_PUBLISH__ENABLED=true` sets `enabled` under `[publish]`; lists are
written as JSON, such as `HUB_OKRS='["okrs/*.toml"]'`.

**Secrets** never stand in the file. Set the variable that is shown beside the key, or the same variable with `_FILE` at
its end and the path of a file that holds the value. In the file, `token_file = "…"` does the same. If `HUB_SECRETS_DIR`
names a folder, files in it that are called like the variables count, too.

An unknown key is an error that names the closest known one. For the same in your editor, see
[JSON schemas](editor-schemas.md).
"""
OKR_TEXT = """
OKR files are TOML. There may be several; `okrs` in `config.toml` names them, and they are read as one. The files of
`examples/acme/okrs` in the repository show every kind of line. Errors name the file, the line and the key; `hub check`
finds them without asking a tracker. For the same in your editor, see [JSON schemas](editor-schemas.md).

Ids consist of the lower-case letters a-z, digits, dots, dashes and underscores and start with a letter or digit.
Objectives and key results share the ids of their cycle; teams are the same in every cycle.
"""


def configuration_page() -> str:
    """`reference/configuration.md`."""
    found = definitions(Config, *CONNECTORS.values(), RuleSettings)
    parts = [CONFIG_TEXT, "## Top level", _fields(Config, found, ())]
    for kind, model in CONNECTORS.items():
        parts += _section(f"connectors.{kind}", model, found, title=f"{NAMES[kind]}: `[connectors.{kind}]`")
    for name, section in (("publish", PublishSettings), ("service", ServiceSettings), ("auth", AuthSettings)):
        parts += _section(name, section, found)
    parts += _section("digests", DigestSettings, found)
    parts += _section("digests.channels.TEAM", ChannelSettings, found)
    parts += ["## `[rules.NAME]`", "For any rule; its thresholds are listed below.", _fields(RuleSettings, found, ())]
    parts += ["### Thresholds", table(("rule", "key", "default", "what it is for"), _thresholds())]
    parts += ["## `[[waivers]]`", _fields(WaiverSettings, found, ("waivers",))]
    return page("Configuration", *parts)


def okr_file_page() -> str:
    """`reference/okr-files.md`."""
    found = definitions(*TABLES.values(), KeyResultTable)
    parts = [OKR_TEXT]
    for name, model in TABLES.items():
        parts += _section(name, model, found, title=f"`[{name}]`" if name == "cycle" else f"`[[{name}]]`")
        if name == "objective":
            parts += _section("objective.key_result", KeyResultTable, found, title="`[[objective.key_result]]`")
    return page("OKR files", *parts)


def _section(name: str, model: type[BaseModel], found: Json, *, title: str = "", depth: int = 2) -> list[str]:
    """A table's heading and keys, then the tables below it."""
    path = tuple(name.split("."))
    heading = f"{'#' * depth} {title or f'`[{name}]`'}"
    parts = [heading, _fields(model, found, path)]
    for field, inner in _tables_below(model, found):
        at = f"{name}.{field}"
        is_list = found[model.__name__]["properties"][field].get("type") == "array"
        parts += _section(at, inner, found, title=f"`[[{at}]]`" if is_list else "", depth=depth + 1)
    return parts


def _tables_below(model: type[BaseModel], found: Json) -> Iterator[tuple[str, type[BaseModel]]]:
    """The keys of a model that are tables of their own, or lists of them."""
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is not None and inner is not ChannelSettings and inner.__name__ in found:
            yield name, inner


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner: Iterable[Any] = getattr(annotation, "__args__", ())
    return next((model for part in inner if (model := _model_in(part)) is not None), None)


def _fields(model: type[BaseModel], found: Json, path: Sequence[str]) -> str:
    properties, required = found[model.__name__]["properties"], _required(model)
    descriptions = describe_keys(model)
    rows = []
    own = [name for name in model.model_fields if name in model.__annotations__]
    for name in (*own, *(name for name in model.model_fields if name not in own)):
        description = descriptions[name]
        if is_secret(name):
            rows.append((code(name), "secret", "", f"{description} Set {code(variable((*path, name)))}."))
            continue
        schema = properties[name]
        default = "required" if name in required else _default(schema.get("default"), found)
        rows.append((code(name), type_words(schema, found), default, description))
    return table(HEADER, rows)


def _required(model: type[BaseModel]) -> frozenset[str]:
    """The keys that have no default; a connector's kind has one in the code alone."""
    kind = {"kind"} if model in CONNECTORS.values() else set()
    return frozenset(kind | {name for name, field in model.model_fields.items() if field.is_required()})


def _default(value: object, found: Json) -> str:
    if value is None or (isinstance(value, dict) and value):
        return ""
    return code(toml_value(value))


def toml_value(value: object) -> str:
    """A default as a TOML file writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    return "{}" if value == {} else str(value)


def type_words(schema: Mapping[str, Any], found: Json) -> str:
    """The type in words: `whole number, at least 1`, `list of texts`, `"a" or "b"`."""
    if "$ref" in schema:
        return type_words(found[str(schema["$ref"]).removeprefix(DEFINITIONS.format(model=""))], found)
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if values:
        return alternatives([code(toml_value(value)) for value in values])
    if schema.get("type") == "array":
        return f"list of {_plural(type_words(schema.get('items', {}), found))}"
    bounds = [BOUNDS[key].format(schema[key]) for key in BOUNDS if key in schema]
    plain = "date" if schema.get("format") == "date" else TYPES.get(str(schema.get("type")), "text")
    return ", ".join([plain, *bounds])


def _plural(words: str) -> str:
    return f"{words}s" if words in ("table", "text", "number", "whole number") else words


def _thresholds() -> Iterator[tuple[str, str, str, str]]:
    for rule in ALL_RULES:
        texts = option_texts(rule)
        for name, default in rule.options.items():
            yield f"[{rule.name}](rules/{rule.name}.md)", code(name), code(default), texts[name]
