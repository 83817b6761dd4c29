"""What is said of a ticket that is an objective or a key result itself."""

from dataclasses import replace

import pytest

from hub.core.checking.check import check
from hub.core.checking.redacted_portfolio import redact_portfolio
from hub.core.insight.explain import Explanation
from hub.core.insight.explain_okr import explain_okr
from hub.model.initiative import LINE_OF, Gap, Ref
from hub.model.okr import Alignment, KeyResult, Okrs, Visibility
from hub.model.private_names import PRIVATE_NAME
from hub.model.ticket_input import OkrKind, OkrTicket
from rules.registry import ALL_RULES
from tests.builders import a_key_result, a_portfolio, acme_okrs, an_objective

TICKET = Ref.parse("jira:OKR-7")


def okrs_with(key_result: KeyResult, *, closed: bool = False) -> Okrs:
    """The key result on a ticket, beside one of the organization's that it may be linked to."""
    revenue = a_key_result("revenue", "growth")
    shown = (revenue,) if closed else (revenue, key_result)
    okrs = acme_okrs(objectives=(an_objective("growth"), an_objective("adoption", "product")), key_results=shown)
    row = OkrTicket(OkrKind.KEY_RESULT, "jira", "OKR-7", "7", key_result.title, "https://t.test/OKR-7")
    objective = Ref.parse("jira:OKR-1")
    return replace(
        okrs,
        okr_id_by_ticket={TICKET: key_result.id, objective: "adoption"},
        okr_tickets={TICKET: row},
        closed_key_results={key_result.id: key_result} if closed else {},
    )


def explained(okrs: Okrs, *gaps: Gap, ref: Ref = TICKET) -> Explanation:
    portfolio = a_portfolio(okrs=okrs)
    judgement = check(portfolio, ALL_RULES)
    return explain_okr(ref, redact_portfolio(portfolio), judgement, ALL_RULES, gaps=gaps)


def findings(explanation: Explanation) -> set[str]:
    return {verdict.rule for verdict in explanation.verdicts if verdict.finding is not None}


def test_it_says_what_the_ticket_is_and_what_rules_find() -> None:
    dau = a_key_result("dau", "adoption", aligns_to=(Alignment("revenue"),))
    answer = explained(okrs_with(dau))
    assert (answer.initiative.title, answer.team) == (dau.title, "product")
    assert answer.scope == "the key result `dau` of 2026-Q4"
    assert [(served.key_result, served.aligned) for served in answer.serves] == [("revenue", True)]
    assert "key-result-without-work" in findings(answer)


@pytest.mark.parametrize(("closed", "words"), [(True, "not evaluated any more"), (False, "closed as done")])
def test_it_says_how_the_ticket_was_closed(words: str, *, closed: bool) -> None:
    answer = explained(okrs_with(a_key_result("dau", "adoption", done=not closed), closed=closed))
    assert words in answer.scope
    assert findings(answer) == set()


def test_lines_that_were_not_understood_are_listed() -> None:
    okrs = okrs_with(a_key_result("dau", "adoption", not_understood=frozenset({"target"})))
    line = Gap("jira", "`Target: lots` does not count", LINE_OF + "OKR-7")
    answer = explained(okrs, line, Gap("jira", "another", LINE_OF + "OKR-8"))
    assert [item.reason for item in answer.not_understood] == ["`Target: lots` does not count"]
    (only_field,) = explained(okrs).not_understood
    assert "`target`" in only_field.reason


def test_an_objective_is_explained_as_well() -> None:
    answer = explained(okrs_with(a_key_result("dau", "adoption")), ref=Ref.parse("jira:OKR-1"))
    assert (answer.scope, answer.initiative.id) == ("an objective of 2026-Q4", "OKR-1")


def test_a_private_one_tells_neither_title_nor_id_nor_links() -> None:
    heron = a_key_result(
        "heron", "adoption", title="Buy Heron", visibility=Visibility.PRIVATE, aligns_to=(Alignment("revenue"),)
    )
    answer = explained(okrs_with(heron))
    assert (answer.initiative.title, answer.scope, answer.serves) == (PRIVATE_NAME, PRIVATE_NAME, ())
    assert "heron" not in repr((answer.initiative, answer.scope, answer.serves, answer.not_understood)).casefold()
