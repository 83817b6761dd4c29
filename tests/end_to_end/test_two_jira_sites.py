"""Two Jira sites in one configuration, a Cloud one and a Data Center, with projects and tickets of the same keys."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from hub.config.settings import load
from hub.core.insight.run_summary import RunResult
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from hub.wiring import open_run_context
from tests.sandbox_support.apps import JiraSandbox, jira_app
from tests.sandbox_support.faults import Fault

TODAY = date(2026, 11, 16)
EARLY = "2026-10-05"
CONFIG = """
workspace = "two-sites"
cycle = "2026-Q4"
okrs = ["okrs.toml"]
state = "{state}"
{tables}
[publish]
enabled = true
max_share = 1.0
"""
TABLE = """
[connectors.{name}]
kind = "jira"
url = "{url}"
query = "project = PLAT"
token_file = "{name}-token"
{email}
writes_per_minute = 0
writes_per_hour = 0
"""
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
phase = "running"

[[team]]
id = "berlin"
name = "Berlin"
owns = ["jira_berlin:PLAT"]

[[team]]
id = "lisbon"
name = "Lisbon"
owns = ["jira_lisbon:PLAT"]

[[objective]]
id = "launch"
title = "Launch the product"

[[objective.key_result]]
id = "launch-dau"
title = "500,000 daily active users"
start = 0
target = 500_000
current = 100_000
owners = ["berlin"]
"""


@dataclass
class Sites:
    berlin: JiraSandbox
    lisbon: JiraSandbox
    urls: dict[str, str]
    config: Path

    def run(self) -> RunResult:
        with open_run_context(load(self.config, {}), mode=Mode.PUBLISH, confirmed=True, today=TODAY) as job:
            return sync(job, run_document)

    def written(self) -> tuple[int, int]:
        return self.berlin.traffic.writes, self.lisbon.traffic.writes


@pytest.fixture
def sites(tmp_path: Path, new_state: Callable[[], str]) -> Iterator[Sites]:
    berlin, lisbon = jira_app(JiraSite()), jira_app(JiraSite(deployment="DataCenter", context="/jira"))
    with serve(berlin.app) as first, serve(lisbon.app) as second:
        urls = {"jira_berlin": first.url, "jira_lisbon": f"{second.url}/jira"}
        tokens = {"jira_berlin": berlin.site.bot.token, "jira_lisbon": lisbon.site.bot.bearer}
        emails = {"jira_berlin": f'email = "{berlin.site.bot.email}"', "jira_lisbon": ""}
        for name, token in tokens.items():
            (tmp_path / f"{name}-token").write_text(token, encoding="utf-8")
        tables = "".join(TABLE.format(name=name, url=url, email=emails[name]) for name, url in urls.items())
        (tmp_path / "okrs.toml").write_text(OKRS, encoding="utf-8")
        config = tmp_path / "config.toml"
        config.write_text(CONFIG.format(state=new_state(), tables=tables), encoding="utf-8")
        yield Sites(berlin, lisbon, urls, config)


def dependencies(outcome: RunResult) -> set[tuple[str, str]]:
    return {(str(found.waiting), str(found.providing)) for found in outcome.portfolio.dependencies}


def test_tickets_of_one_key_on_two_sites_are_two_tickets(sites: Sites) -> None:
    sites.berlin.site.add_issue("PLAT-1", status="In Progress", created=EARLY, labels=["kr-launch-dau"])
    sites.lisbon.site.add_issue("PLAT-1", status="In Progress", created=EARLY)
    outcome = sites.run()
    serves = {str(ref): {link.key_result for link in links} for ref, links in outcome.portfolio.serves.items() if links}
    assert serves == {"jira_berlin:PLAT-1": {"launch-dau"}}
    teams = {str(ref): team for ref, team in outcome.portfolio.team_of.items()}
    assert teams == {"jira_berlin:PLAT-1": "berlin", "jira_lisbon:PLAT-1": "lisbon"}
    assert sites.berlin.site.comments_of("PLAT-1", sites.berlin.site.bot.id) == []
    (comment,) = sites.lisbon.site.texts("PLAT-1", sites.lisbon.site.bot.id)
    assert "no key result linked" in comment
    before = sites.written()
    sites.run()
    assert sites.written() == before


def test_key_means_the_writers_own_site_and_an_address_the_other_one(sites: Sites) -> None:
    for site in (sites.berlin.site, sites.lisbon.site):
        site.add_issue("PLAT-1", status="In Progress", created=EARLY, labels=["kr-launch-dau"])
    address = f"{sites.urls['jira_lisbon']}/browse/PLAT-1"
    sites.berlin.site.add_issue("PLAT-2", status="In Progress", created=EARLY, description="Depends on PLAT-1")
    sites.berlin.site.add_issue("PLAT-3", status="In Progress", created=EARLY, description=f"Depends on {address}")
    assert dependencies(sites.run()) == {
        ("jira_berlin:PLAT-2", "jira_berlin:PLAT-1"),
        ("jira_berlin:PLAT-3", "jira_lisbon:PLAT-1"),
    }


def test_site_that_is_down_leaves_the_other_one_read_and_nothing_withdrawn(sites: Sites) -> None:
    sites.berlin.site.add_issue("PLAT-1", status="In Progress", created=EARLY)
    sites.lisbon.site.add_issue("PLAT-1", status="In Progress", created=EARLY)
    sites.run()
    standing = sites.lisbon.site.texts("PLAT-1", sites.lisbon.site.bot.id)
    sites.lisbon.faults.add(Fault("status", status=500, times=None))
    sites.berlin.site.add_label("PLAT-1", "kr-launch-dau")
    outcome = sites.run()
    assert {gap.connector for pulled in outcome.snapshot.pulled for gap in pulled.gaps} == {"jira_lisbon"}
    assert sites.lisbon.site.texts("PLAT-1", sites.lisbon.site.bot.id) == standing
    (berlin,) = sites.berlin.site.texts("PLAT-1", sites.berlin.site.bot.id)
    assert "resolved" in berlin
