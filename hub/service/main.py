"""The running service: one engine, one web application and one port, put together and taken apart in order."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from fastapi import APIRouter, FastAPI

from connectors.base import Exchange
from connectors.network import proxy_secrets
from hub import clock
from hub.config.settings import Config
from hub.logs import configure
from hub.model.errors import ConfigError, HubError, Problem
from hub.model.pacing import Spending
from hub.service.binding import may_bind
from hub.service.calm import Calm
from hub.service.digest_sender import Digester, check_channels
from hub.service.engine import Engine
from hub.service.notifier import notify, understood
from hub.service.rounds import Rounds, plan_of
from hub.service.traces import Traces, telemetry_secrets, traces
from hub.service.webhook_receiver import Doorway, doorway
from hub.store.sqlite.sessions import EndedInState
from hub.usecases.assess import assess
from hub.web.access.admission import admission
from hub.web.app import make_app
from hub.web.metrics import Metrics
from hub.web.readiness import readiness_route
from hub.web.scraping import metrics_route
from hub.web.server import Server, address_of, listening, told_to_stop
from hub.web.site import Site
from hub.web.snapshot_cache import SnapshotCache, StoreSnapshotSource
from hub.wiring import configured_okrs, local_day, open_store

INTERRUPTED = 130
AT_ONCE = 128
SWITCH_SECONDS = 0.0005


@dataclass(frozen=True, slots=True)
class How:
    """How the service runs: `today` judges as of another day, `confirmed` carries out plans of any size."""

    today: date | None = None
    confirmed: bool = False
    verbose: int = 1


@dataclass(slots=True)
class _End:
    """The signal that ended the service, once there is one."""

    signals: list[int] = field(default_factory=list)

    @property
    def code(self) -> int:
        return INTERRUPTED if self.signals[:1] == [signal.SIGINT] else 0


def open_port(config: Config, host: str | None = None, port: int | None = None) -> socket.socket:
    """Listen where the configuration, or the command line, says; ConfigError where that is not possible or not safe."""
    chosen = host or config.service.host
    if not may_bind(chosen, access_configured=config.access.asks):
        what = f"{chosen} is reachable from other machines, and no sign-in is configured"
        raise ConfigError(
            [Problem(config.place("service", "host"), "service.host", what, "Use 127.0.0.1, or set access.mode.")]
        )
    return listening(chosen, config.service.port if port is None else port)


def serve(config: Config, sock: socket.socket, told: Callable[[str], None], how: How | None = None) -> int:
    """Work and answer until a signal comes; returns the exit code. `told` hears the address when it answers."""
    how = how or How()
    channels_checked(config)
    # Whoever waits for an answer is let in between two steps of a run that computes.
    sys.setswitchinterval(SWITCH_SECONDS)
    configure(how.verbose, (*config.secrets, *proxy_secrets(), *telemetry_secrets()), form=config.service.log_format)
    traced = traces(clock.now)
    engine, app, door = _parts(config, how, sock, traced)
    end, web = _End(), Server(app, lambda: told(config.service.public_url or address_of(sock)))

    def stop(number: int) -> None:
        end.signals.append(number)
        engine.stop()
        web.should_exit = True

    with told_to_stop(stop, lambda number: _leave(AT_ONCE + number)):
        engine.start()
        door.start()
        web.run(sockets=[sock])
        door.close()
        in_time = _ended(engine, traced, config.service.grace_seconds)
    _log().info("the service has stopped", in_time=in_time)
    if not in_time:
        # Threads that wait for a tracker must not hold the process: nothing that they do is needed any more.
        _leave(end.code)
    return end.code


def _ended(engine: Engine, traced: Traces | None, grace: float) -> bool:
    """Whether the run that was under way came to its end in time."""
    engine.stop()
    in_time = engine.join(grace)
    if traced is not None:
        traced.close()
    return in_time


def _parts(config: Config, how: How, sock: socket.socket, traced: Traces | None) -> tuple[Engine, FastAPI, Doorway]:
    metrics = Metrics()
    heard = _both(metrics.heard, traced.heard) if traced else metrics.heard
    rounds = Rounds(config, today=how.today, confirmed=how.confirmed, verbose=how.verbose, heard=heard)
    source = StoreSnapshotSource(config, clock.now, lambda: how.today or local_day())
    keeper = SnapshotCache(source, made=(metrics.made, Calm().made))
    engine = Engine(
        rounds,
        plan_of(config),
        now=clock.now,
        settle=config.service.settle_seconds,
        each_turn=_each_turn(config, keeper, how.today),
        observe=(metrics.ended, traced.ended) if traced else (metrics.ended,),
    )
    webhooks = doorway(config, engine.poke, metrics.delivered)
    routes = (readiness_route(engine.state, _ages(rounds), clock.now), webhooks.routes)
    return engine, _application(config, engine, keeper, metrics, routes, bound=sock.getsockname()[0]), webhooks


def _application(
    config: Config, engine: Engine, keeper: SnapshotCache, metrics: Metrics, routes: Sequence[APIRouter], *, bound: str
) -> FastAPI:
    name, url = config.workspace, config.service.public_url
    ended = EndedInState(config.state_path)
    door = admission(config.access, now=clock.now, workspace=name, bound=bound, public_url=url, ended=ended)
    site = Site(
        keeper,
        door.access,
        clock.now,
        workspace=name,
        poke=engine.run_now,
        engine=engine.state,
        spending=_spending(config),
    )
    scraped = metrics_route(site, metrics, site.spending, config.access.metrics_token, door.attempts)
    app = make_app(site, [*routes, scraped, *door.routes])
    door.around(app)
    return app


def channels_checked(config: Config) -> None:
    """ConfigError for a channel of no team, or of no service; a fault in OKR files is for the first run to tell."""
    if not config.digests.channels:
        return
    try:
        okrs = configured_okrs(config, local_day())
    except HubError:
        return
    check_channels(config, understood, tuple(okrs.teams))


def _each_turn(config: Config, keeper: SnapshotCache, today: date | None) -> Callable[[], None]:
    """What is done after each run: the pages are refreshed, and the weekly summaries that are due are sent."""
    digester = Digester(config, lambda: assess(config, today), notify, clock.now)

    def turn() -> None:
        keeper.refresh()
        try:
            digester.turn()
        except Exception as error:  # noqa: BLE001  what a room does must not hold up the runs
            _log().warning("the weekly summaries wait", why=type(error).__name__, said=str(error))

    return turn


def _spending(config: Config) -> Callable[[], Sequence[Spending]]:
    """What hosts said is left; nothing where the state cannot say."""

    def told() -> Sequence[Spending]:
        try:
            with closing(open_store(config, create=False)) as store:
                return store.spending(clock.now())
        except HubError:
            return ()

    return told


def _both(first: Callable[[Exchange], None], second: Callable[[Exchange], None]) -> Callable[[Exchange], None]:
    def heard(exchange: Exchange) -> None:
        first(exchange)
        second(exchange)

    return heard


def _ages(rounds: Rounds) -> Callable[[], Mapping[str, datetime]]:
    """When each source was last read; none where the state cannot say, which the engine tells of as well."""

    def read() -> Mapping[str, datetime]:
        try:
            return {name: one.read for name, one in rounds.last().items() if one.read is not None}
        except HubError:
            return {}

    return read


def _leave(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _log() -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
