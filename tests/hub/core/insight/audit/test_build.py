"""The numbers of the audit, against a portfolio small enough to count by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.checking.check import check
from hub.core.insight.audit.audit import Audit, Source
from hub.core.insight.audit.build import build_audit, drop_repeats, waiver_report
from hub.core.insight.audit.questions import KINDS
from hub.model.finding import Finding, Judgement, KeyResultId, Severity, Subject, SubjectKind, Waiver
from hub.model.initiative import Gap, Initiative, PriorityBand, StatusCategory
from hub.model.message import Advice, Text
from hub.model.okr import (
    Aggregation,
    Alignment,
    CheckIn,
    Contribution,
    Cycle,
    LinkKind,
    LinkState,
    Need,
    Okrs,
    Sync,
    Visibility,
)
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from hub.report.map.layout import layout_map
from rules.registry import ALL_RULES
from tests.builders import (
    TODAY,
    a_key_result,
    a_portfolio,
    a_ref,
    a_team,
    an_initiative,
    an_objective,
    some_okrs,
)
from tests.fakes.rule import a_rule, about
from tests.hub.pipeline.portfolios import okrs as any_okrs
from tests.hub.pipeline.portfolios import tickets as any_tickets


def goals() -> Okrs:
    """Revenue of two teams, margin of nobody, a shared launch, a private goal, and a team that leads nowhere."""
    return some_okrs(
        teams=(
            a_team("sales", "jira:SAL"),
            a_team("success", "jira:CS"),
            a_team("product", "jira:ACME"),
            a_team("data", "jira:DAT"),
        ),
        objectives=(
            an_objective("growth"),
            an_objective("pipe", "sales"),
            an_objective("renew", "success"),
            an_objective("launch", "product", "success", sync=Sync("product", 7)),
            an_objective("insight", "data"),
        ),
        key_results=(
            a_key_result(
                "revenue",
                "growth",
                start=0,
                target=10,
                unit="M",
                current=5,
                aggregation=Aggregation.SUM,
                owners=("sales", "gone"),
                contributions=(
                    Contribution("sales", share=60),
                    Contribution("success", share=40),
                    Contribution("product", LinkKind.INDIRECT),
                ),
            ),
            a_key_result("margin", "growth", contributions=(Contribution("success", share=80),)),
            a_key_result("deals", "pipe", target=5, unit="M", aligns_to=(Alignment("revenue"),)),
            a_key_result(
                "renewals",
                "renew",
                target=4,
                unit="M",
                aligns_to=(Alignment("revenue"),),
                depends_on=(Need("product", "dau", priority=1, state=LinkState.PROPOSED),),
            ),
            a_key_result(
                "dau",
                "launch",
                priority=3,
                aligns_to=(Alignment("renewals", LinkKind.INDIRECT),),
                check_ins=(CheckIn(date(2026, 11, 2), present=("product", "success")),),
            ),
            a_key_result("merger", "pipe", visibility=Visibility.PRIVATE, aligns_to=(Alignment("revenue"),)),
            a_key_result("reports", "insight", aligns_to=(Alignment("revenue", state=LinkState.PROPOSED),)),
        ),
    )


def work() -> tuple[Initiative, ...]:
    return (
        an_initiative("jira:SAL-1", serves="deals", blocked_by=(a_ref("jira:DAT-1"),), priority=PriorityBand.HIGHEST),
        an_initiative("jira:SAL-2", serves="merger", title="Buy the rival"),
        an_initiative("jira:SAL-3"),
        an_initiative("jira:SAL-4", labels=frozenset({"okr-exempt"})),
        an_initiative("jira:SAL-5", serves="deals", status=StatusCategory.DONE),
        an_initiative("jira:DAT-1", serves="reports", priority=PriorityBand.LOW),
        an_initiative("jira:ACME-1", serves="dau"),
    )


ADVICE = Advice((Text("what"),), (), ())


def audit_of(portfolio: Portfolio, *, synced: bool = True, waivers: tuple[Waiver, ...] = ()) -> Audit:
    rules = [rule for rule in ALL_RULES if synced or not rule.needs_tickets]
    sources = [Source("jira", datetime(2026, 11, 16, tzinfo=UTC), 7)] if synced else []
    return build_audit(portfolio, check(portfolio, rules, {}, waivers), waivers, sources)


@pytest.fixture(scope="module")
def made() -> Audit:
    return audit_of(a_portfolio(*work(), okrs=goals()))


def test_the_first_check_lists_owners_shares_and_their_sum(made: Audit) -> None:
    margin, revenue = made.first
    assert [team_ref.id for team_ref in revenue.owners] == ["gone", "sales"]
    assert [team_ref.known for team_ref in revenue.owners] == [False, True]
    assert [(contributor.team.id, contributor.share) for contributor in revenue.contributors] == [
        ("sales", 60),
        ("success", 40),
        ("product", None),
    ]
    assert [contributor.team.id for contributor in revenue.unsummed] == ["product"]
    assert (revenue.total, revenue.shares_add_up) == (100, True)
    assert (margin.total, margin.shares_add_up, margin.owners) == (80, False, ())


def test_a_share_is_backed_by_the_key_results_that_lead_there(made: Audit) -> None:
    margin, revenue = made.first
    leading = {
        contributor.team.id: [key_result_ref.id for key_result_ref in contributor.leading]
        for contributor in revenue.contributors
    }
    assert leading == {"sales": ["deals", PRIVATE_NAME], "success": ["dau", "renewals"], "product": ["dau"]}
    assert [contributor.team.id for contributor in margin.unbacked] == ["success"]
    assert revenue.unbacked == ()


def test_targets_are_not_compared_where_a_private_one_is_summed_in(made: Audit) -> None:
    assert made.first[1].targets == ()
    assert made.first[1].targets_hidden
    found = goals()
    public = replace(found.key_results["merger"], visibility=Visibility.PUBLIC, unit="people")
    seen = audit_of(a_portfolio(okrs=replace(found, key_results={**found.key_results, "merger": public})))
    gaps = {gap.of: (gap.total, gap.needed) for gap in seen.first[1].targets}
    assert gaps == {"all together": (9, 10)}


def test_progress_measured_and_expected_stand_side_by_side(made: Audit) -> None:
    measure = made.first[1].measure
    assert measure is not None
    assert (measure.value, measure.measured) == (5, 0.5)
    assert measure.expected == pytest.approx(47 / 92)


def test_links_upwards_tell_their_chain_and_state(made: Audit) -> None:
    teams = {team_check.team.id: team_check for team_check in made.second}
    (dau,) = teams["product"].key_results
    assert [[key_result_ref.id for key_result_ref in chain] for chain in dau.alignment_paths[0].chains] == [
        ["renewals", "revenue"]
    ]
    assert (
        dau.alignment_paths[0].kind,
        dau.alignment_paths[0].is_aligned,
        [team_ref.id for team_ref in dau.shared_with],
    ) == ("indirect", True, ["success"])
    (reports,) = teams["data"].key_results
    assert (reports.alignment_paths[0].state, reports.alignment_paths[0].is_aligned, reports.aligned) == (
        LinkState.PROPOSED,
        False,
        False,
    )
    assert teams["data"].reached == ()
    assert [key_result_ref.id for key_result_ref in teams["product"].reached] == ["revenue"]


def test_dependencies_of_files_and_tickets_stand_with_both_ranks(made: Audit) -> None:
    stated, seen = sorted(made.dependencies, key=lambda dependency: not dependency.declared)
    assert (stated.declared, stated.state, stated.priorities, stated.priorities_match) == (
        True,
        LinkState.PROPOSED,
        (1, 3),
        False,
    )
    assert not stated.agreed
    assert (seen.declared, seen.state, seen.priorities, seen.priorities_match, seen.blocked) == (
        False,
        None,
        (1, 4),
        False,
        1,
    )
    assert not seen.agreed
    teams = {team_check.team.id: team_check for team_check in made.second}
    assert teams["sales"].waits == (seen,)
    assert teams["data"].provides == (seen,)


def test_a_ticket_dependency_joins_the_need_that_states_it() -> None:
    found = goals()
    need = Need("data", "reports", priority=2, state=LinkState.ACCEPTED)
    deals = replace(found.key_results["deals"], depends_on=(need,))
    portfolio = a_portfolio(*work(), okrs=replace(found, key_results={**found.key_results, "deals": deals}))
    team_dependency = next(
        team_dependency
        for team_dependency in audit_of(portfolio).dependencies
        if team_dependency.providing_team.id == "data"
    )
    assert (team_dependency.declared, team_dependency.agreed, team_dependency.blocked, team_dependency.priorities) == (
        True,
        True,
        1,
        (2, None),
    )


def test_ratios_count_work_by_team_and_leave_exempt_out(made: Audit) -> None:
    ratios = {team_check.team.id: team_check.ratio for team_check in made.second}
    sales, data, success = ratios["sales"], ratios["data"], ratios["success"]
    assert sales is not None
    assert data is not None
    assert success is not None
    assert (sales.active, sales.aligned, sales.without, sales.percent) == (3, 2, 1, 66)
    assert (data.active, data.aligned, data.unaligned, data.percent) == (1, 0, 1, 0)
    assert (success.active, success.percent) == (0, None)
    assert [(exempt_work.team, exempt_work.count) for exempt_work in made.exempt] == [("Sales", 1)]


def without_rules() -> Audit:
    portfolio = a_portfolio(*work(), okrs=goals())
    return build_audit(portfolio, Judgement(), (), [Source("jira", datetime(2026, 11, 16, tzinfo=UTC), 7)])


def test_links_that_should_perhaps_exist_are_offered_with_a_reason() -> None:
    teams = {team_check.team.id: team_check for team_check in without_rules().second}
    assert [
        (suggested_link.kind, suggested_link.subject)
        for suggested_link in teams["sales"].suggestions
        if suggested_link.kind == "dependency"
    ] == [("dependency", "deals")]
    (data,) = (suggested_link for suggested_link in teams["data"].suggestions if suggested_link.kind == "key-result")
    assert [key_result_ref.id for key_result_ref in data.targets] == ["margin", "revenue"]


def test_what_a_finding_says_of_a_team_is_not_said_again(made: Audit) -> None:
    for team in made.second:
        said = {finding.subject.id for finding in team.findings}
        hinted = {suggested_link.subject for suggested_link in team.suggestions if suggested_link.kind == "key-result"}
        assert not (hinted & said)
        waits = [suggested_link for suggested_link in team.suggestions if suggested_link.kind == "dependency"]
        assert not (waits and any(id_.startswith(f"{team.team.id} -> ") for id_ in said))
        assert len({finding.fingerprint for finding in team.findings}) == len(team.findings)


def test_a_key_result_that_leads_nowhere_is_listed_once() -> None:
    def about_dau(rule: str, severity: Severity, subject: str = "dau", kind: str = "key_result") -> Finding:
        affects = () if subject == "dau" else (KeyResultId("dau"),)
        return Finding(rule, severity, Subject(SubjectKind(kind), subject), {}, ADVICE, rule, affects=affects)

    team = about_dau("team-without-vertical-link", Severity.ERROR, "product", "team")
    work_on_it = about_dau("initiative-on-unaligned-key-result", Severity.INFO)
    alone = about_dau("key-result-without-vertical-link", Severity.INFO)
    other = about_dau("stale-key-result", Severity.INFO)
    assert drop_repeats([alone, work_on_it, team, other]) == (team, other)
    assert drop_repeats([alone, other]) == (alone, other)


def test_similar_words_alone_are_a_question() -> None:
    found = goals()
    twin = replace(found.key_results["dau"], title="Grow the number of daily users", metric="")
    other = replace(found.key_results["reports"], title="Number of daily users over 5", metric="")
    objectives = {**found.objectives, "launch": replace(found.objectives["launch"], teams=("product",))}
    okrs = replace(found, key_results={**found.key_results, "dau": twin, "reports": other}, objectives=objectives)
    teams = {team_check.team.id: team_check for team_check in audit_of(a_portfolio(okrs=okrs)).second}
    (asked,) = (
        suggested_link for suggested_link in teams["product"].suggestions if suggested_link.kind == "similar-goal"
    )
    assert (asked.subject, [key_result_ref.id for key_result_ref in asked.targets]) == ("dau", ["reports"])
    assert asked.reason.endswith("Should this be one shared key result?")


def test_the_first_check_looks_at_every_cycle_that_contains_today() -> None:
    year = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31))
    found = goals()
    okrs = replace(
        found,
        cycles={**found.cycles, "2026": year},
        other_key_results={"profit": a_key_result("profit", "yearly", cycle="2026", owners=("sales",))},
        other_objectives={("2026", "yearly"): an_objective("yearly", cycle="2026")},
    )
    rows = {
        organization_key_result.key_result.id: organization_key_result
        for organization_key_result in audit_of(a_portfolio(okrs=okrs)).first
    }
    assert [(id_, organization_key_result.cycle) for id_, organization_key_result in rows.items()] == [
        ("margin", "2026-Q4"),
        ("profit", "2026"),
        ("revenue", "2026-Q4"),
    ]
    assert rows["profit"].objective == "Title of yearly"


def test_what_tickets_do_not_say_is_listed_with_the_tickets_that_carry_a_label_alone() -> None:
    here, there = an_initiative("jira:ACME-1"), an_initiative("jira:ACME-2")
    new = about(here, severity=Severity.INFO, label_on=(), identity=("new",))
    felt = about(here, act_on=(there.ref,), label_on=(here.ref, there.ref), identity=("felt",))
    told = about(there, identity=("told",))
    portfolio = a_portfolio(here, there)
    seen = build_audit(portfolio, check(portfolio, [a_rule(answers=[new, felt, told])]))
    assert [(unposted_finding.label_only, unposted_finding.not_posted) for unposted_finding in seen.unposted] == [
        (("jira:ACME-1",), ()),
        ((), ("jira:ACME-1",)),
    ]


@pytest.mark.parametrize(("days", "overdue"), [(0, False), (14, False), (15, True)])
def test_a_shared_okr_is_overdue_after_twice_its_interval(days: int, *, overdue: bool) -> None:
    portfolio = a_portfolio(*work(), okrs=goals(), today=date(2026, 11, 2) + timedelta(days))
    (launch,) = audit_of(portfolio).shared
    assert (launch.last_joint_check_in, launch.days_since, launch.overdue) == (date(2026, 11, 2), days, overdue)
    assert {team.id: count and count.active for team, count in launch.work} == {"product": 1, "success": 0}


def test_three_questions_come_in_the_stated_order(made: Audit) -> None:
    kinds = [question.kind for question in made.questions]
    assert kinds == ["unbacked", "dependency", "idle"]
    order = [kind for kind, _ in KINDS]
    assert kinds == sorted(kinds, key=order.index)
    assert made.questions[0].text == "Which Success key result delivers its 80 % of “Title of margin”?"
    assert ("jira:SAL-1", "https://tracker.test/SAL-1") in made.questions[1].evidence


def test_a_question_about_a_dependency_gives_its_number(made: Audit) -> None:
    asked = next(question for question in made.questions if question.kind == "dependency")
    assert asked.dependency is not None
    assert made.dependencies[asked.dependency - 1].providing_team.id == "data"
    assert [question.dependency for question in made.questions if question.kind != "dependency"] == [None, None]


@given(any_okrs(), any_tickets())
@settings(max_examples=40, deadline=None)
def test_dependencies_that_need_a_decision_come_first(okrs: Okrs, tickets: tuple[Initiative, ...]) -> None:
    needs = [dependency.needs_decision for dependency in audit_of(a_portfolio(*tickets, okrs=okrs)).dependencies]
    assert needs == sorted(needs, reverse=True)


def test_a_late_provider_stands_in_the_row_of_its_dependency() -> None:
    found, blocked_by = goals(), (a_ref("jira:DAT-1"),)
    deals = replace(found.key_results["deals"], depends_on=(Need("data", "reports", state=LinkState.ACCEPTED),))
    waiting = an_initiative("jira:SAL-1", serves="deals", due=date(2026, 11, 30), blocked_by=blocked_by)
    late = an_initiative("jira:DAT-1", serves="reports", due=date(2026, 12, 23))
    portfolio = a_portfolio(waiting, late, okrs=replace(found, key_results={**found.key_results, "deals": deals}))
    row = next(dependency for dependency in audit_of(portfolio).dependencies if dependency.tickets)
    assert (row.agreed, row.late_until, row.needs_decision) == (True, date(2026, 12, 23), True)
    assert row.late_ticket is not None
    assert row.late_ticket.ref == "jira:DAT-1"


def test_without_any_sync_nothing_is_said_of_work() -> None:
    seen = audit_of(a_portfolio(okrs=goals()), synced=False)
    assert not seen.synced
    assert all(team_check.ratio is None for team_check in seen.second)
    assert all(row.work is None for row in seen.first)
    assert "idle" not in {question.kind for question in seen.questions}


def test_waivers_are_active_expired_or_match_nothing() -> None:
    portfolio = a_portfolio(*work(), okrs=goals())
    waivers = tuple(
        Waiver(rule, subject, "agreed", "cfo", until)
        for rule, subject, until in (
            ("unowned-key-result", "margin", TODAY),
            ("shares-off-total", "margin", TODAY - timedelta(1)),
            ("crowded-key-result", "margin", TODAY),
        )
    )
    report = audit_of(portfolio, waivers=waivers).waivers
    assert [(waiver_use.waiver.rule, len(waiver_use.findings)) for waiver_use in report.active] == [
        ("unowned-key-result", 1)
    ]
    assert [(waiver_use.waiver.rule, len(waiver_use.findings)) for waiver_use in report.expired] == [
        ("shares-off-total", 1)
    ]
    assert [waiver_use.waiver.rule for waiver_use in report.unused] == ["crowded-key-result"]
    assert waiver_report((), Judgement(), TODAY).active == ()


def test_every_finding_stands_somewhere_in_the_audit(made: Audit) -> None:
    judged = drop_repeats(check(a_portfolio(*work(), okrs=goals()), ALL_RULES).findings)
    told = {finding.fingerprint for part in (*made.first, *made.second, *made.shared) for finding in part.findings}
    told |= {finding.fingerprint for finding in made.other_findings}
    assert {finding.fingerprint for finding in judged} - told <= {
        finding.fingerprint for finding in judged if finding.rule == "hidden-dependency"
    }


@settings(max_examples=25, deadline=None)
@given(any_okrs(), any_tickets(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(found: Okrs, tickets: tuple[Initiative, ...], dice: Random) -> None:
    def shuffled(mapping):  # type: ignore[no-untyped-def]
        pairs = list(mapping.items())
        dice.shuffle(pairs)
        return dict(pairs)

    mixed = list(tickets)
    dice.shuffle(mixed)
    other = replace(
        found,
        teams=shuffled(found.teams),
        objectives=shuffled(found.objectives),
        key_results=shuffled(found.key_results),
    )
    portfolio, two = (a_portfolio(*item, okrs=goal) for item, goal in ((tickets, found), (mixed, other)))
    source = [Source("jira", datetime(2026, 11, 16, tzinfo=UTC), 7)]
    assert build_audit(portfolio, Judgement(), (), source) == build_audit(two, Judgement(), (), source)
    assert layout_map(portfolio) == layout_map(two)


def test_what_a_waiver_settles_is_no_question() -> None:
    portfolio = a_portfolio(*work(), okrs=goals())
    waivers = (
        Waiver("dependency-without-shared-okr", "sales -> data", "settled by phone", "Ana", TODAY),
        Waiver("unbacked-share", "margin", "agreed", "Ana", TODAY),
    )
    before = [question.kind for question in audit_of(portfolio).questions]
    after = [question.kind for question in audit_of(portfolio, waivers=waivers).questions]
    assert before[:2] == ["unbacked", "dependency"]
    assert not {"unbacked", "dependency"} & {*after}


def test_what_could_not_be_evaluated_is_no_question() -> None:
    okrs = replace(goals(), incomplete_reason="jira was not read")
    portfolio = a_portfolio(*work(), okrs=okrs, gaps=(Gap("jira", "the site is down"),))
    kinds = [question.kind for question in audit_of(portfolio).questions]
    assert kinds == ["unowned", "priority", "shares"]
