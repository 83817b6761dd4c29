from dataclasses import replace
from typing import Any

from hub.model.finding import Severity
from hub.model.initiative import NamedKeyResult, Via
from hub.model.okr import Alignment, LinkState, Need, Okrs, Phase, Visibility
from rules.work.initiative_on_unaligned_key_result import initiative_on_unaligned_key_result as rule
from tests.builders import CYCLE, a_key_result, a_ref, a_team, acme_okrs, an_initiative, an_objective
from tests.rules.running import judged, said, the_finding, the_unjudged


def okrs_with(dau: dict[str, Any] | None = None, p99: dict[str, Any] | None = None, **changes: Any) -> Okrs:
    """The organization's `revenue`; product's `dau` and platform's `p99`, linked to nothing unless said so."""
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth", owners=("product",)),
            a_key_result("dau", "adoption", **(dau or {})),
            a_key_result("p99", "speed", **(p99 or {})),
        ),
        **changes,
    )


def test_work_on_a_key_result_that_leads_nowhere_is_a_warning() -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dau"), okrs=okrs_with()))
    assert finding.severity is Severity.WARNING
    assert finding.label == "okr-unaligned"
    assert finding.tickets == (a_ref("jira:ACME-1"),)


def test_the_words_name_the_key_result_its_owner_and_where_to_link_it() -> None:
    words = said(the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dau"), okrs=okrs_with())))
    assert "dau" in words
    assert "For product" in words
    assert 'aligns_to = [{ key_result = "revenue"' in words
    assert "need not stop" in words


def test_one_aligned_key_result_among_several_is_enough() -> None:
    okrs = okrs_with(p99={"aligns_to": (Alignment("revenue"),)})
    assert judged(rule, an_initiative("jira:ACME-1", serves=("dau", "p99")), okrs=okrs).findings == ()


def test_a_chain_of_accepted_links_aligns_the_work() -> None:
    okrs = okrs_with(dau={"aligns_to": (Alignment("p99"),)}, p99={"aligns_to": (Alignment("revenue"),)})
    assert judged(rule, an_initiative("jira:ACME-1", serves="dau"), okrs=okrs).findings == ()


def test_a_proposed_link_does_not_align_the_work() -> None:
    okrs = okrs_with(dau={"aligns_to": (Alignment("revenue", state=LinkState.PROPOSED),)})
    assert the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dau"), okrs=okrs))


def test_supporting_an_aligned_key_result_aligns_the_work() -> None:
    okrs = okrs_with(dau={"aligns_to": (Alignment("revenue"),), "depends_on": (Need("platform", "p99"),)})
    assert judged(rule, an_initiative("github:acme/app#1", serves="p99"), okrs=okrs).findings == ()


def test_an_objective_that_stands_alone_with_a_reason_is_aligned() -> None:
    objectives = (an_objective("growth"), an_objective("adoption", "product", standalone="law"), an_objective("speed"))
    okrs = okrs_with(objectives=objectives)
    assert judged(rule, an_initiative("jira:ACME-1", serves="dau"), okrs=okrs).findings == ()


def test_work_that_serves_nothing_is_another_rules_matter() -> None:
    assert judged(rule, an_initiative("jira:ACME-1"), okrs=okrs_with()).findings == ()


def test_exempt_work_on_an_unaligned_key_result_is_left_alone() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dau", labels=frozenset({"okr-exempt"}))
    assert judged(rule, exempt, okrs=okrs_with()).findings == ()


def test_work_that_may_name_a_further_key_result_is_not_judged() -> None:
    ticket = an_initiative("jira:ACME-1", serves="dau", unread=frozenset({"labels"}))
    assert the_unjudged(judged(rule, ticket, okrs=okrs_with())).tickets == (ticket.ref,)


def test_work_whose_parent_may_name_more_is_not_judged() -> None:
    parent = an_initiative("jira:ACME-1", unread=frozenset({"text"}), named=(NamedKeyResult(Via.LABEL, "dau"),))
    child = an_initiative("jira:ACME-2", parent=parent.ref)
    found = judged(rule, parent, child, okrs=okrs_with())
    assert found.findings == ()
    assert {one.tickets for one in found.not_judged} == {(parent.ref,), (child.ref,)}


def test_a_private_key_result_is_not_named_but_still_judged() -> None:
    okrs = okrs_with(dau={"visibility": Visibility.PRIVATE, "title": "Buy Globex"})
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dau"), okrs=okrs))
    assert "a private Key Result" in said(finding)
    assert "dau" not in said(finding)
    assert "dau" not in str(finding.facts)


def test_an_organization_key_result_of_the_owners_team_is_offered_first() -> None:
    okrs = acme_okrs(
        teams=(a_team("product", "jira:ACME"),),
        objectives=(an_objective("growth"), an_objective("adoption", "product")),
        key_results=(
            a_key_result("margin", "growth", owners=("finance",)),
            a_key_result("revenue", "growth", owners=("product",)),
            a_key_result("plans", "growth", visibility=Visibility.PRIVATE),
            a_key_result("dau", "adoption"),
        ),
    )
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dau"), okrs=okrs))
    assert finding.facts["could_link_to"] == ("revenue", "margin")


def test_in_draft_it_is_only_told_in_reports() -> None:
    okrs = okrs_with(cycle=replace(CYCLE, phase=Phase.DRAFT))
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dau"), okrs=okrs))
    assert finding.severity is Severity.INFO
