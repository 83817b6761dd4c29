"""The running service: scheduler, web application and port, started and stopped; where it may listen."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import ip_address
from threading import Lock

import structlog
from cachetools import TTLCache, cached
from fastapi import APIRouter, FastAPI

from connectors.base import RequestRecord
from connectors.http.network import proxy_secrets
from hub.config.settings import Config
from hub.logs import configure
from hub.model.errors import ConfigError, HubError, Problem
from hub.model.service_state import RateLimitStatus
from hub.pipeline.lease import lease_owner
from hub.service.control import CACHED_SECONDS, Control, source_ages
from hub.service.digest_sender import DigestSender, check_channels, is_supported_url, notify
from hub.service.gc_tuning import SWITCH_INTERVAL_SECONDS, GcTuning
from hub.service.replica import Replica, ReplicaEvents
from hub.service.runs import RunExecutor, schedule_from
from hub.service.scheduler import RunObserver, RunScheduler, Scheduler
from hub.service.tracing import RunTracer, build_tracer, telemetry_secrets
from hub.state import open_ended_sessions, open_service_lease, open_store
from hub.usecases.assess import assess
from hub.web.app import make_app
from hub.web.auth.setup import setup
from hub.web.monitoring import Metrics, metrics_route, readiness_route
from hub.web.server import Server, address_of, handle_stop_signals, open_listener
from hub.web.snapshot_cache import SnapshotCache, StoreSnapshotSource, WebDependencies
from hub.web.webhooks import WebhookReceiver, webhook_receiver
from hub.wiring import clock_of, configured_okrs, local_day


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address; a name but `localhost` may lead anywhere."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_bind_allowed(host: str, auth_configured: bool) -> bool:
    """Others may reach the service only where a sign-in is configured."""
    return auth_configured or is_loopback(host)


EXIT_INTERRUPTED = 130
SIGNAL_EXIT_BASE = 128


MakeScheduler = Callable[[Callable[[], datetime], RunObserver, Callable[[], None]], RunScheduler]


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """How the service runs: `today` judges as of another day, `confirmed` carries out plans of any size.

    `make_scheduler` makes what stands in for a scheduler where other processes do the runs, from the clock, an observer
    of runs and a function that refreshes the pages.
    """

    today: date | None = None
    confirmed: bool = False
    verbose: int = 1
    make_scheduler: MakeScheduler | None = None


@dataclass(slots=True)
class _StopSignal:
    """The signal that ended the service, once there is one."""

    signals: list[int] = field(default_factory=list)

    @property
    def code(self) -> int:
        return EXIT_INTERRUPTED if self.signals[:1] == [signal.SIGINT] else 0


def open_port(config: Config, host: str | None = None, port: int | None = None) -> socket.socket:
    """Listen where the configuration, or the command line, says; ConfigError where that is not possible or not safe."""
    bind_host = host or config.service.host
    if not is_bind_allowed(bind_host, auth_configured=config.auth.requires_sign_in):
        message = f"{bind_host} is reachable from other machines, and no sign-in is configured"
        raise ConfigError(
            [Problem(config.location("service", "host"), "service.host", message, "Use 127.0.0.1, or set auth.mode.")]
        )
    return open_listener(bind_host, config.service.port if port is None else port)


def run_service(
    config: Config, sock: socket.socket, on_started: Callable[[str], None], options: ServiceOptions | None = None
) -> int:
    """Work and answer until a signal comes; returns the exit code. `on_started` hears the address when it answers."""
    options = options or ServiceOptions()
    validate_channels(config)
    # Whoever waits for an answer is let in between two steps of a run that computes.
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    configure(
        options.verbose, (*config.secrets, *proxy_secrets(), *telemetry_secrets()), log_format=config.service.log_format
    )
    tracer = build_tracer(clock_of(config))
    parts = _build_parts(config, options, sock, tracer)
    scheduler, app, receiver = parts.scheduler, parts.app, parts.receiver
    end, web = _StopSignal(), Server(app, lambda: on_started(config.service.public_url or address_of(sock)))

    def stop(number: int) -> None:
        end.signals.append(number)
        scheduler.stop()
        web.should_exit = True

    with handle_stop_signals(stop, lambda number: _exit_now(SIGNAL_EXIT_BASE + number)):
        parts.start()
        web.run(sockets=[sock])
        receiver.close()
        in_time = _finish(scheduler, tracer, config.service.shutdown_timeout_seconds)
        if parts.replica is not None:
            parts.replica.stop()
    _log().info("the service has stopped", in_time=in_time)
    if not in_time:
        # Threads that wait for a tracker must not hold the process: nothing that they do is needed any more.
        _exit_now(end.code)
    return end.code


def _finish(scheduler: RunScheduler, tracer: RunTracer | None, timeout_seconds: float) -> bool:
    """Whether the run that was under way came to its end in time."""
    scheduler.stop()
    in_time = scheduler.join(timeout_seconds)
    if tracer is not None:
        tracer.close()
    return in_time


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is started and stopped."""

    scheduler: RunScheduler
    app: FastAPI
    receiver: WebhookReceiver
    replica: Replica | None
    events: ReplicaEvents

    def start(self) -> None:
        """Begin; workers need no replica of their own here, for any of them does the next run."""
        if self.replica is not None:
            self.replica.start(self.events)
        self.scheduler.start()
        self.receiver.start()


