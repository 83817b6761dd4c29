"""Which providing tickets were asked since when: only those on which a comment could stand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.finding import Finding
from hub.model.initiative import Initiative, PullResult, Snapshot, StatusCategory
from hub.model.portfolio import DependencyHistory, Portfolio, ticket_dependency_key
from hub.model.progress import working_days_between
from hub.model.ticket_input import Command, Verb
from rules.horizontal.dependency_without_shared_okr import dependency_without_shared_okr
from rules.horizontal.unacknowledged_dependency import unacknowledged_dependency
from rules.shared.dependencies import State, links_by_teams
from rules.shared.dependency_questions import ANSWER_DAYS, MAX_COMMENTED_TICKETS, question_dates
from tests.builders import TODAY, acme_okrs, an_initiative
from tests.rules.rule_runner import judge, the_finding

LONG_AGO, NOW = date(2026, 11, 2), datetime(2026, 11, 16, 12, tzinfo=UTC)
TEAMS = ("product", "platform")


def provider(number: int) -> Initiative:
    return an_initiative(f"github:acme/app#{number}", status=StatusCategory.TO_DO)


def waiting(number: int) -> Initiative:
    """The one with the lowest number is needed first."""
    due = date(2026, 12, 1) + timedelta(days=number)
    return an_initiative(f"jira:ACME-{number}", serves="dau", blocked_by=(provider(number).ref,), due=due)


def company(
    providers: list[Initiative], known_since: dict[int, date] | None = None, answers: dict[int, date] | None = None
) -> Portfolio:
    """Each provider with one ticket that waits for it; `answers` are the days of `/okr accept` on them."""
    days = dict.fromkeys(range(1, len(providers) + 1), LONG_AGO) | (known_since or {})
    history = DependencyHistory({ticket_dependency_key(waiting(n), provider(n)): day for n, day in days.items()})
    commands = [accepted(provider(number), day) for number, day in (answers or {}).items()]
    pulled = (
        PullResult("jira", tuple(waiting(number) for number in days)),
        PullResult("github", tuple(providers), commands=tuple(commands)),
    )
    return build_portfolio(Snapshot(pulled, NOW), acme_okrs(), TODAY, history)


def accepted(ticket: Initiative, day: date) -> Command:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Command(ticket.id, "1", "Robin Vale", Verb.ACCEPT, "", at)


def dates_by_key(portfolio: Portfolio) -> dict[str, date]:
    return {ref.key: day for ref, day in question_dates(portfolio, links_by_teams(portfolio)[TEAMS]).items()}


def the_question(portfolio: Portfolio) -> Finding:
    findings = [
        *judge(dependency_without_shared_okr, portfolio).findings,
        *judge(unacknowledged_dependency, portfolio).findings,
    ]
    (finding,) = findings
    return finding


def test_only_the_three_that_are_needed_first_were_asked() -> None:
    assert dates_by_key(company([provider(n) for n in range(1, 6)])) == {f"acme/app#{n}": LONG_AGO for n in (1, 2, 3)}


def test_the_next_one_is_asked_on_the_day_of_an_answer() -> None:
    answered = date(2026, 11, 13)
    days = dates_by_key(company([provider(n) for n in range(1, 6)], answers={1: answered}))
    assert (days["acme/app#4"], "acme/app#5" in days) == (answered, False)


def test_a_first_question_is_no_reminder() -> None:
    answered = date(2026, 11, 13)
    finding = the_question(company([provider(n) for n in range(1, 6)], answers=dict.fromkeys((1, 2, 3), answered)))
    assert finding.rule == "dependency-without-shared-okr"
    assert [ref.key for ref in finding.act_on] == ["acme/app#4", "acme/app#5"]
    assert finding.facts["since"] == answered


def test_after_an_answer_by_label_nobody_knows_when_the_next_was_asked() -> None:
    agreed = [replace(provider(n), labels=frozenset({"okr-accept"})) for n in (1, 2, 3)]
    finding = the_question(company([*agreed, provider(4)]))
    assert (finding.rule, finding.facts["since"]) == ("dependency-without-shared-okr", None)


def test_the_waiting_side_of_a_new_question_is_left_alone() -> None:
    finding = the_finding(judge(unacknowledged_dependency, company([provider(1), provider(2)], {2: TODAY})))
    assert [ref.key for ref in finding.act_on] == ["acme/app#1", "acme/app#2", "ACME-1"]
    assert len(finding.label_on) == 4


def test_a_no_to_one_makes_no_reminder_of_a_new_question() -> None:
    refused = replace(provider(1), labels=frozenset({"okr-decline"}))
    finding = the_finding(judge(unacknowledged_dependency, company([refused, provider(2)], {1: TODAY, 2: TODAY})))
    assert [ref.key for ref in finding.act_on] == ["acme/app#2", "ACME-1"]


@given(
    known=st.lists(st.integers(0, 20), min_size=1, max_size=8),
    answers=st.dictionaries(st.integers(1, 8), st.integers(0, 20)),
)
def test_never_more_than_three_were_asked_at_once(known: list[int], answers: dict[int, int]) -> None:
    since = {n: TODAY - timedelta(days=days) for n, days in enumerate(known, start=1)}
    answered = {n: TODAY - timedelta(days=days) for n, days in answers.items() if n in since}
    portfolio = company([provider(number) for number in since], since, answered)
    days = dates_by_key(portfolio)
    still_asked = [link for link in links_by_teams(portfolio)[TEAMS] if link.state is State.UNANSWERED]
    assert len({link.providing for link in still_asked if link.providing.key in days}) <= MAX_COMMENTED_TICKETS
    assert all(day >= since[int(key.rpartition("#")[2])] for key, day in days.items())
    for finding in judge(unacknowledged_dependency, portfolio).findings:
        on_waiting = [ref.key for ref in finding.act_on if ref.connector == "jira"]
        assert on_waiting
        for key in on_waiting:
            day = days["acme/app#" + key.rpartition("-")[2]]
            assert working_days_between(day, TODAY) >= ANSWER_DAYS
