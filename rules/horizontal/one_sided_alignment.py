"""One team counts on another team's support for a key result, and the other has not agreed or does not work on it.

## Why it matters

A link that only one side believes in is a hope, and the team that waits plans with it. It holds where a need was
proposed long ago, was declined while the key result runs on, or where the key result that supports it has no work.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
depends_on = [{ team = "platform", priority = 1, state = "declined" }]
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
depends_on = [{ team = "platform", priority = 1, state = "accepted" }]
```

## How to fix

Agree with the other team and write it: `state = "accepted"` and work that supports yours, or no need at all.

## Options

- `after_days = 5`: working days that a proposal may stand, and of the cycle in which support may still have no work.

Source: Castro, Creating Alignment (a goal is not feasible if it is no priority for the teams that it needs).
"""

from collections.abc import Iterator

from hub.model.calendar import working_days_between
from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, Verdict
from hub.model.memory import between_key_results
from hub.model.message import Advice, Code
from hub.model.okr import KeyResult, LinkState, Need
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.leads import anything_unread, lead, may_lead, work_on
from rules.subjects import of_need, of_need_of_team
from rules.waiting import tickets_between
from rules.words import key_result, line


def say(facts: Facts) -> Advice:
    """Who has not confirmed what, and what both should write."""
    waiting, team = key_result(str(facts["waiting"])), str(facts["providing_team"])
    support = line(key_result(str(facts["providing"]))) if facts["providing"] else line("a key result of its own")
    what = {
        "declined": line(f"{team} has declined to support ", waiting, ", which runs on all the same."),
        "proposed": line(f"{team} has not confirmed that it supports ", waiting, f": proposed on {facts['since']}."),
    }.get(str(facts["fault"]), line(waiting, " counts on ", support, f" of {team}, which no work serves."))
    return Advice(
        what=what,
        why=line("What only one side plans with does not come."),
        do=(
            line(f"Agree with {team}, write ", Code('state = "accepted"'), " and have work that serves ", support, "."),
            line("Or put the work that needs it off to a later cycle."),
        ),
        unless=line("If nothing is needed any more, take the need out of ", Code("depends_on"), "."),
    )


@rule(Severity.WARNING, judges=Judges.ABSENCE, say=say, label="okr-dependency", options={"after_days": 5})
def one_sided_alignment(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every need of a key result that is not met yet."""
    between = tickets_between(portfolio)
    for one in portfolio.okrs.key_results.values():
        for need in one.depends_on if not one.met else ():
            fault = _fault(portfolio, one, need, options["after_days"])
            tickets = between.get((one.id, need.key_result or ""), ())
            if fault == "idle" and anything_unread(portfolio):
                why = "work of the other side may be among what could not be read"
                yield NotJudged(_subject(portfolio, one, need), why, (*tickets, *may_lead(portfolio, one)))
            elif fault is not None:
                identity = (fault, one.id, need.team, need.key_result or "")
                facts = _facts(portfolio, one, need, fault)
                yield Verdict(_subject(portfolio, one, need), facts, tickets or lead(portfolio, one), identity)


def _fault(portfolio: Portfolio, one: KeyResult, need: Need, after_days: float) -> str | None:
    if need.state is LinkState.DECLINED:
        return "declined"
    since = portfolio.first_seen.get(between_key_results(one, need))
    if need.state is LinkState.PROPOSED and since and working_days_between(since, portfolio.today) > after_days:
        return "proposed"
    support = portfolio.okrs.key_results.get(need.key_result or "")
    young = working_days_between(portfolio.cycle.start, portfolio.today) <= after_days
    if support is None or support.met or young or any(work_on(portfolio, support.id)):
        return None
    return "idle"


def _subject(portfolio: Portfolio, one: KeyResult, need: Need) -> Subject:
    met_by = portfolio.okrs.key_results.get(need.key_result or "")
    return of_need_of_team(one, need.team) if met_by is None else of_need(one, met_by)


def _facts(portfolio: Portfolio, one: KeyResult, need: Need, fault: str) -> dict[str, Fact]:
    providing = None if need.key_result is None else portfolio.shown(need.key_result)
    since = portfolio.first_seen.get(between_key_results(one, need), need.since)
    sides: dict[str, Fact] = {"waiting": portfolio.shown(one.id), "providing": providing, "providing_team": need.team}
    return {**sides, "fault": fault, "since": since}
