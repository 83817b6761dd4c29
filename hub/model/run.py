"""A run as it is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it is remembered.

    `report` is what `hub sync --format json` printed; it is kept of the last runs only, and empty where it was not
    asked for. `summary` is what the run came to (`hub.core.summary`), empty where a run did not get so far.
    `fingerprint` stands for all inputs of a run that left nothing to do (`hub.pipeline.unchanged_run`), else empty.
    """

    id: int
    started: datetime
    finished: datetime | None
    status: str
    report: Mapping[str, Any]
    summary: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
