"""Taking back: everything of the hub goes, and nothing else."""

from collections.abc import Sequence

from hub.model.action import Action, Status
from hub.model.errors import CredentialsRefused
from hub.pipeline.retract import RetractResult, retract
from tests.builders import an_initiative
from tests.hub.pipeline.workspace import Desk, a_desk, outcomes

BAD = an_initiative("jira:ACME-1", title="bad one")
ON_GITHUB = an_initiative("github:acme/app#1", title="bad two")
REF = "jira:ACME-1"


def a_used_desk() -> Desk:
    desk = a_desk(BAD, ON_GITHUB)
    for label in ("team-red", "okr-stale"):
        desk.jira.person_labels(REF, label)
    desk.jira.person_comments(REF, "a thought")
    desk.run()
    desk.jira.person_comments(REF, "a copy of the mark", marked=True)
    return desk


def taken_back(desk: Desk, answer: bool = True) -> RetractResult:
    desk.clock.wait(seconds=60)
    asked: list[Sequence[Action]] = []
    result = retract(desk.job(), lambda actions: not asked.append(actions) and answer)
    assert len(asked) <= 1
    return result


def test_everything_of_the_hub_goes_and_nothing_else() -> None:
    desk = a_used_desk()
    before = desk.jira.of_people()
    result = taken_back(desk)
    assert {receipt.status for receipt in result.receipts} == {Status.DONE}
    assert (desk.jira.said(REF), desk.github.said("github:acme/app#1")) == (None, None)
    assert desk.jira.labels(REF) == {"team-red", "okr-stale"}
    assert desk.jira.of_people() == before
    assert desk.store.ledger_entries() == {}


def test_a_second_retraction_finds_nothing_left() -> None:
    desk = a_used_desk()
    taken_back(desk)
    assert taken_back(desk).receipts == ()


def test_nothing_is_taken_back_without_consent() -> None:
    desk = a_used_desk()
    result = taken_back(desk, answer=False)
    assert {receipt.status for receipt in result.receipts} == {Status.REFUSED}
    assert desk.jira.said(REF) is not None
    assert len(desk.store.ledger_entries()) == 2


def test_what_could_not_be_taken_back_is_remembered_for_the_next_time() -> None:
    desk = a_used_desk()
    desk.jira.trouble.later = {"ACME-1"}
    assert {receipt.status for receipt in taken_back(desk).receipts} == {Status.DONE, Status.DEFERRED}
    assert set(desk.store.ledger_entries()) == {("jira", BAD.id)}
    desk.jira.trouble.later.clear()
    taken_back(desk)
    assert desk.jira.said(REF) is None


def test_a_lost_ledger_is_no_hindrance() -> None:
    desk = a_used_desk()
    taken_back(lost := Desk(desk.jira, desk.github))
    assert lost.jira.said(REF) is None
    assert lost.github.labels("github:acme/app#1") == set()


def test_a_tracker_that_is_down_is_told_and_the_other_is_cleared() -> None:
    desk = a_used_desk()
    desk.github.trouble.pull = CredentialsRefused("github", "401")
    assert [gap.connector for gap in taken_back(desk).failures] == ["github"]
    assert desk.jira.said(REF) is None


def test_after_a_retraction_a_sync_begins_anew() -> None:
    desk = a_used_desk()
    taken_back(desk)
    assert ("create_comment", "done") in outcomes(desk.run())


def test_without_consent_nothing_of_a_lost_ledger_is_recorded() -> None:
    desk = a_used_desk()
    lost = Desk(desk.jira, desk.github)
    assert {receipt.status for receipt in taken_back(lost, answer=False).receipts} == {Status.REFUSED}
    assert lost.store.ledger_entries() == {}
