"""Every rule's page is executed: what it says fails does fail, what it says passes passes."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from hub.model.okr import KeyResult, Visibility
from hub.model.portfolio import Portfolio
from rules.base import Rule
from rules.registry import ALL_RULES
from tests.builders import a_portfolio
from tests.rules.rule_runner import example, example_portfolio, judge, said


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


NOTHING = re.compile(r"\bNone\b(?! of )|\{\}|\(\)|\[\]|\bnan\b")
"""What is left where a fact is put into words that is not told."""


def all_private(portfolio: Portfolio, keep: str = "") -> Portfolio:
    """The same with private key results alone, but for one."""

    def hidden(known: Mapping[str, KeyResult]) -> dict[str, KeyResult]:
        return {
            id_: key_result if id_ == keep else replace(key_result, visibility=Visibility.PRIVATE)
            for id_, key_result in known.items()
        }

    okrs = replace(
        portfolio.okrs,
        key_results=hidden(portfolio.okrs.key_results),
        other_key_results=hidden(portfolio.okrs.other_key_results),
    )
    return a_portfolio(*portfolio.initiatives.values(), okrs=okrs, today=portfolio.today)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_what_is_said_of_private_key_results_is_a_sentence_without_what_is_not_told(rule: Rule) -> None:
    portfolio = example_portfolio(example(rule.page, "Fails"))
    for keep in ("", *portfolio.okrs.key_results):
        for finding in judge(rule, all_private(portfolio, keep)).findings:
            assert not NOTHING.search(said(finding)), said(finding)
