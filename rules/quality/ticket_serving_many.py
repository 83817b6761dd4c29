"""A ticket that names more than three key results.

## Why it matters

Work that is meant to move everything is rarely chosen for one of them, and it makes each of them look as if it had
work behind it. Only what the ticket names itself counts, not what it has from its parent.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "number-1"
title = "Number 1"

[[objective.key_result]]
id = "number-2"
title = "Number 2"

[[objective.key_result]]
id = "number-3"
title = "Number 3"

[[objective.key_result]]
id = "number-4"
title = "Number 4"

[[initiative]]
ref = "jira:ACME-1"
serves = ["number-1", "number-2", "number-3", "number-4"]
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "number-1"
title = "Number 1"

[[objective.key_result]]
id = "number-2"
title = "Number 2"

[[objective.key_result]]
id = "number-3"
title = "Number 3"

[[initiative]]
ref = "jira:ACME-1"
serves = ["number-1", "number-2", "number-3"]
```

## How to fix

Link the ticket to the one or two key results that it should move most, or split the work.

## Options

- `max_key_results = 3`: how many key results a ticket may name.

Source: Castro, Creating Alignment (initiatives are chosen for the key result that they move).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import line, stable_identity, ticket_subject


def advise(facts: Facts) -> Advice:
    """How many."""
    return Advice(
        what=line(f"This ticket is linked to {facts['count']} key results."),
        why=(),
        do=(line("Keep the one or two that it should move most, or split the work."),),
    )


@rule(
    Severity.INFO,
    evidence=Evidence.PRESENCE,
    advise=advise,
    options={"max_key_results": 3},
    public_facts=("count",),
    unit=Unit.TICKET,
)
def ticket_serving_many(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Count the key results that every active ticket names itself."""
    for ref in portfolio.judged_tickets():
        links = portfolio.serves.get(ref, ())
        if len(links) <= options["max_key_results"]:
            continue
        named = dict.fromkeys(link.key_result for link in links if link.inherited_from is None)
        if len(named) > options["max_key_results"] and portfolio.is_active(ref):
            ticket = portfolio.initiatives[ref]
            names = tuple(portfolio.key_result_fact(id_) for id_ in named)
            facts: dict[str, Fact] = {"count": len(named), "key_results": names}
            yield Verdict(ticket_subject(ticket), facts, affects=names, identity=stable_identity(ticket))
