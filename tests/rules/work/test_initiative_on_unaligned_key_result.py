from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.model.finding import Finding, Severity
from hub.model.initiative import KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from hub.model.okr import Alignment, LinkState, Need, Okrs, Phase, Visibility
from hub.model.portfolio import DependencyHistory
from rules.work.initiative_on_unaligned_key_result import initiative_on_unaligned_key_result as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judge, judged, said, the_finding, the_unjudged

UP = (Alignment("revenue"),)


def okrs_with(dau: dict[str, Any] | None = None, p99: dict[str, Any] | None = None, **changes: Any) -> Okrs:
    """The organization's `revenue`; product's `sold` is linked to it, its `dau` and platform's `p99` are not."""
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth", owners=("product",)),
            a_key_result("sold", "adoption", aligns_to=UP),
            a_key_result("dau", "adoption", **(dau or {})),
            a_key_result("p99", "speed", **(p99 or {})),
        ),
        **changes,
    )


def on_dau(number: int, **changes: Any) -> Any:
    return an_initiative(f"jira:ACME-{number}", serves="dau", **changes)


def refs(*numbers: int) -> tuple[Ref, ...]:
    return tuple(a_ref(f"jira:ACME-{number}") for number in numbers)


def of(finding: Finding) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
    return finding.act_on, finding.label_on


def test_a_key_result_that_leads_nowhere_is_one_warning_whatever_the_number_of_its_initiatives() -> None:
    finding = the_finding(judged(rule, *(on_dau(n) for n in (1, 2, 3)), okrs=okrs_with()))
    assert (finding.severity, finding.subject.kind, finding.subject.id) == (Severity.WARNING, "key_result", "dau")
    assert finding.label == "okr-unaligned"
    assert of(finding) == (refs(1), refs(1, 2, 3))
    assert finding.affects == refs(1, 2, 3)


def test_only_the_top_of_a_tree_carries_the_label() -> None:
    below = an_initiative("jira:ACME-2", parent=a_ref("jira:ACME-1"), level=0)
    assert the_finding(judged(rule, on_dau(1), below, okrs=okrs_with())).label_on == refs(1)


@pytest.mark.parametrize(
    "changes",
    [
        {"priority": PriorityBand.HIGH},
        {"start": date(2026, 9, 1)},
        {"created": datetime(2026, 9, 1, tzinfo=UTC)},
    ],
)
def test_the_lead_has_the_highest_stated_priority_or_is_longest_in_progress(changes: dict[str, Any]) -> None:
    finding = the_finding(judged(rule, on_dau(1), on_dau(2, **changes), okrs=okrs_with()))
    assert of(finding) == (refs(2), refs(1, 2))


def test_planned_work_leads_only_where_nothing_is_in_progress() -> None:
    planned = on_dau(1, status=StatusCategory.TO_DO, start=date(2026, 10, 1))
    assert the_finding(judged(rule, planned, on_dau(2), okrs=okrs_with())).act_on == refs(2)
    assert the_finding(judged(rule, planned, okrs=okrs_with())).act_on == refs(1)


def test_a_ticket_of_the_team_leads_before_one_of_another_team() -> None:
    foreign = an_initiative("github:acme/app#1", serves="dau", priority=PriorityBand.HIGHEST)
    finding = the_finding(judged(rule, foreign, on_dau(1), okrs=okrs_with()))
    assert (finding.act_on, set(finding.label_on)) == (refs(1), {foreign.ref, *refs(1)})


def test_the_comment_stands_on_the_key_results_own_ticket_where_it_has_one() -> None:
    okrs = replace(okrs_with(), okr_id_by_ticket={a_ref("jira:OKR-7"): "dau"})
    assert of(the_finding(judged(rule, on_dau(1), okrs=okrs))) == ((a_ref("jira:OKR-7"),), refs(1))


def test_the_words_name_the_key_result_its_owner_and_where_to_link_it() -> None:
    words = said(the_finding(judged(rule, on_dau(1), okrs=okrs_with())))
    assert "supports dau, which isn't linked" in words
    assert "product: link it" in words
    assert "does it move revenue?" in words


def test_it_is_a_note_with_labels_where_the_whole_team_is_told() -> None:
    work = an_initiative("github:acme/app#1", serves="p99")
    finding = the_finding(judged(rule, work, okrs=okrs_with()))
    assert (finding.severity, of(finding)) == (Severity.INFO, ((), (work.ref,)))
    assert finding.on_tickets == (work.ref,)


def test_one_aligned_key_result_among_several_is_enough() -> None:
    assert judged(rule, an_initiative(serves=("dau", "sold")), okrs=okrs_with()).findings == ()


def test_work_on_two_unaligned_key_results_is_a_finding_for_each() -> None:
    found = judged(rule, an_initiative(serves=("dau", "p99")), okrs=okrs_with()).findings
    assert {finding.subject.id for finding in found} == {"dau", "p99"}


