"""What is known about dependencies besides the links: answers, since when, how long work takes, who names whom."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hub.core.mapping.comment_commands import acknowledgements
from hub.core.mapping.links import TicketIndex, answers, first_seen, promised_days, proposed_since
from hub.model.initiative import Initiative
from hub.model.link import Answer, Dependency, DependencySource
from hub.model.okr import Cycle, LinkState, Need, Phase
from hub.model.portfolio import DependencyHistory, need_key, promise_key, ticket_dependency_key
from hub.model.ticket_input import Command, Verb
from tests.builders import a_key_result, a_portfolio, acme_okrs, an_initiative

TODAY = date(2026, 11, 16)
WAITING = an_initiative("jira:ACME-1", created=datetime(2026, 10, 2, tzinfo=UTC))
PROVIDING = an_initiative("github:acme/app#2", created=datetime(2026, 11, 3, tzinfo=UTC))
KNOWN = {WAITING.ref: WAITING, PROVIDING.ref: PROVIDING}
TEAMS = {WAITING.ref: "product", PROVIDING.ref: "platform"}
WAITS = (Dependency(WAITING.ref, PROVIDING.ref, DependencySource.LINK),)
KEY = ticket_dependency_key(WAITING, PROVIDING)


def test_labels_of_people_are_answers_in_any_case() -> None:
    said = answers(
        [
            an_initiative("jira:ACME-1", labels=frozenset({"OKR-Accept"})),
            an_initiative("jira:ACME-2", labels=frozenset({"okr-decline", "ux"})),
            an_initiative("jira:ACME-3", labels=frozenset({"okr-accept", "okr-decline"})),
            an_initiative("jira:ACME-4"),
            an_initiative("jira:ACME-5", labels=frozenset({"okr-later", "okr-accept"})),
        ],
        {},
    )
    assert {ref.key: state for ref, state in said.items()} == {
        "ACME-1": Answer.ACCEPTED,
        "ACME-2": Answer.DECLINED,
        "ACME-3": Answer.DECLINED,
        "ACME-5": Answer.LATER,
    }


def test_what_a_memory_holds_is_as_old_as_it_says_and_the_rest_is_new_today() -> None:
    remembered = DependencyHistory({KEY: date(2026, 11, 4)})
    assert first_seen(WAITS, KNOWN, TEAMS, remembered, TODAY) == {KEY: date(2026, 11, 4)}
    assert first_seen(WAITS, KNOWN, TEAMS, DependencyHistory(), TODAY) == {KEY: TODAY}


def test_without_a_memory_the_younger_ticket_tells_the_age() -> None:
    assert first_seen(WAITS, KNOWN, TEAMS, None, TODAY) == {KEY: date(2026, 11, 3)}
    unknown = KNOWN | {WAITING.ref: replace(WAITING, created=None)}
    assert first_seen(WAITS, unknown, TEAMS, None, TODAY) == {KEY: TODAY}


def test_only_dependencies_between_two_teams_are_remembered() -> None:
    assert first_seen(WAITS, KNOWN, {WAITING.ref: "product"}, None, TODAY) == {}
    assert first_seen(WAITS, KNOWN, dict.fromkeys(TEAMS, "product"), None, TODAY) == {}
    assert first_seen(WAITS, {WAITING.ref: WAITING}, TEAMS, None, TODAY) == {}


def test_a_promise_is_for_the_day_that_the_work_was_due_when_it_was_first_read() -> None:
    yes = Command(PROVIDING.id, "c7", "Robin Vale", Verb.ACCEPT, "", datetime(2026, 11, 12, tzinfo=UTC))
    commands, due = {PROVIDING.ref: (yes,)}, date(2026, 12, 11)
    key, known = promise_key(KEY, "c7"), KNOWN | {WAITING.ref: replace(WAITING, due=due)}
    first = promised_days(WAITS, known, commands, DependencyHistory())
    assert first == {key: due}
    moved = KNOWN | {WAITING.ref: replace(WAITING, due=date(2026, 12, 4))}
    assert promised_days(WAITS, moved, commands, DependencyHistory(first)) == first
    undated = promised_days(WAITS, KNOWN, commands, DependencyHistory())
    assert promised_days(WAITS, moved, commands, DependencyHistory(undated)) == undated == {key: date.max}
    again = {PROVIDING.ref: (replace(yes, comment="c8"),)}
    assert promised_days(WAITS, moved, again, DependencyHistory(first)) == {promise_key(KEY, "c8"): date(2026, 12, 4)}
    assert promised_days(WAITS, known, {PROVIDING.ref: (replace(yes, verb=Verb.LATER),)}, None) == {}


@pytest.mark.parametrize("put_off", [WAITING, PROVIDING])
def test_work_that_was_put_off_to_a_later_cycle_is_asked_for_anew_once_that_begins(put_off: Initiative) -> None:
    waiting = replace(WAITING, blocked_by=(PROVIDING.ref,))
    said_on = datetime(2026, 11, 12, tzinfo=UTC)
    later = Command(put_off.id, "c7", "Robin Vale", Verb.LATER, "", said_on)
    memory = DependencyHistory({KEY: said_on.date()}, {put_off.ref.connector: (later,)})
    now = a_portfolio(waiting, PROVIDING, memory=memory)
    assert now.answers == {put_off.ref: Answer.LATER}
    assert now.first_seen[KEY] == said_on.date()
    begins = date(2027, 1, 1)
    okrs = replace(acme_okrs(), cycle=Cycle("2027-Q1", begins, date(2027, 3, 31), Phase.RUNNING))
    planning = a_portfolio(waiting, PROVIDING, memory=memory, okrs=okrs, today=date(2026, 12, 14))
    assert planning.answers == {put_off.ref: Answer.LATER}
    then = a_portfolio(waiting, PROVIDING, memory=memory, okrs=okrs, today=date(2027, 1, 4))
    assert then.answers == then.effective_commands == {}
    assert then.first_seen[KEY] == date(2027, 1, 4)
    (receipt,) = acknowledgements(put_off.ref, (later,), then)
    assert (receipt.applied, receipt.reason) == (False, "it was for an earlier cycle")


def test_work_that_was_put_off_is_asked_for_anew_once_and_not_in_every_cycle_to_come() -> None:
    waiting, said_on = replace(WAITING, blocked_by=(PROVIDING.ref,)), datetime(2026, 8, 12, tzinfo=UTC)
    later = Command(PROVIDING.id, "c7", "Robin Vale", Verb.LATER, "", said_on)
    quarters = (
        Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), Phase.CLOSED),
        Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), Phase.CLOSED),
        Cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31), Phase.RUNNING),
    )
    okrs = replace(acme_okrs(), cycle=quarters[2], cycles={cycle.id: cycle for cycle in quarters})

    def known_since(first: date) -> date:
        memory = DependencyHistory({KEY: first}, {PROVIDING.ref.connector: (later,)})
        return a_portfolio(waiting, PROVIDING, memory=memory, okrs=okrs, today=date(2027, 1, 4)).first_seen[KEY]

    assert known_since(date(2026, 8, 10)) == known_since(date(2026, 9, 30)) == date(2027, 1, 4)
    assert known_since(date(2026, 10, 2)) == date(2026, 10, 2)


def test_a_proposal_is_as_old_as_the_file_says_else_as_runs_remember() -> None:
    dated = Need("platform", "p99", state=LinkState.PROPOSED, since=date(2026, 10, 5))
    plain = Need("platform", state=LinkState.PROPOSED)
    waiting = a_key_result(
        "dau", "adoption", depends_on=(dated, plain, Need("platform", "cost", state=LinkState.ACCEPTED))
    )
    okrs = acme_okrs(key_results=(waiting,))
    keys = need_key(waiting, dated), need_key(waiting, plain)
    assert proposed_since(okrs, None, TODAY) == {keys[0]: date(2026, 10, 5)}
    remembered = DependencyHistory({keys[1]: date(2026, 11, 2)})
    assert proposed_since(okrs, remembered, TODAY) == {keys[0]: date(2026, 10, 5), keys[1]: date(2026, 11, 2)}


def test_mentions_lead_to_tickets_that_were_read_and_to_no_others() -> None:
    ticket = an_initiative("jira:ACME-1", mentions=("acme/app#2", "UTF-8", "ACME-1", "ACME-3"))
    known = KNOWN | {ticket.ref: ticket}
    assert TicketIndex(known, frozenset({"github"})).mentions(known) == {ticket.ref: (PROVIDING.ref,)}
