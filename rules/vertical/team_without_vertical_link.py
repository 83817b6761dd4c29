"""A team none of whose key results is linked to an organization key result, or whose links are more than it can mind.

## Why it matters

Accepted links count, direct or indirect, in a chain if need be. The team's lead initiative carries a comment: the team
should know, and somebody there can raise it. A team whose goals all stand for themselves with a reason has answered.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"
key_result = [{ id = "revenue", title = "10M USD a year" }]

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product", "platform"]
key_result = [{ id = "dau", title = "500,000 daily users" }]
```

## Passes

```toml
[[objective]]
id = "growth"
title = "Grow"
key_result = [{ id = "revenue", title = "10M USD a year" }]

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product", "platform"]
key_result = [{ id = "dau", title = "500,000 daily users", aligns_to = [{ key_result = "revenue" }] }]
```

## How to fix

Write `aligns_to = [{ key_result = "…" }]` under the team's key results, for what they move most.

## Options

- `max_aligned = 3`: more organization key results than so many are worth a note.

Source: Fitbots, How to Connect and Align OKRs (second check, and the top three key results that a team influences).
"""

from collections.abc import Iterable, Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Ref
from hub.model.message import Advice
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.key_results import (
    LOCKED_PHASES,
    choose_planning_ticket,
    first_moved_by,
    link_candidates,
    linkable_key_results,
    teams_without_link,
    unaligned_work,
)
from rules.shared.verdicts import (
    in_grace,
    incompleteness_reason,
    join_spans,
    key_result_list,
    key_result_span,
    line,
    public_ids,
    texts,
)


def advise(facts: Facts) -> Advice:
    """How many it reaches, and what it could be linked to."""
    team, reached, upper = str(facts["team"]), texts(facts["reached"]), public_ids(texts(facts["link_candidates"]))
    ask = line(": does one of its key results move ", key_result_list(upper), "?") if upper else line(".")
    message = line(f"None of the key results of {team} is linked to an organization key result yet.")
    do = line(f"{team}: link what it moves in the OKRs", ask)
    unless = "If its goals stand for themselves on purpose, say so with a reason there."
    if reached:
        message = line(
            f"The key results of {team} lead to {len(reached)} organization key results: ",
            key_result_list(reached),
            ".",
        )
        do = line("Keep the links to the three that it moves most.")
        unless = "If it moves all of them in earnest, add a waiver with a reason and an end date."
    elif not facts["key_results"]:
        message = line(f"{team} has no key results in this cycle.")
        moved = (
            join_spans([key_result_span(id_) for id_ in upper], "or") if upper else line("one of the organization's")
        )
        do = line("Agree on one or two key results for it that move ", moved, ".")
        unless = "If it has no goals of its own this cycle, add a waiver with a reason and an end date."
    return Advice(message, (), (do,), line(unless))


@rule(
    Severity.WARNING,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    needs_all_okrs=True,
    needs_organization=True,
    options={"max_aligned": 3},
    public_facts=("team", "initiatives"),
    unit=Unit.TEAM,
)
def team_without_vertical_link(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every team by where the accepted links of its key results lead."""
    upper, work, without = linkable_key_results(portfolio), unaligned_work(portfolio), teams_without_link(portfolio)
    for team in (team.id for team in portfolio.judged_teams()):
        team_key_results = portfolio.key_results_of.get(team, ())
        reached = tuple(sorted({top for id_ in team_key_results for top in first_moved_by(portfolio, id_)}))
        none = team in without
        if not none and len(reached) <= options["max_aligned"]:
            continue
        yield Verdict(
            subject=Subject(SubjectKind.TEAM, team),
            facts={
                "team": team,
                "key_results": tuple(map(portfolio.key_result_fact, team_key_results)),
                "reached": () if none else tuple(map(portfolio.key_result_fact, reached)),
                "link_candidates": tuple(map(portfolio.key_result_fact, link_candidates(upper, (team,)))),
                "initiatives": len({ref for id_ in team_key_results for ref in work.get(id_, ())}),
            },
            act_on=_planning_ticket(portfolio, team, (ref for id_ in team_key_results for ref in work.get(id_, ())))
            if none
            else (),
            affects=tuple(map(portfolio.key_result_fact, team_key_results)) if none else (),
            identity=("team", team, "none" if none else "many"),
            severity=(Severity.ERROR if portfolio.cycle.phase in LOCKED_PHASES else None) if none else Severity.INFO,
        )


def _planning_ticket(portfolio: Portfolio, team: str, refs: Iterable[Ref]) -> tuple[Ref, ...]:
    """The lead initiative of the team's work on its key results; nobody is asked in the first days."""
    tickets = (portfolio.initiatives[ref] for ref in refs if portfolio.team_of.get(ref) == team)
    return choose_planning_ticket(
        portfolio,
        (
            ticket.ref
            for ticket in tickets
            if not (in_grace(portfolio, ticket.created) or incompleteness_reason(portfolio, ticket))
        ),
    )
