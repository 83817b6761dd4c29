"""Runs one rule, or the examples of its page, as a run would."""

import re
import tomllib
from datetime import date
from typing import Any

from hub.core.checking.check import check
from hub.core.checking.evaluate import RuleSetting
from hub.model.finding import Finding, Judgement, NotJudged, Waiver
from hub.model.initiative import Gap, Initiative, PriorityBand, Ref, StatusCategory
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from hub.okr_files.loader import okrs_from_text
from rules.base import Rule
from tests.builders import TODAY, a_portfolio, an_initiative

CYCLE = '[cycle]\nid = "2026-Q4"\nstart = 2026-10-01\nend = 2026-12-31\nphase = "running"\n'
TEAMS = {
    "product": '[[team]]\nid = "product"\nowns = ["jira:ACME"]\n',
    "platform": '[[team]]\nid = "platform"\nowns = ["github:acme/app"]\n',
}
OBJECTIVES = """
[[objective]]
id = "growth"
title = "Grow"
[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
owners = ["product"]
contributions = [{ team = "product", share = 100 }]

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]
[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
aligns_to = [{ key_result = "revenue" }]

[[objective]]
id = "speed"
title = "Fast answers"
teams = ["platform"]
[[objective.key_result]]
id = "p99"
title = "Answers in 200 ms"
aligns_to = [{ key_result = "revenue" }]
"""


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


def said(finding: Finding) -> str:
    """All words of the advice."""
    advice = finding.advice
    lines = (advice.what, advice.why, *advice.do, advice.unless)
    return " ".join("".join(span.text for span in line) for line in lines)


def example(page: str, heading: str) -> str:
    """The TOML under a heading of a rule's page."""
    found = re.search(rf"^## {heading}\n+```toml\n(.*?)```$", page, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no example under {heading}"
    return found[1]


def example_portfolio(text: str) -> Portfolio:
    """An example with what it leaves out: the cycle, two teams, and key results that are all aligned."""
    data = tomllib.loads(text)
    okrs = re.sub(r"^\[\[initiative\]\]\n(?:(?!\[).*\n?)*", "", text, flags=re.MULTILINE)
    okrs = re.sub(r"^today = .*\n", "", okrs, flags=re.MULTILINE)
    own_teams = {team["id"] for team in data.get("team", ())}
    parts = [] if "cycle" in data else [CYCLE]
    parts += [team for id_, team in TEAMS.items() if id_ not in own_teams]
    parts += [okrs] if "objective" in data else [okrs, OBJECTIVES]
    initiatives = [_initiative(table) for table in data.get("initiative", ())]
    return a_portfolio(*initiatives, okrs=okrs_from_text("\n".join(parts)), today=data.get("today", TODAY))


def _initiative(table: dict[str, Any]) -> Initiative:
    changes = dict(table)
    ref, serves = changes.pop("ref"), tuple(changes.pop("serves", ()))
    read: dict[str, Any] = {
        "status": StatusCategory,
        "labels": lambda labels: frozenset(labels) | {f"kr-{name}" for name in serves},
        "blocked_by": lambda refs: tuple(map(Ref.parse, refs)),
        "priority": PriorityBand,
        "parent": Ref.parse,
    }
    return an_initiative(
        ref, serves=serves, **{key: read[key](value) if key in read else value for key, value in changes.items()}
    )
