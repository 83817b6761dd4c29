"""Two teams agreed on a dependency, and the priorities that they stated are two or more of four apart.

## Why it matters

What is first for the team that waits and third for the team that provides comes late. Priority 1 is the most urgent of
four. Only what people set counts: a priority other than the site's default, or a number in the OKRs. Both kinds of
links are compared: a ticket with the one that it waits for, and an accepted need with the key result that meets it.

While the two teams have not agreed on a link between them, that is the first question, and this one is not asked.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
priority = 1
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
labels = ["okr-accept"]
priority = 3
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
priority = 1
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
labels = ["okr-accept"]
priority = 2
```

## How to fix

Agree on one priority, and set it on both tickets, or in the OKRs on the need and on the key result that meets it. Or
put the waiting work off to a later cycle.

Source: Fitbots, How to Connect and Align OKRs (second check: do both sides agree on the priority?).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Line
from hub.model.okr import KeyResult, LinkState, Need
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.dependencies import (
    FAULT,
    LABEL,
    Link,
    Teams,
    do_priorities_differ,
    earliest_first,
    is_resolved,
    links_by_teams,
    not_judged,
    state_of,
    teams_subject,
    tickets_of,
)
from rules.shared.dependency_questions import DependencyQuestion, first_open_question, providers
from rules.shared.verdicts import MAX_LISTED, key_result_span, line, records


class _DeclaredMismatch(NamedTuple):
    """An accepted need whose priority is another than that of the key result that is to meet it."""

    waiting: KeyResult
    need: Need
    providing: KeyResult


def advise(facts: Facts) -> Advice:
    """Both priorities of the first pairs, and whose decision it is."""
    waiting, providing = str(facts["waiting_name"]), str(facts["providing_name"])
    pairs = records(facts["pairs"])
    differences = line(*(part for at, pair in enumerate(pairs) for part in ("; " if at else "", _pair_text(pair))))
    omitted = int(str(facts["count"])) - len(pairs)
    return Advice(
        what=line(
            f"{waiting} and {providing} state different priorities: ",
            differences,
            f"; {omitted} more." if omitted else ".",
        ),
        why=line(f"What {providing} puts later may come too late for {waiting}."),
        do=(line(f"{waiting} and {providing}: agree on one priority and set it on both sides."),),
        unless=line("If nothing waits any more, remove the dependency."),
    )


def _pair_text(pair: Mapping[str, Fact]) -> Line:
    waiting, providing = (key_result_span(str(pair[side])) for side in ("waiting", "providing"))
    first, second = (f" (priority {pair[at]})" if pair[at] else "" for at in ("waits_at", "provides_at"))
    return line(waiting, f"{first} waits for ", providing, second)


@rule(
    Severity.WARNING,
    evidence=Evidence.PRESENCE,
    advise=advise,
    label=LABEL,
    fault=FAULT,
    needs_running_cycle=True,
    public_facts=("waiting_team", "waiting_name", "providing_team", "providing_name", "pairs", "count"),
    unit=Unit.TEAM_PAIR,
)
def priority_mismatch(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Compare the priorities of both sides for every two teams that have no other question open."""
    by_teams = links_by_teams(portfolio)
    yield from not_judged(portfolio, by_teams)
    declared = _declared_mismatches(portfolio)
    for teams in sorted({*by_teams, *declared}):
        links = by_teams.get(teams, ())
        question = first_open_question(portfolio, links)
        mismatched = (
            [link for link in links if not is_resolved(portfolio, link)]
            if question is DependencyQuestion.PRIORITY
            else []
        )
        if question is DependencyQuestion.PRIORITY or (declared[teams] and _are_all_resolved(portfolio, links)):
            yield _verdict(portfolio, teams, mismatched, declared[teams])


def _are_all_resolved(portfolio: Portfolio, links: Sequence[Link]) -> bool:
    return all(is_resolved(portfolio, link) for link in links)


def _declared_mismatches(portfolio: Portfolio) -> dict[Teams, list[_DeclaredMismatch]]:
    """By the first team of the waiting key result and the team that it needs."""
    mismatches: dict[Teams, list[_DeclaredMismatch]] = defaultdict(list)
    for result in portfolio.okrs.key_results.values():
        for need in result.depends_on:
            providing = portfolio.linked(need.key_result or "")
            waiting = next((team for team in _waiting_teams(portfolio, result) if team != need.team), None)
            if providing is None or waiting is None or result.is_met or providing.is_met:
                continue
            if state_of(portfolio, result, need) is LinkState.ACCEPTED and do_priorities_differ(
                need.priority, providing.priority
            ):
                mismatches[waiting, need.team].append(_DeclaredMismatch(result, need, providing))
    return mismatches


def _waiting_teams(portfolio: Portfolio, result: KeyResult) -> tuple[str, ...]:
    """Who holds it; of the organization's its owners, but who owns a private one is its audience's to know."""
    return portfolio.teams_of(result.id) or (() if result.private else result.owners)


def _verdict(
    portfolio: Portfolio, teams: Teams, links: Sequence[Link], declared: Sequence[_DeclaredMismatch]
) -> Verdict:
    ordered = earliest_first(portfolio, links)
    pairs = [_pair_facts(str(i.waiting), str(i.providing), *(portfolio.priorities[r] for r in i[:2])) for i in ordered]
    for entry in sorted(declared, key=lambda entry: (entry.waiting.id, entry.providing.id)):
        names = (portfolio.key_result_fact(entry.waiting.id), portfolio.key_result_fact(entry.providing.id))
        pairs.append(_pair_facts(*names, entry.need.priority, entry.providing.priority))
    facts: dict[str, Fact] = {
        "waiting_team": teams[0],
        "waiting_name": _name(portfolio, teams[0]),
        "providing_team": teams[1],
        "providing_name": _name(portfolio, teams[1]),
        "pairs": tuple(pairs[:MAX_LISTED]),
        "count": len(pairs),
    }
    return Verdict(
        subject=teams_subject(teams),
        facts=facts,
        act_on=providers(portfolio, links),
        label_on=tickets_of(links),
        affects=(
            *tickets_of(links),
            *sorted({portfolio.key_result_fact(k.id) for d in declared for k in (d.waiting, d.providing)}),
        ),
        identity=teams,
    )


def _pair_facts(waiting: str, providing: str, waits_at: int | None, provides_at: int | None) -> dict[str, Fact]:
    return {"waiting": waiting, "providing": providing, "waits_at": waits_at, "provides_at": provides_at}


def _name(portfolio: Portfolio, team: str) -> str:
    known = portfolio.okrs.teams.get(team)
    return team if known is None else known.name
