"""What came of a run, as one value: seen, found, wanted, done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.core.plan import Plan
from hub.model.action import Receipt
from hub.model.finding import Judgement
from hub.model.initiative import Gap, Snapshot
from hub.model.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run saw, found, wanted and did. `unsafe` says why a plan was refused as a whole.

    `first_seen` says since when findings are known, by fingerprint; `read_only` that no source can be written on.
    """

    run: int | None
    snapshot: Snapshot
    portfolio: Portfolio
    judgement: Judgement
    plan: Plan
    receipts: tuple[Receipt, ...]
    failures: tuple[Gap, ...] = ()
    changes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    unsafe: str | None = None
    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    is_read_only: bool = False
