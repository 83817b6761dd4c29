"""What `hub why` says of a ticket beside its findings: what was not evaluated, and the links that stand on it."""

from hub.core.checking.check import check
from hub.core.insight.explain import explain
from hub.core.planning.remote_links import UNNAMED, global_id
from hub.model.action import Target
from hub.model.initiative import StatusCategory
from hub.model.okr import Visibility
from hub.model.remote_link import PostedRemoteLink
from hub.report.explain import explanation_lines
from rules.registry import ALL_RULES
from tests.builders import a_key_result, a_portfolio, an_initiative, an_objective, some_okrs

TICKET = an_initiative("jira:ACME-1")


def test_no_rule_passes_a_ticket_that_is_read_only_because_of_others() -> None:
    portfolio = a_portfolio(an_initiative("jira:ACME-1", reference_only=True))
    answer = explain(TICKET.ref, portfolio, check(portfolio, ALL_RULES, {}), ALL_RULES)
    assert answer.verdicts == ()
    said = [line.text for line in explanation_lines(answer)]
    assert any("not evaluated: outside the configured query" in line for line in said)
    assert not any("passed" in line or line == "Rules" for line in said)


def test_links_are_named_by_their_key_result_unless_it_is_private_or_gone() -> None:
    public, secret = a_key_result("dau"), a_key_result("merger", visibility=Visibility.PRIVATE)
    gone = a_key_result("gone")
    portfolio = a_portfolio(TICKET, okrs=some_okrs(objectives=(an_objective(),), key_results=(public, secret)))
    target = Target(TICKET.ref, TICKET.id)
    posted = [PostedRemoteLink(target, global_id(portfolio.workspace, known)) for known in (public, secret, gone)]
    posted.append(PostedRemoteLink(Target(TICKET.ref, "another"), global_id(portfolio.workspace, public)))
    answer = explain(TICKET.ref, portfolio, check(portfolio, ALL_RULES, {}), ALL_RULES, links=posted)
    assert answer.links == (UNNAMED, UNNAMED, "dau")
    assert "  a link to dau" in [line.text for line in explanation_lines(answer)]


def test_work_below_an_initiative_says_with_what_it_is_judged() -> None:
    """Else it reads as if nothing were wrong with work that no key result has."""
    epic = an_initiative("jira:ACME-1", status=StatusCategory.DONE, level=1)
    story, loose = an_initiative("jira:ACME-2", parent=epic.ref, level=0), an_initiative("jira:ACME-3", level=0)
    open_epic = an_initiative("jira:ACME-4", level=1)
    portfolio = a_portfolio(epic, story, loose, open_epic)
    judgement = check(portfolio, ALL_RULES, {})
    scopes = [explain(ticket.ref, portfolio, judgement, ALL_RULES).scope for ticket in (story, loose, open_epic)]
    assert scopes == [
        "active in 2026-Q4, evaluated as part of jira:ACME-1",
        "active in 2026-Q4, below the level of initiatives and not evaluated by itself",
        "active in 2026-Q4",
    ]
