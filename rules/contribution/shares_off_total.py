"""The teams' stated shares of an organization key result do not make up the whole.

## Why it matters

If the shares add to less than 100 %, every team can deliver and the goal is still missed; if they add to more,
something is counted twice. A contribution without a share, or an indirect one, is listed, not summed. A wrong share is
a warning until the key result's cycle is locked, and an error from then on; that no share is stated at all stays a
warning. The organization's key results of every cycle that contains today count: the year's as well as the quarter's.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
contributions = [{ team = "product", share = 60 }, { team = "platform", share = 30 }]
```

## Passes

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
contributions = [{ team = "product", share = 60 }, { team = "platform", share = 40 }]
```

## How to fix

Agree on the shares, and write them under `contributions`: each over 0 and at most 100, each team once, 100 in all.

## Options

- `tolerance = 0.5`: how far from 100 the sum may be, for rounded shares.

Source: Fitbots, How to Connect and Align OKRs (first check: do the contributions add up to 100 % of the goal?).
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code, Text
from hub.model.okr import Contribution, KeyResult, Phase
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.shares import summed_contributions, total_share
from rules.shared.verdicts import join_spans, key_result_span, key_result_subject, line, records, texts

LOCKED_PHASES = frozenset({Phase.LOCKED, Phase.RUNNING, Phase.CLOSED})


def advise(facts: Facts) -> Advice:
    """The shares as stated, and each thing that is wrong with them."""
    stated = [Text(f"{record['team']} {record['share']:g} %") for record in records(facts["shares"])]
    shares = line(" (", join_spans(stated), ")") if stated else ()
    faults = "; ".join(texts(facts["faults"])) or "the shares are missing, or don't add to 100 %"
    return Advice(
        what=line(key_result_span(str(facts["key_result"])), ": ", faults, shares, "."),
        why=line("Every team can deliver its part, and the goal is still missed."),
        do=(line("Agree on the shares and write them as ", Code('{ team = "<team>", share = <percent> }'), "."),),
        unless=line("Leave the share out for a team that helps and isn't summed: it is listed only."),
    )


@rule(
    Severity.WARNING,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    options={"tolerance": 0.5},
    unit=Unit.OKRS,
)
def shares_off_total(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge the contributions of every organization key result."""
    for result in portfolio.organization:
        stated = summed_contributions(result.contributions, options["tolerance"])
        wrong = _share_faults(result, stated, options["tolerance"])
        if not wrong and stated:
            continue
        yield Verdict(
            subject=key_result_subject(result),
            facts={
                "key_result": portfolio.key_result_fact(result.id),
                "faults": (*wrong, *(() if stated else ("no share is stated",))),
                "shares": tuple({"team": c.team, "share": c.share} for c in stated),
                "unsummed": tuple(c.team for c in result.contributions if c not in stated),
            },
            identity=("key_result", result.id),
            severity=Severity.ERROR if wrong and portfolio.okrs.cycles[result.cycle].phase in LOCKED_PHASES else None,
        )


def _share_faults(result: KeyResult, summed: Sequence[Contribution], tolerance: float) -> tuple[str, ...]:
    shares = [c.share for c in summed if c.share is not None]
    total = total_share(summed)
    contributions_by_team = Counter(c.team for c in result.contributions)
    faults = [f"{team} is named twice" for team, times in sorted(contributions_by_team.items()) if times > 1]
    faults += [f"a share of {share:g} % is not possible" for share in shares if share <= 0 or share > 100]
    if shares and round(abs(total - 100), 6) > tolerance:
        faults.append(f"the shares add to {total:g} %{_percent_hint(shares)}")
    return tuple(faults)


def _percent_hint(shares: list[float]) -> str:
    """Where all of them look like parts of one: they are written in percent."""
    if not all(0 < share <= 1 for share in shares):
        return ""
    first = shares[0]
    return f", and shares are in percent: write {100 * first:g}, not {first:g}"
