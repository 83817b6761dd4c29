"""`python -m tests.truth [NAME...]`: a line a world, then precision, recall and repeats for each rule."""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from hub.model.finding import Severity
from tests.truth.worlds import Outcome, all_worlds, judge


def main(names: list[str]) -> int:
    worlds = [all_world for all_world in all_worlds() if not names or any(name in all_world.name for name in names)]
    outcomes = []
    with tempfile.TemporaryDirectory() as scratch:
        for world in worlds:
            outcome = judge(world, Path(scratch))
            outcomes.append(outcome)
            print(outcome)
    print(f"\n{sum(outcome.agrees for outcome in outcomes)} of {len(outcomes)} worlds as a coach would say\n")
    print(table(outcomes))
    return 0 if all(outcome.agrees for outcome in outcomes) else 1


def table(outcomes: list[Outcome]) -> str:
    """Rule by rule: findings of warning or error, those that are right, expected ones found, and repeats."""
    said, false, wanted, missed, twice = (Counter[str]() for _ in range(5))
    for outcome in outcomes:
        said.update(f.rule for f in outcome.findings if f.severity >= Severity.WARNING)
        false.update(text.split()[0] for text in outcome.false)
        wanted.update(w.rules[0] for w in outcome.world.expected)
        missed.update(text.split()[0].split("|")[0] for text in outcome.missing)
        twice.update(text.split()[0].split("|")[0] for text in outcome.twice)
    rows = [f"{'rule':40} {'said':>5} {'precision':>9} {'wanted':>6} {'recall':>6} {'repeats':>7}"]
    for rule in sorted({*said, *wanted}):
        precision = 1 - false[rule] / said[rule] if said[rule] else 1.0
        recall = 1 - missed[rule] / wanted[rule] if wanted[rule] else 1.0
        rows.append(f"{rule:40} {said[rule]:5} {precision:9.2f} {wanted[rule]:6} {recall:6.2f} {twice[rule]:7}")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
