"""Milestones between two pulls: a new due date or state moves the milestone's own time, and not that of its issues."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


class MilestoneChanges:
    """What is known of milestones, by id; `known` is what the next pull begins from."""

    def __init__(self, previous: Mapping[str, str], since: str) -> None:
        """`previous` is what the last pull knew; changes before `since`, as GitHub writes a moment, are known."""
        self.known: dict[str, str] = {}
        self._previous = previous
        self._since = since

    def changed(self, milestones: Iterable[Json | None]) -> Iterator[str]:
        """The ids of those whose issues are to be read again."""
        for milestone in milestones:
            if milestone:
                identity, plan = str(milestone["id"]), f"{milestone.get('state')} {milestone.get('dueOn')}"
                is_recent = str(milestone.get("updatedAt")) >= self._since
                if self._previous.get(identity, "" if is_recent else plan) != plan and identity not in self.known:
                    yield identity
                self.known[identity] = plan
