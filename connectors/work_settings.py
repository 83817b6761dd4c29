"""What people may say about the work on any tracker: what may be an initiative, what is exempt, what is urgent."""

from collections.abc import Iterable

from pydantic import BaseModel, Field

from connectors import exemptions, priorities
from connectors.names import plain_name, plain_names
from hub.model.initiative import PriorityBand


class WorkSettings(BaseModel):
    """Settings that every connector shares; each list replaces its default."""

    initiative_types: tuple[str, ...] = ()
    exempt_types: tuple[str, ...] = exemptions.EXEMPT_TYPES
    exempt_labels: tuple[str, ...] = exemptions.EXEMPT_LABELS
    priorities: dict[str, PriorityBand] = Field(default_factory=dict)
    order_is_priority: bool = False
    accepted_gaps: tuple[str, ...] = ()

    def level_of(self, kind: str, level: int) -> int:
        """The level of a type that has this one on the tracker; the types that people named are the top of the work."""
        if not self.initiative_types:
            return level
        return 1 if plain_name(kind) in plain_names(self.initiative_types) else min(level, 0)

    def exemption_of(self, kind: str, level: int, labels: Iterable[str]) -> str:
        """Why a ticket is exempt; empty where it is not. A type that people named as an initiative's is not exempt."""
        types = () if plain_name(kind) in plain_names(self.initiative_types) else self.exempt_types
        return exemptions.exemption_reason(kind, level, labels, types, self.exempt_labels)

    def band_of(self, priority: str) -> PriorityBand | None:
        """The number that a priority's name stands for; None for a name that nobody mapped."""
        return priorities.band_of(priority, self.priorities)
