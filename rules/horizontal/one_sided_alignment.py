"""A key result counts on another team's support, and the other team has not agreed or does not work on it.

## Why it matters

The team that waits plans with support that may not come. It holds for links that only the OKRs declare: proposed for
over five working days, declined while the key result runs, without a key result of the other team's and not accepted,
or accepted with nobody at work on the key result that is to support it.

A proposal counts as accepted once the other team states its `supports`. Where tickets of both teams wait for each
other, the rules about dependencies speak; where `key-result-without-work` speaks of the supporting key result, this one
doesn't.

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

Ask the other team. Once it agrees, it states `supports = [{ key_result = "..." }]` under a key result of its own, or
`state = "accepted"` is written on the need. If it doesn't, take the need out of `depends_on`, and plan without it.

## Options

- `after_days = 5`: working days that a proposal may stand.

Source: Castro, Creating Alignment (a goal is not feasible if it is no priority for the teams that it needs).
"""

from collections.abc import Iterator
from enum import StrEnum

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.okr import KeyResult, LinkState, Need
from hub.model.portfolio import Portfolio, need_key
from hub.model.progress import working_days_between
from rules.base import Evidence, Options, Unit, rule
from rules.shared.dependencies import State, is_resolved, links_by_teams, state_of
from rules.shared.key_results import is_work_incomplete, work_on
from rules.shared.verdicts import day_text, in_grace, key_result_span, line, team_need_subject

WITHOUT_WORK_DAYS = 10
"""Working days of the cycle after which `key-result-without-work` speaks of every key result without work."""


class Fault(StrEnum):
    """Why a link is one-sided, the first that holds."""

    DECLINED = "declined"
    UNNAMED = "unnamed"
    PROPOSED = "proposed"
    IDLE = "idle"


def advise(facts: Facts) -> Advice:
    """Who has not agreed to what, and what both should write."""
    waiting, team = key_result_span(str(facts["waiting"])), str(facts["providing_name"])
    support = line(key_result_span(str(facts["providing"]))) if facts["providing"] else line("a key result of its own")
    since = f" since {day_text(facts['since'])}" if facts["since"] else ""
    message = {
        Fault.DECLINED: line(f"{team} has declined to support ", waiting, ", which goes on."),
        Fault.UNNAMED: line(waiting, f" depends on {team}{since}, which hasn't agreed and names no key result for it."),
        Fault.PROPOSED: line(waiting, f" depends on {team}{since}, which hasn't agreed to it yet."),
        Fault.IDLE: line(waiting, " depends on ", support, f" of {team}, and no work serves that."),
    }[Fault(str(facts["fault"]))]
    do = line(f"Ask {team}. If it agrees, it states ", Code("supports"), " under ", support, ".")
    if facts["fault"] == Fault.IDLE:
        do = line(f"{team}: link the work that serves ", support, ", or plan it.")
    return Advice(
        what=message,
        why=line("Support that only one side plans with may not come."),
        do=(do,),
        unless=line("If nothing is needed any more, take the need out of ", Code("depends_on"), "."),
    )


@rule(
    Severity.WARNING,
    evidence=Evidence.ABSENCE,
    advise=advise,
    options={"after_days": 5},
    needs_all_okrs=True,
    needs_running_cycle=True,
    public_facts=("fault", "providing_team", "providing_name"),
    unit=Unit.PORTFOLIO,
)
def one_sided_alignment(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every key result that needs another team, once for each team, by its first fault."""
    on_tickets, open_pairs = _links_on_tickets(portfolio)
    for result in portfolio.okrs.key_results.values():
        if result.is_met or portfolio.has_ended(result):
            continue
        for team in dict.fromkeys(need.team for need in result.depends_on):
            teams = portfolio.teams_of(result.id)
            if team in teams or (result.id, team) in on_tickets or any((own, team) in open_pairs for own in teams):
                continue
            needs = [need for need in result.depends_on if need.team == team]
            faults = [
                (fault, need) for need in needs if (fault := _fault(portfolio, result, need, options["after_days"]))
            ]
            if faults:
                fault, need = min(faults, key=lambda pair: list(Fault).index(pair[0]))
                yield _evaluate(portfolio, result, need, fault)


def _links_on_tickets(portfolio: Portfolio) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Key results whose work waits for a team's tickets, and pairs of teams with a question open on tickets."""
    key_result_teams, open_pairs = set(), set()
    for teams, links in links_by_teams(portfolio).items():
        if any(not is_resolved(portfolio, link) for link in links):
            open_pairs.add(teams)
        for link in links:
            if link.state is not State.PUT_OFF:
                key_result_teams |= {(serves.key_result, teams[1]) for serves in portfolio.serves.get(link.waiting, ())}
    return key_result_teams, open_pairs


def _fault(portfolio: Portfolio, result: KeyResult, need: Need, after_days: float) -> Fault | None:
    state = state_of(portfolio, result, need)
    support = portfolio.linked(need.key_result or "")
    if support is not None and {need.team, *portfolio.teams_of(result.id)} <= set(portfolio.teams_of(support.id)):
        return None
    if state is LinkState.DECLINED:
        return Fault.DECLINED
    if state is LinkState.PROPOSED:
        if support is None or need.team not in {*portfolio.teams_of(support.id), *support.owners}:
            return Fault.UNNAMED
        since = portfolio.first_seen.get(need_key(result, need))
        return Fault.PROPOSED if since and working_days_between(since, portfolio.today) > after_days else None
    return Fault.IDLE if support is not None and _is_idle(portfolio, support) else None


def _is_idle(portfolio: Portfolio, support: KeyResult) -> bool:
    """Whether nobody works on it, before `key-result-without-work` says so; unknown of teams without a tracker."""
    teams = [portfolio.okrs.teams.get(team) for team in portfolio.teams_of(support.id)]
    tracked = bool(teams) and all(team is not None and team.owns for team in teams)
    days = working_days_between(portfolio.cycle.start, portfolio.today)
    is_covered_by_other_rule = support.id in portfolio.okrs.key_results and days >= WITHOUT_WORK_DAYS
    if (
        support.is_met
        or not tracked
        or is_covered_by_other_rule
        or in_grace(portfolio, portfolio.key_result_since(support.id))
    ):
        return False
    return not any(any(work_on(portfolio, id_)) for id_ in _with_children(portfolio, support.id))


def _with_children(portfolio: Portfolio, id_: str) -> tuple[str, ...]:
    """The key result and those that align to it: work on any of them is work for it."""
    children = (k.id for k in portfolio.okrs.key_results.values() if any(a.key_result == id_ for a in k.aligns_to))
    return (id_, *children)


def _evaluate(portfolio: Portfolio, result: KeyResult, need: Need, fault: Fault) -> Verdict | NotJudged:
    subject = team_need_subject(result, need.team)
    provider = portfolio.okrs.teams.get(need.team)
    key_results = (result.id, *_with_children(portfolio, need.key_result or ""))
    if provider is not None and provider.owns and is_work_incomplete(portfolio, *key_results):
        return NotJudged(subject, "tickets of both teams may be among what could not be read")
    facts: dict[str, Fact] = {
        "waiting": portfolio.key_result_fact(result.id),
        "providing": None if need.key_result is None else portfolio.key_result_fact(need.key_result),
        "providing_team": need.team,
        "providing_name": need.team if provider is None else provider.name,
        "fault": fault.value,
        "since": portfolio.first_seen.get(need_key(result, need), need.since),
    }
    affects = tuple(portfolio.key_result_fact(id_) for id_ in (result.id, need.key_result) if id_ is not None)
    return Verdict(subject, facts, affects=affects, identity=(result.id, need.team))
