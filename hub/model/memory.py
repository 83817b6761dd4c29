"""What one run tells the next about dependencies: no tracker says since when something waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from hub.model.command import Command
from hub.model.initiative import Initiative
from hub.model.okr import Alignment, KeyResult, Need

DependencyKey = tuple[str, str]
"""Who waits and who is to provide, by names that survive renames and moves."""


@dataclass(frozen=True, slots=True)
class DependencyHistory:
    """Since when earlier runs have seen each dependency, and the commands that they heard, by connector.

    `key` is a secret of the state: what is hashed with it can be guessed by nobody who does not hold the state.
    """

    first_seen: Mapping[DependencyKey, date] = field(default_factory=dict)
    commands: Mapping[str, tuple[Command, ...]] = field(default_factory=dict)
    key: bytes = field(default=b"", repr=False, compare=False)


def ticket_dependency_key(waiting: Initiative, providing: Initiative) -> DependencyKey:
    """The name of a dependency between two tickets: the trackers' own ids."""
    return f"{waiting.ref.connector}:{waiting.id}", f"{providing.ref.connector}:{providing.id}"


def need_key(waiting: KeyResult, need: Need) -> DependencyKey:
    """The name of a need that stands in the OKR files, apart from all tickets."""
    return f"kr/{waiting.cycle}/{waiting.id}", f"kr/{need.team}/{need.key_result or ''}"


def alignment_key(key_result: KeyResult, link: Alignment) -> DependencyKey:
    """The name of a vertical link."""
    return "link", f"{key_result.cycle}/{key_result.id} -> {link.key_result}"
