"""A first rollout of 5,000 findings over real HTTP: what the trackers count, on a clock that only sleeping moves.

Run: python -m benchmarks.rollout [--findings 5000] [--minutes 15]
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.measure import machine, table
from hub.core.planning.safety import Limits
from hub.logs import configure
from hub.model.action import ActionKind, Status
from tests.write_back.rollout import Rollout, a_rollout, most_within


def rolled_out(rollout: Rollout, findings: int, seconds: float) -> tuple[int, int]:
    """Run until all is posted: how many runs that took, and the most new comments in one of them."""
    runs = posted = most = 0
    while posted < findings:
        outcome = rollout.run(later=seconds)
        made = Counter(r.status for r in outcome.receipts if r.action.kind is ActionKind.CREATE_COMMENT)
        assert set(made) <= {Status.DONE, Status.DEFERRED}, made
        runs, posted, most = runs + 1, posted + made[Status.DONE], max(most, made[Status.DONE])
    return runs, most


def main() -> None:
    """Half of the findings on each tracker; the limits are the configuration's defaults."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--findings", type=int, default=5_000)
    words.add_argument("--minutes", type=float, default=15.0)
    told = words.parse_args()
    configure(0)
    limits = Limits(max_share=1.0, first_run_confirm_above=told.findings)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, a_rollout(Path(folder), told.findings // 2, limits) as rollout:
        first = rollout.clock.moment
        runs, most = rolled_out(rollout, told.findings, told.minutes * 60)
        hours = (rollout.clock.moment - first).total_seconds() / 3600
        quiet = rollout.run(later=3600).receipts == ()
        rows = []
        for name, tracker in (("Jira", rollout.jira), ("GitHub", rollout.github)):
            moments = tracker.traffic.written_at
            per = most_within(moments, 60), most_within(moments, 3600)
            rows.append((name, len(moments), *per, tracker.traffic.requests))
        print(f"{machine()}; {time.perf_counter() - began:.0f} s")
        print(f"{told.findings} findings in {runs} runs, {hours:.1f} h on the clock; at most {most} new in a run")
        print(f"tickets by comments of the hub's: {dict(rollout.comments())}; labelled: {rollout.labelled()}")
        print(f"the run after writes {'nothing' if quiet else 'SOMETHING'}")
        print(table(("tracker", "writes", "most in a minute", "most in an hour", "requests"), rows))


if __name__ == "__main__":
    main()
