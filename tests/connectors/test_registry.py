"""Kinds of tracker are found by name; an unknown one is told with the closest known ones."""

from importlib.metadata import EntryPoint

import pytest

from connectors.github.connector import PLUGIN
from connectors.github.settings import GitHubSettings
from connectors.registry import BUILT_IN, GROUP, kinds, load_offered, plugin
from hub.model.errors import ConfigError

PLACE = "config.toml:4"


@pytest.mark.parametrize("kind", sorted(BUILT_IN))
def test_every_built_in_kind_loads(kind: str) -> None:
    found = plugin(kind)
    assert found.kind == kind
    assert found.settings.model_fields["kind"].default == kind
    assert kind in kinds()


def test_an_unknown_kind_names_the_closest_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        plugin("gitub", place=PLACE, key="connectors.x.kind")
    (problem,) = caught.value.problems
    assert str(problem) == f"{PLACE}: connectors.x.kind: no connector of kind 'gitub'. Did you mean github?"


def test_a_strange_kind_names_all_known_ones() -> None:
    with pytest.raises(ConfigError, match="Known kinds: acme, csv, github, jira"):
        load_offered("zzz", [EntryPoint("acme", "connectors.github.connector:PLUGIN", GROUP)], place=PLACE, key="kind")


def test_an_offered_connector_is_found_by_its_name() -> None:
    point = EntryPoint("acme", "connectors.github.connector:PLUGIN", GROUP)
    assert load_offered("acme", [point], place=PLACE, key="kind") is PLUGIN


def test_an_offered_connector_that_does_not_load_is_named() -> None:
    point = EntryPoint("acme", "connectors.nowhere:PLUGIN", GROUP)
    with pytest.raises(ConfigError, match=r"the connector 'acme' from connectors.nowhere:PLUGIN cannot be loaded"):
        load_offered("acme", [point], place=PLACE, key="kind")


def test_a_plugin_builds_without_a_connection() -> None:
    from tests.fakes.connector_context import a_world

    settings = GitHubSettings(token="ghp_secret", repositories=("acme/app",))  # type: ignore[arg-type]
    connector = plugin("github").build("hub", settings, a_world())
    assert connector.name == "hub"
    assert connector.capabilities.comments is connector
    connector.close()
