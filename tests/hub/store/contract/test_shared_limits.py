"""Several processes with one state at one host: a pause that one was asked for, and what one learned, hold for all."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import monotonic, sleep, time

from starlette.types import Receive, Scope, Send

from hub.sandbox.server import RunningServer, serve
from tests.hub.store.contract.states import State, process
from tests.sandbox_support.limit_watch import LimitWatch

PROCESSES = 3
# Reads as fast as it is let, and writes each time it is told; ends when its input does.
CLIENT = """
import sys, threading, time
from datetime import UTC, date, datetime
from connectors.base import ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import CallKind, Limits, Request
from hub.model.errors import SourceError

url, writes = sys.argv[1], sys.argv[2] == "writes"
now = lambda: datetime.now(UTC)
context = ConnectorContext(now, time.sleep, "main", date(2026, 10, 1), rate_limit_store=limits)
rules = Limits(writes_per_minute=240, writes_per_hour=450, max_wait_seconds=60)
client = ApiClient("tracker", url, sign=dict, account="a", context=context, limits=rules)
done = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
print("ready", flush=True)
while not done.is_set():
    try:
        if writes:
            client.send(Request("POST", "/comments", body={}, kind=CallKind.WRITE, idempotent=True))
        else:
            client.send(Request("GET", "/tickets"))
    except SourceError as error:
        print(type(error).__name__, flush=True)
        done.wait(0.2)
client.close()
"""


@dataclass
class Tracker:
    """Answers everything, and tells what remains of the hour where it is to."""

    watch: LimitWatch = field(default_factory=lambda: LimitWatch(240, 450))
    calls: list[tuple[float, str]] = field(default_factory=list)
    remaining: int | None = None

    async def app(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.calls.append((monotonic(), scope["client"][1]))
        headers = [(b"content-type", b"application/json")]
        if self.remaining is not None:
            self.remaining = max(-1000, self.remaining - 1)
            told = {"limit": 100, "remaining": max(0, self.remaining), "reset": int(time()) + 3600, "resource": "core"}
            headers += [(f"x-ratelimit-{name}".encode(), str(value).encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({}).encode()})


def wait_for(happened: Callable[[], bool]) -> None:
    end = monotonic() + 60
    while not happened():
        assert monotonic() < end, "it did not come"
        sleep(0.01)


class Clients:
    """Processes at work."""

    def __init__(self, stack: ExitStack, state: State, server: RunningServer, kind: str, count: int) -> None:
        self._children = [
            stack.enter_context(process(state, f"import sys\nsys.argv = ['', {server.url!r}, {kind!r}]\n{CLIENT}"))
            for _ in range(count)
        ]
        stack.callback(lambda: [child.kill() for child in self._children])
        for child in self._children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"

    def end(self) -> list[str]:
        """What they said until their end."""
        return [child.communicate(timeout=60)[0] for child in self._children]


def test_a_pause_that_one_process_was_asked_for_holds_for_all(state: State) -> None:
    state.open()
    tracker = Tracker()
    with ExitStack() as stack, serve(tracker.watch.wrap(tracker.app)) as server:
        clients = Clients(stack, state, server, "reads", PROCESSES)
        wait_for(lambda: len({client for _, client in tracker.calls}) >= PROCESSES)
        tracker.watch.ask_for_pause(3.0)
        wait_for(lambda: bool(tracker.watch.pauses))
        ((_, end),) = tracker.watch.pauses
        wait_for(lambda: len({client for at, client in tracker.calls if at > end}) >= PROCESSES)
        assert clients.end() == [""] * PROCESSES
    assert tracker.watch.in_pause == []


def test_a_process_that_starts_in_a_pause_keeps_it(state: State) -> None:
    state.open()
    tracker = Tracker()
    with ExitStack() as stack, serve(tracker.watch.wrap(tracker.app)) as server:
        first = Clients(stack, state, server, "reads", 1)
        wait_for(lambda: len(tracker.calls) > 3)
        tracker.watch.ask_for_pause(4.0)
        wait_for(lambda: bool(tracker.watch.pauses))
        second = Clients(stack, state, server, "reads", 1)
        ((_, end),) = tracker.watch.pauses
        wait_for(lambda: len({client for at, client in tracker.calls if at > end}) >= 2)
        assert first.end() + second.end() == ["", ""]
    assert tracker.watch.in_pause == []


def test_writes_of_several_processes_keep_one_pace(state: State) -> None:
    state.open()
    tracker = Tracker()
    with ExitStack() as stack, serve(tracker.watch.wrap(tracker.app)) as server:
        clients = Clients(stack, state, server, "writes", PROCESSES)
        wait_for(lambda: len(tracker.watch.writes) >= 16)
        clients.end()
    assert tracker.watch.exceeded == 0
    # Four a second. One of each process may have been kept from its time by the machine, and come with those of later.
    assert tracker.watch.most_writes(2) <= 8 + 1 + PROCESSES


def test_a_new_process_knows_what_remains_of_the_hour_before_its_first_call(state: State) -> None:
    state.open()
    tracker = Tracker(remaining=4)
    with ExitStack() as stack, serve(tracker.watch.wrap(tracker.app)) as server:
        first = Clients(stack, state, server, "reads", 1)
        wait_for(lambda: len(tracker.calls) >= 1)
        said = first.end()
        before = len(tracker.calls)
        second = Clients(stack, state, server, "reads", 1)
        said += second.end()
    assert len(tracker.calls) == before, said
