"""A shared OKR with fewer than two teams, a team without an initiative for it, or a private copy of its key result.

## Why it matters

The teams of a shared OKR have one definition of success and different initiatives. Where one team does all the work,
or holds the goal a second time for itself, it is not shared. Active and finished work counts; teams without a tracker
are not checked. An objective of one team with a `sync` was meant to be shared. A copy states the same `metric` or title
and isn't linked to the shared key result. In the first five working days of a cycle, or after the objective became
shared, it is a note; after 15 working days, an error.

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

Have each team link an initiative of its own to the shared key result, or take the team out of `teams`. Remove copies.

## Options

- `error_days = 15`: working days after which it is an error.

Source: Castro, Creating Alignment (a shared OKR: different initiatives, one definition of success).
"""

from collections.abc import Iterator, Sequence

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code, Text
from hub.model.okr import KeyResult, LinkState, Objective
from hub.model.portfolio import Portfolio
from hub.model.progress import working_days_between
from rules.base import Evidence, Options, Unit, rule
from rules.shared.key_results import is_work_incomplete, work_on
from rules.shared.metrics import stated_metric
from rules.shared.verdicts import in_grace, join_spans, key_result_list, line, texts


def advise(facts: Facts) -> Advice:
    """Which team is missing or has no work, which copies there are, and what each team can do."""
    idle, copies = texts(facts["idle"]), texts(facts["copies"])
    name, is_single_team = Code(str(facts["objective"])), len(texts(facts["teams"])) < 2
    faults = [line("It has a joint check-in, but only one team.")] if is_single_team else []
    faults += [line("No initiative for it: ", join_spans([Text(team) for team in idle]), ".")] if idle else []
    faults += [line("One of its teams holds a copy: ", key_result_list(copies), ".")] if copies else []
    do = [line("Add the other teams to ", Code("teams"), ", or take out ", Code("sync"), ".")] if is_single_team else []
    do += [line("Link an initiative of that team to it, or take the team out of ", Code("teams"), ".")] if idle else []
    do += [line("Remove the copy from the OKR files.")] if copies else []
    parts = [part for fault in faults for part in (" ", fault)]
    return Advice(what=line("The shared OKR ", name, " isn't shared yet.", *parts), why=(), do=tuple(do))


@rule(
    Severity.WARNING,
    evidence=Evidence.ABSENCE,
    advise=advise,
    options={"error_days": 15},
    needs_running_cycle=True,
    public_facts=("objective", "teams", "idle"),
    unit=Unit.OBJECTIVE,
)
def shared_okr_gap(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every objective that several teams hold, or that was meant to be held by several."""
    for objective in portfolio.judged_objectives():
        unmet = [id_ for id_ in objective.key_results if not portfolio.key_result(id_).is_met]
        if unmet and (objective.shared or (objective.sync is not None and objective.teams)):
            yield from _evaluate(portfolio, objective, options["error_days"])


def _evaluate(portfolio: Portfolio, objective: Objective, error_days: float) -> Iterator[Verdict | NotJudged]:
    worked = {portfolio.team_of.get(i.ref) for id_ in objective.key_results for i in work_on(portfolio, id_)}
    tracked = [team for team in objective.teams if (known_team := portfolio.okrs.teams.get(team)) and known_team.owns]
    idle = tuple(team for team in tracked if team not in worked) if objective.shared else ()
    is_incomplete = bool(idle) and is_work_incomplete(portfolio, *objective.key_results)
    copies = tuple(portfolio.key_result_fact(id_) for id_ in _copies(portfolio, objective))
    subject = Subject(SubjectKind.OBJECTIVE, objective.id)
    if is_incomplete:
        yield NotJudged(subject, "work of its teams may be among what could not be read")
    if (idle and not is_incomplete) or copies or not objective.shared:
        facts: dict[str, Fact] = {
            "objective": objective.id,
            "teams": objective.teams,
            "idle": () if is_incomplete else idle,
            "copies": copies,
        }
        severity = _severity(portfolio, objective, error_days)
        yield Verdict(subject, facts, affects=copies, identity=("objective", objective.id), severity=severity)


def _severity(portfolio: Portfolio, objective: Objective, error_days: float) -> Severity | None:
    shared_on = portfolio.shared_since(objective.id)
    if in_grace(portfolio, shared_on):
        return Severity.INFO
    late = working_days_between(max(portfolio.cycle.start, shared_on), portfolio.today) > error_days
    return Severity.ERROR if late else None


def _copies(portfolio: Portfolio, objective: Objective) -> list[str]:
    """Key results that one of its teams holds alone, that say the same, and are not linked to what they copy."""
    shared = [portfolio.key_result(id_) for id_ in objective.key_results]
    own = {id_ for team in objective.teams for id_ in portfolio.key_results_of.get(team, ())} - set(
        objective.key_results
    )
    single_team_key_results = (
        portfolio.key_result(id_) for id_ in sorted(own) if not portfolio.objective_of(id_).shared
    )
    return [key_result.id for key_result in single_team_key_results if _is_copy(key_result, shared)]


def _is_copy(key_result: KeyResult, shared: Sequence[KeyResult]) -> bool:
    linked = {link.key_result for link in key_result.aligns_to if link.state is LinkState.ACCEPTED}
    metric, title = stated_metric(key_result), _plain(key_result.title)
    # A public key result is compared with no private one: it would tell what that is about.
    candidates = (k for k in shared if k.id not in linked and k.private == key_result.private)
    return any(_plain(k.title) == title or (metric and stated_metric(k) == metric) for k in candidates)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
