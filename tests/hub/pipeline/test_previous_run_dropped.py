"""What makes a run that kept its last one judge everything again, and what it must not hear twice."""

from collections.abc import Iterable
from datetime import timedelta

from hub.model.finding import Verdict
from hub.model.portfolio import Portfolio
from hub.model.ticket_input import Command, Verb
from hub.pipeline.previous_run import RunCache
from tests.builders import an_initiative
from tests.fakes.clock import FakeClock
from tests.fakes.rule import a_rule, every_ticket
from tests.hub.pipeline.disturbed_desk import OTHER_ROWS, ROWS, Disturbed
from tests.hub.pipeline.test_previous_run import CursorConnector
from tests.hub.pipeline.workspace import Desk

ONE, TWO = an_initiative("jira:ACME-1", title="bad one"), an_initiative("jira:ACME-2", title="bad two")


def test_an_okr_ticket_that_turns_up_faulty_is_a_gap_although_no_ticket_and_no_okr_changed() -> None:
    desk = Desk(jira=Disturbed("jira"), github=Disturbed("github"), cache=RunCache())
    assert isinstance(desk.jira, Disturbed)
    desk.jira.has_okrs, desk.jira.rows = True, ROWS
    desk.jira.put(ONE)
    desk.run()
    assert desk.run().is_update
    desk.jira.rows = OTHER_ROWS[1]
    outcome = desk.run()
    assert [gap.key for gap in outcome.portfolio.gaps] == ["ACME-803"]
    assert not outcome.is_update


def test_a_run_that_ended_after_midnight_is_not_taken_for_one_of_the_new_day() -> None:
    clock, nights = FakeClock(), [1]

    def over_night(portfolio: Portfolio) -> Iterable[Verdict]:
        if nights:
            clock.wait(days=nights.pop())
        return every_ticket(portfolio)

    rule = a_rule("bad-title", over_night)
    trackers = {"jira": CursorConnector("jira"), "github": CursorConnector("github")}
    desk = Desk(**trackers, rules=(rule,), clock=clock, cache=RunCache())  # type: ignore[arg-type]
    desk.jira.put(ONE)
    assert desk.run().portfolio.today == clock.today() - timedelta(days=1)
    assert desk.run().portfolio.today == clock.today()


def test_a_command_that_came_along_to_another_ticket_is_no_new_one() -> None:
    desks = []
    for cache in (RunCache(), None):
        trackers = {"jira": CursorConnector("jira"), "github": CursorConnector("github")}
        desk = Desk(**trackers, cache=cache)  # type: ignore[arg-type]
        for ticket in (ONE, TWO):
            desk.jira.put(ticket)
        at = desk.clock.now()
        for ticket in (ONE, TWO):
            desk.jira.commands = [Command(ticket.id, "7", "Ana", Verb.EXEMPT, "no OKR work", at)]  # type: ignore[attr-defined]
            last = desk.run()
        desks.append(desk)
        assert last.is_update == (cache is not None)
        assert last.portfolio.effective_commands.keys() == {ONE.ref}
    assert desks[0].jira.said("jira:ACME-2") == desks[1].jira.said("jira:ACME-2")
