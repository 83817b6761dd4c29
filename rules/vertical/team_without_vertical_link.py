"""A team whose key results lead to no organization key result, or to more than it can mind.

## Why it matters

A team that moves none of the organization's key results pulls in a direction of its own. One is worth a note, two or
three are the measure. Only accepted vertical links count, direct or indirect, in a chain if need be, and a team whose
objectives all stand alone with a reason has answered already.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product", "platform"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
```

## Passes

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"

[[objective.key_result]]
id = "margin"
title = "Margin of 20 %"

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product", "platform"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
aligns_to = [{ key_result = "revenue" }, { key_result = "margin", kind = "indirect" }]
```

## How to fix

Write `aligns_to = [{ key_result = "…", kind = "indirect" }]` under the team's key results: for the two or three
organization key results that they move most.

## Options

- `few = 1`: up to so many organization key results are worth a note.
- `many = 3`: more than so many are worth a note.

Source: Fitbots, How to Connect and Align OKRs (second check, and the top three key results that a team influences).
"""

from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.chains import above, could_link_to, moved_by
from rules.words import key_results, line, texts


def say(facts: Facts) -> Advice:
    """How many it reaches, and the line that adds or mends a link."""
    team, reached, upper = str(facts["team"]), texts(facts["reached"]), texts(facts["could_link_to"])
    example = f'aligns_to = [{{ key_result = "{upper[0] if upper else "<id>"}", kind = "indirect" }}]'
    few = line(f"Write under a key result of {team} that moves it: ", Code(example), ".")
    many = line("Keep the links to the two or three that it moves most.")
    found = line(": ", key_results(reached)) if reached else ()
    count = len(reached) or "no"
    noun = "organization key result" if len(reached) == 1 else "organization key results"
    return Advice(
        what=line(f"The key results of {team} lead to {count} {noun}", found, "."),
        why=line("Two or three is the measure: with none a team pulls its own way, with many it moves none of them."),
        do=(many if facts["too_many"] else few,),
        unless=line("If a goal stands alone on purpose, give its objective ", Code('standalone = "<reason>"'), "."),
    )


OPTIONS = {"few": 1, "many": 3}


@rule(Severity.ERROR, judges=Judges.PRESENCE, say=say, needs_tickets=False, needs_all_okrs=True, options=OPTIONS)
def team_without_vertical_link(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Count, for every team, the organization key results at the upper end of its accepted vertical links."""
    upper = above(portfolio)
    for team in portfolio.okrs.teams.values():
        held = portfolio.key_results_of.get(team.id, ())
        reached = tuple(sorted({top for key_result in held for top in moved_by(portfolio, key_result)}))
        alone = held and all(portfolio.objective_of(key_result).standalone for key_result in held)
        if options["few"] < len(reached) <= options["many"] or (alone and not reached):
            continue
        left = [one for one in upper if one.id not in reached]
        yield Verdict(
            subject=Subject(SubjectKind.TEAM, team.id),
            facts={
                "team": team.id,
                "reached": tuple(portfolio.shown(id_) for id_ in reached),
                "could_link_to": tuple(portfolio.shown(id_) for id_ in could_link_to(left, (team.id,))),
                "too_many": len(reached) > options["many"],
            },
            identity=("team", team.id, "none" if not reached else "many" if len(reached) > options["many"] else "few"),
            severity=Severity.INFO if reached else None,
        )
