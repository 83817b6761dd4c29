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


def roll_out(rollout: Rollout, findings: int, seconds: float) -> tuple[int, int]:
    """Run until all is posted: how many runs that took, and the most new comments in one of them."""
    runs = posted = max_new = 0
    while posted < findings:
        outcome = rollout.run(later=seconds)
        counts = Counter(r.status for r in outcome.receipts if r.action.kind is ActionKind.CREATE_COMMENT)
        assert set(counts) <= {Status.DONE, Status.DEFERRED}, counts
        runs, posted, max_new = runs + 1, posted + counts[Status.DONE], max(max_new, counts[Status.DONE])
    return runs, max_new


def main() -> None:
    """Half of the findings on each tracker; the limits are the configuration's defaults."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--findings", type=int, default=5_000)
    parser.add_argument("--minutes", type=float, default=15.0)
    args = parser.parse_args()
    configure(0)
    limits = Limits(max_share=1.0, first_run_confirm_above=args.findings)
    started_at = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, a_rollout(Path(folder), args.findings // 2, limits) as rollout:
        first = rollout.clock.moment
        runs, max_new = roll_out(rollout, args.findings, args.minutes * 60)
        hours = (rollout.clock.moment - first).total_seconds() / 3600
        is_idle = rollout.run(later=3600).receipts == ()
        rows = []
        for name, tracker in (("Jira", rollout.jira), ("GitHub", rollout.github)):
            write_times = tracker.traffic.write_times
            per = most_within(write_times, 60), most_within(write_times, 3600)
            rows.append((name, len(write_times), *per, tracker.traffic.requests))
        print(f"{machine()}; {time.perf_counter() - started_at:.0f} s")
        print(f"{args.findings} findings in {runs} runs, {hours:.1f} h on the clock; at most {max_new} new in a run")
        print(f"tickets by comments of the hub's: {dict(rollout.comments())}; labelled: {rollout.labelled()}")
        print(f"the run after writes {'nothing' if is_idle else 'SOMETHING'}")
        print(table(("tracker", "writes", "most in a minute", "most in an hour", "requests"), rows))


if __name__ == "__main__":
    main()
