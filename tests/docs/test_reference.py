"""The reference says what the code says: every key, command, rule, address and metric is in it, as it is now."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from connectors.csv.settings import CsvSettings
from connectors.github.settings import GitHubSettings
from connectors.jira.settings import JiraSettings
from docs.generate.__main__ import COMMAND, REFERENCE, main, outdated_files, write
from docs.generate.metrics import metrics
from hub.cli.main import COMMANDS
from hub.cli.output import DONE, FINDINGS, INVALID_INPUT, PARTIAL, REFUSED
from hub.config.sections import (
    AuthSettings,
    DigestSettings,
    PublishSettings,
    RuleSettings,
    ServiceSettings,
    WaiverSettings,
)
from hub.config.settings import Config
from hub.okr_files.schema import KeyResultTable
from hub.okr_files.tables import TABLES
from hub.toml.key_descriptions import describe_keys
from rules.registry import ALL_RULES
from tests.end_to_end.serving import serving
from tests.end_to_end.workspace import Desk

CONNECTORS = {"jira": JiraSettings, "github": GitHubSettings, "csv": CsvSettings}
SECTIONS: dict[str, type[BaseModel]] = {
    **{f"connectors.{name}": model for name, model in CONNECTORS.items()},
    "publish": PublishSettings,
    "service": ServiceSettings,
    "auth": AuthSettings,
    "digests": DigestSettings,
    "rules.NAME": RuleSettings,
    "waivers": WaiverSettings,
}


def text(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def keys_by_section(page: str) -> dict[str, set[str]]:
    """The keys that a page lists under each heading with a table's name."""
    sections: dict[str, set[str]] = {"": set()}
    name = ""
    for line in page.splitlines():
        if heading := re.match(r"#+ .*?\[+([\w.]+)\]+", line):
            name = heading[1]
        elif line.startswith("#"):
            name = ""
        elif key := re.match(r"\| `(\w+)` \|", line):
            sections.setdefault(name, set()).add(key[1])
    return sections


def models_below(name: str, model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """A table and every table below it, each with its path."""
    yield name, model
    for field, info in model.model_fields.items():
        for inner in models_in(info.annotation):
            yield from models_below(f"{name}.{field}", inner)


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in models_in(part)]


def all_tables(roots: dict[str, type[BaseModel]]) -> list[tuple[str, type[BaseModel]]]:
    return [found for name, model in roots.items() for found in models_below(name, model)]


def test_the_reference_is_up_to_date() -> None:
    assert outdated_files() == [], f"run {COMMAND}"


def test_a_reference_that_is_out_of_date_is_told_and_written_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "configuration.md" in write(tmp_path)
    assert outdated_files(tmp_path) == []
    (tmp_path / "metrics.md").write_text("old", encoding="utf-8")
    (tmp_path / "rules" / "gone.md").write_text("a rule that is gone", encoding="utf-8")
    assert outdated_files(tmp_path) == ["metrics.md", "rules/gone.md"]
    assert write(tmp_path) == ["metrics.md", "rules/gone.md"]
    assert outdated_files(tmp_path) == []
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("name", "model"), all_tables(SECTIONS), ids=str)
def test_every_configuration_key_is_in_the_reference(name: str, model: type[BaseModel]) -> None:
    listed = keys_by_section(text("configuration.md"))
    name = name.replace("digests.channels", "digests.channels.TEAM")
    assert set(model.model_fields) - listed.get(name, set()) == set()


def test_every_key_at_the_top_is_in_the_reference() -> None:
    assert set(Config.model_fields) <= keys_by_section(text("configuration.md"))[""]


@pytest.mark.parametrize(("name", "model"), all_tables({**TABLES, "objective.key_result": KeyResultTable}), ids=str)
def test_every_key_of_an_okr_file_is_in_the_reference(name: str, model: type[BaseModel]) -> None:
    listed = keys_by_section(text("okr-files.md"))
    assert set(model.model_fields) - listed.get(name, set()) == set()


def test_every_key_is_described_by_a_sentence() -> None:
    tables = [*all_tables({**SECTIONS, **TABLES, "objective.key_result": KeyResultTable}), ("", Config)]
    for name, model in tables:
        for key in model.model_fields:
            description = describe_keys(model).get(key, "")
            assert re.fullmatch(r"[A-Z0-9`].{9,}[.]", description), f"{name}.{key}: {description!r}"


def test_every_threshold_of_every_rule_is_in_the_reference() -> None:
    page = text("configuration.md")
    for rule in ALL_RULES:
        for option, default in rule.options.items():
            assert f"| [{rule.name}](rules/{rule.name}.md) | `{option}` | `{default}` |" in page


def test_every_command_with_every_option_is_in_the_reference() -> None:
    page = text("commands.md")
    for name in COMMANDS:
        assert f"## `hub {name}`" in page
    for option in ("--dry-run", "--only CONNECTOR", "--fail-on", "--config", "--format", "--quiet"):
        assert option in page


def test_every_rule_has_a_page_with_its_examples() -> None:
    pages = {path.stem for path in (REFERENCE / "rules").glob("*.md")}
    assert pages == {rule.name for rule in ALL_RULES}
    for rule in ALL_RULES:
        page = text(f"rules/{rule.name}.md")
        assert rule.summary in page
        assert page.count("```toml") == rule.page.count("```toml")
        assert f"[`{rule.name}`](rules/{rule.name}.md)" in text("rules.md")


def test_every_exit_code_is_in_the_reference() -> None:
    rows = re.findall(r"^\| (\d+) \|", text("exit-codes.md"), re.MULTILINE)
    assert rows == [str(code) for code in (DONE, FINDINGS, INVALID_INPUT, PARTIAL, REFUSED, 130)]


@pytest.fixture(scope="module")
def service(told: Desk) -> Iterator[httpx.Client]:
    with serving(told) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        yield client


def test_every_metric_of_a_running_service_is_in_the_reference(service: httpx.Client) -> None:
    helps = re.findall(r"^# HELP (hub_\w+) (.*)", service.get("/metrics").text, re.MULTILINE)
    # When a counter was made is added by the library.
    served = [(name, description) for name, description in helps if not name.endswith("_created")]
    listed = {metric.name: metric.description for metric in metrics()}
    assert len(served) > 10
    for name, description in served:
        assert listed[name] == description


def test_every_address_of_a_running_service_is_in_the_reference(service: httpx.Client) -> None:
    document = service.get("/api/openapi.json").json()
    page = text("api.md")
    for path in document["paths"]:
        assert f"## `GET {path}`" in page
