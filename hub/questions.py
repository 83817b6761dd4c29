"""Questions that need no tracker: what is wrong in the files, why is this on my ticket, what happened lately."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from hub import clock
from hub.config.load import default_path, load
from hub.config.settings import Config
from hub.core.check import RuleSetting, check
from hub.core.looking import left_alone
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.replay import Replayed, replay
from hub.core.shown import as_shown
from hub.core.why import Why, why
from hub.core.work_found import with_work_found
from hub.init_files import init_files
from hub.model.errors import ConfigError, Problem
from hub.model.finding import Judgement
from hub.model.initiative import Ref, Snapshot
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from hub.model.similarity import closest
from hub.okr_file import read_okrs
from hub.pipeline.okrs import as_seen
from hub.report.accepting import line_to_accept
from hub.report.status import State
from hub.wiring import known_rules, local_day, open_store, rule_settings
from rules.base import Rule

MANY = 1000


def check_offline(paths: Sequence[Path], config_path: Path | None, today: date | None) -> tuple[Okrs, Judgement]:
    """OKR files judged without any tracker, by the rules that need none.

    With `paths` the configuration is read only if it is there; a folder stands for the TOML files in it.
    """
    config = load(config_path) if config_path or not paths or default_path().exists() else None
    files = _expanded(paths) if paths else config.okr_paths() if config else ()
    today = today or local_day()
    tracked = config is not None and config.okrs_tracked
    okrs = read_okrs(files, config.cycle if config else None, today=today, tracked=tracked)
    settings = rule_settings(config) if config else {}
    portfolio = build_portfolio(Snapshot((), clock.now()), okrs, today, workspace=config.workspace if config else "")
    offline = [rule for rule in known_rules() if not rule.needs_tickets]
    return okrs, check(portfolio, offline, settings, config.waived if config else ())


def explain_ticket(config: Config, ticket: str, today: date | None) -> Why:
    """One ticket as the last run saw it, judged with today's rules and OKR files."""
    today = today or local_day()
    okrs = read_okrs(config.okr_paths(), config.cycle, today=today, tracked=config.okrs_tracked)
    with closing(open_store(config, create=False)) as store:
        sources, ledger, waiting, memory = store.snapshot(), store.published(), store.waiting(), store.memory()
    okrs, snapshot = as_seen(okrs, sources, clock.now())
    portfolio = build_portfolio(snapshot, okrs, today, memory, config.workspace)
    ref = _named_ticket(ticket, portfolio)
    rules = known_rules()
    judgement = check(portfolio, rules, rule_settings(config), config.waived)
    portfolio = as_shown(portfolio)
    key = (ref.connector, portfolio.initiatives[ref].id)
    read = next((one.read for one in sources if one.connector == ref.connector), None)
    return why(
        ref,
        portfolio,
        judgement,
        rules,
        read=read,
        published=ledger.get(key),
        waiting_since_run=waiting.get(key),
        commands=memory.commands.get(ref.connector, ()),
    )


def replayed(config: Config, rule: Rule, pictures: int) -> tuple[Replayed, ...]:
    """Earlier snapshots evaluated with one rule as it is set today, with today's OKR files."""
    okrs = read_okrs(config.okr_paths(), config.cycle, today=local_day(), tracked=config.okrs_tracked)
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


def state_of(config: Config, runs: int) -> State:
    """What the state remembers of the last runs."""
    with closing(open_store(config, create=False)) as store:
        sources = store.sources()
        read = {one.connector: one.read for one in sources}
        missed = {one.connector: (one.missed, one.counted) for one in sources if one.missed is not None and one.counted}
        spending = store.spending(clock.now())
        unread = frozenset(one.connector for one in sources if any(gap.key is None for gap in one.gaps))
        lines = {one.connector: line_to_accept(one.connector, one.gaps, one.accepted) for one in sources}
        accepted = {one.connector: [gap.name for gap in one.accepted] for one in sources if one.accepted}
        acceptable = {name: line for name, line in lines.items() if line}
        alone = [(str(one.target.ref), why) for one in store.published().values() for why in left_alone(one)]
        known = (clock.now(), store.runs(runs), read, len(store.waiting()), missed, sorted(alone), spending, unread)
        return State(*known, acceptable, accepted)


def write_templates(directory: Path) -> Iterator[tuple[Path, bool]]:
    """Write the files to start from; yields each with whether it was written, for one that is there is kept."""
    for name, text in init_files(local_day()).items():
        path = directory / name
        fresh = not path.exists()
        if fresh:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        yield path, fresh


def _expanded(paths: Sequence[Path]) -> tuple[Path, ...]:
    found = [file for path in paths for file in (sorted(path.rglob("*.toml")) if path.is_dir() else [path])]
    missing = [path for path in found if not path.exists()]
    if missing or not found:
        shown = missing or paths
        raise ConfigError(
            [
                Problem(str(path), "", "this OKR file doesn't exist", "Name a TOML file, or a folder that holds some")
                for path in shown
            ]
        )
    return tuple(found)


def _named_ticket(ticket: str, portfolio: Portfolio) -> Ref:
    """The ticket that people mean by `connector:key`, or by a key that only one connector knows."""
    found = [ref for ref in portfolio.initiatives if ticket.casefold() in (str(ref).casefold(), ref.key.casefold())]
    if len(found) == 1:
        return found[0]
    if found:
        what, remedy = f"several connectors have a ticket {ticket!r}", f"Name one: {', '.join(map(str, found))}"
    else:
        near = closest(ticket, [ref.key for ref in portfolio.initiatives])
        what = f"the last sync read no ticket {ticket!r}"
        remedy = f"Did you mean {near[0]}?" if near else "Run hub sync first"
    raise ConfigError([Problem("command line", "TICKET", what, remedy)])
