"""The contract of every rule: its page is true, what is exempt or not read gives no finding, and it is pure."""

import re
from collections.abc import Mapping
from dataclasses import replace

from hub.model.action import EXEMPT
from hub.model.finding import Judgement, SubjectKind
from hub.model.initiative import Gap
from hub.model.okr import KeyResult, Visibility
from hub.model.portfolio import Portfolio
from hub.testing.examples import advice_text, example, example_portfolio, judge, portfolio_of
from hub.testing.tracker import not_here, require
from rules.base import Rule

NOTHING = re.compile(r"\bNone\b(?! of )|\{\}|\(\)|\[\]|\bnan\b")
"""What is left where a fact is put into words that may not be shown."""
UNREAD = "the list of tickets ended early"


class RuleContract:
    """Subclass it in your tests, with a pytest fixture `rule`; the cases are made of the examples of its page.

    `judges_exempt_work` names rules that are about exempt tickets too, such as one about secrets in titles.
    """

    judges_exempt_work: frozenset[str] = frozenset()

    def test_the_failing_example_of_the_page_fails(self, rule: Rule) -> None:
        """A hit: there is a finding, and it says something."""
        found = judge(rule, _failing(rule))
        require(found.findings, "the example under `## Fails` gives no finding")
        wordless = [finding.subject.id for finding in found.findings if not advice_text(finding).strip()]
        require(not wordless, f"findings without words: {wordless}")

    def test_the_passing_example_of_the_page_passes(self, rule: Rule) -> None:
        """A miss: nothing is found, and nothing is left open."""
        found = judge(rule, example_portfolio(example(rule.page, "Passes")))
        advices = [advice_text(finding) for finding in found.findings]
        require(not advices, f"the example under `## Passes` gives findings: {advices}")
        require(not found.not_judged, f"the example under `## Passes` is not evaluated: {found.not_judged}")

    def test_an_exempt_ticket_gives_no_finding(self, rule: Rule) -> None:
        """Exempt: people advice_text that it is no OKR work."""
        if rule.name in self.judges_exempt_work:
            not_here("the rule judges exempt work on purpose")
        portfolio = _failing(rule)
        faulty = {f.subject.id for f in judge(rule, portfolio).findings if f.subject.kind is SubjectKind.INITIATIVE}
        if not faulty:
            not_here("the rule judges no tickets")
        tickets = (
            replace(ticket, labels=ticket.labels | {EXEMPT}) if str(ref) in faulty else ticket
            for ref, ticket in portfolio.initiatives.items()
        )
        found = judge(rule, portfolio_of(tickets, portfolio.okrs, today=portfolio.today))
        still = faulty & {finding.subject.id for finding in found.findings}
        require(not still, f"exempt tickets still give findings: {still}")

    def test_what_was_not_read_gives_no_finding(self, rule: Rule) -> None:
        """Incomplete: a ticket of the passing example that was not read may only leave something not evaluated."""
        portfolio = example_portfolio(example(rule.page, "Passes"))
        for unread in portfolio.initiatives:
            remaining = (ticket for ref, ticket in portfolio.initiatives.items() if ref != unread)
            gap = Gap(unread.connector, UNREAD)
            found = judge(rule, portfolio_of(remaining, portfolio.okrs, gaps=(gap,), today=portfolio.today))
            advices = [advice_text(finding) for finding in found.findings]
            require(not advices, f"{unread} was not read, and so there are findings: {advices}")

    def test_the_order_of_tickets_does_not_matter(self, rule: Rule) -> None:
        """The same findings, whatever a tracker lists first; and twice the same."""
        portfolio = _failing(rule)
        tickets = tuple(portfolio.initiatives.values())[::-1]
        turned = portfolio_of(tickets, portfolio.okrs, today=portfolio.today)
        first, again, other = (_fingerprints(judge(rule, made)) for made in (portfolio, portfolio, turned))
        require(first == again, "the rule judges the same portfolio in two ways")
        require(first == other, "the findings depend on the order of the tickets")

    def test_words_about_private_key_results_are_sentences(self, rule: Rule) -> None:
        """Facts that may not be shown are None or empty lists: no sentence may show that."""
        portfolio = _failing(rule)
        for keep in ("", *portfolio.okrs.key_results):
            for finding in judge(rule, _all_private(portfolio, keep)).findings:
                require(
                    not NOTHING.search(advice_text(finding)),
                    f"a fact that may not be shown leaves a hole: {advice_text(finding)}",
                )


def _failing(rule: Rule) -> Portfolio:
    return example_portfolio(example(rule.page, "Fails"))


def _fingerprints(judgement: Judgement) -> frozenset[str]:
    return frozenset(finding.fingerprint for finding in judgement.findings)


def _all_private(portfolio: Portfolio, keep: str) -> Portfolio:
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
    return portfolio_of(portfolio.initiatives.values(), okrs, today=portfolio.today)
