"""What one rule would have found in earlier runs."""

from contextlib import closing

from hub.config.settings import Config
from hub.core.check import RuleSetting
from hub.core.replay import ReplayResult, replay
from hub.core.work_found import with_queried_work
from hub.wiring import configured_okrs, local_day, open_store, rule_settings
from rules.base import Rule

MAX_RUNS = 1000


def replay_rule(config: Config, rule: Rule, snapshots: int) -> tuple[ReplayResult, ...]:
    """Earlier snapshots evaluated with one rule as it is set today, with today's OKR files."""
    okrs = configured_okrs(config, local_day())
    with closing(open_store(config, create=False)) as store:
        earlier, runs, history = store.historical_snapshots(snapshots), store.runs(MAX_RUNS), store.dependency_history()
        okrs = with_queried_work(okrs, {source.connector: source.answers for source in store.sources()})
    reported = {}
    for snapshot in earlier:
        run = next((r for r in runs if r.started <= snapshot.pulled_at <= (r.finished or snapshot.pulled_at)), None)
        # What a run reported before its findings named what they affect has fingerprints of another meaning.
        findings = run.report.get("findings") if run is not None else None
        if findings is not None and all("affects" in row for row in findings):
            rows = (row for row in findings if row["rule"] == rule.name)
            reported[snapshot.pulled_at] = frozenset(str(row["fingerprint"]) for row in rows)
    setting = rule_settings(config).get(rule.name, RuleSetting())
    return tuple(replay(earlier, okrs, rule, setting, reported=reported, history=history, workspace=config.workspace))
