"""A team's key result is not linked to an organization key result, while the team has others that are.

## Why it matters

It may be met while the organization gains nothing, or its link was never written down. It is a note, and a warning once
people work on it. Where another finding speaks of the same key result (its team, its work, or its objective), that one
counts, and this stays a note. What is aligned over another team's key result, or stands for itself with a reason, is
fine.

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
key_result = [
  { id = "dau", title = "500,000 daily users", aligns_to = [{ key_result = "revenue" }] },
  { id = "awareness", title = "40 % know the name" },
]
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
key_result = [{ id = "dau", title = "500,000 daily users", aligns_to = [{ key_result = "revenue" }] }]

[[objective]]
id = "safety"
title = "Safe at work"
teams = ["product"]
standalone = "the law asks for it"
key_result = [{ id = "accidents", title = "No accident" }]
```

## How to fix

Link it with `aligns_to = [{ key_result = "…", kind = "indirect" }]`, give its objective `standalone = "<reason>"`, or
drop it.

Source: Fitbots, How to Connect and Align OKRs (each team picks the organization's key results that it will move).
"""

from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Text
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.key_results import (
    link_candidates,
    linkable_key_results,
    objective_only_links,
    teams_without_link,
    unaligned_work,
)
from rules.shared.verdicts import (
    join_spans,
    key_result_list,
    key_result_span,
    key_result_subject,
    line,
    public_ids,
    texts,
)


def advise(facts: Facts) -> Advice:
    """Whose key result it is, and what it could be linked to."""
    teams, upper = (
        join_spans([Text(team) for team in texts(facts["teams"])]),
        public_ids(texts(facts["link_candidates"])),
    )
    ask = line(": does it move ", key_result_list(upper), "?") if upper else line(".")
    item = key_result_span(str(facts["key_result"]))
    return Advice(
        what=line(item, " of ", teams, " isn't linked to an organization key result yet."),
        why=(),
        do=(line(teams, ": link it in the OKRs", ask),),
        unless=line("If the goal stands for itself on purpose, say so with a reason at its objective."),
    )


@rule(
    Severity.INFO,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    needs_all_okrs=True,
    needs_organization=True,
    public_facts=("teams", "active"),
    unit=Unit.KEY_RESULT,
)
def key_result_without_vertical_link(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every key result of a team that others of the team's are better linked than."""
    upper, unlinked_teams, work = (
        linkable_key_results(portfolio),
        teams_without_link(portfolio),
        unaligned_work(portfolio),
    )
    for result in portfolio.judged_key_results():
        teams = portfolio.teams_of(result.id)
        if portfolio.aligned(result.id) or not unlinked_teams.isdisjoint(teams):
            continue
        is_covered_by_other_rule = result.id in work or objective_only_links(
            portfolio, portfolio.objective_of(result.id)
        )
        at_work = [s.initiative for s in portfolio.served_by.get(result.id, ()) if portfolio.is_active(s.initiative)]
        yield Verdict(
            subject=key_result_subject(result),
            facts={
                "key_result": portfolio.key_result_fact(result.id),
                "teams": teams,
                "link_candidates": tuple(map(portfolio.key_result_fact, link_candidates(upper, teams))),
                "active": len(at_work),
            },
            affects=tuple(at_work),
            identity=("key_result", result.id),
            severity=Severity.WARNING if at_work and not is_covered_by_other_rule else None,
        )
