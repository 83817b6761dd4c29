"""An objective without key results.

## Why it matters

Nobody can tell whether it is reached, and no work can be linked to it.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]
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
```

## How to fix

Add one to five key results under it, or take the objective out.

Source: Castro, Creating Alignment (an objective and the key results by which it is measured).
"""

from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import line


def advise(facts: Facts) -> Advice:
    """Which one, and the two ways out."""
    return Advice(
        what=line("The objective ", Code(str(facts["objective"])), " has no key results."),
        why=line("Nobody can tell whether it is reached."),
        do=(line("Add key results under it, or take it out."),),
    )


@rule(
    Severity.INFO, evidence=Evidence.PRESENCE, advise=advise, needs_tickets=False, needs_all_okrs=True, unit=Unit.OKRS
)
def objective_without_key_results(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Look at every objective of the cycle."""
    for objective in portfolio.okrs.objectives.values():
        if not objective.key_results:
            subject = Subject(SubjectKind.OBJECTIVE, objective.id)
            yield Verdict(
                subject, {"objective": objective.id, "teams": objective.teams}, identity=("objective", objective.id)
            )
