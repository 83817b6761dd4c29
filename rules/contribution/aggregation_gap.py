"""The targets of the teams fall short of their shares of an organization key result.

## Why it matters

If the targets of the teams that hold a share add up to less than the shares, every team can reach its target and the
organization still misses its own. Amounts are added; percentages, scores and ratios are not compared unless
`aggregation` says how. It is checked where each team with a direct share has a key result of the same cycle and unit
that is aligned directly: `$` is `USD`, and `k`, `M` and `%` are understood. Targets are read as totals or as
increments (from start to target), whichever fits better. A share without a key result is what `unbacked-share` speaks
of.

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
contributions = [{ team = "product", share = 100 }]

[[objective]]
id = "studios"
title = "Studios that stay"
teams = ["product"]

[[objective.key_result]]
id = "renewals"
title = "8M USD of renewals"
target = 8
unit = "M$"
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
start = 6_000_000
target = 10_000_000
unit = "USD"
contributions = [{ team = "product", share = 100 }]

[[objective]]
id = "studios"
title = "Studios that stay"
teams = ["product"]

[[objective.key_result]]
id = "renewals"
title = "4M USD more by renewals"
start = 0
target = 4_000_000
unit = "USD"
aligns_to = [{ key_result = "revenue", kind = "direct" }]
```

## How to fix

Raise the teams' targets, agree on other shares, or set the organization's target to what the teams can deliver.

## Options

- `warn_over_percent = 5`: percent by which targets may fall short.
- `error_over_percent = 20`: percent above which it is an error.

Source: Fitbots, How to Connect and Align OKRs (first check: do the contributions add up to 100 % of the goal?).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.metrics import summed_key_results, target_shortfalls
from rules.shared.verdicts import key_result_span, key_result_subject, line

OPTIONS = {"warn_over_percent": 5, "error_over_percent": 20}


def advise(facts: Facts) -> Advice:
    """What the targets add up to, beside what is needed; without figures where one of them is private."""
    message = " asks for more than the targets of its teams add up to"
    if facts["needed"] is not None:
        message += f": {facts['target']:,.12g} of {facts['needed']:,.12g} {facts['unit']}".rstrip()
    return Advice(
        what=line(key_result_span(str(facts["key_result"])), message, "."),
        why=line("Every team can reach its target, and the organization still misses its own."),
        do=(line("Raise the teams' targets, agree on other shares, or lower the organization's target."),),
        unless=line("If a key result helps and isn't added, make its link ", Code('kind = "indirect"'), "."),
    )


@rule(
    Severity.WARNING,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    needs_all_okrs=True,
    options=OPTIONS,
    unit=Unit.OKRS,
)
def aggregation_gap(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every organization key result whose shares can be compared with targets."""
    summed = summed_key_results(portfolio)
    for result in portfolio.organization:
        parts = summed.get(result.id, ())
        for gap in target_shortfalls(portfolio, result, parts):
            if gap.short <= options["warn_over_percent"]:
                continue
            facts: dict[str, Fact] = {
                "key_result": portfolio.key_result_fact(result.id),
                "aggregation": str(result.aggregation),
                "unit": result.unit,
                "target": gap.target,
                "needed": gap.needed,
                "short": round(gap.short, 1),
            }
            yield Verdict(
                key_result_subject(result),
                facts,
                affects=tuple(portfolio.key_result_fact(part.id) for part in parts),
                identity=("key_result", result.id),
                severity=Severity.ERROR if gap.short > options["error_over_percent"] else None,
            )
