"""`hub check`, which asks no tracker, and `hub rules --replay`, which runs a rule over earlier snapshots."""

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hub import clock
from hub.config.settings import Config, default_path, load
from hub.core.checking.evaluate import RuleSetting
from hub.core.mapping.measures import with_measured
from hub.core.mapping.scope import with_queried_work
from hub.model.errors import ConfigError, Problem
from hub.model.finding import Judgement
from hub.model.okr import Okrs
from hub.okr_files.json_file import SUFFIX
from hub.okr_files.loader import read_okrs
from hub.state import open_store
from hub.usecases.assess import RuleContext, StoredState, build_assessment, rule_context
from hub.wiring import clock_of, configured_okrs, known_rules, local_day, rule_settings
from rules.base import Rule

if TYPE_CHECKING:
    from hub.core.insight.explain import ReplayResult

NO_STATE = StoredState(dependency_history=None)


def check_offline(paths: Sequence[Path], config_path: Path | None, today: date | None) -> tuple[Okrs, Judgement]:
    """OKR files judged without any tracker, by the rules that need none.

    With `paths` the configuration is optional; a folder means the TOML files in it.
    """
    config = load(config_path) if config_path or not paths or default_path().exists() else None
    today = today or local_day(config)
    okrs = _read_files(config, paths, today)
    context = (
        rule_context(config, today, clock_of(config)()) if config else RuleContext(clock.now(), today, known_rules())
    )
    assessment = build_assessment(okrs, NO_STATE, context)
    return okrs, assessment.judgement


def _read_files(config: Config | None, paths: Sequence[Path], today: date) -> Okrs:
    if config is None:
        return read_okrs(_expand(paths), today=today)
    if not paths:
        return configured_okrs(config, today)
    return read_okrs(_expand(paths), config.cycle, today=today, tracked=config.okrs_tracked)


def _in_folder(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.casefold() in {".toml", SUFFIX})


def _expand(paths: Sequence[Path]) -> tuple[Path, ...]:
    files = [file for path in paths for file in (_in_folder(path) if path.is_dir() else [path])]
    missing = [path for path in files if not path.exists()]
    if missing or not files:
        invalid = missing or paths
        raise ConfigError(
            [
                Problem(
                    str(path),
                    "",
                    "this OKR file doesn't exist",
                    "Name a TOML or JSON file, or a folder that holds some",
                )
                for path in invalid
            ]
        )
    return tuple(files)


MAX_REPLAYED_RUNS = 1000


def replay_rule(config: Config, rule: Rule, snapshots: int) -> "tuple[ReplayResult, ...]":
    """Earlier snapshots evaluated with one rule as it is set today, with today's OKR files."""
    from hub.core.insight.explain import replay

    okrs = configured_okrs(config, local_day(config))
    with closing(open_store(config, create=False)) as store:
        earlier, runs, history = (
            store.historical_snapshots(snapshots),
            store.runs(MAX_REPLAYED_RUNS),
            store.dependency_history(),
        )
        okrs = with_queried_work(okrs, {source.connector: source.answers for source in store.sources()})
        answers = {source.connector: source.measures for source in store.sources()}
        okrs = with_measured(okrs, answers, config.connectors)
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
