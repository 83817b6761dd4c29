"""The configured cycle has ended or was closed, and the next one was not set.

## Why it matters

Tickets, key results and check-ins are compared with a cycle. Once it is over, most of what could be said about them
follows from that alone. So it is said once, and nothing about work, dependencies or check-ins is checked until the
cycle is moved on. A cycle whose `phase` is `closed` before its last day is a note until that day has passed.

## Fails

```toml
today = 2027-01-13
```

## Passes

```toml
today = 2026-12-31
```

## How to fix

Add the OKRs of the new cycle, and set `cycle` in the configuration to its id, or to `auto`, which takes the shortest
cycle that contains today.

Source: Castro, Creating Alignment (OKRs are set for a cycle, normally a quarter).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code
from hub.model.okr import Phase
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import day_text, line


def advise(facts: Facts) -> Advice:
    """When it ended, and the cycle to move on to, where its OKRs are there already."""
    following = facts["next_cycle"]
    do = [line("Set ", Code("cycle"), " in the configuration to ", Code(str(following)), " or ", Code("auto"), ".")]
    if following is None:
        do = [line("Add the OKRs of the new cycle, then set ", Code("cycle"), " in the configuration to its id.")]
    over = "was closed" if facts["closed_early"] else f"ended on {day_text(facts['ended'])}"
    return Advice(
        what=line(f"The cycle {facts['cycle']} {over}."),
        why=line("Tickets, dependencies and check-ins are not evaluated until the cycle is moved on."),
        do=tuple(do),
    )


@rule(Severity.ERROR, evidence=Evidence.PRESENCE, advise=advise, needs_tickets=False, unit=Unit.OKRS)
def outdated_cycle(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Compare the end of the running cycle with today."""
    cycle = portfolio.cycle
    if portfolio.outdated:
        is_early = cycle.end >= portfolio.today
        cycles = portfolio.okrs.cycles.values()
        open_ones = [cycle for cycle in cycles if cycle.end >= portfolio.today and cycle.phase is not Phase.CLOSED]
        next_cycle = max(open_ones, key=lambda cycle: (cycle.start, cycle.end), default=None)
        facts: dict[str, Fact] = {
            "cycle": cycle.id,
            "ended": cycle.end,
            "closed_early": is_early,
            "next_cycle": None if next_cycle is None else next_cycle.id,
        }
        severity = Severity.INFO if is_early else None
        yield Verdict(Subject(SubjectKind.CYCLE, cycle.id), facts, identity=("cycle", cycle.id), severity=severity)
