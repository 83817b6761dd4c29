"""The examples in a rule's page as portfolios, and what a rule says of them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hub.core.checking.check import check
from hub.core.checking.evaluate import RuleSetting
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.finding import Finding, Judgement
from hub.model.initiative import (
    Gap,
    Initiative,
    KeyResultMention,
    MentionSource,
    PriorityBand,
    PullResult,
    Ref,
    Snapshot,
    StatusCategory,
)
from hub.model.okr import Okrs
from hub.model.portfolio import DependencyHistory, Portfolio
from hub.okr_files.loader import okrs_from_text
from rules.base import Rule

TODAY = date(2026, 11, 16)
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


def an_initiative(ref: str = "jira:ACME-1", *, serves: str | tuple[str, ...] = (), **changes: Any) -> Initiative:
    """In progress, without dates, in its project's container; `serves` names key results by label."""
    parsed = Ref.parse(ref)
    container = parsed.key.rsplit("#" if "#" in parsed.key else "-", 1)[0]
    names = (serves,) if isinstance(serves, str) else serves
    made = Initiative(
        ref=parsed,
        id=f"id-{parsed.key}",
        title=f"Work {parsed.key}",
        url=f"https://tracker.test/{parsed.key}",
        containers=(container,),
        kind="Epic",
        status=StatusCategory.IN_PROGRESS,
        created=datetime(2026, 10, 2, tzinfo=UTC),
        updated=datetime(2026, 11, 2, tzinfo=UTC),
        labels=frozenset(f"kr-{name}" for name in names),
        key_result_mentions=tuple(KeyResultMention(MentionSource.LABEL, name) for name in names),
    )
    return replace(made, **changes)


def portfolio_of(
    initiatives: Iterable[Initiative],
    okrs: Okrs,
    *,
    gaps: Iterable[Gap] = (),
    today: date = TODAY,
    history: DependencyHistory | None = None,
) -> Portfolio:
    """Link the initiatives with the OKRs, as a run would."""
    tickets, unread = tuple(initiatives), tuple(gaps)
    sources = (*(ticket.ref.connector for ticket in tickets), *(gap.connector for gap in unread), "jira", "github")
    pulled = tuple(
        PullResult(
            name,
            tuple(ticket for ticket in tickets if ticket.ref.connector == name),
            tuple(gap for gap in unread if gap.connector == name),
        )
        for name in sorted(set(sources))
    )
    pulled_at = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    return build_portfolio(Snapshot(pulled, pulled_at), okrs, today, history)


def judge(rule: Rule, portfolio: Portfolio, options: Mapping[str, float] | None = None) -> Judgement:
    """What the rule says; AssertionError where it crashes."""
    judgement = check(portfolio, [rule], {rule.name: RuleSetting(options=options or {})}, [])
    if judgement.failed:
        raise AssertionError(f"the rule crashed: {[finding.facts for finding in judgement.findings]}")
    return judgement


def advice_text(finding: Finding) -> str:
    """All words of the advice."""
    advice = finding.advice
    lines = (advice.what, advice.why, *advice.do, advice.unless)
    return " ".join("".join(span.text for span in line) for line in lines)


def example(page: str, heading: str) -> str:
    """The TOML under a heading of a rule's page; AssertionError where there is none."""
    found = re.search(rf"^## {heading}\n+```toml\n(.*?)```$", page, re.MULTILINE | re.DOTALL)
    if found is None:
        raise AssertionError(f"the docstring of the rule's module has no TOML under `## {heading}`")
    return found[1]


def example_portfolio(text: str, *, gaps: Iterable[Gap] = ()) -> Portfolio:
    """An example with what it leaves out: the cycle, two teams, and key results that are all aligned."""
    data = tomllib.loads(text)
    okrs = re.sub(r"^\[\[initiative\]\]\n(?:(?!\[).*\n?)*", "", text, flags=re.MULTILINE)
    okrs = re.sub(r"^today = .*\n", "", okrs, flags=re.MULTILINE)
    own_teams = {team["id"] for team in data.get("team", ())}
    parts = [] if "cycle" in data else [CYCLE]
    parts += [team for id_, team in TEAMS.items() if id_ not in own_teams]
    parts += [okrs] if "objective" in data else [okrs, OBJECTIVES]
    initiatives = [_initiative(table) for table in data.get("initiative", ())]
    return portfolio_of(initiatives, okrs_from_text("\n".join(parts)), gaps=gaps, today=data.get("today", TODAY))


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
