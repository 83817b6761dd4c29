"""The example configuration holds every key there is, with its default, and loads as it stands."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from connectors.csv.settings import CsvSettings
from connectors.github.settings import GitHubSettings
from connectors.jira.settings import JiraSettings
from docs.generate.schemas import option_texts
from hub.config.sections import AuthSettings, DigestSettings, PublishSettings, ServiceSettings, WaiverSettings
from hub.config.settings import Config, load
from hub.toml.key_descriptions import describe_keys
from hub.toml.validation_errors import is_secret
from rules.registry import ALL_RULES

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
TOKEN = {"HUB_CONNECTORS__JIRA__TOKEN": "t", "HUB_CONNECTORS__GITHUB__TOKEN": "t"}
CONNECTORS: dict[str, type[BaseModel]] = {"jira": JiraSettings, "github": GitHubSettings}


def sections() -> dict[str, str]:
    """The text under each header, headers in comments included."""
    parts = re.split(r"^#? ?\[+([a-z0-9_.-]+)\]+.*$", TEXT, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def absent(keys: set[str], section: str) -> set[str]:
    held = sections()
    named = {name.rpartition(".")[2] for name in held if name.rpartition(".")[0] == section}
    written = set(re.findall(r"^(?:# )?([a-z_]+) = ", held[section], flags=re.MULTILINE))
    return keys - written - named


def test_the_example_loads_and_publishes_nothing() -> None:
    config = load(EXAMPLE, TOKEN | {"HUB_CONNECTORS__JIRA__EMAIL": "hub@acme.test"})
    assert config.publish.enabled is False
    for name, settings in CONNECTORS.items():
        assert settings.model_validate(config.connectors[name])


def test_the_example_holds_every_key_of_the_hub() -> None:
    assert absent(set(Config.model_fields), "") - {"connectors", "rules"} == set()
    assert absent(set(PublishSettings.model_fields), "publish") == set()
    assert absent(set(ServiceSettings.model_fields), "service") == set()
    assert absent({name for name in AuthSettings.model_fields if not is_secret(name)}, "auth") == set()
    for secret in filter(is_secret, AuthSettings.model_fields):
        assert f"HUB_AUTH__{secret.upper()}" in TEXT
    assert absent(set(DigestSettings.model_fields) - {"channels"}, "digests") == set()
    assert absent(set(WaiverSettings.model_fields), "waivers") == set()


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_the_example_holds_every_setting_of_each_connector(name: str) -> None:
    fields = CONNECTORS[name].model_fields
    secrets = {field for field in fields if is_secret(field)}
    assert absent(set(fields) - secrets, f"connectors.{name}") == set()
    for secret in secrets:
        assert f"# HUB_CONNECTORS__{name.upper()}__{secret.upper()} " in TEXT
    for field, info in fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            assert absent(set(info.annotation.model_fields), f"connectors.{name}.{field}") == set()


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_what_connectors_keep_secret_has_a_secrets_name(name: str) -> None:
    for field, info in CONNECTORS[name].model_fields.items():
        assert is_secret(field) == ("SecretStr" in str(info.annotation))


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_values_in_the_example_are_the_defaults(name: str) -> None:
    written: dict[str, Any] = tomllib.loads(TEXT)["connectors"][name]
    given = {"jira": {"url", "query"}, "github": {"projects", "repositories", "statuses", "priorities"}}[name]
    needed = {"url": "https://x.test", "query": "q", "repositories": ["a/b"], "token": SecretStr("t")}
    settings = CONNECTORS[name]
    account = {"email": "hub@acme.test"} if name == "jira" else {}
    plain = settings.model_validate(
        {k: v for k, v in needed.items() if k in settings.model_fields} | _url(written) | account
    )
    full = settings.model_validate(written | {"token": SecretStr("t")} | account)
    assert full.model_dump(exclude=given) == plain.model_dump(exclude=given)


def _url(written: dict[str, Any]) -> dict[str, Any]:
    return {"url": written["url"]}


def test_the_hubs_own_values_in_the_example_are_the_defaults() -> None:
    config = load(EXAMPLE, TOKEN)
    assert config.publish == PublishSettings()
    assert config.digests == DigestSettings()
    assert config.auth == AuthSettings()
    assert (config.workspace, config.state) == ("main", "sqlite:///hub.db")


def test_the_example_holds_every_threshold_of_every_rule() -> None:
    written = {name: dict(rule.options) for name, rule in load(EXAMPLE, TOKEN).rules.items()}
    assert written == {rule.name: dict(rule.options) for rule in ALL_RULES if rule.options}


DESCRIBED: dict[str, type[BaseModel]] = {
    "": Config,
    "publish": PublishSettings,
    "service": ServiceSettings,
    "auth": AuthSettings,
    "digests": DigestSettings,
    "waivers": WaiverSettings,
    "connectors.jira": JiraSettings,
    "connectors.github": GitHubSettings,
    "connectors.export": CsvSettings,
}
COMMENTED = re.compile(r"^(?:# )?([a-z_]+) = .*?\S +# (.*)$", re.MULTILINE)


@pytest.mark.parametrize("section", DESCRIBED)
def test_the_comments_in_the_example_are_the_descriptions_of_the_keys(section: str) -> None:
    descriptions = describe_keys(DESCRIBED[section])
    comments = dict(COMMENTED.findall(sections()[section]))
    assert comments
    assert {key: comment for key, comment in comments.items() if descriptions[key] != comment} == {}


def test_the_comments_of_thresholds_in_the_example_are_those_of_the_rules() -> None:
    for rule in ALL_RULES:
        comments = dict(COMMENTED.findall(sections().get(f"rules.{rule.name}", "")))
        assert comments == option_texts(rule)
