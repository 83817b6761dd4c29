"""A team's key result that repeats the key result it is aligned to.

## Why it matters

Alignment is not a cascade: a team chooses what it will move, and states that as its own result. A copy tells nothing
about the team's part, and it counts the same number twice. It holds where the title is the same and, where the upper
key result states numbers, its start and target, too.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
target = 10_000_000

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "our-revenue"
title = "10M USD a year"
target = 10_000_000
aligns_to = [{ key_result = "revenue" }]
```

## Passes

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
target = 10_000_000

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "renewals"
title = "4M USD of renewals"
target = 4_000_000
aligns_to = [{ key_result = "revenue" }]
```

## How to fix

State what the team itself will move, with its own numbers. If several teams pursue one number together, share the OKR.

Source: Castro and Fitbots (vertical alignment is chosen top-down and bottom-up; it is not a cascade).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice
from hub.model.okr import KeyResult, LinkState
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import key_result_span, key_result_subject, line


def advise(facts: Facts) -> Advice:
    """Which one it repeats."""
    names = key_result_span(str(facts["key_result"])), key_result_span(str(facts["repeats"]))
    return Advice(
        what=line(names[0], " repeats ", names[1], ", which it is aligned to."),
        why=line("It doesn't show what the team itself will move."),
        do=(line("State the team's own part, with its own numbers."),),
        unless=line("If teams pursue one number together, share the OKR."),
    )


@rule(Severity.INFO, evidence=Evidence.PRESENCE, advise=advise, needs_tickets=False, unit=Unit.OKRS)
def cascaded_key_result(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Compare every team's key result with those that it is aligned to."""
    for result in portfolio.okrs.key_results.values():
        links = result.aligns_to if portfolio.teams_of(result.id) else ()
        uppers = [portfolio.linked(link.key_result) for link in links if link.state is LinkState.ACCEPTED]
        copied = next((upper for upper in uppers if upper is not None and _repeats(result, upper)), None)
        if copied is not None:
            name, copied_name = portfolio.key_result_fact(result.id), portfolio.key_result_fact(copied.id)
            facts: dict[str, Fact] = {"key_result": name, "repeats": copied_name}
            yield Verdict(key_result_subject(result), facts, affects=(copied_name,), identity=("key_result", result.id))


def _repeats(result: KeyResult, upper: KeyResult) -> bool:
    """The same title, and the same numbers as far as the upper one states any.

    A public key result is compared with no private one: it would tell what that is about.
    """
    if result.private != upper.private:
        return False
    same = all(
        getattr(result, field_name) == getattr(upper, field_name) and field_name in result.stated
        for field_name in upper.stated
    )
    return result.id != upper.id and _plain(result.title) == _plain(upper.title) and same


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
