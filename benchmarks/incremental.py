"""A sync after the first, with nothing changed and with one ticket in a hundred: requests, seconds by stage, memory.

Each sync is a process of its own, as `hub sync` is; the last ones go on in one process, as those of `hub serve` do.

Run: python -m benchmarks.incremental [--sizes 1000 10000 100000] [--trackers jira github] [--hub-only]
"""

import argparse
import gc
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import portfolio as synthetic
from benchmarks.measure import machine, peak_megabytes, table
from benchmarks.ways import order_of

PEERS_OF = {"jira": ("jira library", "tap-jira"), "github": ("PyGithub, tuned", "tap-github")}
STAGES = ("pull", "observe", "map", "check", "plan", "publish")
CHANGED = "1 % changed"
OLDEST = datetime(2026, 10, 5, tzinfo=UTC)
SPAN = 40 * 86_400
"""Seconds over which tickets were created."""


def created_at(number: int, tickets: int) -> datetime:
    """One after the other, all of them in the past: the last change of a ticket is where its cursor stands."""
    return OLDEST + timedelta(seconds=number * min(30.0, SPAN / tickets))


def a_jira(tickets: int) -> tuple[Any, Any, Any]:
    """One project; the last change of its tickets lies minutes apart."""
    from hub.sandbox.jira.site import JiraSite
    from tests.sandbox_support.apps import jira_app

    site = JiraSite()
    for number in range(1, tickets + 1):
        created = created_at(number, tickets)
        labels = (f"kr-t000-0{number % 3}",)
        site.add_issue(f"P0-{number}", f"Work {number}", status="In Progress", labels=labels, created=created)
    box = jira_app(site)

    def change(count: int) -> None:
        for number in random.Random(7).sample(range(1, tickets + 1), count):
            site.edit(f"P0-{number}", summary=f"Other work {number}")

    return box, change, {"email": site.bot.email, "token": site.bot.token, "query": "project = P0"}


def a_github(tickets: int) -> tuple[Any, Any, Any]:
    """One repository; the last change of its issues lies minutes apart."""
    from hub.sandbox.github.site import TOKEN, GitHubSite
    from tests.sandbox_support.apps import github_app

    site = GitHubSite()
    site.add_token()
    site.limits.allowed = dict.fromkeys(site.limits.allowed, 1_000_000_000)
    site.add_repository("acme/r0")
    for number in range(1, tickets + 1):
        created = created_at(number, tickets).strftime("%Y-%m-%dT%H:%M:%SZ")
        site.add_issue("acme/r0", f"Work {number}", labels=(f"kr-t000-0{number % 3}",), created=created)
    box = github_app(site)

    def change(count: int) -> None:
        for number in random.Random(7).sample(range(1, tickets + 1), count):
            site.edit_issue(f"acme/r0#{number}", title=f"Other work {number}")

    return box, change, {"token": TOKEN, "repositories": ["acme/r0"]}


def run_sync(data: Mapping[str, Any], cache: Any = None) -> dict[str, Any]:
    """One sync in this process, without writes on tickets; it stops after its pull where nothing changed."""
    from connectors.base import ConnectorContext
    from connectors.registry import plugin
    from hub.core.planning.safety import Limits
    from hub.logs import configure
    from hub.pipeline.pull import Source
    from hub.pipeline.run_context import Mode, RunContext
    from hub.pipeline.sync import sync_if_changed
    from hub.pipeline.unchanged_run import UnchangedRun
    from hub.report.run_json import run_document
    from rules.registry import ALL_RULES

    gc.set_threshold(100_000, 20, 100)  # as the command sets it
    configure(0)

    def now() -> datetime:
        return datetime.now(UTC)

    okrs = replace(synthetic.okrs(random.Random(7)))
    kind = plugin(data["settings"]["kind"], place="", key="")
    context = ConnectorContext(now, time.sleep, "benchmark", synthetic.CYCLE.start)
    connector = kind.build(data["settings"]["kind"], kind.settings.model_validate(data["settings"]), context)
    started_at, processor = time.perf_counter(), 0.0 if cache is None else time.process_time()
    store = open_state(data["state"])
    job = RunContext(
        sources=[Source(connector)],
        okrs=okrs,
        rules=ALL_RULES,
        settings={},
        waivers=(),
        limits=Limits(),
        store=store,
        now=now,
        today=lambda: synthetic.TODAY,
        stopwatch=time.perf_counter,
        owner="benchmark:1",
        mode=Mode.PLAN,
        cache=cache,
    )
    result = sync_if_changed(job, run_document)
    total_seconds = time.perf_counter() - started_at
    report = result.report if isinstance(result, UnchangedRun) else run_document(result)
    tickets = sum(row["pulled"] for row in report["sources"])
    store.close()
    connector.close()
    used = time.process_time() - processor
    data = {"tickets": tickets, "total": total_seconds, "processor": used, "memory": peak_megabytes()}
    if isinstance(result, UnchangedRun):
        return {**data, "changed": 0, "seconds": {"pull": total_seconds, "record": 0.0}}
    (pulled,) = result.snapshot.pulled
    changed, _ = result.changes[pulled.connector]
    assert pulled.complete, pulled.gaps
    seconds = {name: result.seconds.get(name, 0.0) for name in STAGES}
    return {
        **data,
        "changed": changed,
        "seconds": seconds | {"record": max(0.0, total_seconds - sum(seconds.values()))},
    }


