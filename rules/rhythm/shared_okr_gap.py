"""A shared OKR that is not really shared: a team is missing, has no work of its own for it, or keeps its own copy.

## Why it matters

A shared OKR makes one team of several: one definition of success, different work by each. Where one does it all, or
keeps the goal for itself a second time, the others have only lent their names. Active and finished work counts, of
teams that own a place. One team's objective with a `sync` was meant to be shared; a copy measures the same.

## Fails

```toml
[[objective]]
id = "launch"
title = "Launch the product"
teams = ["product", "platform"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"

[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
```

## Passes

```toml
[[objective]]
id = "launch"
title = "Launch the product"
teams = ["product", "platform"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"

[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]

[[initiative]]
ref = "github:acme/app#2"
serves = ["dau"]
```

## How to fix

Have each team name the shared key result on work of its own, or take it out of `teams`. Take copies out of the files.

## Options

- `error_days = 15`: working days of the cycle from which on it is an error.

Source: Castro, Creating Alignment (a shared OKR: different initiatives, one definition of success).
"""

from collections.abc import Iterator

from hub.model.calendar import working_days_between
from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code, Text
from hub.model.okr import Objective
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.leads import anything_unread, work_on
from rules.metrics import measured
from rules.words import key_results, line, listed, texts


def say(facts: Facts) -> Advice:
    """Who is missing or idle, which copies there are, and what each team can do."""
    idle, copies = texts(facts["idle"]), texts(facts["copies"])
    faults = [line("It is held by fewer than two teams.")] if len(texts(facts["teams"])) < 2 else []
    faults += [line("No work for it by ", listed([Text(team) for team in idle]), ".")] if idle else []
    faults += [line("One of its teams keeps a copy: ", key_results(copies), ".")] if copies else []
    return Advice(
        what=line("The shared OKR ", Code(str(facts["objective"])), " has a gap. ", *faults),
        why=line("Who has no work for a shared goal, or a goal of its own beside it, does not share it."),
        do=(
            line("Name its key results on the work of each team, and take copies out of the OKR files."),
            line("Or take a team that does not pursue it out of ", Code("teams"), "."),
        ),
    )


@rule(Severity.WARNING, judges=Judges.ABSENCE, say=say, options={"error_days": 15})
def shared_okr_gap(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every objective that several teams hold, or that was meant to be held by several."""
    late = working_days_between(portfolio.cycle.start, portfolio.today) >= options["error_days"]
    for one in portfolio.okrs.objectives.values():
        open_ones = [k for k in one.key_results if not portfolio.key_result(k).met]
        if open_ones and (one.shared or (one.sync is not None and one.teams)):
            yield from _judge(portfolio, one, Severity.ERROR if late else None)


def _judge(portfolio: Portfolio, one: Objective, severity: Severity | None) -> Iterator[Verdict | NotJudged]:
    worked = {portfolio.team_of.get(i.ref) for id_ in one.key_results for i in work_on(portfolio, id_)}
    seen = [team for team in one.teams if portfolio.okrs.teams[team].owns]
    idle = tuple(team for team in seen if team not in worked) if one.shared else ()
    unsure = bool(idle) and anything_unread(portfolio)
    copies = tuple(portfolio.shown(id_) for id_ in _copies(portfolio, one))
    subject = Subject(SubjectKind.OBJECTIVE, one.id)
    if unsure:
        yield NotJudged(subject, "work of its teams may be among what could not be read")
    if (idle and not unsure) or copies or not one.shared:
        facts: dict[str, Fact] = {
            "objective": one.id,
            "teams": one.teams,
            "idle": () if unsure else idle,
            "copies": copies,
        }
        yield Verdict(subject, facts, identity=("objective", one.id), severity=severity)


def _copies(portfolio: Portfolio, one: Objective) -> list[str]:
    shared = {measured(portfolio.key_result(id_)) for id_ in one.key_results} - {()}
    own = {id_ for team in one.teams for id_ in portfolio.key_results_of.get(team, ())} - set(one.key_results)
    alone = (id_ for id_ in sorted(own) if not portfolio.objective_of(id_).shared)
    return [id_ for id_ in alone if measured(portfolio.key_result(id_)) in shared]
