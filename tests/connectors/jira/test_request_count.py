"""A full pull of Jira asks for no page twice: the number of requests follows from the number of tickets."""

from connectors.jira.connector import PLUGIN
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.connectors.jira.rows import some_settings
from tests.fakes.connector_context import a_world
from tests.sandbox_support.apps import jira_app

TICKETS = 10_000
SEARCHES = 2  # 5,000 ids a page
SET_UP = 5


def test_ten_thousand_tickets_cost_a_request_per_hundred_and_few_more() -> None:
    site = JiraSite()
    for number in range(1, TICKETS + 1):
        site.add_issue(f"ACME-{number}", created="2026-10-05")
    sandbox = jira_app(site)
    with serve(sandbox.app) as running:
        settings = some_settings(
            url=running.url, email=site.bot.email, token=site.bot.token, query="project = ACME", writes_per_minute=0
        )
        connector = PLUGIN.build("jira", settings, a_world())
        pulled = connector.pull()
        connector.close()
    assert len({ticket.ref for ticket in pulled.initiatives}) == TICKETS
    assert pulled.complete
    assert pulled.requests == sandbox.traffic.requests <= SEARCHES + TICKETS // 100 + SET_UP
    assert sandbox.traffic.peak <= 16
