"""An organization key result that no existing team owns.

## Why it matters

An organization key result needs one or two teams that answer for it when it slips. A team that was dissolved or
renamed owns nothing any more. It is a warning until the key result's cycle is locked, and an error from then on. The
key results of every cycle that contains today count: the year's as well as the quarter's.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
owners = []
```

## Passes

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
owners = ["product"]
```

## How to fix

Write `owners = ["<team>"]` under the key result, with the id of a team in the OKR files.

Source: Fitbots, How to Connect and Align OKRs (first check: is each key result owned by one or more teams?).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.okr import Phase
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import join_spans, key_result_span, key_result_subject, line, texts

DRAFT_PHASES = frozenset({Phase.DRAFT, Phase.ALIGN})


def advise(facts: Facts) -> Advice:
    """Who is missing, and the line to write."""
    unknown_owners = [Code(team) for team in texts(facts["unknown_owners"])]
    explanation = line(
        ": ", join_spans(unknown_owners), " is not a team" if len(unknown_owners) == 1 else " are not teams"
    )
    return Advice(
        what=line(
            key_result_span(str(facts["key_result"])),
            " has no owner team",
            *(explanation if unknown_owners else ()),
            ".",
        ),
        why=(),
        do=(line("Write ", Code('owners = ["<team>"]'), " under it, with one or two teams that answer for it."),),
        unless=line("If no team can own it this cycle, take it out."),
    )


@rule(Severity.ERROR, evidence=Evidence.PRESENCE, advise=advise, needs_tickets=False, unit=Unit.OKRS)
def unowned_key_result(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge the owners as the OKR files name them; an owner that no longer exists counts for none."""
    for result in portfolio.organization:
        unknown_owners = tuple(owner for owner in result.owners if owner not in portfolio.okrs.teams)
        if len(unknown_owners) == len(result.owners):
            facts: dict[str, Fact] = {
                "key_result": portfolio.key_result_fact(result.id),
                "unknown_owners": unknown_owners,
            }
            severity = Severity.WARNING if portfolio.okrs.cycles[result.cycle].phase in DRAFT_PHASES else None
            yield Verdict(key_result_subject(result), facts, identity=("key_result", result.id), severity=severity)
