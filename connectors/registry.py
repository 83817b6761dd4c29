"""Which kinds of tracker there are: those built in by name, then those that other packages offer."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from connectors.base import ConnectorPlugin, Plugin
from hub.model.errors import ConfigError, Problem
from hub.model.text import closest

GROUP = "alignment_hub.connectors"

# Imported when asked for: a hub that reads one tracker does not load the other's libraries.
BUILT_IN: Mapping[str, str] = {
    "csv": "connectors.csv.connector:PLUGIN",
    "github": "connectors.github.connector:PLUGIN",
    "jira": "connectors.jira.connector:PLUGIN",
}


def plugin(kind: str, *, place: str = "configuration", key: str = "kind") -> Plugin:
    """The plugin of one kind; an unknown kind is a ConfigError at `place` that names the closest ones."""
    if kind in BUILT_IN:
        module, _, name = BUILT_IN[kind].partition(":")
        loaded: Plugin = getattr(import_module(module), name)
        return loaded
    return load_offered(kind, _entry_points(), place=place, key=key)


def kinds() -> tuple[str, ...]:
    """Every known kind, in alphabetical order."""
    return tuple(sorted({*BUILT_IN, *(point.name for point in _entry_points())}))


def load_offered(kind: str, points: Iterable[EntryPoint], *, place: str, key: str) -> Plugin:
    """The plugin that another package offers under this name."""
    points = tuple(points)
    for point in points:
        if point.name == kind:
            return _load(point, place=place, key=key)
    known = sorted({*BUILT_IN, *(point.name for point in points)})
    matches = list(closest(kind, known, limit=3, cutoff=40)) or known
    remedy = f"Did you mean {' or '.join(matches)}?" if matches != known else f"Known kinds: {', '.join(known)}"
    raise ConfigError([Problem(place, key, f"no connector of kind {kind!r}", remedy)])


def _load(point: EntryPoint, *, place: str, key: str) -> Plugin:
    try:
        loaded: object = point.load()
        reason = "" if isinstance(loaded, ConnectorPlugin) else f"it is {type(loaded).__name__}, no ConnectorPlugin"
    except (ImportError, AttributeError) as error:
        loaded, reason = None, str(error)
    if isinstance(loaded, ConnectorPlugin):
        return loaded
    message = f"the connector {point.name!r} from {point.value} cannot be loaded: {reason}"
    raise ConfigError([Problem(place, key, message, "Install or fix the package that provides it")])


@cache
def _entry_points() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))
