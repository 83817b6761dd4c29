"""What the service did, does and will do: runs with what they could not do, sources with their age, limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.looking import left_alone
from hub.model.pacing import Spending
from hub.model.run import Run
from hub.model.service_state import EngineState
from hub.report.limits import limits_document
from hub.report.status import again
from hub.web.page import Asked, Page, missing
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

STAGES = ("pull", "observe", "map", "check", "plan", "publish")
UNWRITTEN = ("deferred", "failed", "refused", "barred")
SHOWN = 100
ONE_DAY_OLD = 86_400
# What the counts of a run are called on the page, where their names are not plain words.
COUNTED = {"initiatives": "tickets", "not_judged": "not evaluated", "done": "written", "gaps": "not read"}


@dataclass(frozen=True, slots=True)
class AtWork:
    """What no window holds, for it changes between two runs."""

    now: datetime
    engine: EngineState | None = None
    spending: Sequence[Spending] = ()


def runs_page(window: PortfolioSnapshot, at_work: AtWork) -> Page:
    """The last runs, and how things stand between them."""
    engine = at_work.engine
    alone = sorted((str(one.target.ref), why) for one in window.ledger.values() for why in left_alone(one))
    holds = {
        "engine": engine,
        "trouble": window.veil(engine.error) if engine and engine.error else "",
        "sources": [_source(window, number, at_work) for number in range(len(window.sources))],
        "limits": [row for one in at_work.spending for row in _limits(one, at_work.now)],
        "waiting": len(window.waiting),
        "alone": alone[:SHOWN],
        "alone_in_all": len(alone),
        "runs": [_row(one) for one in window.runs],
        "stages": STAGES,
    }
    return Page("runs.html", "Runs", holds)


def run_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """One run: what it read, what it could not do and when that is tried again."""
    number = asked.path["run"]
    found = next((one for one in window.runs if str(one.id) == number), None)
    if found is None:
        return missing("run")
    told = found.summary
    writes = [{**row, "again": again(found, row)} for row in told.get("plan", ()) if row["status"] in UNWRITTEN]
    holds = {
        "run": _row(found),
        "sources": told.get("sources", ()),
        "writes": writes,
        "held": told.get("held", ()),
        "refused": told.get("refused"),
        "counted": COUNTED,
        "stages": STAGES,
    }
    return Page("run.html", f"Run {found.id}", holds)


def _row(run: Run) -> dict[str, object]:
    counts, seconds = run.summary.get("counts", {}), run.summary.get("seconds", {})
    return {
        "id": run.id,
        "started": run.started,
        "finished": run.finished,
        "status": run.status,
        "counts": counts,
        "unwritten": sum(counts.get(status, 0) for status in UNWRITTEN),
        "seconds": {stage: seconds[stage] for stage in STAGES if stage in seconds},
        "whole": round((run.finished - run.started).total_seconds(), 1) if run.finished else None,
    }


def _source(window: PortfolioSnapshot, number: int, at_work: AtWork) -> dict[str, object]:
    one = window.sources[number]
    due = at_work.engine.due.get(one.connector) if at_work.engine else None
    read = at_work.engine.as_of(one.connector, one.read) if at_work.engine else one.read
    age = (at_work.now - read).total_seconds()
    return {
        "connector": one.connector,
        "read": read,
        "old": age > ONE_DAY_OLD,
        "due": due,
        "counted": one.counted,
        "missed": one.missed,
        "gaps": [(gap.key, gap.reason) for gap in one.gaps[:SHOWN]],
        "gaps_in_all": len(one.gaps),
    }


def _limits(one: Spending, now: datetime) -> Iterator[dict[str, object]]:
    told = limits_document(one, now)
    for call in told["calls"]:
        resets = datetime.fromisoformat(call["resets_at"])
        yield {"connector": one.connector, "host": one.host, **call, "resets": resets if resets > now else None}
    for kind, left in told["writes"].items():
        if left:
            yield {"connector": one.connector, "host": one.host, "kind": f"writes per {kind}", **left, "resets": None}
