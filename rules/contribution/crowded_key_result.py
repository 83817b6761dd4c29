"""An organization key result with more than two owner teams.

## Why it matters

With three or more owners it is no longer clear who answers for a key result. One or two is right; three are a note,
four a warning. Where more teams must move one number together, a shared OKR gives them one definition of success and a
common meeting.

## Fails

```toml
[[team]]
id = "sales"

[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
owners = ["product", "platform", "sales"]
```

## Passes

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
owners = ["product", "platform"]
```

## How to fix

Leave one or two teams in `owners`, and name the others in `contributions`. Or put the key result under an objective
with `teams = [...]`, which makes it a shared OKR.

## Options

- `info_from_owners = 3`: number of owner teams from which on it is noted.
- `warn_from_owners = 4`: number from which on it is a warning.

Source: Fitbots, How to Connect and Align OKRs (ideally one or two teams own a key result).
"""

from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code, Text
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import join_spans, key_result_span, key_result_subject, line, texts


def advise(facts: Facts) -> Advice:
    """Who owns it, and the two ways to settle that."""
    owners, item = texts(facts["owners"]), key_result_span(str(facts["key_result"]))
    owners_text = line(f"{len(owners)} owner teams: ", join_spans([Text(owner) for owner in owners]))
    return Advice(
        what=line(
            item,
            " has ",
            owners_text if owners else "more owner teams than one or two",
            ". Ideally one or two teams own a key result.",
        ),
        why=(),
        do=(
            line("Leave one or two in ", Code("owners"), " and name the others in ", Code("contributions"), "."),
            line("Or share the OKR: put it under an objective with ", Code("teams = [...]"), "."),
        ),
        unless=line("If the owners stay for now, add a waiver with a reason and an end date."),
    )


@rule(
    Severity.INFO,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    options={"info_from_owners": 3, "warn_from_owners": 4},
    unit=Unit.OKRS,
)
def crowded_key_result(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Count the owner teams of every organization key result; those of shared OKRs are not the organization's."""
    for result in portfolio.organization:
        owners = tuple(dict.fromkeys(team for team in result.owners if team in portfolio.okrs.teams))
        if len(owners) < options["info_from_owners"]:
            continue
        yield Verdict(
            subject=key_result_subject(result),
            facts={"key_result": portfolio.key_result_fact(result.id), "owners": owners},
            identity=("key_result", result.id),
            severity=Severity.WARNING if len(owners) >= options["warn_from_owners"] else None,
        )
