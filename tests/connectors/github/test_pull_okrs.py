"""Issues that are objectives and key results, over HTTP: by type and label, with project fields, never as work."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.github.settings import GitHubSettings
from hub.model.errors import QueryRefused
from hub.model.initiative import PullState, SyncMode
from hub.model.ticket_input import OkrKind, OkrTicket
from tests.connectors.github.served import Served, served
from tests.sandbox_support.faults import Fault

BODY = "Why we want it.\n\n**Target:** 5\n\n- Aligns to: revenue (indirect)\n\n> Start: 9"


@pytest.fixture
def there() -> Iterator[Served]:
    with served() as running:
        site = running.site
        site.add_project("acme", 8, "OKRs", [{"name": "Goal", "type": "NUMBER"}, {"name": "Owner", "type": "TEXT"}])
        objective = site.add_issue("acme/app", "Grow", type="Objective", labels=["id-growth"])
        key_result = site.add_issue("acme/app", "Users", type="Key Result", body=BODY, labels=["id-dau"])
        site.set_parent(key_result, objective)
        site.set_parent(site.add_issue("acme/app", "Work"), key_result)
        site.add_item("acme/8", key_result, {"Goal": 500, "Owner": "sales"})
        yield running


def rows_of(there: Served, **okrs: Any) -> dict[str, OkrTicket]:
    pulled = there.connector(okrs=okrs).pull()
    assert pulled.gaps == ()
    return {row.key: row for row in pulled.okrs or ()}


def test_okrs_are_read_beside_the_work(there: Served) -> None:
    pulled = there.connector(okrs={}).pull()
    assert [ticket.ref.key for ticket in pulled.initiatives] == ["acme/app#3"]
    rows = {row.key: row for row in pulled.okrs or ()}
    assert (rows["acme/app#1"].kind, rows["acme/app#1"].id_label) == (OkrKind.OBJECTIVE, "growth")
    dau = rows["acme/app#2"]
    assert (dau.kind, dau.id_label, dau.title, dau.parent) == (OkrKind.KEY_RESULT, "dau", "Users", "acme/app#1")
    assert dau.containers == ("acme/app",)
    assert dau.values == (("target", "5"), ("aligns_to", "revenue (indirect)"))
    assert dau.url.endswith("/acme/app/issues/2")


def test_project_fields_say_the_last_word(there: Served) -> None:
    dau = rows_of(there, fields={"target": "Goal", "owners": "owner"})["acme/app#2"]
    assert [float(text) for text in dau.values_of("target")] == [5, 500]
    assert dau.values_of("owners") == ("sales",)


def test_okrs_are_told_by_labels_as_well(there: Served) -> None:
    there.site.add_issue("acme/app", "By label", labels=["key-result"])
    there.site.add_issue("acme/app", "By another", labels=["kr"])
    assert set(rows_of(there, key_result={"labels": ["key-result", "kr"]})) == {
        "acme/app#1",
        "acme/app#4",
        "acme/app#5",
    }


def test_okrs_may_be_kept_in_a_repository_of_their_own(there: Served) -> None:
    there.site.add_repository("acme/okrs")
    there.site.add_issue("acme/okrs", "Elsewhere", type="Objective")
    assert set(rows_of(there, repositories=["acme/okrs"])) == {"acme/okrs#1"}


def test_a_key_result_that_was_closed_is_read_with_its_day(there: Served) -> None:
    there.site.edit_issue("acme/app#2", state="closed")
    assert rows_of(there)["acme/app#2"].closed == there.time.now().date()


def test_an_issue_that_becomes_a_key_result_is_no_work_any_more(there: Served) -> None:
    connector = there.connector(okrs={})
    whole = connector.pull()
    (work,) = whole.initiatives
    assert whole.cursor
    there.site.edit_issue("acme/app#3", type="Key Result")
    changed = connector.pull(PullState(whole.cursor, {work.id: work}))
    assert changed.mode is SyncMode.INCREMENTAL
    assert work.id in changed.deleted
    assert {row.key for row in changed.okrs or ()} == {"acme/app#1", "acme/app#2", "acme/app#3"}


def test_a_connector_that_keeps_no_okrs_reads_them_as_before(there: Served) -> None:
    pulled = there.connector().pull()
    assert pulled.okrs is None
    assert len(pulled.initiatives) == 3


def test_okrs_that_do_not_come_are_a_gap_of_the_source(there: Served) -> None:
    connector = there.connector(okrs={"fields": {"target": "Goal"}})
    there.sandbox.faults.add(Fault("status", path="/graphql", after=4, times=50, status=502))
    pulled = connector.pull()
    assert not pulled.complete
    assert any("OKRs" in gap.reason for gap in pulled.gaps)


def test_a_repository_that_is_not_there_is_a_fault_of_the_configuration(there: Served) -> None:
    with pytest.raises(QueryRefused, match="acme/nowhere"):
        there.connector(okrs={"repositories": ["acme/nowhere"]}).pull()


@pytest.mark.parametrize(
    ("okrs", "words"),
    [
        ({"objective": {}}, "name types or labels"),
        ({"id_label": "id"}, "needs {id}"),
        ({"fields": {"goal": "Goal"}}, "no word of the OKR files: goal"),
        ({"query": "x"}, "Extra inputs"),
    ],
)
def test_settings_that_mean_nothing_are_refused(okrs: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        GitHubSettings(token="t", repositories=("acme/app",), okrs=okrs)


def test_okrs_need_a_repository_to_be_looked_for_in() -> None:
    with pytest.raises(ValueError, match=r"okrs\.repositories"):
        GitHubSettings(token="t", projects=("acme/5",), okrs={})


def test_issue_fields_say_what_no_column_says(there: Served) -> None:
    site = there.site
    for definition in ({"name": "Goal", "type": "NUMBER"}, {"name": "Teams", "type": "MULTI_SELECT"}):
        site.add_issue_field("acme", {**definition, "options": ["product", "platform"]})
    for name, value in (("Goal", 7), ("Teams", ["product", "platform"])):
        site.set_issue_field("acme/app#2", name, value)
    site.set_issue_field("acme/app#1", "Goal", 9)
    rows = rows_of(there, fields={"target": "Goal", "teams": "Teams"})
    assert [float(text) for text in rows["acme/app#2"].values_of("target")] == [5, 500]
    assert rows["acme/app#2"].values_of("teams") == ("product, platform",)
    assert rows["acme/app#1"].values_of("target") == ("9.0",)
