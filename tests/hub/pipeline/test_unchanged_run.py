"""A run that stops as unchanged would have come to what the last one came to; whatever changes, none stops."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.checking.evaluate import RuleSetting
from hub.core.planning.safety import Limits
from hub.model.errors import QueryRefused, SourceError
from hub.model.finding import Severity, Waiver
from hub.model.initiative import PullResult, PullState, Ref, SyncMode
from hub.model.okr import Okrs
from hub.model.service_state import WebhookDelivery
from hub.pipeline.previous_run import RunCache
from hub.pipeline.pull import EarlyPull
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync, sync_if_changed
from hub.pipeline.unchanged_run import UnchangedRun, fingerprint_of, pull_early
from hub.report.run_json import run_document
from tests.builders import acme_okrs, an_initiative
from tests.fakes.connector import FakeConnector
from tests.fakes.rule import a_rule, every_ticket
from tests.hub.pipeline.workspace import FREE, Desk

CHANGING = ("run", "seconds", "sources")


class Calm(FakeConnector):
    """A tracker that tells what changed, by looking at all of it."""

    pulls = 0

    def pull(self, known: PullState | None = None) -> PullResult:
        self.pulls += 1
        whole = replace(super().pull(known), cursor="here")
        if known is None or whole.gaps:
            return whole
        gone = frozenset(known.tickets) - {ticket.id for ticket in whole.initiatives}
        return replace(whole, mode=SyncMode.INCREMENTAL, deleted=gone)


def a_calm_desk(**changes: Any) -> Desk:
    desk = Desk(jira=Calm(), github=Calm("github"), **changes)
    desk.jira.put(an_initiative("jira:ACME-1", title="bad one"))
    desk.jira.put(an_initiative("jira:ACME-2", title="good"))
    desk.github.put(an_initiative("github:acme/app#1", title="bad two"))
    return desk


def run(desk: Desk, **how: Any) -> dict[str, Any]:
    desk.clock.wait(seconds=60)
    return run_document(sync(desk.job(**how), run_document))


def pull_and_check(desk: Desk, **how: Any) -> UnchangedRun | None:
    desk.clock.wait(seconds=60)
    early = pull_early(desk.job(**how))
    return early if isinstance(early, UnchangedRun) else None


@pytest.fixture
def desk() -> Desk:
    """Three runs: the first has written, the second read that."""
    desk = a_calm_desk()
    for _ in range(3):
        run(desk)
    return desk


def test_after_a_run_with_nothing_to_do_the_next_is_unchanged(desk: Desk) -> None:
    stands = pull_and_check(desk)
    assert stands is not None
    assert {name: told for name, told in run(desk).items() if name not in CHANGING} == {
        name: told for name, told in stands.report.items() if name not in CHANGING
    }


def test_run_that_wrote_is_followed_by_another() -> None:
    desk = a_calm_desk()
    run(desk)
    assert pull_and_check(desk) is None


def test_a_run_that_only_plans_is_unchanged_when_it_would_plan_the_same() -> None:
    desk = a_calm_desk()
    planned = run(desk, mode=Mode.PLAN)["plan"]
    stands = pull_and_check(desk, mode=Mode.PLAN)
    assert stands is not None
    assert stands.report["plan"] == planned != []
    assert pull_and_check(desk, mode=Mode.PUBLISH) is None


def test_an_unchanged_run_leaves_no_trace_and_may_be_done_again(desk: Desk) -> None:
    ended, log = desk.store.last_finished_run(), list(desk.jira.log)
    first, second = pull_and_check(desk), pull_and_check(desk)
    assert first is not None
    assert second is not None
    assert first.report == second.report
    assert (desk.store.last_finished_run(), desk.jira.log) == (ended, log)


def test_a_source_is_as_old_as_the_last_pull_of_it(desk: Desk) -> None:
    assert pull_and_check(desk) is not None
    assert {source.read for source in desk.store.sources()} == {desk.clock.now()}


Change = Callable[[Desk], object]
ON_TICKETS: dict[str, Change] = {
    "title": lambda desk: desk.jira.edit("jira:ACME-2", title="bad now"),
    "label of a person": lambda desk: desk.jira.person_labels("jira:ACME-2", "team-a"),
    "our label taken away": lambda desk: desk.jira.person_unlabels("jira:ACME-1", "okr-unaligned"),
    "our comment deleted": lambda desk: desk.jira.person_deletes_comment_of_the_hub("jira:ACME-1"),
    "our comment edited": lambda desk: desk.github.person_edits_comment_of_the_hub("github:acme/app#1"),
    "new ticket": lambda desk: desk.github.put(an_initiative("github:acme/app#2")),
    "ticket gone": lambda desk: desk.jira.is_deleted("jira:ACME-2"),
    "ticket that left": lambda desk: desk.jira.leaves_query("jira:ACME-2"),
}
IN_THE_CONFIGURATION: dict[str, Change] = {
    "another day": lambda desk: desk.clock.wait(days=1),
    "another rule": lambda desk: setattr(desk, "rules", (*desk.rules, a_rule("other", every_ticket))),
    "another severity": lambda desk: setattr(desk, "settings", {"bad-title": RuleSetting(Severity.ERROR)}),
    "a waiver": lambda desk: setattr(
        desk, "waivers", (Waiver("bad-title", "jira:ACME-1", "later", "anna", date(2027, 1, 1)),)
    ),
    "other limits": lambda desk: setattr(desk, "limits", replace(FREE, max_new_comments=1)),
    "other OKRs": lambda desk: setattr(desk, "okrs", _without_one(desk.okrs)),
}
IN_THE_STATE: dict[str, Change] = {
    "a delivery": lambda desk: desk.store.record_deliveries(
        [WebhookDelivery("jira", "d1", "x", ("ACME-1",), desk.clock.now())]
    ),
    "a run that began": lambda desk: desk.store.finish_run(
        desk.store.begin_run("other:1", desk.clock.now(), lease_seconds=60), desk.clock.now(), "failed", {}
    ),
    "a tracker that is down": lambda desk: setattr(desk.jira.trouble, "pull", SourceError("jira", "down")),
    "a row that cannot be read": lambda desk: desk.jira.trouble.unreadable.add("ACME-2"),
}


def _without_one(okrs: Okrs) -> Okrs:
    if not okrs.key_results:
        return okrs  # an earlier change took the last one
    first, *_ = okrs.key_results
    return replace(okrs, key_results={id_: key_result for id_, key_result in okrs.key_results.items() if id_ != first})


@pytest.mark.parametrize("change", [ON_TICKETS, IN_THE_CONFIGURATION, IN_THE_STATE], ids=["tickets", "config", "state"])
def test_no_run_is_unchanged_after_any_change(change: dict[str, Change]) -> None:
    for what, do in change.items():
        desk = a_calm_desk()
        for _ in range(3):
            run(desk)
        assert pull_and_check(desk) is not None
        do(desk)
        assert pull_and_check(desk) is None, what


@pytest.mark.parametrize("how", [{"mode": Mode.PREVIEW}, {"only": ["jira"]}, {"confirmed": True}])
def test_a_run_that_was_asked_for_otherwise_is_not_unchanged(desk: Desk, how: dict[str, Any]) -> None:
    assert pull_and_check(desk, **how) is None


def test_no_run_is_unchanged_after_one_with_gaps() -> None:
    desk = a_calm_desk()
    desk.jira.trouble.unreadable.add("ACME-2")
    for _ in range(3):
        run(desk)
    assert pull_and_check(desk) is None


def test_no_run_is_unchanged_after_deferred_writes() -> None:
    desk = a_calm_desk(limits=Limits(max_share=1.0, max_new_comments=1, first_run_confirm_above=1000))
    run(desk)
    assert pull_and_check(desk) is None


def test_differences_that_were_found_before_the_run_are_not_read_again(desk: Desk) -> None:
    desk.jira.edit("jira:ACME-2", title="bad now")
    desk.clock.wait(seconds=60)
    desk.jira.pulls = 0
    outcome = sync_if_changed(desk.job(), run_document)
    assert not isinstance(outcome, UnchangedRun)
    assert {str(ref) for finding in outcome.judgement.findings for ref in finding.tickets} >= {"jira:ACME-2"}
    assert (desk.jira.pulls, outcome.snapshot.pulled_at) == (1, desk.clock.now())


def test_what_was_read_before_another_run_began_is_read_again(desk: Desk) -> None:
    desk.jira.edit("jira:ACME-2", title="bad now")
    early = pull_early(job := desk.job())
    assert isinstance(early, EarlyPull)
    desk.jira.edit("jira:ACME-2", title="good again")
    run(desk)
    outcome = sync(replace(job, early=early), run_document)
    assert outcome.portfolio.initiatives[Ref.parse("jira:ACME-2")].title == "good again"


def test_a_process_that_goes_on_relies_on_the_tickets_that_it_has_until_another_one_ran() -> None:
    cache = RunCache()
    desk = a_calm_desk(cache=cache)
    for _ in range(3):
        run(desk)
    early = pull_early(desk.job())
    assert isinstance(early, UnchangedRun)
    desk.jira.edit("jira:ACME-1", title="bad now")
    early = pull_early(desk.job())
    assert isinstance(early, EarlyPull)
    assert cache.previous is not None
    assert early.past["jira"].tickets is cache.previous.tickets["jira"]
    run(replace(desk, cache=None))
    run(replace(desk, cache=None))
    desk.jira.edit("jira:ACME-1", title="bad again")
    early = pull_early(desk.job())
    assert isinstance(early, EarlyPull)
    assert early.past["jira"].tickets is not cache.previous.tickets["jira"]
    assert early.past["jira"].tickets["id-ACME-1"].title == "bad now"


def test_a_tracker_that_refuses_to_be_read_leaves_a_failed_run(desk: Desk) -> None:
    desk.jira.trouble.pull = QueryRefused("jira", "no such field")
    with pytest.raises(QueryRefused):
        sync_if_changed(desk.job(), run_document)
    assert desk.store.runs(1)[0].status == "failed"


def happen(desk: Desk, dice: random.Random) -> None:
    """Something that people, trackers or time may do."""
    on_tickets = {name: do for name, do in ON_TICKETS.items() if name not in ("ticket gone", "ticket that left")}
    also: dict[str, Change] = {
        "settled": lambda desk: desk.jira.edit("jira:ACME-1", title=dice.choice(("bad again", "good now"))),
        "left": lambda desk: desk.jira.leaves_query("jira:ACME-1"),
        "back": lambda desk: desk.jira.comes_back("jira:ACME-1"),
        "comment": lambda desk: desk.jira.person_comments("jira:ACME-1", "@hub why?"),
    }
    chosen = {**on_tickets, **IN_THE_CONFIGURATION, **also}[
        dice.choice(sorted({*on_tickets, *IN_THE_CONFIGURATION, *also}))
    ]
    try:
        chosen(desk)
    except (KeyError, StopIteration):
        return  # what is not there cannot be taken away


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.sampled_from([Mode.PLAN, Mode.PUBLISH]))
def test_whenever_a_run_is_unchanged_it_would_have_come_to_the_same(dice: random.Random, mode: Mode) -> None:
    desk = a_calm_desk()
    for _ in range(8):
        for _ in range(dice.choice((0, 0, 1, 2))):
            happen(desk, dice)
        stands = pull_and_check(desk, mode=mode)
        before = (desk.jira.written, desk.github.written)
        told = run(desk, mode=mode)
        if stands is not None:
            assert {key: told[key] for key in told if key not in CHANGING} == {
                key: stands.report[key] for key in told if key not in CHANGING
            }
            assert (desk.jira.written, desk.github.written) == before


def test_the_order_of_sets_and_mappings_does_not_change_a_fingerprint() -> None:
    forward = ({"a": frozenset({"x", "y"}), "b": 1},)
    backward = ({"b": 1, "a": frozenset({"y", "x"})},)
    assert fingerprint_of(forward) == fingerprint_of(backward)


def test_whatever_differs_has_another_fingerprint() -> None:
    okrs = acme_okrs()
    first, *_ = okrs.key_results.values()
    waiver = Waiver("rule", "subject", "reason", "owner", date(2026, 12, 1))
    parts: list[object] = [
        okrs,
        replace(okrs, key_results={**okrs.key_results, first.id: replace(first, title="Other")}),
        waiver,
        replace(waiver, until=date(2026, 12, 2)),
        Severity.ERROR,
        Severity.WARNING,
        Ref("a", "b"),
        ("a", "b"),
        ["a,b"],
        "1",
        1,
        1.5,
        None,
        "",
        {},
        (),
    ]
    assert len({fingerprint_of([part]) for part in parts}) == len(parts)


def test_words_cannot_pass_for_the_marks_between_them() -> None:
    assert fingerprint_of([("a", "b")]) != fingerprint_of([("a', 'b",)])
    assert fingerprint_of(["a", "b"]) != fingerprint_of(["a,b"])
