"""A key result whose check-ins stopped, or where what is said and what is measured do not fit together.

## Why it matters

A key result that nobody looks at steers nothing, and one that is said to be on track against its own numbers steers
wrong. It holds where there was no check-in for twice the cadence (`cadence_days`, a week if left out), where it is said
to be on track at under half of the progress expected by now, where all its work is done and it has hardly moved, and
where confidence is low and no `blocker` is named. What people said is never changed: both numbers are shown.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
target = 500_000
current = 60_000
check_ins = [{ date = 2026-11-09, value = 60_000, confidence = 0.8 }]
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
target = 500_000
current = 60_000
check_ins = [{ date = 2026-11-09, value = 60_000, confidence = 0.3, blocker = "the store has not approved the app" }]
```

## How to fix

Check in: the value, how confident the team is, and the `blocker` where that is little. Plan work that moves it, if all
is done. If it is looked at less often, say so by `cadence_days`.

## Options

- `cadences = 2`: how many cadences may pass without a check-in.
- `on_track = 0.7`: the confidence from which on it is said to be on track.
- `behind = 50`: percent of the expected progress under which that does not fit.
- `after_days = 10`: working days of the cycle before the two are compared.
- `moved = 20`: percent of the way that finished work should have moved it.
- `low = 0.4`: the confidence under which a blocker should be named.

Source: Fitbots, How to Connect and Align OKRs (check-ins bring progress and confidence up to date every week).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.okr import Phase
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.leads import lead, may_lead
from rules.staleness import faults_of, more_work_unread, moved_too_little, picture_of
from rules.subjects import of_key_result
from rules.words import key_result, line, texts

OPTIONS = {"cadences": 2, "on_track": 0.7, "behind": 50, "after_days": 10, "moved": 20, "low": 0.4}


def say(facts: Facts) -> Advice:
    """What is said beside what is measured."""
    said = f"It is said to stand at a confidence of {facts['confidence']}"
    at = f"{facts['measured']} % of its way, {facts['expected']} % of the cycle"
    words = {
        "quiet": f"No check-in for {facts['quiet_days']} days, every {facts['cadence_days']} are agreed.",
        "behind": f"{said}, and measured it is at {at}.",
        "unexplained": f"{said}, and no blocker is named.",
        "done": f"All its work is done, and measured it is at {at}.",
    }
    faults = " ".join(words[fault] for fault in texts(facts["faults"]))
    return Advice(
        what=line("The picture of ", key_result(str(facts["key_result"])), f" is stale. {faults}"),
        why=line("A key result that nobody looks at, or that is told otherwise than it is, steers nobody."),
        do=(line("Check in: the value, the confidence, and the ", Code("blocker"), " where that is low."),),
        unless=line("If it is looked at less often, set its ", Code("cadence_days"), "."),
    )


@rule(Severity.WARNING, judges=Judges.ABSENCE, say=say, label="okr-stale", needs_tickets=False, options=OPTIONS)
def stale_key_result(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every key result that is not met, while the cycle runs."""
    if portfolio.cycle.phase is Phase.CLOSED or not portfolio.cycle.contains(portfolio.today):
        return
    unread = more_work_unread(portfolio)
    for one in portfolio.okrs.key_results.values():
        seen = picture_of(portfolio, one)
        faults = () if one.met else tuple(faults_of(portfolio, one, seen, options))
        done = not one.met and moved_too_little(portfolio, one, seen, options["moved"])
        if done and unread:
            why = "open work on it may be among what could not be read"
            yield NotJudged(of_key_result(one), why, may_lead(portfolio, one))
        if faults or (done and not unread):
            facts: dict[str, Fact] = {
                "key_result": portfolio.shown(one.id),
                "faults": (*faults, "done") if done and not unread else faults,
                "value": one.current,
                "cadence_days": one.cadence_days,
                **seen._asdict(),
            }
            yield Verdict(of_key_result(one), facts, lead(portfolio, one), ("key_result", one.id))
