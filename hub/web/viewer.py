"""Who looks: a role, and the teams whose private key results they may see."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do: a viewer reads, an admin also starts runs."""

    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who was let in; `teams` are those whose private key results they may see, `name` is for the page."""

    name: str = ""
    role: Role = Role.VIEWER
    teams: frozenset[str] = frozenset()
