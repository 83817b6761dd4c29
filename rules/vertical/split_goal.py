"""Two teams hold key results on the same metric, each for itself.

## Why it matters

One goal that is split into a goal for each team can be met by every team and still be missed by the business. Shared,
with one definition of success and different work, it makes the teams pull together.

Key results measure the same where they name the same `metric`; without one, where their titles differ in numbers,
word order and small words only, and their units do not differ. Parts of one key result that states shares are no split,
nor is a part that is summed into the other one. Private key results are left out: what they measure stays unsaid.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily active users"

[[objective]]
id = "load"
title = "Ready for the crowd"
teams = ["platform"]

[[objective.key_result]]
id = "dau-load"
title = "Reach 300,000 daily active users"
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product", "platform"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily active users"
```

## How to fix

Share the OKR: one objective with `teams = [...]` and one set of key results. Or make both parts of one organization key
result with shares in its `contributions`. If they do not measure the same, give each its own `metric`.

Source: Castro, Creating Alignment (one goal for each team, each met while the business result is missed).
"""

from collections.abc import Iterator
from datetime import date

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Initiative, Ref
from hub.model.message import Advice, Code, Text
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.metrics import split_metrics
from rules.subjects import of_key_result
from rules.words import key_results, line, listed, texts


def say(facts: Facts) -> Advice:
    """Whose key results measure one thing, and the two ways to make them one goal."""
    ids, teams = texts(facts["key_results"]), texts(facts["teams"])
    shared = "teams = [" + ", ".join(f'"{team}"' for team in teams) + "]"
    return Advice(
        what=line(key_results(ids), " of ", listed([Text(t) for t in teams]), " measure the same, each for itself."),
        why=line("Each team may meet its own, and the business result is missed."),
        do=(
            line("Share the OKR: one objective with ", Code(shared), " and one set of key results."),
            line("Or align both with one organization key result that states each team's share."),
        ),
        unless=line("If they do not measure the same, give each its own ", Code('metric = "…"'), "."),
    )


@rule(
    Severity.WARNING, judges=Judges.PRESENCE, say=say, label="okr-unaligned", needs_tickets=False, needs_all_okrs=True
)
def split_goal(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge each metric once, and say it on the ticket that leads the work of each team."""
    for group in split_metrics(portfolio):
        leads = (lead for one in group if (lead := _lead(portfolio, one)) is not None)
        facts: dict[str, Fact] = {
            "key_results": tuple(portfolio.shown(one.id) for one in group),
            "teams": tuple(sorted({team for one in group for team in portfolio.teams_of(one.id)})),
            "targets": tuple(one.target for one in group),
            "metric": group[0].metric or None,
        }
        identity = ("metric", *(one.id for one in group))
        yield Verdict(of_key_result(group[0]), facts, tuple(sorted(set(leads))), identity)


def _lead(portfolio: Portfolio, one: KeyResult) -> Ref | None:
    """The team's active ticket for the key result that has run longest; the first by name of several."""
    teams = portfolio.teams_of(one.id)
    refs = (link.initiative for link in portfolio.served_by.get(one.id, ()))
    active = [ref for ref in refs if portfolio.is_active(ref) and portfolio.team_of.get(ref) in teams]
    return min(active, key=lambda ref: (_since(portfolio.initiatives[ref]), ref), default=None)


def _since(one: Initiative) -> date:
    return one.start or (date.max if one.created is None else one.created.date())
