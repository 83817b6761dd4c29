"""The two sides of a dependency rank it two or more bands apart, or the provider has no place for it.

## Why it matters

What is first for the team that waits and third for the team that provides comes late. Of four bands, 1 is the most
urgent. A ticket outside the provider's cycle has no place: an error while the waiting side ranks it 1 or 2.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
priority = 1
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
priority = 3
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
priority = 1
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
priority = 2
```

## How to fix

Agree on one rank for both sides, share the OKR, or move the waiting work to a later cycle.

## Options

- `bands_apart = 2`: from how many bands apart on the ranks do not fit.

Source: Fitbots, How to Connect and Align OKRs (second check: do both sides agree on the priority?).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.link import Dependency
from hub.model.message import Advice
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.subjects import lasting, of_need
from rules.waiting import is_apart, of_dependency, open_dependencies, stated_needs, tickets_between
from rules.words import key_result, line

Pair = tuple[str, str]
Bands = tuple[int | None, int | None]


def say(facts: Facts) -> Advice:
    """Both ranks, and the three ways out."""
    waiting, providing = (key_result(str(facts[side])) for side in ("waiting", "providing"))
    other = "no place in the cycle" if facts["no_place"] else f"ranked {facts['providing_band']} of 4"
    return Advice(
        what=line(waiting, f" (ranked {facts['waiting_band']} of 4) waits for ", providing, f" ({other})."),
        why=line("What the provider does not put first comes too late for the side that does."),
        do=(
            line(
                f"Agree, {facts['waiting_team']} and {facts['providing_team']}, on one rank, and set it on both sides."
            ),
            line("Or share the OKR, so that there is one rank for both."),
            line("Or move the waiting work to a later cycle."),
        ),
        unless=line("If nothing waits here any more, remove the dependency."),
    )


@rule(Severity.WARNING, judges=Judges.PRESENCE, say=say, label="okr-dependency", options={"bands_apart": 2})
def priority_mismatch(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Compare stated needs with the key results that meet them, and tickets with those that they wait for."""
    yield from _needs(portfolio, options["bands_apart"])
    for one in open_dependencies(portfolio):
        yield from [one] if isinstance(one, NotJudged) else _tickets(portfolio, one, options["bands_apart"])


def _needs(portfolio: Portfolio, apart: float) -> Iterator[Verdict]:
    between = tickets_between(portfolio)
    for one, need, met_by in stated_needs(portfolio):
        if is_apart(need.priority, met_by.priority, apart):
            pair = (portfolio.shown(one.id), portfolio.shown(met_by.id))
            teams = (" and ".join(portfolio.teams_of(one.id)) or "the organization", need.team)
            yield Verdict(
                subject=of_need(one, met_by),
                facts=_facts(pair, teams, (need.priority, met_by.priority), no_place=False),
                tickets=between.get((one.id, met_by.id), ()),
                identity=("need", one.id, met_by.id),
            )


def _tickets(portfolio: Portfolio, one: Dependency, apart: float) -> Iterator[Verdict | NotJudged]:
    bands = (portfolio.bands.get(one.waiting), portfolio.bands.get(one.providing))
    waiting, provider = portfolio.initiatives[one.waiting], portfolio.initiatives[one.providing]
    placed = portfolio.is_active(one.providing) or one.providing in portfolio.exempt
    no_place = bands[0] in (1, 2) and not placed
    if no_place and provider.unread:
        yield NotJudged(of_dependency(one), f"{one.providing} could not be read whole", (one.waiting, one.providing))
    elif no_place or is_apart(*bands, apart):
        teams = (portfolio.team_of[one.waiting], portfolio.team_of[one.providing])
        yield Verdict(
            subject=of_dependency(one),
            facts=_facts((str(one.waiting), str(one.providing)), teams, bands, no_place=no_place),
            tickets=(one.waiting, one.providing),
            identity=("tickets", *lasting(waiting), *lasting(provider)),
            severity=Severity.ERROR if no_place else None,
        )


def _facts(pair: Pair, teams: Pair, bands: Bands, *, no_place: bool) -> dict[str, Fact]:
    names = ("waiting", "providing", "waiting_team", "providing_team", "waiting_band", "providing_band")
    return {**dict(zip(names, (*pair, *teams, *bands), strict=True)), "no_place": no_place}
