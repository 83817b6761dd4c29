"""Teams have OKRs, and the organization has no key result in any current cycle.

## Why it matters

Without a key result of the organization, nobody can say whether a team's key result is aligned. It is said once, and
whatever asks if a key result is aligned is not evaluated.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

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

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
```

## How to fix

Add an objective without `teams`, with the key results that the organization pursues this quarter or this year.

Source: Fitbots, How to Connect and Align OKRs (step 1: the organization's OKRs come first).
"""

from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import line


def advise(facts: Facts) -> Advice:
    """How many teams have OKRs, and what to add."""
    teams = "1 team has" if facts["teams"] == 1 else f"{facts['teams']} teams have"
    return Advice(
        what=line(f"{teams} OKRs, but the organization has no key result in any current cycle."),
        why=line("Alignment with the organization cannot be evaluated."),
        do=(line("Add the organization's key results, under an objective without ", Code("teams"), "."),),
    )


@rule(
    Severity.INFO, evidence=Evidence.PRESENCE, advise=advise, needs_tickets=False, needs_all_okrs=True, unit=Unit.OKRS
)
def no_organization_key_results(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Look for any organization key result of a cycle that contains today, once."""
    teams = {team for objective in portfolio.okrs.objectives.values() for team in objective.teams}
    if teams and not portfolio.organization:
        subject = Subject(SubjectKind.WORKSPACE, portfolio.workspace)
        yield Verdict(subject, {"teams": len(teams)}, identity=("no organization key results",))
