"""Fifty readers of the pages and the API of `hub serve` with 20,000 tickets, while it reads both trackers anew.

With `--before` another checkout is served as well, and both are read in turn in the same run, so that what else
the machine does disturbs both alike. Every reader also has a page open that asks whether there is something new.

Run: python -m benchmarks.pages [--tickets 20000] [--readers 50] [--seconds 30] [--pause 0.5]
     [--before DIR] [--rounds 1]
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from benchmarks import portfolio as synthetic
from benchmarks.measure import machine, table
from hub.model.okr import KeyResult, Okrs
from hub.sandbox.github.site import TOKEN, GitHubSite
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.sandbox_support.apps import github_app, jira_app

NAMES = {"to do": "To Do", "in progress": "In Progress", "done": "Done"}
PROBE_SECONDS = 0.05
# How often an open page asks whether there is something new, and where.
LIVE_SECONDS, LIVE = 5.0, "/live"
NOT_PAGES = ("/healthz", LIVE)
ROOT = Path(__file__).parents[1]
ADDRESSES = (
    "/",
    "/findings",
    "/findings?team={team}",
    "/teams",
    "/teams/{team}",
    "/key-results",
    "/key-results/{goal}",
    "/tickets/{ticket}",
    "/trends",
    "/runs",
    "/rules",
    "/audit",
    "/api/findings?limit=100&offset={offset}",
    "/api/key-results?team={team}",
    "/api/teams/{team}",
    "/api/tickets/{ticket}",
    "/api/runs",
    "/api/audit",
    "/metrics",
)


def jira_of(tickets: int) -> tuple[Any, dict[str, Any]]:
    """The Jira half of the portfolio."""
    site = JiraSite()
    for ticket in synthetic.snapshot(tickets, Random(7)).pulled[0].initiatives:
        site.add_issue(
            ticket.ref.key,
            ticket.title,
            status=NAMES[ticket.status.value],
            labels=tuple(sorted(ticket.labels)),
            due=ticket.due.isoformat() if ticket.due else None,
            created=ticket.created,
        )
    query = "project in (" + ", ".join(f"P{number}" for number in range(synthetic.TEAMS)) + ")"
    return jira_app(site).app, {"email": site.bot.email, "token": site.bot.token, "query": query}


def github_of(tickets: int) -> tuple[Any, dict[str, Any]]:
    """The GitHub half."""
    site = GitHubSite()
    site.add_token()
    site.limits.allowed = dict.fromkeys(site.limits.allowed, 1_000_000_000)
    repositories = [f"acme/r{number}" for number in range(synthetic.TEAMS)]
    for repository in repositories:
        site.add_repository(repository)
    for ticket in synthetic.snapshot(tickets, Random(7)).pulled[1].initiatives:
        state = "closed" if ticket.status.value == "done" else "open"
        created = ticket.created.strftime("%Y-%m-%dT%H:%M:%SZ") if ticket.created else "2026-10-05T08:00:00Z"
        site.add_issue(
            ticket.containers[0],
            ticket.title,
            labels=tuple(sorted(ticket.labels)),
            state=state,
            created=created,
        )
    return github_app(site).app, {"token": TOKEN, "repositories": repositories}


def okr_file(okrs: Okrs) -> str:
    """The goals as people write them."""
    cycle = okrs.cycle
    lines = ["[cycle]", f'id = "{cycle.id}"', f"start = {cycle.start}", f"end = {cycle.end}", 'phase = "running"']
    for team in okrs.teams.values():
        bugs = 'exempt = [{ label = "bug", reason = "defects are not strategy" }]'
        lines += ["[[team]]", f'id = "{team.id}"', f'name = "{team.name}"', f"owns = {json.dumps(team.owns)}", bugs]
    for objective in okrs.objectives.values():
        lines += ["[[objective]]", f'id = "{objective.id}"', f'title = "{objective.title}"']
        lines += [f"teams = {json.dumps(objective.teams)}"] if objective.teams else []
        for id_ in objective.key_results:
            lines += _goal(okrs.key_results[id_])
    return "\n".join(lines)


def _goal(key_result: KeyResult) -> Iterator[str]:
    yield from (
        "[[objective.key_result]]",
        f'id = "{key_result.id}"',
        f'title = "{key_result.title}"',
        "start = 0",
        "target = 100",
    )
    yield f'visibility = "{key_result.visibility.value}"'
    if key_result.owners:
        yield f"owners = {json.dumps(key_result.owners)}"
    if key_result.current is not None:
        yield f"current = {key_result.current}"
    if key_result.priority is not None:
        yield f"priority = {key_result.priority}"
    if key_result.contributions:
        parts = (
            f'{{ team = "{c.team}", share = {c.share}, kind = "{c.kind.value}" }}' for c in key_result.contributions
        )
        yield f"contributions = [{', '.join(parts)}]"
    if key_result.aligns_to:
        links = (f'{{ key_result = "{link.key_result}" }}' for link in key_result.aligns_to)
        yield f"aligns_to = [{', '.join(links)}]"
    for need in key_result.depends_on:
        needed = f'key_result = "{need.key_result}", priority = {need.priority}'
        yield f'depends_on = [{{ team = "{need.team}", {needed} }}]'


@contextmanager
def run_tracker(kind: str, tickets: int) -> Iterator[dict[str, Any]]:
    """A tracker in a process of its own; it ends when its standard input does."""
    order = [sys.executable, "-m", "benchmarks.pages", "--tracker", kind, "--tickets", str(tickets)]
    with subprocess.Popen(order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()


def track(kind: str, tickets: int) -> None:
    """Be a tracker until nobody listens."""
    app, access = {"jira": jira_of, "github": github_of}[kind](tickets)
    with serve(app) as running:
        print(json.dumps({"kind": kind, "url": running.url, **access}), flush=True)
        sys.stdin.read()


def workspace(home: Path, trackers: list[dict[str, Any]]) -> Path:
    """A configuration that reads both, and writes nothing."""
    (home / "okrs.toml").write_text(okr_file(synthetic.okrs(Random(7))))
    lines = [f'cycle = "{synthetic.CYCLE.id}"', 'okrs = ["okrs.toml"]', "[service]", 'schedule = "every 24h"']
    for tracker in trackers:
        lines += [f"[connectors.{tracker['kind']}]"]
        lines += [f"{name} = {json.dumps(value)}" for name, value in tracker.items() if name not in ("email", "token")]
    (home / "config.toml").write_text("\n".join(lines) + "\n")
    return home / "config.toml"


@contextmanager
def service(config: Path, trackers: list[dict[str, Any]], checkout: Path = ROOT) -> Iterator[str]:
    """`hub serve` of a checkout on a free port, after its first run."""
    secrets = {
        f"HUB_CONNECTORS__{tracker['kind'].upper()}__{name.upper()}": tracker[name]
        for tracker in trackers
        for name in ("email", "token")
        if name in tracker
    }
    order = [sys.executable, "-m", "hub", "serve", "--port", "0", "--quiet", "--config", str(config)]
    order += ["--today", synthetic.TODAY.isoformat()]
    environment = {**os.environ, **secrets, "PYTHONPATH": str(checkout)}
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True, env=environment, cwd=checkout) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().split()[-1]
            while not (last := fetch_json(url, "/readyz").get("last")) or not last["result"]:
                time.sleep(0.5)
            for address in ADDRESSES:
                urlopen(url + _named(address, Random(1))).close()
            yield url
        finally:
            process.terminate()


def fetch_json(url: str, path: str) -> Mapping[str, Any]:
    """What an address says, whatever its status."""
    try:
        with urlopen(url + path) as answer:
            document: Mapping[str, Any] = json.load(answer)
    except HTTPError as error:
        document = json.load(error)
    return document


class Readers:
    """Readers on connections that stay open; what each answer took, in milliseconds, by address."""

    def __init__(self, url: str, until: float, pause: float) -> None:
        self.durations: dict[str, list[float]] = defaultdict(list)
        self.bytes: dict[str, int] = {}
        self._host, _, port = url.removeprefix("http://").partition(":")
        self._port, self._until, self._pause = int(port), until, pause

    async def read(self, number: int) -> None:
        """One reader: an address, a pause, the next."""
        dice = Random(number)
        reader, writer = await asyncio.open_connection(self._host, self._port)
        while time.perf_counter() < self._until:
            await asyncio.sleep(self._pause * dice.uniform(0.5, 1.5))
            address = dice.choice(ADDRESSES)
            await self._ask(reader, writer, address, _named(address, dice))
        writer.close()

    async def poll(self, number: int) -> None:
        """The open page of one reader; the server closes a connection on which nothing comes for so long."""
        dice = Random(1000 + number)
        await asyncio.sleep(LIVE_SECONDS * dice.random())
        while time.perf_counter() < self._until:
            reader, writer = await asyncio.open_connection(self._host, self._port)
            await self._ask(reader, writer, LIVE, LIVE)
            writer.close()
            await asyncio.sleep(LIVE_SECONDS)

    async def probe(self) -> None:
        """Somebody who asks all the time whether the process is alive."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        while time.perf_counter() < self._until:
            await asyncio.sleep(PROBE_SECONDS)
            await self._ask(reader, writer, "/healthz", "/healthz")
        writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str, path: str) -> None:
        started_at = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        self.durations[name].append(1000 * (time.perf_counter() - started_at))
        self.bytes[name] = length
        assert head.startswith(b"HTTP/1.1 200"), (path, head)


