"""A first rollout over real HTTP on both trackers: caps hold, writes keep the pace, all is posted once in the end."""

from collections import Counter
from pathlib import Path

from hub.core.planning.safety import Limits
from hub.model.action import ActionKind, Status
from tests.write_back.rollout import PROJECTS, Rollout, a_rollout, most_within

FINDINGS = 240
CAPS = {"max_new_comments": 130, "max_new_comments_per_project": 20}
LIMITS = Limits(max_share=1.0, first_run_confirm_above=FINDINGS, **CAPS)
MINUTES = 600.0
MOST_RUNS = 20


def test_a_rollout_on_both_trackers_keeps_the_caps_and_the_pace_that_the_trackers_count(tmp_path: Path) -> None:
    with a_rollout(tmp_path, FINDINGS, LIMITS) as rollout:
        put_off = rolled_out(rollout)
        assert rollout.comments() == {1: 2 * FINDINGS}
        assert rollout.labelled() == 2 * FINDINGS
        assert any("max_new_comments = 130" in why for why in put_off)
        assert any("max_new_comments_per_project = 20" in why for why in put_off)
        assert any("the hub's own limit of writes is reached" in why for why in put_off)
        for tracker in (rollout.jira, rollout.github):
            written = tracker.traffic.write_times
            assert len(written) - 2 * FINDINGS in (0, PROJECTS)  # GitHub: one label for each repository
            assert most_within(written, 60) <= 80
            assert most_within(written, 3600) <= 500
        before = rollout.writes
        assert rollout.run(later=MINUTES).receipts == ()
        assert rollout.writes == before


def rolled_out(rollout: Rollout) -> set[str]:
    """Run every few minutes until all is posted; gives the reasons for what was put off."""
    posted, put_off = 0, set[str]()
    for _ in range(MOST_RUNS):
        outcome = rollout.run(later=MINUTES)
        assert outcome.unsafe is None
        new = Counter(r.status for r in outcome.receipts if r.action.kind is ActionKind.CREATE_COMMENT)
        assert set(new) <= {Status.DONE, Status.DEFERRED}
        assert new[Status.DONE] <= LIMITS.max_new_comments
        put_off |= {r.detail for r in outcome.receipts if r.status is Status.DEFERRED}
        posted += new[Status.DONE]
        if posted == 2 * FINDINGS:
            return put_off
    raise AssertionError(f"{posted} of {2 * FINDINGS} were posted in {MOST_RUNS} runs")
