"""A run that is spared would have come to what the last one came to; whatever changes, a run is not spared."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.check import RuleSetting
from hub.core.safety import Limits
from hub.model.errors import SourceError
from hub.model.finding import Severity, Waiver
from hub.model.initiative import PullResult, PullState
from hub.model.okr import Okrs
from hub.model.rest import SourceBaseline
from hub.pipeline.job import Mode
from hub.pipeline.rest import UnchangedRun, context_refs, skip_if_unchanged
from hub.pipeline.sync import sync
from hub.report.document import run_document
from tests.builders import a_ref, an_initiative
from tests.fakes.connector import FakeConnector
from tests.fakes.rule import a_rule, every_ticket
from tests.hub.pipeline.desk import FREE, Desk

CHANGING = ("run", "seconds", "sources")


class Calm(FakeConnector):
    """A tracker that can tell whether anything happened, by looking at all of it."""

    def pull(self, known: PullState | None = None) -> PullResult:
        return replace(super().pull(known), cursor="here")

    def is_unchanged(self, stored: SourceBaseline) -> bool:
        pulled = self.pull()
        return not pulled.gaps and {ticket.id: ticket for ticket in pulled.initiatives} == dict(stored.tickets)


def a_calm_desk(**changes: Any) -> Desk:
    desk = Desk(jira=Calm(), github=Calm("github"), **changes)
    desk.jira.put(an_initiative("jira:ACME-1", title="bad one"))
    desk.jira.put(an_initiative("jira:ACME-2", title="good"))
    desk.github.put(an_initiative("github:acme/app#1", title="bad two"))
    return desk


def run(desk: Desk, **how: Any) -> dict[str, Any]:
    desk.clock.wait(seconds=60)
    return run_document(sync(desk.job(**how), run_document))


def look(desk: Desk, **how: Any) -> UnchangedRun | None:
    desk.clock.wait(seconds=60)
    return skip_if_unchanged(desk.job(**how))


@pytest.fixture
def desk() -> Desk:
    """Two runs, for the first has written."""
    desk = a_calm_desk()
    run(desk)
    run(desk)
    return desk


def test_after_a_run_with_nothing_to_do_the_next_is_spared(desk: Desk) -> None:
    stands = look(desk)
    assert stands is not None
    assert {name: told for name, told in run(desk).items() if name not in CHANGING} == {
        name: told for name, told in stands.report.items() if name not in CHANGING
    }


def test_run_that_wrote_is_followed_by_another() -> None:
    desk = a_calm_desk()
    run(desk)
    assert look(desk) is None


def test_run_that_only_plans_is_spared_when_it_would_plan_the_same() -> None:
    desk = a_calm_desk()
    planned = run(desk, mode=Mode.PLAN)["plan"]
    stands = look(desk, mode=Mode.PLAN)
    assert stands is not None
    assert stands.report["plan"] == planned != []
    assert look(desk, mode=Mode.PUBLISH) is None


def test_looking_leaves_no_trace_and_may_be_done_again(desk: Desk) -> None:
    ended, log = desk.store.last_finished_run(), list(desk.jira.log)
    first, second = look(desk), look(desk)
    assert first is not None
    assert second is not None
    assert first.report == second.report
    assert (desk.store.last_finished_run(), desk.jira.log) == (ended, log)


def test_a_source_is_as_old_as_the_last_look_at_it(desk: Desk) -> None:
    assert look(desk) is not None
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
    "a delivery": lambda desk: desk.store.record_delivery("jira", "d1", "x", ["ACME-1"], desk.clock.now()),
    "a run that began": lambda desk: desk.store.finish_run(
        desk.store.begin_run("other:1", desk.clock.now(), lease_seconds=60), desk.clock.now(), "failed", {}
    ),
    "a tracker that is down": lambda desk: setattr(desk.jira.trouble, "pull", SourceError("jira", "down")),
    "a row that cannot be read": lambda desk: desk.jira.trouble.unreadable.add("ACME-2"),
}


def _without_one(okrs: Okrs) -> Okrs:
    first, *_ = okrs.key_results
    return replace(okrs, key_results={id_: key_result for id_, key_result in okrs.key_results.items() if id_ != first})


@pytest.mark.parametrize("change", [ON_TICKETS, IN_THE_CONFIGURATION, IN_THE_STATE], ids=["tickets", "config", "state"])
def test_no_run_is_spared_after_any_change(change: dict[str, Change]) -> None:
    for what, do in change.items():
        desk = a_calm_desk()
        run(desk)
        run(desk)
        assert look(desk) is not None
        do(desk)
        assert look(desk) is None, what


@pytest.mark.parametrize("how", [{"mode": Mode.PREVIEW}, {"only": ["jira"]}, {"confirmed": True}])
def test_run_that_was_asked_for_otherwise_is_not_spared(desk: Desk, how: dict[str, Any]) -> None:
    assert look(desk, **how) is None


def test_run_with_gaps_leaves_no_rest() -> None:
    desk = a_calm_desk()
    desk.jira.trouble.unreadable.add("ACME-2")
    for _ in range(3):
        run(desk)
    assert look(desk) is None


def test_deferred_writes_leave_no_rest() -> None:
    desk = a_calm_desk(limits=Limits(max_share=1.0, max_new_comments=1, first_run_confirm_above=1000))
    run(desk)
    assert look(desk) is None


def test_what_a_ticket_leans_on_is_remembered_with_what_was_not_seen() -> None:
    epic = an_initiative("jira:TOP-1", parent=a_ref("jira:TOP-9"), reference_only=True)
    work = an_initiative("jira:ACME-1", parent=epic.ref, blocked_by=(a_ref("jira:FAR-1"),))
    assert context_refs(PullResult("jira", (work, epic))) == {"TOP-1": epic.id, "FAR-1": "", "TOP-9": ""}


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
def test_whenever_a_run_is_spared_it_would_have_come_to_the_same(dice: random.Random, mode: Mode) -> None:
    desk = a_calm_desk()
    for _ in range(8):
        for _ in range(dice.choice((0, 0, 1, 2))):
            happen(desk, dice)
        stands = look(desk, mode=mode)
        before = (desk.jira.written, desk.github.written)
        told = run(desk, mode=mode)
        if stands is not None:
            assert {key: told[key] for key in told if key not in CHANGING} == {
                key: stands.report[key] for key in told if key not in CHANGING
            }
            assert (desk.jira.written, desk.github.written) == before