def _named(address: str, dice: Random) -> str:
    team = dice.randrange(synthetic.TEAMS)
    ref = f"jira/P{team}-1"
    return address.format(
        team=synthetic.team_id(team), goal=f"org-{dice.randrange(3):02d}-0", ticket=ref, offset=100 * dice.randrange(20)
    )


async def crowd(url: str, options: argparse.Namespace) -> Readers:
    """All readers at once, and somebody who asks for a run whenever none is under way."""
    readers = Readers(url, time.perf_counter() + options.seconds, options.pause)
    runs = asyncio.create_task(asyncio.to_thread(keep_running, url, time.monotonic() + options.seconds))
    pollers = [readers.poll(number) for number in range(options.readers if is_live(url) else 0)]
    await asyncio.gather(readers.probe(), *pollers, *(readers.read(number) for number in range(options.readers)))
    print(f"runs that ended meanwhile: {await runs}")
    return readers


def is_live(url: str) -> bool:
    """Whether the pages of this checkout ask for something new."""
    try:
        return bool(urlopen(url + LIVE).status == 200)
    except HTTPError:
        return False


def keep_running(url: str, until: float) -> int:
    """A run after the other; returns how many there were."""
    first = last = fetch_json(url, "/readyz")["last"]["run"]
    while time.monotonic() < until:
        state = fetch_json(url, "/readyz")
        last = state["last"]["run"]
        if state["run"] is None:
            urlopen(Request(f"{url}/runs", method="POST", data=b"")).close()
        time.sleep(0.5)
    return int(last - first)


