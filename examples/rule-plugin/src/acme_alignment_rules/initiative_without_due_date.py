"""Work in progress that serves a key result and has no due date.

## Why it matters

Nobody can tell whether the work will move its key result in time.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
due = 2026-12-01
```

## How to fix

Set a due date on the ticket, or plan it into an iteration.
"""

from collections.abc import Iterator

from hub.model.finding import Facts, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Text
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, rule


def advise(facts: Facts) -> Advice:
    """What is missing, and where it is set."""
    return Advice(
        what=(Text(f"This work serves {facts['count']} key result(s) and has no due date."),),
        why=(Text("Nobody can tell whether it will move them in time."),),
        do=((Text("Set a due date, or plan it into an iteration."),),),
    )


@rule(Severity.WARNING, evidence=Evidence.PRESENCE, advise=advise)
def initiative_without_due_date(portfolio: Portfolio, _: Options) -> Iterator[Verdict]:
    """Judge every active ticket that serves something."""
    for initiative in portfolio.active_initiatives():
        served = portfolio.serves.get(initiative.ref, ())
        if served and initiative.due is None:
            yield Verdict(
                subject=Subject(SubjectKind.INITIATIVE, str(initiative.ref), initiative.url),
                facts={"count": len(served)},
                act_on=(initiative.ref,),
                identity=("initiative", initiative.ref.connector, initiative.id),
            )
