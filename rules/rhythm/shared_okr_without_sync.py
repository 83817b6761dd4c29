"""A running shared OKR whose teams have not checked in together for twice their interval, or that nobody hosts.

## Why it matters

A shared OKR makes a team of several teams, and a team that does not meet is none. Somebody has to call the meeting.

A check-in is joint where two of the objective's teams were present at one of its key results. The interval is what
`sync` says, seven days without one.

## Fails

```toml
[[objective]]
id = "launch"
title = "Launch the product"
teams = ["product", "platform"]
sync = { host = "product", every_days = 7 }

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
check_ins = [
  { date = 2026-10-26, present = ["product", "platform"] },
  { date = 2026-11-16, present = ["product"] },
]
```

## Passes

```toml
[[objective]]
id = "launch"
title = "Launch the product"
teams = ["product", "platform"]
sync = { host = "product", every_days = 7 }

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
check_ins = [{ date = 2026-11-09, present = ["product", "platform"] }]
```

## How to fix

Meet, and write who was `present` into the check-in. Name the team that calls the meeting as `host` in the objective's
`sync`.

## Options

- `intervals = 2`: how many intervals may pass without a joint check-in.

Source: Castro, Creating Alignment (the teams of a shared OKR meet regularly until it ends).
"""

from collections.abc import Iterator
from datetime import date

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code
from hub.model.okr import Objective, Phase, Sync
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.words import line, texts


def say(facts: Facts) -> Advice:
    """How long ago the teams met, or that nobody calls the meeting."""
    met = f"last on {facts['last']}" if facts["last"] else "never in this cycle"
    faults = (
        [f"Its teams check in together every {facts['every_days']} days; they did so {met}."] if facts["late"] else []
    )
    faults += [] if facts["host"] else ["Nobody hosts the meeting."]
    teams = ", ".join(f'"{team}"' for team in texts(facts["teams"]))
    return Advice(
        what=line("The shared OKR ", Code(str(facts["objective"])), " has no rhythm. ", " ".join(faults)),
        why=line("Teams that share a goal and do not meet work past each other."),
        do=(
            line("Meet, and note in the check-in who was there: ", Code(f"present = [{teams}]"), "."),
            line("Name who calls the meeting: ", Code('sync = { host = "<team>" }'), "."),
        ),
    )


@rule(Severity.WARNING, judges=Judges.PRESENCE, say=say, needs_tickets=False, options={"intervals": 2})
def shared_okr_without_sync(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every shared objective that is not reached yet, while the cycle runs."""
    if portfolio.cycle.phase is Phase.CLOSED or not portfolio.cycle.contains(portfolio.today):
        return
    for one in portfolio.okrs.objectives.values():
        running = any(not portfolio.key_result(id_).met for id_ in one.key_results)
        if not (one.shared and running):
            continue
        sync, last = one.sync or Sync(), _last_joint(portfolio, one)
        days = (portfolio.today - (last or portfolio.cycle.start)).days
        late = days > options["intervals"] * sync.every_days
        if late or sync.host is None:
            facts: dict[str, Fact] = {
                "objective": one.id,
                "teams": one.teams,
                "host": sync.host,
                "every_days": sync.every_days,
                "last": last,
                "days": days,
                "late": late,
            }
            yield Verdict(Subject(SubjectKind.OBJECTIVE, one.id), facts, identity=("objective", one.id))


def _last_joint(portfolio: Portfolio, one: Objective) -> date | None:
    """The last day on which two of its teams were present at a check-in."""
    check_ins = (check_in for id_ in one.key_results for check_in in portfolio.key_result(id_).check_ins)
    joint = [c.date for c in check_ins if c.date <= portfolio.today and len({*c.present} & {*one.teams}) > 1]
    return max(joint, default=None)
