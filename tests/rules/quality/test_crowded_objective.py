import pytest

from hub.model.finding import Severity, SubjectKind
from hub.model.okr import Okrs, Visibility
from rules.quality.crowded_objective import crowded_objective as rule
from tests.builders import a_key_result, acme_okrs, an_objective
from tests.rules.rule_runner import judged, said, the_finding


def with_key_results(count: int) -> Okrs:
    return acme_okrs(
        objectives=(an_objective("adoption", "product"),),
        key_results=tuple(a_key_result(f"kr-{n}", "adoption") for n in range(count)),
    )


def with_objectives(count: int, *teams: str) -> Okrs:
    objectives = tuple(an_objective(f"o-{n}", *teams) for n in range(count))
    return acme_okrs(objectives=objectives, key_results=tuple(a_key_result(f"k-{o.id}", o.id) for o in objectives))


@pytest.mark.parametrize(("count", "found"), [(5, []), (6, ["adoption"])])
def test_over_five_key_results_in_an_objective_are_a_note(count: int, found: list[str]) -> None:
    assert [finding.subject.id for finding in judged(rule, okrs=with_key_results(count)).findings] == found


@pytest.mark.parametrize(("count", "found"), [(5, []), (6, ["product"])])
def test_over_five_objectives_of_a_team_are_a_note(count: int, found: list[str]) -> None:
    assert [finding.subject.id for finding in judged(rule, okrs=with_objectives(count, "product")).findings] == found


def test_each_is_told_by_its_number_and_on_no_ticket() -> None:
    finding = the_finding(judged(rule, okrs=with_key_results(6)))
    assert (finding.severity, finding.subject.kind, finding.on_tickets) == (Severity.INFO, SubjectKind.OBJECTIVE, ())
    assert "The objective adoption has 6 key results, more than 5." in said(finding)
    team = the_finding(judged(rule, okrs=with_objectives(6, "product")))
    assert team.subject.kind is SubjectKind.TEAM
    assert "The team product has 6 objectives, more than 5." in said(team)


def test_shared_objectives_count_for_each_team_and_the_organizations_for_none() -> None:
    found = judged(rule, okrs=with_objectives(6, "product", "platform")).findings
    assert sorted(finding.subject.id for finding in found) == ["platform", "product"]
    assert judged(rule, okrs=with_objectives(6)).findings == ()


def test_how_many_there_may_be_can_be_set() -> None:
    assert judged(rule, okrs=with_key_results(6), max_key_results=6).findings == ()
    assert judged(rule, okrs=with_objectives(6, "product"), max_objectives=6).findings == ()


def test_a_crowd_of_private_key_results_is_counted() -> None:
    key_results = tuple(a_key_result(f"kr-{n}", "adoption", visibility=Visibility.PRIVATE) for n in range(6))
    okrs = acme_okrs(objectives=(an_objective("adoption", "product"),), key_results=key_results)
    told = said(the_finding(judged(rule, okrs=okrs)))
    assert "a private objective has 6 key results, more than 5." in told
