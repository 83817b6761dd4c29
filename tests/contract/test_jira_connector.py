"""Everything that the Jira connector says on the wire is as Jira Cloud describes it."""

from connectors.jira.connector import JiraConnector
from hub.model.action import Target
from hub.model.initiative import Ref
from hub.model.message import Message, Text
from hub.sandbox.jira.app import jira_app
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.connectors.jira.rows import some_settings
from tests.contract.openapi import jira_checker
from tests.fakes.world import a_world


def do_everything(connector: JiraConnector, target: Target) -> None:
    message = Message("OKR alignment", (), 0, (Text("words"),))
    connector.pull()
    comment = connector.create_comment(target, message)
    connector.find_comment(target)
    connector.update_comment(target, comment.id, message)
    connector.change_labels(target, frozenset({"okr-unaligned"}), frozenset({"okr-stale"}))
    connector.delete_comment(target, comment.id)
    connector.close()


def test_every_call_of_the_connector_fits_the_description() -> None:
    checker = jira_checker()
    site = JiraSite()
    for number in range(1, 250):
        site.add_issue(f"ACME-{number}", "A title", description="Depends on ACME-2", labels=["kr-launch-dau"])
    with serve(jira_app(site, around=checker.watch).app) as running:
        settings = some_settings(
            url=running.url, email=site.bot.email, token=site.bot.token, id_page=200, writes_per_minute=0
        )
        connector = JiraConnector("jira", settings, a_world())
        do_everything(connector, Target(Ref("jira", "ACME-1"), str(site.issue("ACME-1").id)))
    assert [line for line in checker.violations() if "answer:" not in line] == []
    asked = {(pair.method, pair.path.removeprefix("/rest/api/3/").rstrip("0123456789")) for pair in checker.pairs}
    assert asked >= {
        ("GET", "myself"),
        ("GET", "field"),
        ("POST", "search/jql"),
        ("POST", "issue/bulkfetch"),
        ("POST", "comment/list"),
        ("PUT", "issue/"),
    }
