"""The ways of reading tickets that `benchmarks.pull` and `benchmarks.incremental` compare, each in its own process.

Run: python -m benchmarks.ways WAY   (the tracker's address and credentials as JSON on standard input; `since` in it
     asks for what changed since then alone)
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import peak_megabytes
from benchmarks.peers.environments import python_of

TrackerConfig = Mapping[str, Any]
FIELDS = "summary,status,issuetype,labels,parent,issuelinks,priority,description,duedate,created,updated,resolutiondate"


def a_context() -> Any:
    """The real clock, for a connector."""
    from connectors.base import ConnectorContext

    return ConnectorContext(lambda: datetime.now(UTC), time.sleep, "benchmark", date(2026, 10, 1))


def hub_jira(config: TrackerConfig) -> int:
    """The hub's connector."""
    from connectors.jira.connector import JiraConnector
    from connectors.jira.settings import JiraSettings

    settings = JiraSettings(
        url=config["url"], email=config["email"], token=config["token"], query=f"{config['query']} ORDER BY key"
    )
    connector = JiraConnector("jira", settings, a_context())
    pulled = connector.pull()
    connector.close()
    assert pulled.gaps == (), pulled.gaps
    return len(pulled.initiatives)


def hub_github(config: TrackerConfig) -> int:
    """The hub's connector."""
    from connectors.github.connector import GitHubConnector
    from connectors.github.settings import GitHubSettings

    settings = GitHubSettings(url=config["url"], token=config["token"], repositories=tuple(config["repositories"]))
    connector = GitHubConnector("github", settings, a_context())
    pulled = connector.pull()
    connector.close()
    assert pulled.gaps == (), pulled.gaps
    return len(pulled.initiatives)


def jira_library(config: TrackerConfig) -> int:
    """The library's own loop over all pages, or of what changed, with the fields that the hub asks for."""
    from jira import JIRA

    client = JIRA(config["url"], basic_auth=(config["email"], config["token"]))
    since = datetime.fromisoformat(config["since"]) if "since" in config else None
    changed = f" AND updated >= '{since:%Y-%m-%d %H:%M}'" if since else ""
    issues = client.enhanced_search_issues(f"{config['query']}{changed} ORDER BY key", maxResults=0, fields=FIELDS)
    read = [
        (i.key, i.id, i.fields.summary, i.fields.status.name, i.fields.labels, i.fields.duedate, i.fields.updated)
        for i in issues
    ]
    return len(read)


def pygithub_as_installed(config: TrackerConfig) -> int:
    """The library's loop with its defaults: 30 a page, a quarter of a second between two requests."""
    return _pygithub(config)


def pygithub_tuned(config: TrackerConfig) -> int:
    """The library's loop at its best: 100 a page, no pause."""
    return _pygithub(config, per_page=100, seconds_between_requests=0)


def _pygithub(config: TrackerConfig, **options: Any) -> int:
    from github import Auth, Github

    client = Github(base_url=config["url"], auth=Auth.Token(config["token"]), **options)
    since = {"since": datetime.fromisoformat(config["since"])} if "since" in config else {}
    read = []
    for name in config["repositories"]:
        for i in client.get_repo(name).get_issues(state="all", **since):
            due = i.milestone.due_on if i.milestone else None  # type: ignore[truthy-bool]
            labels = [label.name for label in i.labels]
            read.append((i.number, i.title, i.body, i.html_url, i.state, labels, due, i.created_at, i.updated_at))
    return len(read)


def order_of(method: str) -> list[str]:
    """The command that reads in this way.

    Raises:
        PeerNotInstalled: It is another tool's, which could not be installed.
    """
    if method not in PEERS:
        return [sys.executable, "-m", "benchmarks.ways", method]
    script, requirement = PEERS[method]
    return [python_of(requirement), str(Path(__file__).parent / "peers" / script)]


PEERS: Mapping[str, tuple[str, str]] = {
    "tap-jira": ("run_tap_jira.py", "tap-jira>=2.6,<3"),
    "tap-github": ("run_tap_github.py", "meltanolabs-tap-github>=1.30,<2"),
}
"""Other tools, by their script and what it requires."""
METHODS: Mapping[str, Callable[[TrackerConfig], int]] = {
    "hub, jira": hub_jira,
    "jira library": jira_library,
    "hub, github": hub_github,
    "PyGithub, tuned": pygithub_tuned,
    "PyGithub, defaults": pygithub_as_installed,
}


def main() -> None:
    """Read the order, do it once, say what it cost."""
    gc.set_threshold(100_000, 20, 100)  # as the command sets it, for every way alike
    config = json.load(sys.stdin)
    started_at = time.perf_counter()
    tickets = METHODS[sys.argv[1]](config)
    seconds = time.perf_counter() - started_at
    print(json.dumps({"tickets": tickets, "seconds": seconds, "memory": peak_megabytes()}))


if __name__ == "__main__":
    main()
