"""A ticket that the tracker shows and does not let us read stays as it was, whichever way the tracker is read."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from hub.model.finding import Subject, SubjectKind, Verdict
from hub.model.initiative import Gap, PullResult, PullState, SyncMode
from hub.model.portfolio import Portfolio
from tests.builders import an_initiative
from tests.fakes.connector import FakeConnector
from tests.fakes.rule import a_rule, about
from tests.hub.pipeline.workspace import Desk

LEAD, NEXT = "jira:ACME-1", "jira:ACME-2"


class Hiding(FakeConnector):
    """Gives hidden tickets as gaps that name them by the tracker's ids, in full reads and in those of changes."""

    def __init__(self, accepted: bool = False) -> None:
        super().__init__("jira", [an_initiative(LEAD), an_initiative(NEXT)])
        self.hidden = ""
        self.extent = SyncMode.FULL
        self.accepted_gaps = ("hidden:id-ACME-1", "hidden:id-ACME-2") if accepted else ()

    def pull(self, known: PullState | None = None) -> PullResult:
        pulled = super().pull(None)
        gaps = (Gap("jira", "hidden from us", self.hidden, f"hidden:{self.hidden}"),) if self.hidden else ()
        read = tuple(ticket for ticket in pulled.initiatives if ticket.id != self.hidden)
        return replace(pulled, initiatives=read, gaps=gaps, mode=self.extent if known else SyncMode.FULL, cursor="c")


def on_the_first(portfolio: Portfolio) -> Iterable[Verdict]:
    """One finding about all work, on the ticket that leads it."""
    first, *others = sorted(portfolio.initiatives.values(), key=lambda ticket: ticket.ref)
    verdict = about(first, tickets=(first.ref,), identity=("key result", "x"))
    yield replace(
        verdict, subject=Subject(SubjectKind.KEY_RESULT, "x"), based_on=tuple(ticket.ref for ticket in others)
    )


def on_both(portfolio: Portfolio) -> Iterable[Verdict]:
    """A finding about the two, as long as both are there."""
    if {LEAD, NEXT} <= portfolio.initiatives.keys():
        lead = portfolio.initiatives[an_initiative(LEAD).ref]
        yield replace(about(lead, tickets=(lead.ref,), identity=("both",)), based_on=(an_initiative(NEXT).ref,))


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(("rule", "hidden"), [(on_the_first, "id-ACME-1"), (on_both, "id-ACME-2")])
def test_nothing_is_placed_moved_or_withdrawn_for_it(accepted: bool, rule: object, hidden: str) -> None:
    jira = Hiding(accepted)
    desk = Desk(jira, rules=(a_rule("lead", rule),))  # type: ignore[arg-type]
    desk.run()
    written = jira.written
    jira.hidden = hidden
    for extent in (SyncMode.FULL, SyncMode.INCREMENTAL) * 3:
        jira.extent = extent
        assert desk.run().receipts == ()
    assert jira.written == written
    assert [remark.message.resolved for remark in jira.comments_of_the_hub(LEAD)] == [False]
