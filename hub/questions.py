"""Questions that need no tracker: what is wrong in the files, why is this on my ticket, what happened lately."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from hub import clock
from hub.config import Config, default_path, load
from hub.core.check import RuleSetting, check
from hub.core.looking import skip_reasons
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.replay import ReplayResult, replay
from hub.core.shown import redact_portfolio
from hub.core.why import Explanation, explain
from hub.core.work_found import with_queried_work
from hub.init_files import init_files
from hub.model.errors import ConfigError, Problem
from hub.model.finding import Judgement
from hub.model.initiative import Ref, Snapshot
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from hub.okr_file import read_okrs
from hub.pipeline.okrs import restore_last_run
from hub.report.accepting import acceptance_line
from hub.report.status import HubStatus
from hub.toml_file import closest
from hub.wiring import known_rules, local_day, open_store, rule_settings
from rules.base import Rule

MAX_RUNS = 1000


def check_offline(paths: Sequence[Path], config_path: Path | None, today: date | None) -> tuple[Okrs, Judgement]:
    """OKR files judged without any tracker, by the rules that need none.

    With `paths` the configuration is read only if it is there; a folder stands for the TOML files in it.
    """
    config = load(config_path) if config_path or not paths or default_path().exists() else None
    files = _expand(paths) if paths else config.okr_paths() if config else ()
    today = today or local_day()
    tracked = config is not None and config.okrs_tracked
    okrs = read_okrs(files, config.cycle if config else None, today=today, tracked=tracked)
    settings = rule_settings(config) if config else {}
    portfolio = build_portfolio(Snapshot((), clock.now()), okrs, today, workspace=config.workspace if config else "")
    offline = [rule for rule in known_rules() if not rule.needs_tickets]
    return okrs, check(portfolio, offline, settings, config.waived if config else ())


def explain_ticket(config: Config, ticket: str, today: date | None) -> Explanation:
    """One ticket as the last run saw it, judged with today's rules and OKR files."""
    today = today or local_day()
    okrs = read_okrs(config.okr_paths(), config.cycle, today=today, tracked=config.okrs_tracked)
    with closing(open_store(config, create=False)) as store:
        sources, ledger, deferred_comments, history = (
            store.snapshot(),
            store.ledger_entries(),
            store.deferred_comments(),
            store.dependency_history(),
        )
    okrs, snapshot = restore_last_run(okrs, sources, clock.now())
    portfolio = build_portfolio(snapshot, okrs, today, history, config.workspace)
    ref = _find_ticket(ticket, portfolio)
    rules = known_rules()
    judgement = check(portfolio, rules, rule_settings(config), config.waived)
    portfolio = redact_portfolio(portfolio)
    key = (ref.connector, portfolio.initiatives[ref].id)
    read = next((source.read for source in sources if source.connector == ref.connector), None)
    return explain(
        ref,
        portfolio,
        judgement,
        rules,
        read=read,
        ledger_entry=ledger.get(key),
        waiting_since_run=deferred_comments.get(key),
        commands=history.commands.get(ref.connector, ()),
    )


def replay_rule(config: Config, rule: Rule, snapshots: int) -> tuple[ReplayResult, ...]:
    """Earlier snapshots evaluated with one rule as it is set today, with today's OKR files."""
    okrs = read_okrs(config.okr_paths(), config.cycle, today=local_day(), tracked=config.okrs_tracked)
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


def read_state(config: Config, runs: int) -> HubStatus:
    """What the state remembers of the last runs."""
    with closing(open_store(config, create=False)) as store:
        sources = store.sources()
        read = {source.connector: source.read for source in sources}
        missed_by_cursor = {
            source.connector: (source.missed_by_cursor, source.reconciled_at)
            for source in sources
            if source.missed_by_cursor is not None and source.reconciled_at
        }
        rate_limits = store.rate_limits(clock.now())
        unread = frozenset(source.connector for source in sources if any(gap.key is None for gap in source.gaps))
        lines = {
            source.connector: acceptance_line(source.connector, source.gaps, source.accepted) for source in sources
        }
        accepted = {source.connector: [gap.name for gap in source.accepted] for source in sources if source.accepted}
        acceptable = {name: line for name, line in lines.items() if line}
        skipped = [
            (str(ledger_entry.target.ref), reason)
            for ledger_entry in store.ledger_entries().values()
            for reason in skip_reasons(ledger_entry)
        ]
        known = (
            clock.now(),
            store.runs(runs),
            read,
            len(store.deferred_comments()),
            missed_by_cursor,
            sorted(skipped),
            rate_limits,
            unread,
        )
        return HubStatus(*known, acceptable, accepted)


def write_templates(directory: Path) -> Iterator[tuple[Path, bool]]:
    """Write the files to start from; yields each with whether it was written, for one that is there is kept."""
    for name, text in init_files(local_day()).items():
        path = directory / name
        is_new = not path.exists()
        if is_new:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        yield path, is_new


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


def _find_ticket(ticket: str, portfolio: Portfolio) -> Ref:
    """The ticket that people mean by `connector:key`, or by a key that only one connector knows."""
    refs = [ref for ref in portfolio.initiatives if ticket.casefold() in (str(ref).casefold(), ref.key.casefold())]
    if len(refs) == 1:
        return refs[0]
    if refs:
        message, remedy = f"several connectors have a ticket {ticket!r}", f"Name one: {', '.join(map(str, refs))}"
    else:
        suggestions = closest(ticket, [ref.key for ref in portfolio.initiatives])
        message = f"the last sync read no ticket {ticket!r}"
        remedy = f"Did you mean {suggestions[0]}?" if suggestions else "Run hub sync first"
    raise ConfigError([Problem("command line", "TICKET", message, remedy)])
