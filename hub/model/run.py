"""A run as it is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it is remembered: `report` is what `hub sync --format json` printed."""

    id: int
    started: datetime
    finished: datetime | None
    status: str
    report: Mapping[str, Any]
