"""The JSON schemas for editors and the readers of the files agree: on the examples, and on every unknown key."""

import copy
import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from pydantic import BaseModel
from pydantic import ValidationError as Refused

from docs.generate.__main__ import REFERENCE
from docs.generate.schemas import CONNECTORS, config_schema, okrs_schema
from hub.config.settings import Config, load
from hub.model.errors import ConfigError
from hub.okr_files.tables import load_tables
from hub.toml.document import parse_toml
from tests.end_to_end.workspace import ROOT

Json = dict[str, Any]
EXAMPLE = ROOT / "config.example.toml"
CONFIGS = (EXAMPLE, ROOT / "examples" / "acme" / "config.toml", ROOT / "examples" / "csv" / "config.toml")
OKR_FILES = sorted((*ROOT.glob("examples/acme/okrs/*.toml"), *ROOT.glob("tests/truth/worlds/*/okrs/*.toml")))
UNKNOWN = "unexpected"
CONFIGURATION = Draft202012Validator(config_schema())
OKRS = Draft202012Validator(okrs_schema())


def keys_of(validator: Draft202012Validator) -> list[str]:
    """Every key of every table, of which most are unknown in any one of them."""
    tables = [validator.schema, *validator.schema["$defs"].values()]
    return sorted({key for table in tables for key in table.get("properties", ())})


words = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
okr_keys = words | st.sampled_from(keys_of(OKRS))
configuration_keys = words | st.sampled_from([key for key in keys_of(CONFIGURATION) if not key.endswith("_file")])


def read(path: Path) -> Json:
    """The file as an editor sees it: dates are texts."""
    return plain(tomllib.loads(path.read_text(encoding="utf-8")))  # type: ignore[no-any-return]


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def complaints(validator: Draft202012Validator, document: Json) -> list[str]:
    return [leaf.message for error in validator.iter_errors(document) for leaf in leaves(error)]


def leaves(error: ValidationError) -> Iterator[ValidationError]:
    if not error.context:
        yield error
    for inner in error.context or ():
        yield from leaves(inner)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_example_configurations_are_valid(path: Path) -> None:
    assert complaints(CONFIGURATION, read(path)) == []


@pytest.mark.parametrize("path", OKR_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_okr_files_that_load_are_valid(path: Path) -> None:
    loaded = load_tables([parse_toml(str(path), path.read_bytes())])
    assert (complaints(OKRS, read(path)) == []) == (loaded.problems == [])


@pytest.mark.parametrize("name", ["config", "okrs"])
def test_the_written_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8")))


def test_a_mistyped_key_is_named() -> None:
    document = read(EXAMPLE)
    document["connectors"]["jira"]["qurey"] = document["connectors"]["jira"].pop("query")
    document["publish"]["enabeld"] = True
    document["rules"]["unowned-work"]["warn_above"] = 5
    said = "\n".join(complaints(CONFIGURATION, document))
    assert all(f"'{word}' was {UNKNOWN}" in said for word in ("qurey", "enabeld", "warn_above"))


def test_a_secret_in_the_configuration_is_unknown_and_the_file_that_holds_it_is_not() -> None:
    document = read(EXAMPLE)
    document["connectors"]["jira"]["token_file"] = "secrets/jira-token"
    assert complaints(CONFIGURATION, document) == []
    document["connectors"]["jira"]["token"] = "secret"
    assert f"'token' was {UNKNOWN}" in "\n".join(complaints(CONFIGURATION, document))


def test_a_wrong_value_is_refused_and_a_connector_of_another_package_is_not() -> None:
    document = read(EXAMPLE)
    document["publish"]["max_share"] = 7
    document["connectors"]["linear"] = {"kind": "linear", "workspace": "acme"}
    assert complaints(CONFIGURATION, document) == ["7 is greater than the maximum of 1"]


def tables_in(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every table in a document."""
    if isinstance(document, dict):
        yield path
        for key, value in document.items():
            yield from tables_in(value, (*path, key))
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from tables_in(value, (*path, number))


def with_key(document: Json, path: tuple[str | int, ...], key: str) -> Json:
    changed = copy.deepcopy(document)
    at: Any = changed
    for part in path:
        at = at[part]
    at.setdefault(key, "x")
    return changed


def names_key(messages: list[str], key: str) -> bool:
    return any(UNKNOWN in message and f"'{key}'" in message for message in messages)


ACME = tomllib.loads((ROOT / "examples" / "acme" / "okrs" / "2026-Q4.toml").read_text(encoding="utf-8"))
OKR_TABLES = sorted(set(tables_in(ACME)), key=str)


@given(st.sampled_from(OKR_TABLES), okr_keys)
def test_the_reader_of_okr_files_and_the_schema_agree_on_unknown_keys(path: tuple[str | int, ...], key: str) -> None:
    document = with_key(ACME, path, key)
    file = parse_toml("okrs.toml", b"")
    loaded = load_tables([type(file)(file.name, document, {})])
    refused = any(problem.message == "unknown key" for problem in loaded.problems)
    assert refused == names_key(complaints(OKRS, plain(document)), key)


CONFIGURED = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
OWN = ("publish", "service", "auth", "digests")
SECTIONS = sorted({path for path in tables_in(CONFIGURED) if path[:1] and path[0] in OWN}, key=str)
# Tables whose keys are names of people's own.
NAMED = {("service", "schedules"), ("auth", "teams")}


@given(st.sampled_from([(), *(path for path in SECTIONS if path not in NAMED)]), configuration_keys)
def test_the_reader_of_the_configuration_and_the_schema_agree_on_unknown_keys(
    path: tuple[str | int, ...], key: str
) -> None:
    document = with_key(CONFIGURED, path, key)
    assert refused_by_reader(document) == names_key(complaints(CONFIGURATION, plain(document)), key)


def refused_by_reader(document: Json) -> bool:
    """Whether the hub's own tables refuse a key; values of a known key may be refused for other reasons."""
    try:
        Config.model_validate(document)
    except Refused as error:
        return any(detail["type"] == "extra_forbidden" for detail in error.errors())
    return False


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
@given(st.data())
def test_each_connectors_settings_and_the_schema_agree_on_unknown_keys(kind: str, data: st.DataObject) -> None:
    table: Mapping[str, Any] = CONFIGURED["connectors"].get(kind, {"kind": kind, "paths": ["a.csv"]})
    fields = CONNECTORS[kind].model_fields
    # Secrets are settings, and no keys of a file.
    secret = {name for name in fields if name.endswith(("token", "secret", "private_key"))}
    known = sorted(fields.keys() - secret)
    key = data.draw(st.one_of(words.filter(lambda word: word not in secret), st.sampled_from(known)))
    changed = {**table, key: table.get(key, "x")}
    refused = refused_by_settings(CONNECTORS[kind], changed)
    assert refused == names_key(complaints(CONFIGURATION, {"connectors": {"mine": plain(changed)}}), key)


def refused_by_settings(settings: type[BaseModel], table: Mapping[str, Any]) -> bool:
    try:
        settings.model_validate(table)
    except Refused as error:
        return any(detail["type"] == "extra_forbidden" for detail in error.errors())
    return False


def test_the_reader_names_what_a_missing_key_is_for(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[connectors.jira]\nkind = "jira"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert [(problem.key, problem.message, problem.remedy) for problem in caught.value.problems] == [
        (
            "okrs",
            "is missing",
            "The OKR files, as paths or patterns from the folder of this file; each must match at least one file.",
        )
    ]
