"""Runs one rule, or the examples of its page, as a run would."""

from datetime import date

from hub.core.checking.check import check
from hub.core.checking.evaluate import RuleSetting
from hub.model.finding import Finding, Judgement, NotJudged, Waiver
from hub.model.initiative import Gap, Initiative
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from hub.testing.examples import advice_text as said
from hub.testing.examples import example, example_portfolio
from rules.base import Rule
from tests.builders import TODAY, a_portfolio

__all__ = ["example", "example_portfolio", "judge", "judged", "said", "the_finding", "the_unjudged"]


def judge(rule: Rule, portfolio: Portfolio, *, waived: str = "", **options: float) -> Judgement:
    """What the rule says, and that it did not crash; `waived` is a subject that somebody answers for."""
    waiver = Waiver(rule.name, waived, "until the merger is done", "cfo-office", date(2026, 12, 15))
    judgement = check(portfolio, [rule], {rule.name: RuleSetting(options=options)}, [waiver] if waived else [])
    assert not judgement.failed, judgement.findings
    return judgement


def judged(
    rule: Rule,
    *initiatives: Initiative,
    okrs: Okrs | None = None,
    gaps: tuple[Gap, ...] = (),
    today: date = TODAY,
    waived: str = "",
    **options: float,
) -> Judgement:
    """What the rule says of the linked initiatives, with other thresholds if any are given."""
    return judge(rule, a_portfolio(*initiatives, okrs=okrs, gaps=gaps, today=today), waived=waived, **options)


def the_finding(judgement: Judgement) -> Finding:
    """The only one."""
    (finding,) = judgement.findings
    return finding


def the_unjudged(judgement: Judgement) -> NotJudged:
    """The only subject that was not judged, where nothing else was found."""
    assert judgement.findings == ()
    (unjudged,) = judgement.not_judged
    return unjudged
