from dataclasses import replace
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, StatusCategory
from hub.model.okr import Alignment, LinkState, Need, Okrs, Phase, Visibility
from rules.vertical.key_result_without_vertical_link import key_result_without_vertical_link as rule
from rules.work.initiative_on_unaligned_key_result import initiative_on_unaligned_key_result
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding, the_unjudged

UP = (Alignment("revenue"),)


def okrs_with(*links: Alignment, sold: tuple[Alignment, ...] = UP, dau: Any = None, **adoption: Any) -> Okrs:
    """Product's `sold` and platform's `p99` are linked to the organization's `revenue`, product's `dau` as said."""
    return acme_okrs(
        objectives=(
            an_objective("growth"),
            an_objective("sales", "product"),
            an_objective("speed", "platform"),
            an_objective("adoption", *adoption.pop("teams", ("product",)), **adoption),
        ),
        key_results=(
            a_key_result("revenue", "growth", owners=("product",)),
            a_key_result("sold", "sales", aligns_to=sold),
            a_key_result("p99", "speed", aligns_to=UP),
            a_key_result("dau", "adoption", aligns_to=links, **(dau or {})),
        ),
    )


def test_a_key_result_that_leads_nowhere_beside_others_that_do_is_a_note() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with()))
    assert (finding.severity, finding.subject.kind, finding.subject.id) == (Severity.INFO, "key_result", "dau")
    assert (finding.act_on, finding.label_on, finding.label) == ((), (), None)
    assert "dau of product isn't linked" in said(finding)
    assert "does it move revenue?" in said(finding)


def test_with_active_work_of_which_nothing_else_speaks_it_is_a_warning() -> None:
    epic = an_initiative("jira:ACME-1", serves="sold")
    story = an_initiative("jira:ACME-2", serves="dau", parent=epic.ref, level=0)
    finding = the_finding(judged(rule, epic, story, okrs=okrs_with()))
    assert (finding.severity, finding.affects) == (Severity.WARNING, (story.ref,))
    done = replace(story, status=StatusCategory.DONE)
    assert the_finding(judged(rule, epic, done, okrs=okrs_with())).severity is Severity.INFO


def test_where_the_work_on_it_is_told_it_stays_a_note() -> None:
    work = an_initiative("jira:ACME-1", serves="dau")
    assert the_finding(judged(rule, work, okrs=okrs_with())).severity is Severity.INFO
    other = the_finding(judged(initiative_on_unaligned_key_result, work, okrs=okrs_with()))
    assert (other.severity, other.act_on) == (Severity.WARNING, (a_ref("jira:ACME-1"),))


def test_where_its_objective_is_told_it_stays_a_note() -> None:
    both = an_initiative("jira:ACME-1", serves=("dau", "sold"))
    assert the_finding(judged(rule, both, okrs=okrs_with())).severity is Severity.WARNING
    assert the_finding(judged(rule, both, okrs=okrs_with(aligns_to=("growth",)))).severity is Severity.INFO


def test_where_the_whole_team_is_told_nothing_is_said() -> None:
    assert judged(rule, okrs=okrs_with(sold=())).findings == ()


def test_a_shared_key_result_is_told_where_all_its_teams_have_others() -> None:
    okrs = okrs_with(teams=("product", "platform"))
    assert the_finding(judged(rule, okrs=okrs)).facts["teams"] == ("product", "platform")
    alone = replace(okrs.key_results["p99"], aligns_to=())
    assert judged(rule, okrs=replace(okrs, key_results={**okrs.key_results, "p99": alone})).findings == ()


@pytest.mark.parametrize("state", [LinkState.PROPOSED, LinkState.DECLINED])
def test_a_link_that_nobody_accepted_does_not_count(state: LinkState) -> None:
    assert the_finding(judged(rule, okrs=okrs_with(Alignment("revenue", state=state))))


def test_a_chain_a_horizontal_link_and_a_stated_reason_align() -> None:
    assert judged(rule, okrs=okrs_with(Alignment("p99"))).findings == ()
    assert judged(rule, okrs=okrs_with(standalone="the law asks for it")).findings == ()
    okrs = okrs_with()
    need = Need("product", "dau", state=LinkState.ACCEPTED)
    p99 = replace(okrs.key_results["p99"], depends_on=(need,))
    assert judged(rule, okrs=replace(okrs, key_results={**okrs.key_results, "p99": p99})).findings == ()


def test_without_organization_key_results_nothing_can_be_said() -> None:
    okrs = acme_okrs(objectives=(an_objective("adoption", "product"),), key_results=(a_key_result("dau", "adoption"),))
    assert the_unjudged(judged(rule, okrs=okrs))


def test_gaps_play_no_part() -> None:
    assert the_finding(judged(rule, okrs=okrs_with(), gaps=(Gap("jira", "is down"),)))


def test_in_draft_the_warning_is_a_note() -> None:
    both = an_initiative("jira:ACME-1", serves=("dau", "sold"))
    okrs = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, both, okrs=okrs)).severity is Severity.INFO


def test_a_private_key_result_is_not_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(dau={"visibility": Visibility.PRIVATE})))
    assert "dau" not in said(finding) + str(finding.facts) + finding.subject.id


def test_a_waived_key_result_is_kept_apart() -> None:
    found = judged(rule, okrs=okrs_with(), waived="dau")
    assert (found.findings, len(found.waived)) == ((), 1)
