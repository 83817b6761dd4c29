"""The targets of the teams do not add up to the organization key result that is made of them.

## Why it matters

Where a key result is the sum or the mean of the teams' metrics, all of them may reach their targets while it is missed.
The teams' key results that are aligned directly and have its unit are compared with it: in all, if every team with a
share has one; and, in a sum, each team's own with its share of the target. More than is needed is no fault.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
target = 10_000_000
unit = "USD"
aggregation = "sum"
contributions = [{ team = "product", share = 100 }]

[[objective]]
id = "studios"
title = "Studios that stay"
teams = ["product"]

[[objective.key_result]]
id = "renewals"
title = "8M USD of renewals"
target = 8_000_000
unit = "USD"
aligns_to = [{ key_result = "revenue", kind = "direct" }]
```

## Passes

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
target = 10_000_000
unit = "USD"
aggregation = "sum"

[[objective]]
id = "studios"
title = "Studios that stay"
teams = ["product"]

[[objective.key_result]]
id = "renewals"
title = "10M USD of renewals"
target = 10_000_000
unit = "USD"
aligns_to = [{ key_result = "revenue", kind = "direct" }]
```

## How to fix

Raise the team's target, agree on other shares, or set the organization's target to what the teams can make up.

## Options

- `warn_over = 5`: percent by which targets may fall short.
- `error_over = 20`: percent above which it is an error.
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.chains import organization_key_results
from rules.subjects import of_key_result
from rules.sums import gaps, summed_into
from rules.words import key_result, line, records

OPTIONS = {"warn_over": 5, "error_over": 20}


def say(facts: Facts) -> Advice:
    """Each target that falls short, beside what is needed."""
    short = [f"{one['of']} {one['target']:,.12g} of {one['needed']:,.12g}" for one in records(facts["gaps"])]
    made = f" is the {facts['aggregation']} of team metrics, and targets fall short of it: "
    return Advice(
        what=line(key_result(str(facts["key_result"])), made, "; ".join(short), "."),
        why=line("Every team may reach its target, and the organization still misses its own."),
        do=(line("Raise the teams' targets, agree on other shares, or set the target to what they make up."),),
        unless=line("If a key result only helps and is not summed, give its link ", Code('kind = "indirect"'), "."),
    )


@rule(Severity.WARNING, judges=Judges.PRESENCE, say=say, needs_tickets=False, needs_all_okrs=True, options=OPTIONS)
def aggregation_gap(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every organization key result that is made of team metrics."""
    summed = summed_into(portfolio)
    for one in organization_key_results(portfolio):
        short = [gap for gap in gaps(portfolio, one, summed.get(one.id, ())) if gap.short > options["warn_over"]]
        if short:
            facts: dict[str, Fact] = {
                "key_result": portfolio.shown(one.id),
                "aggregation": str(one.aggregation),
                "gaps": tuple(gap._asdict() for gap in short),
            }
            worst = max(gap.short for gap in short)
            severity = Severity.ERROR if worst > options["error_over"] else None
            yield Verdict(of_key_result(one), facts, identity=("key_result", one.id), severity=severity)
