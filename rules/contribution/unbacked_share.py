"""A team's share of an organization key result, and the team's own key results, do not match.

## Why it matters

A team that holds a share needs a key result of its own, or a shared one, that leads to the organization's: else nobody
can see whether the share is delivered. The other way round, a team whose key result is aligned directly is summed into
the organization's, and belongs among its contributors. Only accepted links count, over any number of steps, also from
the quarter to the year. Where no contribution is stated at all, `shares-off-total` says so.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
contributions = [{ team = "product", share = 60 }, { team = "platform", share = 40 }]

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
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
contributions = [{ team = "product", share = 100 }, { team = "platform", kind = "indirect" }]

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
aligns_to = [{ key_result = "revenue" }]
```

## How to fix

Write `aligns_to = [{ key_result = "…" }]` under the key result that delivers the team's share, or move the share to
the team that delivers it. Add a team that is missing to `contributions`, or make its link `kind = "indirect"`.

Source: Fitbots, How to Connect and Align OKRs (first check: each contribution to an organization key result is stated).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code, Text
from hub.model.okr import LinkState
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.metrics import summed_key_results
from rules.shared.shares import summed_contributions
from rules.shared.verdicts import join_spans, key_result_span, key_result_subject, line, public_ids, records, texts


def advise(facts: Facts) -> Advice:
    """Whose share has no key result behind it, who adds to it unnamed, and the line that settles each."""
    name = str(facts["key_result"])
    unbacked = [Text(f"{record['team']} ({record['share']:g} %)") for record in records(facts["unbacked"])]
    unnamed = [Text(team) for team in texts(facts["unnamed"])]
    link = Code(f'aligns_to = [{{ key_result = "{name if public_ids([name]) else "<id>"}" }}]')
    message = line(": no key result of ", join_spans(unbacked), " leads there") if unbacked else ()
    do = [line("Write ", link, " under the key result that delivers the share.")] if unbacked or not unnamed else []
    if unnamed:
        message += line(
            "; " if message else ": ", join_spans(unnamed), " aligned directly, but not among the contributors"
        )
        do.append(line("Add ", Code(f'{{ team = "{unnamed[0].text}", share = <percent> }}'), " to its contributions."))
    return Advice(
        what=line(
            key_result_span(name), message or ": the shares and the key results that lead there don't match", "."
        ),
        why=line("Nobody can see whether the shares are delivered.") if unbacked else (),
        do=tuple(do),
        unless=line("If a team helps without being summed, make it ", Code('kind = "indirect"'), " without a share."),
    )


@rule(
    Severity.WARNING,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    needs_all_okrs=True,
    unit=Unit.OKRS,
)
def unbacked_share(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Compare the contributors of every organization key result with the teams whose key results lead to it."""
    children = _children_by_key_result(portfolio)
    summed = summed_key_results(portfolio)
    for result in portfolio.organization:
        if not result.contributions:
            continue
        leading = _teams_of_descendants(portfolio, result.id, children)
        summed_shares = summed_contributions(result.contributions)
        unbacked = [c for c in summed_shares if (c.share or 0) > 0 and c.team not in leading]
        adding = {team for part in summed.get(result.id, ()) for team in portfolio.teams_of(part.id)}
        unnamed = adding - {contribution.team for contribution in result.contributions}
        if unbacked or unnamed:
            facts: dict[str, Fact] = {
                "key_result": portfolio.key_result_fact(result.id),
                "unbacked": tuple({"team": c.team, "share": c.share} for c in unbacked),
                "unnamed": tuple(sorted(unnamed)),
            }
            yield Verdict(key_result_subject(result), facts, identity=("key_result", result.id))


def _children_by_key_result(portfolio: Portfolio) -> dict[str, list[str]]:
    """For each key result: those with an accepted vertical link to it, of the running cycle and those alongside."""
    children: dict[str, list[str]] = defaultdict(list)
    for result in (*portfolio.okrs.key_results.values(), *portfolio.overlapping_key_results.values()):
        for link in result.aligns_to:
            if link.state is LinkState.ACCEPTED:
                children[link.key_result].append(result.id)
    return children


def _teams_of_descendants(portfolio: Portfolio, key_result: str, children: Mapping[str, Sequence[str]]) -> set[str]:
    """The teams of all key results that lead there."""
    visited, todo = {key_result}, [key_result]
    while todo:
        unvisited = [id_ for id_ in children.get(todo.pop(), ()) if id_ not in visited]
        visited.update(unvisited)
        todo.extend(unvisited)
    return {team for id_ in visited for team in portfolio.teams_of(id_)}
