"""An organization key result that no existing team owns.

## Why it matters

An organization key result needs one or two teams that answer for it when it slips. A team that was dissolved or
renamed owns nothing any more. It is a warning until the key result's cycle is locked, and an error from then on. The
key results of every cycle that contains today count: the year's as well as the quarter's.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
owners = []
```

## Passes

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
owners = ["product"]
```

## How to fix

Write `owners = ["<team>"]` under the key result, with the id of a team in the OKR files.

Source: Fitbots, How to Connect and Align OKRs (first check: is each key result owned by one or more teams?).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.okr import Phase
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.shared.subjects import of_key_result
from rules.shared.words import key_result, line, listed, texts

UNSETTLED = frozenset({Phase.DRAFT, Phase.ALIGN})


def say(facts: Facts) -> Advice:
    """Who is missing, and the line to write."""
    gone = [Code(team) for team in texts(facts["gone"])]
    remark = line(": ", listed(gone), " is not a team" if len(gone) == 1 else " are not teams")
    return Advice(
        what=line(key_result(str(facts["key_result"])), " has no owner team", *(remark if gone else ()), "."),
        why=(),
        do=(line("Write ", Code('owners = ["<team>"]'), " under it, with one or two teams that answer for it."),),
        unless=line("If no team can own it this cycle, take it out."),
    )


@rule(Severity.ERROR, judges=Judges.PRESENCE, say=say, needs_tickets=False)
def unowned_key_result(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge the owners as the OKR files name them; an owner that no longer exists counts for none."""
    for one in portfolio.organization:
        gone = tuple(owner for owner in one.owners if owner not in portfolio.okrs.teams)
        if len(gone) == len(one.owners):
            facts: dict[str, Fact] = {"key_result": portfolio.key_result_fact(one.id), "gone": gone}
            severity = Severity.WARNING if portfolio.okrs.cycles[one.cycle].phase in UNSETTLED else None
            yield Verdict(of_key_result(one), facts, identity=("key_result", one.id), severity=severity)
