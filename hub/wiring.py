"""The composition root: the only module that names concrete parts and puts them together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date

import structlog
from pydantic import ValidationError

from connectors.base import Connector, Exchange, World
from connectors.network import proxy_secrets, unreadable
from connectors.registry import plugin
from hub import clock
from hub.config.load import connector_problems
from hub.config.settings import Config
from hub.core.check import RuleSetting
from hub.core.safety import Limits
from hub.holder import holder, is_gone
from hub.logs import configure
from hub.model.errors import ConfigError, Problem
from hub.model.finding import Severity
from hub.model.initiative import Ref
from hub.model.okr import Okrs
from hub.model.similarity import closest
from hub.model.sites import in_the_clear
from hub.okr_file import read_okrs
from hub.pipeline.job import Job, Mode, silent
from hub.pipeline.pull import Source
from hub.store.base import Store
from hub.store.sqlite.connection import BriefConnections
from hub.store.sqlite.rate_limits import SqliteRateLimits
from hub.store.sqlite.store import SqliteStore
from rules.base import Rule
from rules.registry import all_rules

Progress = Callable[[str, int], None]
NOTHING_YET = ":memory:"


def unheard(_: Exchange) -> None:
    """Nobody counts the requests."""


def known_rules() -> tuple[Rule, ...]:
    """Every rule, built in or offered by a package, in report order."""
    return all_rules()


def configured_okrs(config: Config, today: date) -> Okrs:
    """The OKRs of the files that the configuration names; ConfigError with every problem in them."""
    return read_okrs(config.okr_paths(), config.cycle, today=today, tracked=config.okrs_tracked)


@contextmanager
def open_job(
    config: Config,
    *,
    mode: Mode,
    only: Sequence[str] = (),
    confirmed: bool = False,
    full: bool = False,
    today: date | None = None,
    progress: Progress = silent,
    verbose: int = 0,
    log_form: str = "",
    heard: Callable[[Exchange], None] = unheard,
) -> Iterator[Job]:
    """Everything that a sync needs, logs included; connections and the state are closed at the end."""
    configure(verbose, (*config.secrets, *proxy_secrets()), form=log_form)
    if not config.connectors:
        remedy = "Name one under [connectors.jira] or [connectors.github]; without trackers there is hub check."
        raise ConfigError([Problem(config.place("connectors"), "connectors", "no tracker is named", remedy)])
    okrs = configured_okrs(config, today or local_day())
    settings = rule_settings(config)
    with ExitStack() as stack:
        made = make_connectors(config, okrs, only, progress, mode=mode, heard=heard)
        connectors = [stack.enter_context(_closing(one)) for one in made]
        store = open_store(config, create=mode is not Mode.PREVIEW)
        stack.callback(store.close)
        yield Job(
            sources=[Source(one, not only or one.name in only) for one in connectors],
            okrs=okrs,
            rules=known_rules(),
            settings=settings,
            waivers=config.waived,
            limits=Limits(
                max_share=config.publish.max_share,
                max_withdrawn_share=config.publish.max_withdrawn_share,
                max_new_comments=config.publish.max_new_comments,
                max_new_comments_per_project=config.publish.max_new_comments_per_project,
                first_run_confirm=config.publish.first_run_confirm,
                only=frozenset(config.publish.only),
                silent=frozenset(config.publish.silent),
            ),
            store=store,
            now=clock.now,
            today=lambda: today or local_day(),
            stopwatch=clock.stopwatch,
            owner=holder(),
            mode=mode,
            confirmed=confirmed,
            full=full,
            progress=progress,
            dashboard=_dashboard(config),
            hub_url=config.service.public_url,
            workspace=config.workspace,
        )


def _dashboard(config: Config) -> Ref | None:
    """The ticket of the dashboard; ConfigError where its connector is not configured."""
    named = config.publish.dashboard
    ref = None if named is None else Ref.parse(named)
    if ref is None or ref.connector in config.connectors:
        return ref
    path = ("publish", "dashboard")
    raise ConfigError([_unknown(config, path, ref.connector, config.connectors, "connector")])


def make_connectors(
    config: Config,
    okrs: Okrs,
    only: Sequence[str] = (),
    progress: Progress = silent,
    *,
    mode: Mode = Mode.PUBLISH,
    heard: Callable[[Exchange], None] = unheard,
) -> tuple[Connector, ...]:
    """Every configured connector; all problems of all of them in one ConfigError."""
    problems: list[Problem] = [
        Problem("command line", "--only", f"no connector is called {name!r}", f"Known: {', '.join(config.connectors)}")
        for name in only
        if name not in config.connectors
    ]
    problems += [
        _unknown(config, ("publish", "silent", number), name, config.connectors, "connector")
        for number, name in enumerate(config.publish.silent)
        if name not in config.connectors
    ]
    made = []
    world = replace(make_world(config, okrs.cycle.start, progress), heard=heard)
    # A preview writes nothing, and leaves no trace in the state either.
    world = replace(world, throttle=None) if mode is Mode.PREVIEW else world
    for name in config.connectors:
        try:
            made.append(make_connector(config, name, world))
            _warn_of_plain_http(name, str(config.connectors[name].get("url", "")))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(tuple(dict.fromkeys(problems)))
    return tuple(made)


def _warn_of_plain_http(name: str, url: str) -> None:
    if said := in_the_clear(url):
        structlog.get_logger().warning(said, connector=name, remedy="write an address that begins with https://")


def make_world(config: Config, since: date, progress: Progress = silent) -> World:
    """What every connector is lent."""
    return World(
        clock.now, clock.sleep, config.workspace, since, progress, SqliteRateLimits(BriefConnections(config.state_path))
    )


def make_connector(config: Config, name: str, world: World) -> Connector:
    """One configured connector; everything that is wrong in its table in one ConfigError."""
    table = config.connectors[name]
    place, key = config.place("connectors", name, "kind"), config.key("connectors", name, "kind")
    found = plugin(str(table.get("kind")), place=place, key=key)
    try:
        # Paths in a connector's table start from the folder of the file, as everywhere in the configuration.
        settings = found.settings.model_validate(table, context={"resolve": config.resolve, "unreadable": unreadable})
    except ValidationError as error:
        raise ConfigError(connector_problems(config, name, error, found.settings)) from None
    return found.build(name, settings, world)


def open_store(config: Config, *, create: bool = True) -> Store:
    """The state; a run whose process is gone does not hold it. Who only looks leaves no new file behind."""
    path = config.state_path if create or config.state_path.exists() else NOTHING_YET
    return SqliteStore(path, holder_is_gone=is_gone)


def rule_settings(config: Config) -> Mapping[str, RuleSetting]:
    """What the configuration says of each rule; an unknown rule or option is a ConfigError."""
    known = {rule.name: rule for rule in known_rules()}
    problems, settings = [], {}
    for name, chosen in config.rules.items():
        if name not in known:
            problems.append(_unknown(config, ("rules", name), name, known, "rule"))
            continue
        problems += [
            _unknown(config, ("rules", name, option), option, known[name].options, "option")
            for option in chosen.options
            if option not in known[name].options
        ]
        off = chosen.severity == "off"
        severity = None if chosen.severity is None or off else Severity[chosen.severity.upper()]
        settings[name] = RuleSetting(severity, off, chosen.options)
    for number, waiver in enumerate(config.waivers):
        if waiver.rule not in known:
            problems.append(_unknown(config, ("waivers", number, "rule"), waiver.rule, known, "rule"))
    if problems:
        raise ConfigError(problems)
    return settings


def local_day() -> date:
    """Today where the hub runs: cycles are calendar days, not moments."""
    return clock.now().astimezone().date()


def _unknown(config: Config, path: tuple[str | int, ...], word: str, known: Mapping[str, object], what: str) -> Problem:
    near = closest(word, known)
    remedy = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known) or 'none'}"
    return Problem(config.place(*path), config.key(*path), f"there is no {what} {word!r}", remedy)


@contextmanager
def _closing(connector: Connector) -> Iterator[Connector]:
    try:
        yield connector
    finally:
        connector.close()
