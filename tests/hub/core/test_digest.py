"""A team's summary says what changed since the last one, and nothing where nothing did."""

from hypothesis import given
from hypothesis import strategies as st

from hub.core.audit.second_check import second_check
from hub.core.audit.values import TeamCheck
from hub.core.check import check
from hub.core.digest import SHOWN, Digest, Told, digest
from hub.core.standing import standings
from hub.model.finding import Severity
from hub.model.initiative import Initiative
from hub.model.okr import Okrs, Visibility
from hub.model.portfolio import Portfolio
from hub.report.digest import plain_name, text_of, title_of
from rules.registry import ALL_RULES
from tests.builders import a_key_result, a_portfolio, a_team, acme_okrs, an_initiative, an_objective, some_okrs


def checked(portfolio: Portfolio, team: str = "product") -> TeamCheck:
    findings = check(portfolio, ALL_RULES, {}, ()).findings
    return next(one for one in second_check(portfolio, findings, (), synced=True) if one.team.id == team)


def told(*work: Initiative, before: Told | None = None, okrs: Okrs | None = None) -> tuple[Digest | None, Told]:
    portfolio = a_portfolio(*work, okrs=okrs or acme_okrs())
    return digest(checked(portfolio), standings(portfolio, read=True), before)


def loose(number: int) -> Initiative:
    return an_initiative(f"jira:ACME-{number}")


def test_a_new_finding_and_the_share_of_the_work_are_told() -> None:
    _, before = told(an_initiative("jira:ACME-1", serves="dau"))
    made, _ = told(an_initiative("jira:ACME-1", serves="dau"), loose(2), before=before)
    assert made is not None
    assert (made.percent, made.percent_before, made.aligned, made.active) == (50, 100, 1, 2)
    assert "initiative-without-key-result" in {one.rule for one in made.new}
    assert "50 % of the active work serves an aligned key result (1 of 2 tickets); it was 100 %." in text_of(made)


def test_what_was_settled_is_counted() -> None:
    _, before = told(loose(1), loose(2))
    made, now = told(an_initiative("jira:ACME-1", serves="dau"), loose(2), before=before)
    assert made is not None
    assert made.settled == len(before.findings - now.findings) > 0


def test_nothing_is_said_where_nothing_changed() -> None:
    first, now = told(loose(1), before=Told())
    again, same = told(loose(1), before=now)
    assert first is not None
    assert (again, same) == (None, now)


def test_many_new_findings_are_cut_to_the_worst_and_counted() -> None:
    made, _ = told(*(loose(n) for n in range(1, 30)), before=Told())
    assert made is not None
    assert len(made.new) == SHOWN < made.appeared
    assert made.new[0].severity == max(made.open)
    assert f"and {made.appeared - SHOWN} more" in text_of(made)


def test_key_results_that_moved_or_are_behind_are_told_with_both_numbers() -> None:
    def okrs(value: float) -> Okrs:
        held = a_key_result("dau", "launch", start=0, target=100, current=value)
        return some_okrs(
            teams=(a_team("product", "jira:ACME"),),
            objectives=(an_objective("launch", "product"),),
            key_results=(held,),
        )

    _, before = told(an_initiative(serves="dau"), okrs=okrs(10))
    made, _ = told(an_initiative(serves="dau"), okrs=okrs(30), before=before)
    assert made is not None
    assert "dau: 30 % measured (it was 10 %), 51 % expected by now" in text_of(made)


def test_private_key_results_are_never_among_what_is_told() -> None:
    private = a_key_result(
        "merger", "quiet", title="Buy them", visibility=Visibility.PRIVATE, start=0, target=9, current=1
    )
    okrs = some_okrs(
        teams=(a_team("product", "jira:ACME"),), objectives=(an_objective("quiet", "product"),), key_results=(private,)
    )
    made, now = told(loose(1), an_initiative("jira:ACME-2", serves="merger"), before=Told(), okrs=okrs)
    assert made is not None
    assert now.measured == {}
    assert "merger" not in text_of(made)
    assert "Buy them" not in text_of(made)


def test_no_word_of_a_ticket_stands_in_a_summary() -> None:
    made, _ = told(an_initiative("jira:ACME-1", title="<!channel> Kim promised this"), before=Told())
    assert made is not None
    assert "Kim" not in text_of(made)


@given(st.text())
def test_names_cannot_call_anybody_or_lead_anywhere(name: str) -> None:
    assert not set(plain_name(name)) & set("@<>*_~`|[](){}!\\\n") - {"_"}
    assert "://" not in plain_name(name)


def test_the_title_names_the_team_in_plain_words() -> None:
    made, _ = told(loose(1), before=Told())
    assert made is not None
    assert title_of(made) == "Alignment of Product this week"
    assert made.open[Severity.ERROR] + made.open[Severity.WARNING] > 0
