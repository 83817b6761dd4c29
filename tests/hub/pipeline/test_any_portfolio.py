"""What holds for every portfolio, tried on random ones with the real rules."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.checking.check import check
from hub.model.action import HUB_LABELS, Status
from hub.model.errors import SourceError
from hub.model.finding import Finding
from hub.model.initiative import Gap, Initiative
from hub.model.okr import Okrs
from rules.base import Evidence
from rules.registry import ALL_RULES
from tests.builders import a_portfolio
from tests.fakes.connector import FakeConnector
from tests.hub.pipeline.portfolios import healed, okrs, tickets
from tests.hub.pipeline.workspace import Desk, a_desk

tried = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
ABSENCE = frozenset(rule.name for rule in ALL_RULES if rule.evidence is Evidence.ABSENCE)


def synced(work: Sequence[Initiative], goals: Okrs) -> Desk:
    desk = a_desk(*work, rules=ALL_RULES, okrs=goals)
    desk.run()
    return desk


def the_findings(work: Sequence[Initiative], goals: Okrs, *gaps: Gap) -> tuple[Finding, ...]:
    judgement = check(a_portfolio(*work, okrs=goals, gaps=gaps), ALL_RULES)
    assert judgement.failed == frozenset()
    return judgement.findings


def marks(found: Sequence[Finding], rules: frozenset[str] | None = None) -> set[tuple[str, str]]:
    return {(finding.rule, finding.fingerprint) for finding in found if rules is None or finding.rule in rules}


@tried
@given(tickets(), okrs())
def test_a_second_sync_of_unchanged_data_plans_nothing(work: tuple[Initiative, ...], goals: Okrs) -> None:
    desk = synced(work, goals)
    written = desk.written
    assert desk.run().receipts == ()
    assert desk.written == written


@tried
@given(tickets(), okrs(), st.randoms(use_true_random=False))
def test_another_order_of_the_same_tickets_needs_no_write(work: tuple[Initiative, ...], goals: Okrs, dice: Any) -> None:
    desk = synced(work, goals)
    for tracker in (desk.jira, desk.github):
        dice.shuffle(kept := list(tracker._kept.items()))
        tracker._kept = dict(kept)
    assert [(r.action.kind, r.action.target.ref) for r in desk.run().receipts] == []


@tried
@given(tickets(), okrs(), st.randoms(use_true_random=False))
def test_the_order_of_input_changes_no_fingerprint(work: tuple[Initiative, ...], goals: Okrs, dice: Any) -> None:
    dice.shuffle(other := list(work))
    assert marks(the_findings(work, goals)) == marks(the_findings(other, goals))


@tried
@given(tickets(), okrs())
def test_no_action_names_a_label_but_the_three(work: tuple[Initiative, ...], goals: Okrs) -> None:
    outcome = a_desk(*work, rules=ALL_RULES, okrs=goals).run()
    assert {r.action.label for r in outcome.receipts} <= {None, *HUB_LABELS}
    assert {r.status for r in outcome.receipts} <= {Status.DONE}


@tried
@given(tickets(), okrs())
def test_labels_and_comments_of_people_stay_as_they_were(work: tuple[Initiative, ...], goals: Okrs) -> None:
    desk = a_desk(*work, rules=ALL_RULES, okrs=goals)
    for tracker, ticket in ((desk.jira, t) if t.ref.connector == "jira" else (desk.github, t) for t in work):
        tracker.person_comments(str(ticket.ref), f"a thought on {ticket.ref}")
    ours = {str(t.ref): t.labels & set(HUB_LABELS) for t in work}
    before = (desk.jira.of_people(), desk.github.of_people())
    desk.run()
    for tracker in (desk.jira, desk.github):
        for kept in tracker._kept.values():
            kept.initiative = healed(kept.initiative)
    desk.rules = ()
    desk.run()
    assert (desk.jira.of_people(), desk.github.of_people()) == before
    for ref, labels in ours.items():
        tracker = desk.jira if ref.startswith("jira") else desk.github
        assert tracker.labels(ref) & set(HUB_LABELS) == labels, "the hub took a label that a person had set"


@tried
@given(tickets(), okrs(), st.sampled_from(["jira", "github"]))
def test_a_source_that_is_down_adds_no_finding_of_absence(work: tuple[Initiative, ...], goals: Okrs, down: str) -> None:
    seen = [ticket for ticket in work if ticket.ref.connector != down]
    half = marks(the_findings(seen, goals, Gap(down, "connection refused")), ABSENCE)
    assert half <= marks(the_findings(work, goals), ABSENCE)


@tried
@given(tickets(), okrs(), st.integers(0, 7))
def test_a_row_that_was_not_read_adds_no_finding_of_absence(
    work: tuple[Initiative, ...], goals: Okrs, position: int
) -> None:
    lost = set(work[position : position + 1])
    seen = [ticket for ticket in work if ticket not in lost]
    gaps = tuple(Gap(ticket.ref.connector, "unreadable", ticket.ref.key) for ticket in lost)
    assert marks(the_findings(seen, goals, *gaps), ABSENCE) <= marks(the_findings(work, goals), ABSENCE)


@tried
@given(tickets(), okrs(), st.sampled_from(["jira", "github"]), st.booleans())
def test_a_gap_never_removes_what_stands_on_a_ticket(
    work: tuple[Initiative, ...], goals: Okrs, down: str, whole: bool
) -> None:
    desk = synced(work, goals)
    tracker: FakeConnector = getattr(desk, down)
    if whole:
        tracker.trouble.pull = SourceError(down, "connection refused")
    else:
        tracker.trouble.unreadable = {kept.initiative.ref.key for kept in tracker._kept.values()}
    for _ in range(3):
        kinds = {r.action.kind.value for r in desk.run().receipts}
        assert not kinds & {"remove_label", "resolve_comment", "delete_comment"}
    tracker.trouble.pull, tracker.trouble.unreadable = None, set()
    desk.run()
    assert desk.run().receipts == ()


@tried
@given(tickets(), okrs())
def test_a_private_key_result_is_never_named_in_a_comment(work: tuple[Initiative, ...], goals: Okrs) -> None:
    desk = synced(work, goals)
    for tracker in (desk.jira, desk.github):
        for kept in tracker._kept.values():
            for remark in tracker.comments_of_the_hub(str(kept.initiative.ref)):
                assert "merger" not in repr(remark.message)
