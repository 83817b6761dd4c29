"""JSON schemas of the configuration and of OKR files, for editors: made from the models that read the files."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from connectors.csv.settings import CsvSettings
from connectors.github.settings import GitHubSettings
from connectors.jira.settings import JiraSettings
from hub.config.sections import RuleSettings, WaiverSettings
from hub.config.settings import Config
from hub.okr_files.json_file import SCHEMA
from hub.okr_files.schema import KeyResultTable, ObjectiveTable, OkrTable
from hub.okr_files.tables import KEY_RESULT, TABLES
from hub.toml.key_descriptions import describe_keys
from hub.toml.validation_errors import is_secret
from rules.base import Rule
from rules.registry import ALL_RULES

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFINITIONS = "#/$defs/{model}"
CONNECTORS: Mapping[str, type[BaseModel]] = {"jira": JiraSettings, "github": GitHubSettings, "csv": CsvSettings}
_OPTION = re.compile(r"^- `(\w+) = [^`]+`: (.+(?:\n {2}.+)*)", re.MULTILINE)


class DescribedSchema(GenerateJsonSchema):
    """Pydantic's schema with the descriptions of the keys; secrets appear as the key that names their file."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Json:
        """The schema of one table."""
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        descriptions = describe_keys(model)
        properties: Json = {}
        for name, value in made.get("properties", {}).items():
            described = {key: part for key, part in value.items() if key != "title"}
            described["description"] = descriptions.get(name, "")
            is_hidden = is_secret(name)
            properties[f"{name}_file" if is_hidden else name] = _secret_file(name) if is_hidden else described
        made["properties"] = properties
        made["description"] = (model.__doc__ or "").strip().split("\n\n")[0]
        made.pop("title", None)
        if not issubclass(model, OkrTable | WaiverSettings):
            made.pop("required", None)  # any key may come from the environment instead
        return made


def _secret_file(name: str) -> Json:
    return {"type": "string", "minLength": 1, "description": f"The path of a file that holds the {name}."}


def definitions(*models: type[BaseModel]) -> Json:
    """The schemas of the models and of all tables below them, by the name of the class."""
    _, made = models_json_schema(
        [(model, "validation") for model in models], ref_template=DEFINITIONS, schema_generator=DescribedSchema
    )
    found: Json = _as_toml(made["$defs"])
    return found


def config_schema() -> Json:
    """The schema of `config.toml`, with the connectors and rules that the hub brings."""
    found = definitions(Config, *CONNECTORS.values(), RuleSettings)
    root = found.pop("Config")
    properties = root["properties"]
    pattern = next(iter(properties["connectors"].pop("patternProperties", {})), "^[a-z](_?[a-z0-9])*$")
    properties["connectors"] = {
        "type": "object",
        "description": properties["connectors"]["description"],
        "patternProperties": {pattern: _connector(found)},
        "additionalProperties": False,
    }
    severity = found.pop("RuleSettings")["properties"]["severity"]
    properties["rules"] = {
        "type": "object",
        "description": properties["rules"]["description"],
        "properties": {rule.name: _rule(rule, severity) for rule in ALL_RULES},
        "additionalProperties": False,
    }
    return {"$schema": DIALECT, "title": "Alignment Hub configuration", **root, "$defs": found}


def _connector(found: Json) -> Json:
    """A connector's table: the keys of its kind; kinds of other packages may have any."""
    keys: dict[str, dict[str, None]] = {}
    for model in CONNECTORS.values():
        for name, value in found[model.__name__]["properties"].items():
            keys.setdefault(name, {})[value["description"]] = None
    return {
        "type": "object",
        "properties": {name: {"description": " / ".join(texts)} for name, texts in keys.items()},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": DEFINITIONS.format(model=model.__name__)},
            }
            for kind, model in CONNECTORS.items()
        ],
    }


def _rule(rule: Rule, severity: Json) -> Json:
    texts = option_texts(rule)
    options = {
        name: {"type": "number", "default": default, "description": texts.get(name, "")}
        for name, default in rule.options.items()
    }
    return {
        "type": "object",
        "description": rule.summary,
        "properties": {"severity": severity, **options},
        "additionalProperties": False,
    }


def option_texts(rule: Rule) -> Mapping[str, str]:
    """What each threshold is for, as the rule's page says it."""
    return {name: _sentence(text) for name, text in _OPTION.findall(rule.page)}


def _sentence(text: str) -> str:
    words = " ".join(text.split())
    return words[:1].upper() + words[1:]


def okrs_schema() -> Json:
    """The schema of an OKR file."""
    found = definitions(*TABLES.values(), KeyResultTable)
    objective = found[ObjectiveTable.__name__]
    objective["properties"][KEY_RESULT] = _list_of(KeyResultTable)
    address = {"type": "string", "description": "In JSON, where this schema is, for editors."}
    properties = {SCHEMA: address} | {
        name: {"$ref": DEFINITIONS.format(model=model.__name__)} if name == "cycle" else _list_of(model)
        for name, model in TABLES.items()
    }
    root = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"$schema": DIALECT, "title": "Alignment Hub OKR file", **root, "$defs": found}


def _list_of(model: type[BaseModel]) -> Json:
    return {"type": "array", "items": {"$ref": DEFINITIONS.format(model=model.__name__)}}


def _as_toml(value: Any) -> Any:
    """Without null, which TOML doesn't have, and with addresses where the format names ranges only."""
    if isinstance(value, list):
        return [_as_toml(part) for part in value]
    if not isinstance(value, dict):
        return value
    choices = [part for part in value.get("anyOf", ()) if part != {"type": "null"}]
    if "ipv4network" in {part.get("format") for part in choices}:
        choices = [{"type": "string"}]
    if len(choices) == 1:
        value = {**choices[0], **{key: part for key, part in value.items() if key != "anyOf"}}
    if "default" in value and value["default"] is None:
        value = {key: part for key, part in value.items() if key != "default"}
    return {key: _as_toml(part) for key, part in value.items()}


def schema_text(schema: Mapping[str, Any]) -> str:
    """The schema as it is written to its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