def _build_parts(config: Config, options: ServiceOptions, sock: socket.socket, tracer: RunTracer | None) -> _Parts:
    metrics, now = Metrics(), clock_of(config)
    on_request = _notify_both(metrics.on_request, tracer.on_request) if tracer else metrics.on_request
    executor = RunExecutor(
        config, today=options.today, confirmed=options.confirmed, verbose=options.verbose, on_request=on_request
    )
    source = StoreSnapshotSource(config, now, lambda: options.today or local_day(config))
    cache = SnapshotCache(source, observers=(metrics.on_snapshot, GcTuning().on_snapshot))
    scheduler: RunScheduler
    replica: Replica | None = None
    if options.make_scheduler is not None:
        scheduler = options.make_scheduler(now, metrics.on_run_end, cache.refresh)
    else:
        replica = Replica(open_service_lease(config), lease_owner(), now)
        scheduler = Scheduler(
            executor,
            schedule_from(config),
            now=now,
            debounce_seconds=config.service.webhook_debounce_seconds,
            after_each_run=_after_each_run(config, cache, options.today),
            observers=(metrics.on_run_end, tracer.on_run_end) if tracer else (metrics.on_run_end,),
            replica=replica.state,
        )
    receiver = webhook_receiver(config, scheduler.wake, metrics.on_delivery)
    ages = source_ages(executor)
    control = Control(config, scheduler, ages)
    routes = (readiness_route(control.state, ages, now), receiver.routes)
    app = _build_application(config, control, cache, metrics, routes, bound=sock.getsockname()[0])
    return _Parts(scheduler, app, receiver, replica, ReplicaEvents(scheduler.wake, cache.refresh))


def _build_application(
    config: Config,
    control: Control,
    cache: SnapshotCache,
    metrics: Metrics,
    routes: Sequence[APIRouter],
    *,
    bound: str,
) -> FastAPI:
    name, url = config.workspace, config.service.public_url
    ended_sessions = open_ended_sessions(config)
    authentication = setup(
        config.auth, now=clock_of(config), workspace=name, bound=bound, public_url=url, ended_sessions=ended_sessions
    )
    dependencies = WebDependencies(
        cache,
        authentication.authenticator,
        clock_of(config),
        workspace=name,
        trigger_run=control.run_now,
        scheduler_state=control.state,
        rate_limits=_rate_limits(config),
    )
    metrics_router = metrics_route(
        dependencies, metrics, dependencies.rate_limits, config.auth.metrics_token, authentication.login_rate_limit
    )
    app = make_app(dependencies, [*routes, metrics_router, *authentication.routes])
    authentication.install(app)
    return app


def validate_channels(config: Config) -> None:
    """ConfigError for a channel of no team, or of no service; a fault in OKR files is for the first run to tell."""
    if not config.digests.channels:
        return
    try:
        okrs = configured_okrs(config, local_day(config))
    except HubError:
        return
    check_channels(config, is_supported_url, tuple(okrs.teams))


def _after_each_run(config: Config, cache: SnapshotCache, today: date | None) -> Callable[[], None]:
    """What is done after each run: the pages are refreshed, and the weekly summaries that are due are sent."""
    sender = DigestSender(config, lambda: assess(config, today), notify, clock_of(config))

    def after_each_run() -> None:
        cache.refresh()
        try:
            sender.after_each_run()
        except Exception as error:  # noqa: BLE001  what a channel does must not hold up the runs
            _log().warning("the weekly summaries wait", reason=type(error).__name__, error=str(error))

    return after_each_run


def _rate_limits(config: Config) -> Callable[[], Sequence[RateLimitStatus]]:
    """What hosts said is left, as of some seconds ago at most; nothing where the state cannot say."""

    def read_rate_limits() -> Sequence[RateLimitStatus]:
        try:
            with closing(open_store(config, create=False)) as store:
                return store.rate_limits(clock_of(config)())
        except HubError:
            return ()

    return cached(TTLCache(1, CACHED_SECONDS), lock=Lock())(read_rate_limits)


def _notify_both(
    first: Callable[[RequestRecord], None], second: Callable[[RequestRecord], None]
) -> Callable[[RequestRecord], None]:
    def on_request(exchange: RequestRecord) -> None:
        first(exchange)
        second(exchange)

    return on_request


def _exit_now(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _log() -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
