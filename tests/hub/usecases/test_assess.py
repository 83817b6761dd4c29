"""One read model: the commands, the pages, the API and the digest find the same in the same state."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.cli.audit import run_audit
from hub.cli.why import explain_ticket
from hub.config.settings import Config, load
from hub.core.checking.redaction import visible_to
from hub.model.finding import Finding
from hub.model.initiative import PullResult
from hub.model.private_names import PRIVATE_NAME
from hub.state import open_store
from hub.usecases.assess import Assessment, assess
from hub.usecases.check import check_offline
from hub.usecases.check_in import key_result_status
from hub.web.api.queries import FindingsQuery
from hub.web.api.responses import findings
from hub.web.snapshot_cache import StoreSnapshotSource
from rules.registry import all_rules
from tests.builders import TODAY, an_initiative

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
[[team]]
id = "product"
name = "Product"
owns = ["jira:ACME"]
[[objective]]
id = "growth"
title = "Grow"
[[objective.key_result]]
id = "revenue"
title = "Revenue"
target = 10
[[objective]]
id = "adoption"
title = "Adoption"
teams = ["product"]
[[objective.key_result]]
id = "dau"
title = "Daily active users"
start = 0
target = 10
[[objective.key_result]]
id = "secret-deal"
title = "Buy the rival"
start = 0
target = 10
current = 4
visibility = "private"
"""
TICKETS = (
    an_initiative("jira:ACME-1", serves="dau"),
    an_initiative("jira:ACME-2", title="Prepare secret-deal"),
    an_initiative("jira:ACME-3", serves="nonsense"),
)
Found = frozenset[tuple[str, str, str]]


def keys_of(found: tuple[Finding, ...]) -> Found:
    return frozenset((finding.rule, finding.subject.id, finding.fingerprint) for finding in found)


@pytest.fixture(name="config")
def a_workspace(tmp_path: Path) -> Config:
    (tmp_path / "okrs.toml").write_text(OKRS)
    (tmp_path / "config.toml").write_text('cycle = "2026-Q4"\nokrs = ["okrs.toml"]\n')
    return load(tmp_path / "config.toml", {})


def read_by_a_run(config: Config) -> None:
    store = open_store(config)
    store.save_snapshot([PullResult("jira", TICKETS, ())], NOW)
    store.close()


def of_audit(config: Config) -> Found:
    return keys_of(run_audit(config, TODAY).judgement.findings)


def of_pages(config: Config) -> Found:
    source = StoreSnapshotSource(config, lambda: NOW, lambda: TODAY)
    return keys_of(source.build(frozenset(), "1").judgement.findings)


def of_api(config: Config) -> Found:
    snapshot = StoreSnapshotSource(config, lambda: NOW, lambda: TODAY).build(frozenset(), "1")
    listed = findings(snapshot, FindingsQuery(limit=500)).findings
    return frozenset(
        (listed_finding.rule, listed_finding.subject.id, listed_finding.fingerprint) for listed_finding in listed
    )


@pytest.mark.parametrize("user", [of_audit, of_pages, of_api])
@pytest.mark.parametrize("synced", [True, False])
def test_all_who_look_at_a_state_find_the_same(
    config: Config, user: Callable[[Config], Found], *, synced: bool
) -> None:
    if synced:
        read_by_a_run(config)
    expected = keys_of(assess(config, TODAY).judgement.findings)
    assert expected
    assert user(config) == expected


def test_hub_why_finds_on_its_ticket_what_the_others_find(config: Config) -> None:
    read_by_a_run(config)
    everything = assess(config, TODAY)
    for ticket in TICKETS:
        rulings = explain_ticket(config, str(ticket.ref), TODAY).verdicts
        on_ticket = keys_of(tuple(rule_verdict.finding for rule_verdict in rulings if rule_verdict.finding is not None))
        assert on_ticket <= keys_of(everything.judgement.findings)
        direct = tuple(finding for finding in everything.judgement.findings if ticket.ref in finding.tickets)
        assert keys_of(direct) <= on_ticket


def test_before_the_first_run_the_offline_check_finds_what_the_others_find(config: Config, tmp_path: Path) -> None:
    _, judgement = check_offline((), tmp_path / "config.toml", TODAY)
    found = assess(config, TODAY)
    assert {(finding.rule, finding.subject.id) for finding in judgement.findings} == {
        (finding.rule, finding.subject.id) for finding in found.judgement.findings
    }


def test_rules_that_need_tickets_are_evaluated_once_there_are_some(config: Config) -> None:
    needing = {rule.name for rule in all_rules() if rule.needs_tickets}
    before = assess(config, TODAY)
    assert set(before.not_evaluated) == needing == set(before.audit.limitations.skipped)
    read_by_a_run(config)
    after = assess(config, TODAY)
    assert (after.not_evaluated, after.audit.limitations.skipped) == ((), ())
    assert needing & {finding.rule for finding in after.judgement.findings}


def test_check_ins_count_the_same_work_as_the_pages(config: Config) -> None:
    read_by_a_run(config)
    rows = key_result_status(config, TODAY, None, private=False).rows
    assert rows == assess(config, TODAY).key_result_statuses


def texts(assessment: Assessment) -> Iterator[str]:
    yield json.dumps([str(finding) for finding in assessment.judgement.findings])
    yield repr(assessment.portfolio)
    yield repr(assessment.audit)
    yield repr(assessment.key_result_statuses)


def test_nobody_sees_a_private_key_result_but_its_audience(config: Config) -> None:
    read_by_a_run(config)
    everybody = assess(config, TODAY)
    assert not [text for text in texts(everybody) if "Buy the rival" in text]
    assert everybody.portfolio.initiatives[TICKETS[1].ref].title == f"Prepare {PRIVATE_NAME}"
    visible = visible_to(everybody.okrs, ("product",))
    inside = assess(config, TODAY, visible=visible)
    assert inside.portfolio.key_result("secret-deal").title == "Buy the rival"
    private = key_result_status(config, TODAY, "secret-deal", private=True).rows
    assert [(row.key_result.title, row.value) for row in private] == [("Buy the rival", 4)]
    hidden = key_result_status(config, TODAY, "secret-deal", private=False).rows
    assert [(row.key_result.title, row.value) for row in hidden] == [(PRIVATE_NAME, None)]
