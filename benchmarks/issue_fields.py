"""A GitHub without Projects whose key results stand in issue fields: everything read, and nothing said of the unread.

Every 500th issue has more labels, field values and blockers than a page holds, its key result behind them all. Read
twice: as it is, and with the pages refused on which those long lists go on.

Run: python -m benchmarks.issue_fields [--issues 50000]
"""

import argparse
import time
from datetime import UTC, datetime
from random import Random
from typing import Any

from graphql import parse

from benchmarks import portfolio as synthetic
from benchmarks.measure import machine, peak_megabytes, table, timed
from connectors.base import ConnectorContext
from connectors.github import queries
from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from hub.core.checking.check import check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.initiative import PullResult, Snapshot
from hub.model.okr import Okrs
from hub.sandbox.github.query_cost import query_cost
from hub.sandbox.github.schema import schema
from hub.sandbox.github.site import BOT, TOKEN, GitHubSite
from hub.sandbox.server import serve
from rules.registry import ALL_RULES
from tests.sandbox_support.apps import github_app
from tests.sandbox_support.faults import Fault

REPOSITORIES = tuple(f"acme/r{number}" for number in range(8))
LONG_EVERY, UNLINKED_EVERY = 500, 10
MANY = 130
HEAD = ("read", "issues", "requests", "points", "seconds", "peak MB", "in part", "unlinked", "false", "not judged")


def key_results(okrs: Okrs) -> list[str]:
    """Those that people may name."""
    return [result.id for result in okrs.key_results.values() if not result.private][:50]


def a_site(count: int, names: list[str]) -> GitHubSite:
    """Issues outside Projects: most name a key result in a field of the organization."""
    site = GitHubSite()
    site.add_token()
    site.limits.allowed = dict.fromkeys(
        site.limits.allowed, 1_000_000_000
    )  # two full reads are more than an hour's points
    for number in range(MANY):
        site.add_issue_field("acme", {"name": f"Note {number}", "type": "TEXT"})
    site.add_issue_field("acme", {"name": "Start date", "type": "DATE"})
    site.add_issue_field("acme", {"name": "Priority", "type": "SINGLE_SELECT", "options": ["Urgent", "High", "Low"]})
    site.add_issue_field("acme", {"name": "Key Result", "type": "MULTI_SELECT", "options": names})
    for name in REPOSITORIES:
        site.add_repository(name)
    for number in range(count):
        _add(site, number, names)
    return site


def _add(site: GitHubSite, number: int, names: list[str]) -> None:
    repository, is_long = REPOSITORIES[number % len(REPOSITORIES)], number % LONG_EVERY == 1
    issue = site.add_issue(
        repository,
        f"Work {number} on the launch",
        labels=[f"label {each}" for each in range(MANY if is_long else 2)],
        assignees=("ann",) if number % 2 else (),
        milestone={"title": "Launch", "due": "2026-12-11"},
        created="2026-10-05T08:00:00Z",
        updated="2026-11-02T08:00:00Z",
    )
    if is_long:
        others = [each for each in site.repository(repository).issues.values() if each is not issue]
        for other in others[:MANY]:
            site.block(issue, other)
        for each in range(MANY):
            site.set_issue_field(issue, f"Note {each}", "something")
    site.set_issue_field(issue, "Start date", "2026-10-12")
    site.set_issue_field(issue, "Priority", ("Urgent", "High", "Low")[number % 3])
    if number % UNLINKED_EVERY:
        site.set_issue_field(issue, "Key Result", [names[number % len(names)]])


def pull(url: str) -> PullResult:
    """One full read."""
    context = ConnectorContext(lambda: datetime.now(UTC), time.sleep, "benchmark", synthetic.CYCLE.start)
    connector = GitHubConnector("github", GitHubSettings(url=url, token=TOKEN, repositories=REPOSITORIES), context)
    try:
        return connector.pull()
    finally:
        connector.close()


def row(name: str, box: Any, url: str, okrs: Okrs, count: int) -> tuple[object, ...]:
    """What was read and what is said of it; wrong is every finding on an issue that names a key result."""
    box.traffic.clear()
    before = box.site.limits.usage_of("graphql", BOT).used
    pulled, seconds = timed(lambda: pull(url))
    points = box.site.limits.usage_of("graphql", BOT).used - before
    assert len(pulled.initiatives) == count, len(pulled.initiatives)
    partly = {ticket.ref for ticket in pulled.initiatives if ticket.missing_fields}
    linked = {
        issue.key
        for repository in box.site.repositories.values()
        for issue in repository.issues.values()
        if "Key Result" in issue.field_values
    }
    portfolio = build_portfolio(Snapshot((pulled,), datetime.now(UTC)), okrs, synthetic.TODAY)
    judgement = check(portfolio, ALL_RULES)
    findings = [found for found in judgement.findings if found.rule == "initiative-without-key-result"]
    flagged = {ref for found in findings for ref in found.tickets}
    false = {ref for ref in flagged if ref.key in linked or ref in partly}
    cells = (f"{count:,}", f"{box.traffic.requests:,}", f"{points:,}", f"{seconds:.1f}", f"{peak_megabytes():.0f}")
    return name, *cells, len(partly), len(flagged), len(false), len(judgement.not_judged)


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=50_000)
    args = parser.parse_args()
    okrs = synthetic.okrs(Random(7))
    box = github_app(a_site(args.issues, key_results(okrs)))
    refused = {"data": {"node": None}, "errors": [{"type": "SERVICE_UNAVAILABLE", "message": "not now"}]}
    with serve(box.app) as running:
        rows = [row("whole", box, running.url, okrs, args.issues)]
        change = lambda answer: refused if "node" in (answer.get("data") or {}) else answer  # noqa: E731
        box.faults.add(Fault("rewrite", path="/graphql", times=None, change=change))
        rows.append(row("long lists refused", box, running.url, okrs, args.issues))
    print(f"{machine()}; one process for both; every {LONG_EVERY}th issue has {MANY} labels, fields and blockers\n")
    print(table(HEAD, rows))
    for name, document in (("Issues", queries.ISSUES), ("Items", queries.ITEMS), ("IssuesById", queries.ISSUES_BY_ID)):
        cost = query_cost(schema(), parse(document), {"first": 100})
        print(f"{name}: at most {cost.nodes:,} nodes of 500,000 a query, {cost.points} points")


if __name__ == "__main__":
    main()
