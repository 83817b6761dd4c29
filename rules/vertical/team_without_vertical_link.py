"""A team none of whose key results is linked to an organization key result, or whose links are more than it can mind.

## Why it matters

Accepted links count, direct or indirect, in a chain if need be. The team's lead initiative carries a comment: the team
should know, and somebody there can raise it. A team whose goals all stand for themselves with a reason has answered.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"
key_result = [{ id = "revenue", title = "10M USD a year" }]

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product", "platform"]
key_result = [{ id = "dau", title = "500,000 daily users" }]
```

## Passes

```toml
[[objective]]
id = "growth"
title = "Grow"
key_result = [{ id = "revenue", title = "10M USD a year" }]

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product", "platform"]
key_result = [{ id = "dau", title = "500,000 daily users", aligns_to = [{ key_result = "revenue" }] }]
```

## How to fix

Write `aligns_to = [{ key_result = "…" }]` under the team's key results, for what they move most.

## Options

- `many = 3`: more organization key results than so many are worth a note.

Source: Fitbots, How to Connect and Align OKRs (second check, and the top three key results that a team influences).
"""

from collections.abc import Iterable, Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Ref
from hub.model.message import Advice
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.shared.chains import LOCKED, above, could_link_to, nearest_moved_by, teams_without_link
from rules.shared.doubts import doubt
from rules.shared.grace import in_grace
from rules.shared.leads import lead_of, unaligned_work
from rules.shared.words import key_results, line, public, texts


def say(facts: Facts) -> Advice:
    """How many it reaches, and what it could be linked to."""
    team, reached, upper = str(facts["team"]), texts(facts["reached"]), public(texts(facts["could_link_to"]))
    ask = line(": does one of its key results move ", key_results(upper), "?") if upper else line(".")
    what = line(f"None of the key results of {team} is linked to an organization key result yet.")
    do = line(f"{team}: link what it moves in the OKRs", ask)
    if reached:
        what = line(
            f"The key results of {team} lead to {len(reached)} organization key results: ", key_results(reached), "."
        )
        do = line("Keep the links to the three that it moves most.")
    elif not facts["key_results"]:
        what = line(f"{team} has no key results in this cycle.")
        do = line("Agree on one or two for it, linked to the organization's", ask)
    return Advice(what, (), (do,), line("If its goals stand for themselves on purpose, say so with a reason there."))


@rule(
    Severity.WARNING,
    judges=Judges.PRESENCE,
    say=say,
    needs_tickets=False,
    needs_all_okrs=True,
    needs_organization=True,
    options={"many": 3},
    told_of_private=("team", "initiatives"),
)
def team_without_vertical_link(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every team by where the accepted links of its key results lead."""
    upper, work, without = above(portfolio), unaligned_work(portfolio), teams_without_link(portfolio)
    for team in portfolio.okrs.teams:
        held = portfolio.key_results_of.get(team, ())
        reached = tuple(sorted({top for id_ in held for top in nearest_moved_by(portfolio, id_)}))
        none = team in without
        if not none and len(reached) <= options["many"]:
            continue
        yield Verdict(
            subject=Subject(SubjectKind.TEAM, team),
            facts={
                "team": team,
                "key_results": tuple(map(portfolio.key_result_fact, held)),
                "reached": () if none else tuple(map(portfolio.key_result_fact, reached)),
                "could_link_to": tuple(map(portfolio.key_result_fact, could_link_to(upper, (team,)))),
                "initiatives": len({ref for id_ in held for ref in work.get(id_, ())}),
            },
            act_on=_lead(portfolio, team, (ref for id_ in held for ref in work.get(id_, ()))) if none else (),
            affects=tuple(map(portfolio.key_result_fact, held)) if none else (),
            identity=("team", team, "none" if none else "many"),
            severity=(Severity.ERROR if portfolio.cycle.phase in LOCKED else None) if none else Severity.INFO,
        )


def _lead(portfolio: Portfolio, team: str, refs: Iterable[Ref]) -> tuple[Ref, ...]:
    """The lead initiative of the team's work on its key results; nobody is asked in the first days."""
    found = (portfolio.initiatives[ref] for ref in refs if portfolio.team_of.get(ref) == team)
    return lead_of(
        portfolio, (one.ref for one in found if not (in_grace(portfolio, one.created) or doubt(portfolio, one)))
    )
