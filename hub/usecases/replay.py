"""What one rule would have found in earlier runs."""

from contextlib import closing

from hub.config.settings import Config
from hub.core.check import RuleSetting
from hub.core.replay import Replayed, replay
from hub.core.work_found import with_work_found
from hub.wiring import configured_okrs, local_day, open_store, rule_settings
from rules.base import Rule

MANY = 1000


def replayed(config: Config, rule: Rule, pictures: int) -> tuple[Replayed, ...]:
    """Earlier snapshots evaluated with one rule as it is set today, with today's OKR files."""
    okrs = configured_okrs(config, local_day())
    with closing(open_store(config, create=False)) as store:
        kept, runs, memory = store.pictures(pictures), store.runs(MANY), store.memory()
        okrs = with_work_found(okrs, {one.connector: one.answers for one in store.sources()})
    reported = {}
    for picture in kept:
        run = next((r for r in runs if r.started <= picture.taken <= (r.finished or picture.taken)), None)
        # What a run reported before its findings named what they affect has fingerprints of another meaning.
        found = run.report.get("findings") if run is not None else None
        if found is not None and all("affects" in row for row in found):
            rows = (row for row in found if row["rule"] == rule.name)
            reported[picture.taken] = frozenset(str(row["fingerprint"]) for row in rows)
    setting = rule_settings(config).get(rule.name, RuleSetting())
    return tuple(replay(kept, okrs, rule, setting, reported=reported, memory=memory, workspace=config.workspace))
