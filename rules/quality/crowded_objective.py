"""An objective with more than five key results, or a team with more than five objectives.

## Why it matters

OKRs say what matters most. With more than five of a kind, attention is spread and little of it is looked at in a
check-in. A shared objective counts for each of its teams.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "kr-1"
title = "Number 1"

[[objective.key_result]]
id = "kr-2"
title = "Number 2"

[[objective.key_result]]
id = "kr-3"
title = "Number 3"

[[objective.key_result]]
id = "kr-4"
title = "Number 4"

[[objective.key_result]]
id = "kr-5"
title = "Number 5"

[[objective.key_result]]
id = "kr-6"
title = "Number 6"
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

[[objective.key_result]]
id = "nps"
title = "A Net Promoter Score of 35"
```

## How to fix

Keep those that matter most this cycle, and move the others to a later cycle.

## Options

- `max_key_results = 5`: how many key results an objective may have.
- `max_objectives = 5`: how many objectives a team may have.

Source: Fitbots, How to Connect and Align OKRs (what are the top 3 key results that we influence?).
"""

from collections import Counter
from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import line


def advise(facts: Facts) -> Advice:
    """How many of what."""
    count_text = f" has {facts['count']} {facts['of']}, more than {facts['limit']}."
    return Advice(
        what=line(
            "The objective " if facts["of"] == "key results" else "The team ", Code(str(facts["name"])), count_text
        ),
        why=(),
        do=(line("Keep those that matter most, and move the others to a later cycle."),),
    )


@rule(
    Severity.INFO,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    options={"max_key_results": 5, "max_objectives": 5},
    public_facts=("name", "count", "of", "limit"),
    unit=Unit.OKRS,
)
def crowded_objective(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Count the key results of every objective, and the objectives of every team."""
    for objective in portfolio.okrs.objectives.values():
        if len(objective.key_results) > options["max_key_results"]:
            yield _crowding_verdict(
                SubjectKind.OBJECTIVE,
                objective.id,
                len(objective.key_results),
                "key results",
                options["max_key_results"],
            )
    objectives_by_team = Counter(team for objective in portfolio.okrs.objectives.values() for team in objective.teams)
    for team, count in objectives_by_team.items():
        if count > options["max_objectives"]:
            yield _crowding_verdict(SubjectKind.TEAM, team, count, "objectives", options["max_objectives"])


def _crowding_verdict(kind: SubjectKind, name: str, count: int, of: str, limit: float) -> Verdict:
    facts: Facts = {"name": name, "count": count, "of": of, "limit": int(limit)}
    return Verdict(Subject(kind, name), facts, identity=(kind, name))
