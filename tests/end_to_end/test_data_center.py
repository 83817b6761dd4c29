"""The main job against Jira Data Center, with a personal access token: comments in wiki markup, nothing left behind."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.sandbox.jira.site import JiraSite
from tests.end_to_end.workspace import Desk, Marks, expected_tickets, marked_as_told
from tests.sandbox_support.apps import start_environment

CENTERS: dict[str, dict[str, Any]] = {
    "9.12": {"deployment": "Server", "version": (9, 12, 15)},
    "10.3": {"deployment": "DataCenter", "version": (10, 3, 24), "context": "/jira"},
}
RESOLVED = "*OKR check: resolved.* This ticket is linked to “5 % conversion from free to paid”."


@pytest.fixture(params=CENTERS)
def center(request: pytest.FixtureRequest, tmp_path: Path, new_state: Callable[[], str]) -> Iterator[Desk]:
    site = JiraSite(**CENTERS[request.param])
    with start_environment(tmp_path / "demo", jira=site) as here:
        desk = Desk(here)
        desk.keep_state_in(new_state())
        desk.configure('email = "hub@acme.test"\n', "")
        desk.configure(f'"{here.jira_url}"', f'"{here.jira_url}{site.deployment.context}"')
        (desk.folder / "secrets" / "jira-token").write_text(site.bot.bearer, encoding="utf-8")
        yield desk


def on_jira(desk: Desk) -> dict[str, Marks]:
    return {ticket: mark for ticket, mark in desk.marks().items() if ticket.startswith("jira:")}


def test_findings_stand_on_the_tickets_in_wiki_markup_and_once(center: Desk) -> None:
    others = center.others()
    ran = center.sync()
    assert ran.code == 0, ran.said
    marks = center.marks()
    assert set(marks) == expected_tickets()
    assert {ticket for ticket, mark in marks.items() if not marked_as_told(mark, ticket)} == set()
    assert on_jira(center)["jira:ACME-5"].text.startswith("*OKR check: no key result linked*\n\n")
    written = center.writes
    again = center.sync()
    assert (again.code, center.writes) == (0, written)
    assert "Nothing to write" in again.out
    assert center.others() == others


def test_a_fixed_label_settles_the_ticket(center: Desk) -> None:
    center.sync()
    before = on_jira(center)
    center.jira.add_label("ACME-5", "kr-launch-conversion")
    assert center.sync().code == 0
    after = on_jira(center)
    assert after["jira:ACME-5"].text.startswith(RESOLVED)
    assert after["jira:ACME-5"].labels == frozenset()
    assert {t: m for t, m in after.items() if t != "jira:ACME-5"} == {
        t: m for t, m in before.items() if t != "jira:ACME-5"
    }
    written = center.writes
    center.sync()
    assert center.writes == written


def test_a_retraction_leaves_nothing_of_the_hub(center: Desk) -> None:
    others = center.others()
    center.sync()
    ran = center.hub("retract", "--yes")
    assert ran.code == 0, ran.said
    assert center.marks() == {}
    assert center.others() == others


def test_a_retraction_without_the_state_finds_its_comments(center: Desk) -> None:
    center.sync()
    center.lose_the_state()
    assert center.hub("retract", "--yes").code == 0
    assert center.marks() == {}