def quantile(share: float, durations: list[float]) -> float:
    """The quantile."""
    return sorted(durations)[min(len(durations) - 1, int(share * len(durations)))]


def main() -> None:
    """Read the command line, set the stage, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds that a reader looks at a page")
    parser.add_argument("--before", type=Path, help="another checkout, which is read in turn with this one")
    parser.add_argument("--rounds", type=int, default=1, help="how often each is read")
    parser.add_argument("--tracker", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.tracker:
        track(args.tracker, args.tickets)
        return
    checkouts = {**({"before": args.before.resolve()} if args.before else {}), "after": ROOT}
    found: dict[str, Durations] = {name: defaultdict(list) for name in checkouts}
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        trackers = [stack.enter_context(run_tracker(kind, args.tickets)) for kind in ("jira", "github")]
        urls = {}
        for name, checkout in checkouts.items():
            home = Path(folder) / name
            home.mkdir()
            urls[name] = stack.enter_context(service(workspace(home, trackers), trackers, checkout))
        for _ in range(args.rounds):
            for name, url in urls.items():
                readers = asyncio.run(crowd(url, args))
                sizes |= readers.bytes
                for address, durations in readers.durations.items():
                    found[name][address] += durations
    print(f"{machine()}; {args.tickets:,} tickets, {args.readers} readers, {args.rounds} x {args.seconds:.0f} s each")
    for name, durations in found.items():
        print(f"\n{name}\n\n{report(durations, sizes)}")
    if args.before:
        print(f"\nBefore and after in turn, ms\n\n{comparison(found['before'], found['after'])}")


Durations = dict[str, list[float]]


def of_pages(durations: Durations) -> list[float]:
    """All that readers waited for."""
    return [value for name, values in durations.items() if name not in NOT_PAGES for value in values]


def rows_of(durations: Durations) -> Iterator[tuple[str, list[float]]]:
    """The addresses in their order, and all pages together."""
    yield from ((name, durations[name]) for name in (*ADDRESSES, *NOT_PAGES) if durations.get(name))
    yield "all pages and API", of_pages(durations)


def report(durations: Durations, sizes: Mapping[str, int]) -> str:
    """One checkout's table."""
    head = ("address", "kB", "answers", "median ms", "p95 ms", "p99 ms", "most ms")
    return table(
        head,
        [
            (name, f"{sizes.get(name, 0) / 1000:.0f}", len(values), *(f"{x:.0f}" for x in _quantiles(values)))
            for name, values in rows_of(durations)
        ],
    )


def comparison(before: Durations, after: Durations) -> str:
    """Both side by side."""
    earlier = dict(rows_of(before))
    head = ("address", "median before", "median after", "p95 before", "p95 after", "most before", "most after")
    rows = [
        (
            name,
            *(f"{value:.0f}" for at in (0, 1, 3) for value in (_quantiles(earlier[name])[at], _quantiles(values)[at])),
        )
        for name, values in rows_of(after)
        if name in earlier
    ]
    return table(head, rows)


def _quantiles(durations: list[float]) -> tuple[float, ...]:
    return median(durations), quantile(0.95, durations), quantile(0.99, durations), max(durations)


if __name__ == "__main__":
    main()
