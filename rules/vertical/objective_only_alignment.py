"""A team's objective is linked to one of the organization's, but none of its key results to a key result.

## Why it matters

Two objectives go well together in words whatever happens. Whether the team moves the organization shows only where a
key result leads to a key result: alignment is always key result to key result.

It is a note until the cycle is locked, and a warning from then on. A link that is proposed counts as on its way; an
objective that stands alone with a reason has answered.

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
teams = ["product"]
aligns_to = ["growth"]

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
aligns_to = ["growth"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
aligns_to = [{ key_result = "revenue", kind = "indirect" }]
```

## How to fix

Write `aligns_to = [{ key_result = "…", kind = "indirect" }]` under the key result of the team that moves one of the
organization's objective. If none does, take the link between the objectives out.

Source: Fitbots, How to Connect and Align OKRs (key results are aligned with key results).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code
from hub.model.okr import LinkState, Objective, Phase
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.chains import above, could_link_to
from rules.words import line, listed, public, texts

LOCKED = frozenset({Phase.LOCKED, Phase.RUNNING, Phase.CLOSED})


def say(facts: Facts) -> Advice:
    """The two objectives, and the link between key results that would carry them."""
    upper = [Code(id_) for id_ in texts(facts["objectives"])]
    ids = public(texts(facts["could_link_to"]))
    link = Code(f'aligns_to = [{{ key_result = "{ids[0] if ids else "<id>"}", kind = "indirect" }}]')
    others = line(" (or ", listed([Code(id_) for id_ in ids[1:]], "or"), ")") if ids[1:] else ()
    objective = Code(str(facts["objective"]))
    return Advice(
        what=line("The objective ", objective, " is linked to ", listed(upper), ", but no key result of it to any."),
        why=line("Alignment is key result to key result; two objectives agree whatever happens."),
        do=(line("Write under the key result that moves it: ", link, others, "."),),
        unless=line("If none of them moves it, take the link between the objectives out."),
    )


@rule(Severity.INFO, judges=Judges.PRESENCE, say=say, needs_tickets=False, needs_all_okrs=True)
def objective_only_alignment(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every team objective that is linked to an objective of the organization."""
    reachable = above(portfolio)
    held = {one.id for one in portfolio.okrs.objectives.values() if one.of_organization}
    held |= {one.objective for one in reachable}
    for one in portfolio.okrs.objectives.values():
        linked = () if one.of_organization else tuple(id_ for id_ in one.aligns_to if id_ in held)
        if not linked or not one.key_results or one.standalone is not None or _linked_below(portfolio, one):
            continue
        offered = [k for k in reachable if k.objective in linked]
        facts: dict[str, Fact] = {
            "objective": one.id,
            "teams": one.teams,
            "objectives": linked,
            "could_link_to": tuple(portfolio.shown(id_) for id_ in could_link_to(offered, one.teams)),
        }
        severity = Severity.WARNING if portfolio.cycle.phase in LOCKED else None
        yield Verdict(Subject(SubjectKind.OBJECTIVE, one.id), facts, identity=("objective", one.id), severity=severity)


def _linked_below(portfolio: Portfolio, one: Objective) -> bool:
    links = (link for id_ in one.key_results for link in portfolio.key_result(id_).aligns_to)
    return any(link.state is not LinkState.DECLINED for link in links)
