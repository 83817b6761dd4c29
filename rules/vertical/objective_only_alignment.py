"""A team's objective is linked to one of the organization's, but none of its key results to a key result.

## Why it matters

Two objectives go well together in words whatever happens. Whether the team moves the organization shows where a key
result leads to a key result.

It is a note until the cycle is locked, and a warning from then on. Where another finding speaks of all its key results
(their team, or the work on them), it stays a note. A link that is proposed counts as on its way.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"
key_result = [{ id = "revenue", title = "10M USD a year" }]

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]
aligns_to = ["growth"]
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
teams = ["product"]
aligns_to = ["growth"]
key_result = [{ id = "dau", title = "500,000 daily users", aligns_to = [{ key_result = "revenue" }] }]
```

## How to fix

Write `aligns_to = [{ key_result = "…", kind = "indirect" }]` under the key result of the team that moves one of the
organization's objective. If none does, take the link between the objectives out.

Source: Fitbots, How to Connect and Align OKRs (key results are aligned with key results).
"""

from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.key_results import (
    LOCKED_PHASES,
    link_candidates,
    linkable_key_results,
    objective_only_links,
    teams_without_link,
    unaligned_work,
)
from rules.shared.verdicts import join_spans, key_result_list, line, public_ids, texts


def advise(facts: Facts) -> Advice:
    """The two objectives, and the key results that could carry their link."""
    upper = join_spans([Code(id_) for id_ in texts(facts["objectives"])])
    ids = public_ids(texts(facts["link_candidates"]))
    ask = line(": does one of them move ", key_result_list(ids), "?") if ids else line(".")
    objective = Code(str(facts["objective"]))
    return Advice(
        what=line("The objective ", objective, " is linked to ", upper, ", but none of its key results is."),
        why=line("Alignment is key result to key result."),
        do=(line("Link its key results in the OKRs", ask),),
        unless=line("If none of them moves it, take the link between the objectives out."),
    )


@rule(
    Severity.INFO,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    needs_all_okrs=True,
    needs_organization=True,
    public_facts=("objective", "teams", "objectives"),
    unit=Unit.OBJECTIVE,
)
def objective_only_alignment(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every team objective that is linked to an objective of the organization."""
    reachable, unlinked_teams, work = (
        linkable_key_results(portfolio),
        teams_without_link(portfolio),
        unaligned_work(portfolio),
    )
    for objective in portfolio.judged_objectives():
        if not (linked := objective_only_links(portfolio, objective)):
            continue
        unaligned = [id_ for id_ in objective.key_results if not portfolio.aligned(id_)]
        is_covered_by_other_rule = not unlinked_teams.isdisjoint(objective.teams) or all(
            id_ in work for id_ in unaligned
        )
        candidates = [k for k in reachable if k.objective in linked]
        yield Verdict(
            subject=Subject(SubjectKind.OBJECTIVE, objective.id),
            facts={
                "objective": objective.id,
                "teams": objective.teams,
                "objectives": linked,
                "link_candidates": tuple(map(portfolio.key_result_fact, link_candidates(candidates, objective.teams))),
            },
            affects=tuple(map(portfolio.key_result_fact, unaligned)),
            severity=Severity.WARNING
            if portfolio.cycle.phase in LOCKED_PHASES and not is_covered_by_other_rule
            else None,
        )
