"""The composition root: the only module that names concrete parts and puts them together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from connectors.base import Connector, ConnectorContext, RequestRecord
from connectors.setup import Setup
from hub import clock
from hub.config.settings import Config, connector_problems
from hub.core.checking.evaluate import RuleSetting
from hub.model.errors import ConfigError, Problem
from hub.model.finding import Severity
from hub.model.initiative import Ref
from hub.model.okr import Okrs
from hub.model.text import closest
from hub.model.urls import cleartext_warning
from hub.okr_files.loader import read_okrs
from hub.state import open_rate_limits, open_store
from rules.base import Rule
from rules.registry import all_rules

if TYPE_CHECKING:
    from hub.pipeline.run_context import Mode, RunContext

Progress = Callable[[str, int], None]


def ignore_request(_: RequestRecord) -> None:
    """Nobody counts the requests."""


def ignore_progress(_: str, __: int) -> None:
    """Nobody shows the progress."""


def known_rules() -> tuple[Rule, ...]:
    """Every rule, built in or offered by a package, in report order."""
    return all_rules()


def configured_okrs(config: Config, today: date) -> Okrs:
    """The OKRs of the files that the configuration names; ConfigError with every problem in them."""
    return read_okrs(config.okr_paths(), config.cycle, today=today, tracked=config.okrs_tracked)


@contextmanager
def open_run_context(
    config: Config,
    *,
    mode: "Mode",
    only: Sequence[str] = (),
    confirmed: bool = False,
    full: bool = False,
    today: date | None = None,
    progress: Progress = ignore_progress,
    announce: Progress = ignore_progress,
    verbose: int = 0,
    log_format: str = "",
    on_request: Callable[[RequestRecord], None] = ignore_request,
) -> Iterator["RunContext"]:
    """Everything that a sync needs, logs included; connections and the state are closed at the end."""
    from connectors.http.network import proxy_secrets
    from hub.core.planning.safety import Limits
    from hub.logs import configure
    from hub.pipeline.lease import lease_owner
    from hub.pipeline.pull import Source
    from hub.pipeline.run_context import Mode, RunContext

    configure(verbose, (*config.secrets, *proxy_secrets()), log_format=log_format)
    if not config.connectors:
        remedy = "Name one under [connectors.jira] or [connectors.github]; without trackers there is hub check."
        raise ConfigError([Problem(config.location("connectors"), "connectors", "no tracker is configured", remedy)])
    okrs = configured_okrs(config, today or local_day(config))
    settings = rule_settings(config)
    with ExitStack() as stack:
        built = make_connectors(config, okrs, only, progress, preview=mode is Mode.PREVIEW, on_request=on_request)
        connectors = [stack.enter_context(_closing(connector)) for connector in built]
        store = open_store(config, create=mode is not Mode.PREVIEW)
        stack.callback(store.close)
        yield RunContext(
            sources=[Source(connector, not only or connector.name in only) for connector in connectors],
            okrs=okrs,
            rules=known_rules(),
            settings=settings,
            waivers=config.waived,
            limits=Limits(
                max_share=config.publish.max_share,
                max_resolved_share=config.publish.max_resolved_share,
                max_new_comments=config.publish.max_new_comments,
                max_new_comments_per_project=config.publish.max_new_comments_per_project,
                first_run_confirm_above=config.publish.first_run_confirm_above,
                include=frozenset(config.publish.include),
                dry_run_connectors=frozenset(config.publish.dry_run_connectors),
            ),
            store=store,
            now=clock_of(config),
            today=lambda: today or local_day(config),
            stopwatch=clock.stopwatch,
            owner=lease_owner(),
            mode=mode,
            confirmed=confirmed,
            full=full,
            progress=progress,
            announce=announce,
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
    raise ConfigError([_unknown_name(config, path, ref.connector, config.connectors, "connector")])


def make_connectors(
    config: Config,
    okrs: Okrs,
    only: Sequence[str] = (),
    progress: Progress = ignore_progress,
    *,
    preview: bool = False,
    on_request: Callable[[RequestRecord], None] = ignore_request,
) -> tuple[Connector, ...]:
    """Every configured connector; all problems of all of them in one ConfigError."""
    problems: list[Problem] = [
        Problem("command line", "--only", f"no connector is called {name!r}", f"Known: {', '.join(config.connectors)}")
        for name in only
        if name not in config.connectors
    ]
    problems += [
        _unknown_name(config, ("publish", "dry_run_connectors", number), name, config.connectors, "connector")
        for number, name in enumerate(config.publish.dry_run_connectors)
        if name not in config.connectors
    ]
    built = []
    context = replace(make_connector_context(config, okrs.cycle.start, progress), on_request=on_request)
    # A preview writes nothing, and leaves no trace in the state either.
    context = replace(context, rate_limit_store=None) if preview else context
    for name in config.connectors:
        try:
            built.append(make_connector(config, name, context))
            _warn_of_plain_http(name, str(config.connectors[name].get("url", "")))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(tuple(dict.fromkeys(problems)))
    return tuple(built)


def _warn_of_plain_http(name: str, url: str) -> None:
    if warning := cleartext_warning(url):
        import structlog

        structlog.get_logger().warning(warning, connector=name, remedy="write an address that begins with https://")


def make_connector_context(config: Config, cycle_start: date, progress: Progress = ignore_progress) -> ConnectorContext:
    """What every connector is lent."""
    return ConnectorContext(
        clock_of(config),
        clock.sleep,
        config.workspace,
        cycle_start,
        progress,
        open_rate_limits(config),
    )


def make_connector(config: Config, name: str, context: ConnectorContext) -> Connector:
    """One configured connector; everything that is wrong in its table in one ConfigError."""
    from connectors.http.network import certificate_problem
    from connectors.registry import plugin

    table = config.connectors[name]
    location, key = config.location("connectors", name, "kind"), config.key("connectors", name, "kind")
    connector_plugin = plugin(str(table.get("kind")), place=location, key=key)
    try:
        # Paths in a connector's table start from the folder of the file, as everywhere in the configuration.
        settings = connector_plugin.settings.model_validate(
            table, context={"resolve": config.resolve, "unreadable": certificate_problem}
        )
    except ValidationError as error:
        raise ConfigError(connector_problems(config, name, error, connector_plugin.settings)) from None
    return connector_plugin.build(name, settings, context)


def tracker_setup(kind: str) -> Setup:
    """What a kind of tracker offers before it is configured; ConfigError where it offers nothing."""
    from connectors.registry import plugin

    connector_plugin = plugin(kind)
    if (setup := getattr(connector_plugin, "setup", None)) is None:
        raise ConfigError([Problem("hub init", "kind", f"trackers of kind {kind!r} can't be looked at", "")])
    made: Setup = setup()
    return made


def make_survey_connector(config: Config, name: str, table: Mapping[str, object]) -> Connector:
    """A tracker that is only looked at; ConfigError for settings with which it cannot be asked."""
    from connectors.http.network import certificate_problem
    from connectors.registry import plugin

    connector_plugin, settings = plugin(name), tracker_setup(name).settings
    context = {"resolve": config.resolve, "unreadable": certificate_problem}
    try:
        made = settings.model_validate(table, context=context)
    except ValidationError as error:
        problems = connector_problems(config, name, error, settings)
        # No file holds these settings yet: they were given for an address.
        raise ConfigError([replace(problem, location=str(table.get("url")), key="") for problem in problems]) from None
    return connector_plugin.build(name, made, setup_context())


def setup_context() -> ConnectorContext:
    """What a tracker is lent before there is a workspace."""
    return ConnectorContext(clock.now, clock.sleep, "main", local_day())


def rule_settings(config: Config) -> Mapping[str, RuleSetting]:
    """What the configuration says of each rule; an unknown rule or option is a ConfigError."""
    known = {rule.name: rule for rule in known_rules()}
    problems, settings = [], {}
    for name, configured in config.rules.items():
        if name not in known:
            problems.append(_unknown_name(config, ("rules", name), name, known, "rule"))
            continue
        problems += [
            _unknown_name(config, ("rules", name, option), option, known[name].options, "option")
            for option in configured.options
            if option not in known[name].options
        ]
        off = configured.severity == "off"
        severity = None if configured.severity is None or off else Severity[configured.severity.upper()]
        settings[name] = RuleSetting(severity, off, configured.options)
    for number, waiver in enumerate(config.waivers):
        if waiver.rule not in known:
            problems.append(_unknown_name(config, ("waivers", number, "rule"), waiver.rule, known, "rule"))
    if problems:
        raise ConfigError(problems)
    return settings


def clock_of(config: Config) -> Callable[[], datetime]:
    """The clock of everything that works with this configuration."""
    return clock.shifted(config.clock_offset_seconds) if config.clock_offset_seconds else clock.now


def local_day(config: Config | None = None) -> date:
    """Today where the hub runs, by the configuration's clock: cycles are calendar days, not moments."""
    now = clock_of(config) if config else clock.now
    return now().astimezone().date()


def _unknown_name(
    config: Config, path: tuple[str | int, ...], word: str, known: Mapping[str, object], noun: str
) -> Problem:
    suggestions = closest(word, known)
    remedy = f"Did you mean {suggestions[0]}?" if suggestions else f"Known: {', '.join(known) or 'none'}"
    return Problem(config.location(*path), config.key(*path), f"there is no {noun} {word!r}", remedy)


@contextmanager
def _closing(connector: Connector) -> Iterator[Connector]:
    try:
        yield connector
    finally:
        connector.close()
