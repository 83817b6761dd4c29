"""A shared OKR whose teams don't check in together, or whose meeting nobody hosts.

## Why it matters

The teams of a shared OKR work on one goal, and meet regularly until it ends. A check-in is joint where two or more of
the objective's teams were present. It holds where there was none for twice the interval that `sync` states (seven days
if left out), where one of the teams was in none of them, and where no team hosts the meeting. In the first five
working days of a cycle, or after the objective became shared, it is a note.

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

Check in together, with every team, and record who was `present`. Name the team that calls the meeting as `host` in the
objective's `sync`.

## Options

- `max_missed_intervals = 2`: how many intervals may pass without a joint check-in.

Source: Castro, Creating Alignment (the teams of a shared OKR meet regularly until it ends).
"""

from collections.abc import Iterable, Iterator
from datetime import date

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code, Text
from hub.model.okr import KeyResult, Objective, Phase, Sync
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import day_text, in_grace, join_spans, line, texts


def advise(facts: Facts) -> Advice:
    """When the teams last checked in together, who was never there, or that nobody hosts the meeting."""
    faults = [_late_text(facts)] if facts["late"] else []
    do = [line("Check in together, and record who was there in ", Code("present"), ".")] if facts["late"] else []
    absent = texts(facts["absent"])
    if absent:
        faults.append(f"No joint check-in with {', '.join(absent)} yet.")
        do.append(line("Invite ", join_spans([Text(team) for team in absent]), " to the next one."))
    if not facts["host"]:
        faults.append("No team hosts the meeting.")
        do.append(line("Name the team that calls it: ", Code('sync = { host = "<team>" }'), "."))
    return Advice(
        what=line("The teams of the shared OKR ", Code(str(facts["objective"])), " don't meet. ", " ".join(faults)),
        why=(),
        do=tuple(do),
    )


def _late_text(facts: Facts) -> str:
    """Without days where those are of private key results."""
    if facts["every_days"] is None:
        return "They have not checked in together for longer than agreed."
    last_text = (
        f"Its last joint check-in was on {day_text(facts['last'])}" if facts["last"] else "It has no joint check-in yet"
    )
    return f"{last_text} (expected: every {facts['every_days']} days)."


@rule(
    Severity.WARNING,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    options={"max_missed_intervals": 2},
    needs_running_cycle=True,
    public_facts=("objective", "teams", "host", "late", "absent"),
    unit=Unit.OKRS,
)
def shared_okr_without_sync(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every shared objective that is not reached yet, while the cycle runs."""
    if portfolio.cycle.phase is Phase.CLOSED or not portfolio.cycle.contains(portfolio.today):
        return
    for objective in portfolio.okrs.objectives.values():
        unmet = any(not portfolio.key_result(id_).is_met for id_ in objective.key_results)
        if objective.shared and unmet:
            yield from _evaluate(portfolio, objective, options["max_missed_intervals"])


def _evaluate(portfolio: Portfolio, objective: Objective, intervals: float) -> Iterator[Verdict]:
    key_results = [portfolio.key_result(id_) for id_ in objective.key_results]
    sync, joint_days = objective.sync or Sync(), _joint_check_ins(portfolio, objective, key_results)
    last, shared_on = max(joint_days, default=None), portfolio.shared_since(objective.id)
    late = (portfolio.today - (last or max(portfolio.cycle.start, shared_on))).days > intervals * sync.every_days
    present_teams = {team for present in joint_days.values() for team in present}
    absent = tuple(team for team in objective.teams if joint_days and team not in present_teams)
    open_days = _joint_check_ins(
        portfolio, objective, [key_result for key_result in key_results if not key_result.private]
    )
    is_public = last is None or last in open_days
    if late or absent or sync.host is None:
        facts: dict[str, Fact] = {
            "objective": objective.id,
            "teams": objective.teams,
            "host": sync.host,
            "every_days": sync.every_days if is_public else None,
            "last": last if is_public else None,
            "late": late,
            "absent": absent,
        }
        severity = Severity.INFO if in_grace(portfolio, shared_on) else None
        subject = Subject(SubjectKind.OBJECTIVE, objective.id)
        yield Verdict(subject, facts, identity=("objective", objective.id), severity=severity)


def _joint_check_ins(
    portfolio: Portfolio, objective: Objective, key_results: Iterable[KeyResult]
) -> dict[date, set[str]]:
    """The days on which two or more of its teams were present at a check-in, with those teams."""
    teams_by_day: dict[date, set[str]] = {}
    for check_in in (check_in for key_result in key_results for check_in in key_result.check_ins):
        present = {*check_in.present} & {*objective.teams}
        if check_in.date <= portfolio.today and len(present) > 1:
            teams_by_day.setdefault(check_in.date, set()).update(present)
    return teams_by_day
