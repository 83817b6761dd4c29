"""Every rule's page is executed: what it says fails does fail, what it says passes passes."""

import pytest

from rules.base import Rule
from rules.registry import ALL_RULES
from tests.rules.running import example, example_portfolio, judge, said


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_what_the_page_says_fails_does_fail(rule: Rule) -> None:
    found = judge(rule, example_portfolio(example(rule.page, "Fails")))
    assert {finding.rule for finding in found.findings} == {rule.name}
    assert all(said(finding) for finding in found.findings)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_what_the_page_says_passes_does_pass(rule: Rule) -> None:
    found = judge(rule, example_portfolio(example(rule.page, "Passes")))
    assert found.findings == ()
    assert found.not_judged == ()
