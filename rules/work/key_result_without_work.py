"""A key result that no active or finished work serves, although the cycle is well under way.

## Why it matters

A goal that nobody works on is a wish. After two weeks it is no oversight any more, and the weeks that are left may
not be enough to move it. It is worse where others count on it: in a shared OKR, or behind a big share.

An organization key result that key results of teams lead to is left to those.

## Fails

```toml
today = 2026-11-16
```

## Passes

```toml
today = 2026-11-16

[[initiative]]
ref = "jira:ACME-1"
status = "in progress"
serves = ["dau"]

[[initiative]]
ref = "github:acme/app#1"
status = "done"
serves = ["p99"]
```

## How to fix

Name the key result on the work that moves it, plan such work, or drop the key result for this cycle.

## Options

- `after_days = 10`: working days of the cycle before anything is said.
- `big_share = 20`: a share of an organization key result, in percent, from which on it is an error.
"""

from collections.abc import Iterator

from hub.model.calendar import working_days_between
from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.initiative import StatusCategory
from hub.model.message import Advice, Code, Text
from hub.model.okr import KeyResult
from hub.model.portfolio import PRIVATE_NAME, Portfolio
from rules.base import Judges, Options, rule
from rules.chains import moved_by
from rules.subjects import of_key_result
from rules.words import key_result, line, listed, texts


def say(facts: Facts) -> Advice:
    """Whose key result waits for work, and how work says that it serves it."""
    name = str(facts["key_result"])
    holders = listed([Text(team) for team in texts(facts["teams"])]) or line("the organization")
    label = line("the label ", Code(f"kr-{name}")) if name != PRIVATE_NAME else line("its label")
    return Advice(
        what=line("No active or finished work serves ", key_result(name), ", held by ", holders, "."),
        why=line("A goal that nobody works on does not move, and the cycle is well under way."),
        do=(line("Set ", label, " on the work that moves it, or plan such work."),),
        unless=line("If it is not pursued in this cycle, take it out of the OKR file."),
    )


@rule(Severity.WARNING, judges=Judges.ABSENCE, say=say, options={"after_days": 10, "big_share": 20})
def key_result_without_work(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every key result that is not met, once the cycle has run for a while."""
    if working_days_between(portfolio.cycle.start, portfolio.today) < options["after_days"]:
        return
    led_to = {link.key_result for one in portfolio.okrs.key_results.values() for link in one.aligns_to}
    unread = bool(portfolio.gaps or portfolio.unread or portfolio.unread_keys or portfolio.uncertain)
    for one in portfolio.okrs.key_results.values():
        left_to_teams = portfolio.objective_of(one.id).of_organization and one.id in led_to
        if one.met or left_to_teams or _worked_on(portfolio, one.id):
            continue
        if unread:
            yield NotJudged(of_key_result(one), "work that serves it may be among what could not be read")
        else:
            yield _verdict(portfolio, one, options["big_share"])


def _worked_on(portfolio: Portfolio, one: str) -> bool:
    tickets = (serves.initiative for serves in portfolio.served_by.get(one, ()))
    return any(portfolio.is_active(t) or portfolio.initiatives[t].status is StatusCategory.DONE for t in tickets)


def _verdict(portfolio: Portfolio, one: KeyResult, big_share: float) -> Verdict:
    share = _backed_share(portfolio, one.id)
    shared = portfolio.objective_of(one.id).shared
    name, teams = portfolio.shown(one.id), portfolio.teams_of(one.id)
    facts: dict[str, Fact] = {"key_result": name, "teams": teams, "share": share, "shared": shared}
    severity = Severity.ERROR if shared or share >= big_share else None
    return Verdict(of_key_result(one), facts, identity=("key_result", one.id), severity=severity)


def _backed_share(portfolio: Portfolio, one: str) -> float:
    """The biggest share of an organization key result that its teams hold and that it leads to."""
    teams = portfolio.teams_of(one)
    upper = (portfolio.linked(id_) for id_ in moved_by(portfolio, one))
    return max(
        (c.share or 0.0 for k in upper if k is not None for c in k.contributions if c.team in teams), default=0.0
    )
