"""The first run after fingerprints came to stand for roots, over a state of before: nothing is lost and no storm."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from hub.core.planning.safety import Limits
from hub.model.action import EARLIER
from hub.model.finding import Verdict
from hub.model.initiative import Initiative
from hub.model.portfolio import Portfolio, ticket_dependency_key
from hub.model.service_state import DigestBaseline
from hub.store.sqlite.store import SqliteStore
from hub.store.sqlite.upgrades import RENAMED_COLUMNS, RENAMED_TABLES, migrations
from tests.builders import TODAY, an_initiative
from tests.fakes.rule import a_rule, about
from tests.hub.pipeline.workspace import Desk, a_desk, outcomes

LABEL = "okr-unaligned"
SEEN = "2026-10-05T09:00:00+00:00"


def bad(*numbers: int) -> list[Initiative]:
    return [an_initiative(f"jira:ACME-{n}", title=f"bad {n}") for n in numbers]


def said(words: str) -> object:
    """What the rule says of every bad ticket: the first word makes the fingerprints, all of them the text."""

    def every(portfolio: Portfolio) -> Iterable[Verdict]:
        for ticket in portfolio.initiatives.values():
            if "bad" in ticket.title:
                yield about(ticket, facts={words: ticket.title}, identity=(words.split(maxsplit=1)[0], ticket.id))

    return a_rule("bad-title", every)


def before(path: Path, *tickets: Initiative, **changes: object) -> Desk:
    """A desk whose comments were posted by the edition of before."""
    desk = a_desk(*tickets, store=SqliteStore(path), rules=(said("then"),), **changes)
    desk.run()
    return desk


def aged(desk: Desk, path: Path) -> Path:
    """The same state in the tables of before, as that edition wrote them."""
    desk.store.close()
    old = path.with_name("old.db")
    made = Database(old)
    migrations().apply(made, stop_before="m015_fingerprints_of_roots")
    made.execute("attach ? as now", [str(path)])
    today = {row[0] for row in made.execute("select name from now.sqlite_master where type = 'table'")}
    for table in made.table_names():
        renamed = RENAMED_TABLES.get(table, table)
        if renamed in today and not table.startswith(("_", "sqlite_")):
            made.execute(f"delete from main.{table}")
            columns = [column.name for column in made[table].columns]
            names = [RENAMED_COLUMNS.get(renamed, {}).get(column, column) for column in columns]
            made.execute(
                f"insert into main.{table} ({', '.join(columns)}) select {', '.join(names)} from now.{renamed}"
            )
    for connector, ticket, findings in made.execute("select connector, ticket_id, findings from ledger").fetchall():
        rows = json.dumps([row[:4] for row in json.loads(findings)])
        made.execute("update ledger set findings = ? where connector = ? and ticket_id = ?", [rows, connector, ticket])
    made.execute("update finding_seen set first_seen = ?", [SEEN])
    made.execute("pragma user_version = 14")
    made.conn.commit()
    made.close()
    return old


def after(desk: Desk, path: Path) -> Desk:
    """The desk with the state upgraded and today's rules."""
    return replace(desk, store=SqliteStore(aged(desk, path)), rules=(said("now"),), cache=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


def test_a_state_of_before_is_really_one(path: Path) -> None:
    old = aged(before(path, *bad(1)), path)
    with sqlite3.connect(old) as db:
        ((findings,),) = db.execute("select findings from ledger").fetchall()
    assert [len(row) for row in json.loads(findings)] == [4]


def test_comments_that_stand_are_rewritten_in_place_and_quietly(path: Path) -> None:
    desk = after(before(path, *bad(1, 2)), path)
    known = desk.store.ledger_entries()["jira", "id-ACME-1"]
    assert {finding.fingerprint for finding in known.findings} == {EARLIER}
    outcome = desk.run()
    assert outcomes(outcome) == [("update_comment", "done")] * 2
    assert not any(receipt.action.message.notify for receipt in outcome.receipts)
    assert desk.jira.writes["create_comment"] == 2
    assert desk.jira.labels("jira:ACME-1") == {LABEL}
    assert desk.run().receipts == ()


def test_a_rewriting_of_all_comments_is_no_reason_to_refuse_the_plan(path: Path) -> None:
    desk = after(before(path, *bad(*range(10))), path)
    desk.limits = Limits()
    outcome = desk.run()
    assert (outcome.unsafe, len(outcome.receipts)) == (None, 10)


def test_what_is_more_than_a_rewriting_counts_as_ever(path: Path) -> None:
    desk = after(before(path, *bad(*range(10))), path)
    desk.limits = Limits()
    desk.rules = (*desk.rules, replace(said("too"), name="other-fault"))
    assert "touches 10 of 10 tickets" in (desk.run().unsafe or "")


def test_so_many_are_rewritten_in_one_run_as_there_may_be_new_comments(path: Path) -> None:
    desk = after(before(path, *bad(*range(5))), path)
    desk.limits = replace(desk.limits, max_new_comments=2)
    counted = [sum(status == "done" for _, status in outcomes(desk.run())) for _ in range(4)]
    assert counted == [2, 2, 1, 0]


def test_a_label_that_a_person_removed_stays_removed(path: Path) -> None:
    desk = before(path, *bad(1, 2))
    desk.jira.person_unlabels("jira:ACME-1", LABEL)
    desk.run()
    desk = after(desk, path)
    desk.run()
    assert desk.run().receipts == ()
    assert (desk.jira.labels("jira:ACME-1"), desk.jira.labels("jira:ACME-2")) == (set(), {LABEL})
    refused = desk.store.ledger_entries()["jira", "id-ACME-1"].labels_removed_by_human[LABEL]
    assert refused in desk.store.first_seen()


def test_a_removed_label_counts_for_what_stands_and_for_nothing_that_comes(path: Path) -> None:
    desk = before(path, *bad(1))
    desk.jira.person_unlabels("jira:ACME-1", LABEL)
    desk.run()
    desk = after(desk, path)
    desk.run()
    desk.rules = (*desk.rules, replace(said("too"), name="other-fault"))
    desk.run()
    assert desk.jira.labels("jira:ACME-1") == {LABEL}


def test_a_comment_that_a_person_deleted_is_not_posted_again(path: Path) -> None:
    desk = before(path, *bad(1))
    desk.jira.person_deletes_comment_of_the_hub("jira:ACME-1")
    desk.rules = (said("then again"),)
    desk.run()
    desk = after(desk, path)
    desk.run()
    desk.run()
    assert desk.jira.said("jira:ACME-1") is None


def test_a_label_that_the_screen_lacks_is_not_tried_again(path: Path) -> None:
    desk = a_desk(*bad(1), store=SqliteStore(path), rules=(said("then"),))
    desk.jira.trouble.off_screen = {"ACME-1"}
    desk.run()
    tried = desk.jira.writes.copy()
    desk = after(desk, path)
    assert outcomes(desk.run()) == [("update_comment", "done")]
    assert desk.jira.writes["update_labels"] == tried["update_labels"]
    assert desk.store.ledger_entries()["jira", "id-ACME-1"].unsettable_labels[LABEL] != EARLIER


def test_an_answer_waits_while_its_source_is_down(path: Path) -> None:
    desk = before(path, *bad(1))
    desk.jira.person_unlabels("jira:ACME-1", LABEL)
    desk.run()
    desk = after(desk, path)
    desk.rules = ()
    desk.github.trouble.cut_short = "broke off"
    desk.run()
    assert desk.store.ledger_entries()["jira", "id-ACME-1"].labels_removed_by_human == {LABEL: EARLIER}


def test_findings_are_no_news_for_having_other_fingerprints(path: Path) -> None:
    desk = after(before(path, *bad(1, 2)), path)
    desk.run()
    assert set(desk.store.first_seen().values()) == {datetime.fromisoformat(SEEN)}
    desk.jira.put(an_initiative("jira:ACME-3", title="bad 3"))
    desk.run()
    assert len(set(desk.store.first_seen().values())) == 2


def test_dependencies_are_known_since_when_they_were(path: Path) -> None:
    desk = before(path, *bad(1, 2))
    waits = ticket_dependency_key(*bad(1, 2))
    desk.store.save_dependency_history({waits: TODAY}, is_complete=False)
    assert after(desk, path).store.dependency_history().first_seen[waits] == TODAY


def test_the_next_weekly_summary_tells_no_finding_of_before_as_new(path: Path) -> None:
    desk = before(path, *bad(1))
    desk.store.record_digest("product", DigestBaseline(frozenset({"abc"}), 1, 2), desk.clock.now())
    told = after(desk, path).store.last_digest("product")
    assert told is not None
    assert told[1].findings == {EARLIER}
