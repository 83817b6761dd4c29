"""Badges, pages, lists and JSON count the same: what concerns a ticket, whether it stands there or is felt."""

from hub.core.checking.check import check
from hub.core.insight.explain import explain
from hub.report.explain import explanation_document, explanation_lines
from hub.report.run_json import finding_row
from hub.report.text import affected_text
from hub.web.api.queries import FindingsQuery
from hub.web.api.responses import findings
from hub.web.listing import ticket_row
from hub.web.pages.tickets import ticket_page
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import a_portfolio, a_ref, an_initiative
from tests.fakes.rule import a_rule, about
from tests.hub.web.snapshots import a_snapshot, ask, words

ROOT = an_initiative("jira:ACME-1", title="An epic without a goal")
CHILD = an_initiative("jira:ACME-2", parent=ROOT.ref, level=0)
ELSEWHERE = an_initiative("github:acme/app#1", serves="p99")


def shown(snapshot: PortfolioSnapshot, key: str) -> str:
    return words(ask(ticket_page, snapshot, {"connector": "jira", "key": key}), snapshot)


def test_work_below_an_initiative_shows_the_finding_at_its_root() -> None:
    told = shown(a_snapshot(ROOT, CHILD), "ACME-2")
    assert "initiative-without-key-result" in told
    assert "This ticket is only affected: the finding can be resolved on An epic without a goal." in told
    assert "only affected" not in shown(a_snapshot(ROOT, CHILD), "ACME-1")


def test_the_badge_and_the_page_of_a_ticket_agree() -> None:
    snapshot = a_snapshot(ROOT, CHILD, ELSEWHERE)
    for ref in snapshot.portfolio.initiatives:
        judged = snapshot.judgement_by_ticket.get(ref)
        rulings = explain(ref, snapshot.portfolio, judged, snapshot.rules).verdicts if judged else ()
        assert ticket_row(snapshot, ref).findings == sum(rule_verdict.finding is not None for rule_verdict in rulings)
    listed = {
        str(ref): findings(snapshot, FindingsQuery(ticket=str(ref))).total for ref in snapshot.portfolio.initiatives
    }
    assert listed == {str(ref): ticket_row(snapshot, ref).findings for ref in snapshot.portfolio.initiatives}


def test_json_tells_who_can_end_it_and_who_feels_it() -> None:
    verdict = about(ROOT, act_on=(ROOT.ref,), label_on=(ROOT.ref, CHILD.ref), affects=(ELSEWHERE.ref,))
    (finding,) = check(a_portfolio(ROOT), [a_rule(answers=[verdict])]).findings
    row = finding_row(finding)
    assert row["act_on"] == ["jira:ACME-1"]
    assert row["affects"] == ["jira:ACME-2", "github:acme/app#1"]
    assert row["tickets"] == ["jira:ACME-1", "jira:ACME-2", "github:acme/app#1"]
    assert affected_text(finding) == "jira:ACME-1 (also affects 2 tickets)"


def test_hub_why_tells_a_child_of_its_root() -> None:
    snapshot = a_snapshot(ROOT, CHILD)
    answer = explain(a_ref("jira:ACME-2"), snapshot.portfolio, snapshot.judgement, snapshot.rules)
    (row,) = (item for item in explanation_document(answer)["rules"] if item["rule"] == "initiative-without-key-result")
    assert (row["root"], row["act_on"]) == ("jira:ACME-1", ["jira:ACME-1"])
    assert any("only affected: the finding is about jira:ACME-1" in line.text for line in explanation_lines(answer))
