"""Two teams hold key results on the same metric, each for itself.

## Why it matters

One goal that is split into a goal for each team can be met by every team and still be missed by the business. Shared,
with one definition of success and different work, it makes the teams pull together.

Only a stated `metric` that is the same, in cycles that overlap, is a finding: words alone are a question for the audit.
Parts of one key result that states shares are no split, nor is a part that is summed into the other one. Private key
results are left out: what they measure stays unsaid.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]
key_result = [{ id = "dau", title = "500,000 daily active users", metric = "DAU" }]

[[objective]]
id = "load"
title = "Ready for the crowd"
teams = ["platform"]
key_result = [{ id = "dau-load", title = "Carry 300,000 users a day", metric = "dau" }]
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product", "platform"]
key_result = [{ id = "dau", title = "500,000 daily active users", metric = "DAU" }]
```

## How to fix

Share the OKR: one objective with `teams = [...]` and one set of key results. Or make both parts of one organization key
result with shares in its `contributions`. If they do not measure the same, give each its own `metric`.

Source: Castro, Creating Alignment (one goal for each team, each met while the business result is missed).
"""

from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Text
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.metrics import split_metrics, stated_metric
from rules.shared.verdicts import join_spans, key_result_list, key_result_subject, line, texts


def advise(facts: Facts) -> Advice:
    """Whose key results track one metric, and the two ways to make them one goal."""
    ids, teams = (
        key_result_list(texts(facts["key_results"])),
        join_spans([Text(team) for team in texts(facts["teams"])]),
    )
    return Advice(
        what=line(teams, f" track the same metric ({facts['metric']}) in separate key results: ", ids, "."),
        why=line("Each team may meet its own, and the business result is missed."),
        do=(
            line("Share the OKR: one objective of these teams, and one set of key results."),
            line("Or align both with one organization key result that states each team's share."),
        ),
        unless=line("If they don't measure the same, give each its own metric."),
    )


@rule(
    Severity.WARNING,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    needs_all_okrs=True,
    unit=Unit.OKRS,
)
def split_goal(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge each stated metric once."""
    for group in split_metrics(portfolio):
        yield Verdict(
            subject=key_result_subject(group[0]),
            facts={
                "key_results": tuple(portfolio.key_result_fact(key_result.id) for key_result in group),
                "teams": tuple(sorted({team for key_result in group for team in portfolio.teams_of(key_result.id)})),
                "targets": tuple(key_result.target for key_result in group),
                "metric": group[0].metric.strip(),
            },
            affects=tuple(portfolio.key_result_fact(key_result.id) for key_result in group),
            identity=stated_metric(group[0]),
        )
