"""Active work in a project or repository that no team owns.

## Why it matters

Nobody is told of what is wrong with it, and no team's numbers count it. It is often what a reorganization left behind.
One finding for each project; a warning once all such work together is a good part of the active work.

## Fails

```toml
[[initiative]]
ref = "jira:OLD-1"
serves = ["dau"]
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
```

## How to fix

Add the project to the team that does the work: `owns = ["jira:OLD"]`. Or leave it out of what is read.

## Options

- `warn_above_percent = 10`: percent of the active work without a team from which on it is a warning.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import filterfalse

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Initiative, Ref
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import in_grace, line


def advise(facts: Facts) -> Advice:
    """The place, how much is there, and the line that gives it to a team."""
    count = facts["initiatives"]
    work = "1 active initiative is" if count == 1 else f"{count} active initiatives are"
    return Advice(
        what=line(f"{work} in ", Code(str(facts["project"])), ", which no team owns."),
        why=(),
        do=(line("Add it to the team that does this work: ", Code(f'owns = ["{facts["project"]}"]'), "."),),
        unless=line("No team's work? Leave it out of what the connector reads."),
    )


@rule(
    Severity.INFO,
    evidence=Evidence.PRESENCE,
    advise=advise,
    options={"warn_above_percent": 10},
    needs_running_cycle=True,
    unit=Unit.PORTFOLIO,
)
def unowned_work(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Count the active initiatives of every place that no team owns, and all of them beside the rest."""
    unowned: dict[str, list[Ref]] = defaultdict(list)
    for ref in filterfalse(portfolio.team_of.__contains__, portfolio.active):
        ticket = portfolio.initiatives[ref]
        if ticket.containers:
            unowned[_container_of(ticket)].append(ref)
    total = sum(map(len, unowned.values()))
    is_large = 100 * total > options["warn_above_percent"] * len(portfolio.active)
    for container, refs in unowned.items():
        yield Verdict(
            subject=Subject(SubjectKind.PROJECT, container),
            facts={"project": container, "initiatives": len(refs), "unowned": total, "active": len(portfolio.active)},
            affects=tuple(refs),
            severity=Severity.WARNING if is_large and not in_grace(portfolio) else None,
        )


def _container_of(ticket: Initiative) -> str:
    """The project or repository that the ticket lies in, as a team would own it."""
    return f"{ticket.ref.connector}:{ticket.containers[0]}"