def serve_syncs() -> None:
    """A sync for each line of the standard input, all in this process, which keeps what `hub serve` keeps."""
    from hub.pipeline.previous_run import RunCache

    cache = RunCache()
    for line in sys.stdin:
        print(json.dumps(run_sync(json.loads(line), cache)), flush=True)


def open_state(address: str) -> Any:
    """The state in a file, or in a schema of a PostgreSQL."""
    if address.startswith("postgresql:"):
        from hub.store.postgres.store import PostgresStore

        return PostgresStore(address)
    from hub.store.sqlite.store import SqliteStore

    return SqliteStore(address)


@contextmanager
def one_process(option: str) -> Iterator[Callable[[Mapping[str, Any]], dict[str, Any]]]:
    """Syncs in a process of their own, so that its peak of memory is its own."""
    order = [sys.executable, "-m", "benchmarks.incremental", option]
    with subprocess.Popen(order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def sync(options: Mapping[str, Any]) -> dict[str, Any]:
            process.stdin.write(json.dumps(options) + "\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            if not (line := process.stdout.readline()):  # type: ignore[union-attr]
                sys.exit("the sync ended before it said what it did; see above")
            result: dict[str, Any] = json.loads(line)
            return result

        yield sync


def rows(kind: str, tickets: int, server: Any = None, *, peers: bool = True) -> list[list[str]]:
    """The first sync, three without a change, one with a ticket in a hundred changed, which others then only read."""
    from hub.sandbox.server import serve  # not needed by the syncs, whose memory is measured

    box, change, access = {"jira": a_jira, "github": a_github}[kind](tickets)
    table_rows = []
    with tempfile.TemporaryDirectory() as folder, serve(box.app) as running:
        state = str(Path(folder) / "hub.db") if server is None else server.new_schema()
        options = {"state": state, "settings": {"kind": kind, "url": running.url, **access}}
        for label in ("first", "no change", "no change", "no change", CHANGED):
            if label == CHANGED:
                since = datetime.now(UTC)
                change(tickets // 100)
            box.traffic.clear()
            with one_process("--one") as sync:
                table_rows.append(a_row(kind, tickets, label, box.traffic, sync(options)))
        with one_process("--serve") as sync:
            for label in ("start of hub serve", f"{CHANGED}, in hub serve", f"{CHANGED}, in hub serve"):
                change(tickets // 100 if label.startswith(CHANGED) else 1)
                box.traffic.clear()
                table_rows.append(a_row(kind, tickets, label, box.traffic, sync(options)))
        config = {"url": running.url, "since": since.strftime("%Y-%m-%dT%H:%M:%SZ"), **access}
        for method in PEERS_OF[kind] if peers else ():
            box.traffic.clear()
            result = read_changes(method, config)
            head = [kind, f"{tickets:,}", f"{method}, changes", f"{result['tickets']:,}", str(box.traffic.requests)]
            cells = [f"{result['seconds']:.2f}", *("-",) * len(STAGES), f"{result['seconds']:.2f}", "-"]
            table_rows.append([*head, *cells, f"{result['memory']:.0f}"])
    return table_rows


def a_row(kind: str, tickets: int, label: str, traffic: Any, result: Mapping[str, Any]) -> list[str]:
    """One line of the table."""
    cells = [f"{result['seconds'].get(stage, 0.0):.2f}" for stage in (*STAGES, "record")]
    totals = [f"{result['total']:.2f}", f"{result['processor']:.2f}", f"{result['memory']:.0f}"]
    return [kind, f"{tickets:,}", label, f"{result['changed']:,}", str(traffic.requests), *cells, *totals]


def read_changes(method: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """What changed since the config's `since`, read in another tool's way."""
    done = subprocess.run(order_of(method), input=json.dumps(config), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--trackers", nargs="+", default=["jira", "github"])
    parser.add_argument("--postgres", action="store_true", help="keep the state in a PostgreSQL that is started for it")
    parser.add_argument("--hub-only", action="store_true", help="leave out what others take for it")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(run_sync(json.loads(sys.stdin.readline()))))
        return
    if args.serve:
        serve_syncs()
        return
    print(f"{machine()}; no latency; every sync in a process of its own, but those in hub serve\n")
    with ExitStack() as stack:
        server = None
        if args.postgres:
            from tests.hub.store.postgres_server import started

            server = stack.enter_context(started(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        table_rows = [
            row
            for kind in args.trackers
            for size in args.sizes
            for row in rows(kind, size, server, peers=not args.hub_only)
        ]
    head = ["tracker", "tickets", "sync", "changed", "requests", *STAGES, "record", "seconds", "processor", "peak MB"]
    print(table(head, table_rows))


if __name__ == "__main__":
    main()
