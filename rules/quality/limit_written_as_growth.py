"""A key result whose title states a limit while its numbers state growth.

## Why it matters

"Fewer than 5 bugs" from 0 to 5 would be met by the fifth bug, and one bug would look like slow progress. Until its
`direction` is stated, such a key result is not measured and never met.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "bugs"
title = "Fewer than 5 blocker bugs"
start = 0
target = 5
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "bugs"
title = "Fewer than 5 blocker bugs"
target = 4
direction = "at_most"

[[objective.key_result]]
id = "churn"
title = "Churn under 2 %"
start = 3
target = 2
```

## How to fix

State `direction = "at_most"`, or state the start that the number comes down from.

Source: Castro, Creating Alignment (a key result is a measurable outcome).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from hub.model.progress import is_limit_stated_as_growth
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import key_result_span, key_result_subject, line


def advise(facts: Facts) -> Advice:
    """What does not fit, and the line that settles it."""
    return Advice(
        what=line(
            "The title of ", key_result_span(str(facts["key_result"])), " states a limit, but its numbers state growth."
        ),
        why=line("It can't be measured, and never counts as met."),
        do=(line("State ", Code('direction = "at_most"'), ", or the start that it comes down from."),),
        unless=line("If it is meant to grow, state ", Code('direction = "increase"'), "."),
    )


@rule(Severity.INFO, evidence=Evidence.PRESENCE, advise=advise, needs_tickets=False, unit=Unit.OKRS)
def limit_written_as_growth(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Compare the title of every key result with its numbers."""
    for result in portfolio.okrs.key_results.values():
        if is_limit_stated_as_growth(result):
            facts: dict[str, Fact] = {"key_result": portfolio.key_result_fact(result.id)}
            yield Verdict(key_result_subject(result), facts, identity=("key_result", result.id))
