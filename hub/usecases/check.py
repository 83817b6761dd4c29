"""What is wrong in the OKR files, without any tracker."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hub import clock
from hub.config.load import default_path, load
from hub.config.settings import Config
from hub.model.errors import ConfigError, Problem
from hub.model.finding import Judgement
from hub.model.okr import Okrs
from hub.okr_file import read_okrs
from hub.usecases.assess import RuleContext, StoredState, build_assessment, rule_context
from hub.wiring import configured_okrs, known_rules, local_day

NO_STATE = StoredState(dependency_history=None)


def check_offline(paths: Sequence[Path], config_path: Path | None, today: date | None) -> tuple[Okrs, Judgement]:
    """OKR files judged without any tracker, by the rules that need none.

    With `paths` the configuration is optional; a folder means the TOML files in it.
    """
    config = load(config_path) if config_path or not paths or default_path().exists() else None
    today = today or local_day()
    okrs = _delta(config, paths, today)
    context = rule_context(config, today, clock.now()) if config else RuleContext(clock.now(), today, known_rules())
    assessment = build_assessment(okrs, NO_STATE, context)
    return okrs, assessment.judgement


def _delta(config: Config | None, paths: Sequence[Path], today: date) -> Okrs:
    if config is None:
        return read_okrs(_expand(paths), today=today)
    if not paths:
        return configured_okrs(config, today)
    return read_okrs(_expand(paths), config.cycle, today=today, tracked=config.okrs_tracked)


def _expand(paths: Sequence[Path]) -> tuple[Path, ...]:
    files = [file for path in paths for file in (sorted(path.rglob("*.toml")) if path.is_dir() else [path])]
    missing = [path for path in files if not path.exists()]
    if missing or not files:
        invalid = missing or paths
        raise ConfigError(
            [
                Problem(str(path), "", "this OKR file doesn't exist", "Name a TOML file, or a folder that holds some")
                for path in invalid
            ]
        )
    return tuple(files)
