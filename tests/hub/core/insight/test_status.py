"""What is said of a workspace: who owns what is read, and how much may be written."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.core.insight.status import key_result_statuses, ownership_checks, publish_checks, skipped_ticket_checks
from hub.model.action import COMMENT, LedgerEntry, Target, WriteRefusal
from hub.model.errors import Check, Health
from hub.model.initiative import Ref
from hub.model.okr import Cycle, Direction, Okrs, Phase
from hub.model.portfolio import Portfolio
from hub.okr_files.loader import okrs_from_text
from hub.report.key_result_status import KeyResultStatuses, key_result_status_lines
from hub.report.map.nodes import progress_of
from tests.builders import CYCLE, TODAY, a_key_result, a_portfolio, an_objective, some_okrs

READ = (
    Check("jira", Health.OK, "project ACME exists", container="ACME"),
    Check("github", Health.OK, "acme/app exists", container="acme/app"),
    Check("github", Health.OK, "project acme/5 exists", container="acme/5", shared=True),
)


def okrs(*teams: str) -> Okrs:
    """Teams by what they own."""
    head = '[cycle]\nid = "2026-Q4"\nstart = 2026-10-01\nend = 2026-12-31\n'
    return okrs_from_text(
        head + "".join(f'[[team]]\nid = "t{n}"\nname = "T"\nowns = [{owns}]\n' for n, owns in enumerate(teams))
    )


def told(*teams: str, known: tuple[str, ...] = ("jira", "github")) -> list[tuple[Health, str, str]]:
    checks = ownership_checks(okrs(*teams), READ, connectors=known)
    return [(check.outcome, check.message, check.remedy) for check in checks if check.outcome is not Health.OK]


def test_tickets_that_take_no_comment_and_other_hubs_are_named_by_the_reason() -> None:
    shut = WriteRefusal({COMMENT: "Second posted a comment"}, "", TODAY)
    targets = [Target(Ref("jira", f"ACME-{number}"), str(number)) for number in range(1, 6)]
    ledger = [
        *(LedgerEntry(target, write_refusal=shut) for target in targets[:4]),
        LedgerEntry(targets[4], "c1", other_hub_seen_on=TODAY),
    ]
    first, second = skipped_ticket_checks(ledger)
    assert second.message.startswith("jira:ACME-1, jira:ACME-2, jira:ACME-3 and 1 more: the ticket takes no comment")
    assert first.message.startswith("jira:ACME-5: another hub writes here")
    assert {first.outcome, second.outcome} == {Health.WARN}
    assert list(skipped_ticket_checks([LedgerEntry(targets[0], "c1", create_pending=True, create_attempts=1)])) == []


def test_places_that_are_owned_and_read_are_fine_and_projects_need_no_owner() -> None:
    assert told('"jira:ACME", "github:acme/app"') == []
    assert told('"jira:acme"', '"github:acme/app", "github:acme/5"') == []


def test_a_place_that_is_read_and_owned_by_nobody_is_warned_of() -> None:
    ((outcome, what, remedy),) = told('"jira:ACME"')
    assert (outcome, what) == (Health.WARN, "github:acme/app is read, and no team owns it")
    assert '"github:acme/app"' in remedy


def test_a_place_that_nothing_reads_is_warned_of() -> None:
    ((outcome, what, _),) = told('"jira:ACME", "github:acme/app", "jira:BIZ"')
    assert (outcome, what) == (Health.WARN, "team T owns jira:BIZ, which no connector reads")


def test_a_connector_that_is_not_there_names_the_closest() -> None:
    ((outcome, _, remedy),) = told('"jira:ACME", "github:acme/app", "jra:BIZ"')
    assert (outcome, remedy) == (Health.WARN, "Did you mean jira?")


def test_places_of_a_connector_that_told_none_are_left_open() -> None:
    found = told('"jira:ACME", "github:acme/app", "export:X"', known=("jira", "github", "export"))
    assert [(outcome, what) for outcome, what, _ in found] == [
        (Health.SKIP, "could not check whether export:X (team T) is covered by a connector")
    ]


def test_a_team_without_places_is_warned_of() -> None:
    found = told('"jira:ACME", "github:acme/app"', "")
    assert [what for _, what, _ in found] == ["team T owns no project or repository, so no ticket belongs to it"]


@pytest.mark.parametrize(
    ("enabled", "share", "only", "warned"),
    [
        (True, 0.3, (), []),
        (False, 0.3, (), ["publish.enabled is false: nothing is written"]),
        (True, 0.9, (), ["publish.max_share is 0.9: a plan may touch more than half of the tickets at once"]),
        (True, 0.3, ("jira:ACME", "other:X"), []),
        (True, 0.3, ("jira:BIZ",), ["publish.include names jira:BIZ, which no connector reads"]),
    ],
)
def test_settings_of_publishing_that_surprise_are_warned_of(
    enabled: bool, share: float, only: tuple[str, ...], warned: list[str]
) -> None:
    checks = publish_checks(enabled, share, only, READ)
    assert [check.message for check in checks if check.outcome is Health.WARN] == warned


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"start": 0, "target": 100, "current": 20}, True),
        ({"start": 0, "target": 1, "current": 0}, False),
        ({"direction": Direction.AT_MOST, "target": 5, "current": 7}, False),
        ({"direction": Direction.INCREASE, "target": 5, "current": 2, "stated": frozenset({"target"})}, False),
    ],
)
def test_a_part_of_the_way_is_expected_only_where_one_can_be(stated: dict[str, Any], expected: bool) -> None:
    (status,) = key_result_statuses(portfolio_with(**stated), read=True)
    assert status.has_pace is expected
    lines = key_result_status_lines(
        KeyResultStatuses(CYCLE, TODAY, (status,), None, is_incomplete=False), private=False
    )
    assert any("by this date" in line.text for line in lines) is expected


def test_a_key_result_of_a_longer_cycle_is_at_its_own_pace_on_the_map() -> None:
    year = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31), Phase.RUNNING)
    portfolio = portfolio_with(start=0, target=100, current=60)
    of_year = replace(portfolio.okrs.key_results["dau"], cycle="2026")
    okrs = replace(portfolio.okrs, cycles={**portfolio.okrs.cycles, "2026": year})
    progress = progress_of(replace(portfolio, okrs=okrs), of_year)
    assert progress is not None
    assert progress.expected == pytest.approx(320 / 365)


def portfolio_with(**stated: Any) -> Portfolio:
    held = a_key_result("dau", "launch", **stated)
    return a_portfolio(okrs=some_okrs(objectives=(an_objective("launch"),), key_results=(held,)))
