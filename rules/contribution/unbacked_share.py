"""A team's share of an organization key result, and the team's own key results, do not match.

## Why it matters

A share is a promise. Without a key result of the team that leads to the organization's, nobody measures whether it is
kept. The other way round, a team whose key result is summed into the organization's belongs among its contributors.
Only accepted links count; a shared OKR counts for each of its teams. It is judged on the OKR files alone.

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

Write `aligns_to = [{ key_result = "…" }]` under the key result by which the team keeps its share, or give the share to
who can. Add a team that is missing to `contributions`, or make its link `kind = "indirect"`.

Source: Fitbots, How to Connect and Align OKRs (first check: each contribution to an organization key result is stated).
"""

from collections import defaultdict
from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code, Text
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.chains import moved_by, organization_key_results
from rules.subjects import of_key_result
from rules.sums import summed_into
from rules.words import key_result, line, listed, public, records, texts


def say(facts: Facts) -> Advice:
    """Whose share has no key result behind it, who adds to it unnamed, and the line that settles each."""
    name = str(facts["key_result"])
    unbacked = [Text(f"{one['team']} ({one['share']:g} %)") for one in records(facts["unbacked"])]
    unnamed = [Text(team) for team in texts(facts["unnamed"])]
    link = Code(f'aligns_to = [{{ key_result = "{name if public([name]) else "<id>"}" }}]')
    what = line(": no key result of ", listed(unbacked), " leads there") if unbacked else ()
    do = [line("Write ", link, " under the key result by which the team keeps its share.")] if unbacked else []
    if unnamed:
        what += line("; " if what else ": ", listed(unnamed), " summed into it and not among the contributors")
        do.append(line("Add ", Code(f'{{ team = "{unnamed[0].text}", share = <percent> }}'), " to its contributions."))
    return Advice(
        what=line(key_result(name), what, "."),
        why=line("A share is a promise: without a key result behind it nobody sees whether it is kept."),
        do=tuple(do),
        unless=line("If a team helps without being summed, make it ", Code('kind = "indirect"'), " without a share."),
    )


@rule(Severity.WARNING, judges=Judges.PRESENCE, say=say, needs_tickets=False, needs_all_okrs=True)
def unbacked_share(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Compare the contributors of every organization key result with the teams whose key results lead to it."""
    leading = _teams_below(portfolio)
    summed = summed_into(portfolio)
    for one in organization_key_results(portfolio):
        unbacked = [c for c in one.contributions if c.share is not None and c.team not in leading[one.id]]
        adding = {team for part in summed.get(one.id, ()) for team in portfolio.teams_of(part.id)}
        unnamed = adding - {contribution.team for contribution in one.contributions}
        if unbacked or unnamed:
            facts: dict[str, Fact] = {
                "key_result": portfolio.shown(one.id),
                "unbacked": tuple({"team": c.team, "share": c.share} for c in unbacked),
                "unnamed": tuple(sorted(unnamed)),
            }
            yield Verdict(of_key_result(one), facts, identity=("key_result", one.id))


def _teams_below(portfolio: Portfolio) -> dict[str, set[str]]:
    """For each organization key result: the teams of all key results that lead to it."""
    leading: dict[str, set[str]] = defaultdict(set)
    for one in portfolio.okrs.key_results.values():
        for top in moved_by(portfolio, one.id):
            leading[top].update(portfolio.teams_of(one.id))
    return leading
