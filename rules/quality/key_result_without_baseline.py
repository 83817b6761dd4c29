"""A key result without a stated target, or without a start where one is needed.

## Why it matters

Without a target nobody can say when it is reached; without a start, nobody can say how far it has come. Such a key
result is not measured: no progress is shown for it or checked. A limit (`direction = "at_most"`, `"at_least"` or
`"keep"`) needs no start.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "More daily users"
current = 120_000
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
start = 60_000
target = 500_000

[[objective.key_result]]
id = "bugs"
title = "Fewer than 5 blocker bugs"
target = 4
direction = "at_most"
```

## How to fix

State `start` (where it stood when the cycle began) and `target`. For a limit, state its `direction` and `target`.

Source: Castro, Creating Alignment (a key result is a measurable outcome).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from hub.model.progress import is_limit, is_limit_stated_as_growth
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import join_spans, key_result_span, key_result_subject, line, texts


def advise(facts: Facts) -> Advice:
    """What is missing, and what to write."""
    missing = texts(facts["missing"])
    return Advice(
        what=line(key_result_span(str(facts["key_result"])), f" has no stated {' and no stated '.join(missing)}."),
        why=line("Its progress can't be measured."),
        do=(line("State its ", join_spans([Code(name) for name in missing]), "."),),
        unless=line("If it is a limit or a level to keep, state its ", Code("direction"), "."),
    )


@rule(
    Severity.INFO,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    public_facts=("missing",),
    unit=Unit.OKRS,
)
def key_result_without_baseline(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Look at what the files state of every key result, never at a value that was filled in."""
    for result in portfolio.okrs.key_results.values():
        needed = ("target",) if is_limit(result) else ("start", "target")
        missing = tuple(name for name in needed if name not in result.stated)
        if missing and not is_limit_stated_as_growth(result):
            facts: dict[str, Fact] = {"key_result": portfolio.key_result_fact(result.id), "missing": missing}
            yield Verdict(key_result_subject(result), facts, identity=("key_result", result.id))