def test_a_chain_of_accepted_links_aligns_the_work() -> None:
    okrs = okrs_with(dau={"aligns_to": (Alignment("p99"),)}, p99={"aligns_to": UP})
    assert judged(rule, on_dau(1), okrs=okrs).findings == ()


def test_a_proposed_link_does_not_align_the_work() -> None:
    okrs = okrs_with(dau={"aligns_to": (Alignment("revenue", state=LinkState.PROPOSED),)})
    assert the_finding(judged(rule, on_dau(1), okrs=okrs))


def test_supporting_an_aligned_key_result_aligns_the_work() -> None:
    okrs = okrs_with(dau={"aligns_to": UP, "depends_on": (Need("platform", "p99", state=LinkState.ACCEPTED),)})
    assert judged(rule, an_initiative("github:acme/app#1", serves="p99"), okrs=okrs).findings == ()


def test_an_objective_that_stands_alone_with_a_reason_is_aligned() -> None:
    objectives = (an_objective("growth"), an_objective("adoption", "product", standalone="law"), an_objective("speed"))
    assert judged(rule, on_dau(1), okrs=okrs_with(objectives=objectives)).findings == ()


def test_work_that_serves_nothing_or_is_exempt_is_left_alone() -> None:
    exempt = replace(on_dau(1), labels=frozenset({"okr-exempt"}))
    assert judged(rule, an_initiative("jira:ACME-2"), exempt, okrs=okrs_with()).findings == ()


def test_without_organization_key_results_nothing_can_be_said() -> None:
    okrs = acme_okrs(objectives=(an_objective("adoption", "product"),), key_results=(a_key_result("dau", "adoption"),))
    assert "no key results" in the_unjudged(judged(rule, on_dau(1), okrs=okrs)).reason


def test_once_the_cycle_is_over_nothing_is_said() -> None:
    assert judged(rule, on_dau(1), okrs=okrs_with(), today=date(2027, 1, 11)).findings == ()


def test_work_that_may_name_a_further_key_result_is_not_judged() -> None:
    ticket = on_dau(1, missing_fields=frozenset({"labels"}))
    assert the_unjudged(judged(rule, ticket, okrs=okrs_with())).tickets == (ticket.ref,)
    assert the_finding(judged(rule, ticket, on_dau(2), okrs=okrs_with())).label_on == refs(2)


def test_work_whose_parent_may_name_more_is_not_judged() -> None:
    parent = an_initiative(
        "jira:ACME-1",
        missing_fields=frozenset({"text"}),
        key_result_mentions=(KeyResultMention(MentionSource.LABEL, "dau"),),
        status=StatusCategory.TO_DO,
    )
    child = an_initiative("jira:ACME-2", parent=parent.ref)
    assert the_unjudged(judged(rule, parent, child, okrs=okrs_with())).tickets == (child.ref,)


def test_a_private_key_result_is_not_named_but_still_judged() -> None:
    okrs = okrs_with(dau={"visibility": Visibility.PRIVATE, "title": "Buy Globex"})
    finding = the_finding(judged(rule, on_dau(1), okrs=okrs))
    assert "a private key result" in said(finding)
    assert "dau" not in said(finding) + str(finding.facts) + finding.subject.id


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.ALIGN])
def test_while_okrs_are_made_it_is_only_told_in_reports(phase: Phase) -> None:
    finding = the_finding(judged(rule, on_dau(1), okrs=okrs_with(cycle=replace(CYCLE, phase=phase))))
    assert (finding.severity, finding.on_tickets) == (Severity.INFO, ())


def test_a_new_ticket_carries_nothing_yet() -> None:
    new = on_dau(2, created=datetime(2026, 11, 12, tzinfo=UTC), priority=PriorityBand.HIGHEST)
    finding = the_finding(judged(rule, on_dau(1), new, okrs=okrs_with()))
    assert (finding.severity, of(finding), len(finding.affects)) == (Severity.WARNING, (refs(1), refs(1)), 2)
    alone = the_finding(judged(rule, new, okrs=okrs_with()))
    assert (alone.severity, alone.on_tickets) == (Severity.INFO, ())


def test_a_new_key_result_is_only_told_in_reports() -> None:
    memory = DependencyHistory({("kr", "2026-Q4/sold"): date(2026, 10, 1)})
    finding = the_finding(judge(rule, a_portfolio(on_dau(1), okrs=okrs_with(), memory=memory)))
    assert (finding.severity, finding.on_tickets) == (Severity.INFO, ())


def test_the_fault_stays_the_same_while_its_tickets_change() -> None:
    judgement, other = judged(rule, on_dau(1), okrs=okrs_with()), judged(rule, on_dau(2), on_dau(3), okrs=okrs_with())
    assert the_finding(judgement).fingerprint == the_finding(other).fingerprint
