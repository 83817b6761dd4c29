"""A team of whose active work too little serves an aligned key result.

## Why it matters

A ticket that serves no aligned key result is a question; when most of a team's tickets are, the team and its key
results do not belong together. That is a talk for the team and its coach: it stands in reports only, never on a
ticket, and counts work, never people. Work that is exempt is left out, and counted beside it.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]

[[initiative]]
ref = "jira:ACME-2"

[[initiative]]
ref = "jira:ACME-3"

[[initiative]]
ref = "jira:ACME-4"

[[initiative]]
ref = "jira:ACME-5"
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]

[[initiative]]
ref = "jira:ACME-2"
```

## How to fix

Go through the team's active work together: name the key results that it moves, end what moves none, or write the key
result that is missing.

## Options

- `at_least = 5`: with fewer active tickets a team is not judged.
- `warn_below = 80`: percent that must serve an aligned key result.
- `error_below = 50`: percent below which it is an error.
"""

from collections import Counter
from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import StatusCategory
from hub.model.message import Advice
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.doubts import doubt
from rules.words import line

KINDS = ("aligned", "unaligned", "without", "doubtful", "exempt")
OPTIONS = {"at_least": 5, "warn_below": 80, "error_below": 50}


def say(facts: Facts) -> Advice:
    """The counts behind the ratio."""
    parts = f"{facts['unaligned']} serve only unaligned ones and {facts['without']} serve none"
    return Advice(
        what=line(
            f"{facts['aligned']} of {facts['active']} active initiatives of {facts['team']} ({facts['ratio']} %) "
            f"serve an aligned key result; {parts}. Exempt: {facts['exempt']}."
        ),
        why=line("Where most work moves no goal, either the goals or the work are the wrong ones."),
        do=(line("Go through the active work together: name its key results, end it, or write the missing one."),),
        unless=line("If much of it is upkeep, add its label or kind to the team's exempt kinds, with a reason."),
    )


@rule(Severity.WARNING, judges=Judges.ABSENCE, say=say, needs_all_okrs=True, options=OPTIONS)
def low_alignment_ratio(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Count each team's active work; what was not read counts as aligned before a team is called low."""
    counted = _counts(portfolio)
    for team in portfolio.okrs.teams.values():
        counts = {kind: counted[team.id, kind] for kind in KINDS}
        sources = {place.partition(":")[0] for place in team.owns}
        missing = sum(ref.connector in sources for ref in portfolio.unread_keys)
        active, aligned = sum(counts[kind] for kind in KINDS[:3]), counts["aligned"]
        best, most = aligned + counts["doubtful"] + missing, active + missing
        subject = Subject(SubjectKind.TEAM, team.id)
        if unread := sorted(sources & portfolio.unread):
            yield NotJudged(subject, f"{unread[0]} could not be read whole")
        elif active < options["at_least"] or 100 * aligned >= options["warn_below"] * active:
            continue
        elif 100 * best >= options["warn_below"] * most:
            yield NotJudged(subject, "some of its tickets may serve more than could be read")
        else:
            facts: dict[str, Fact] = {"team": team.id, "active": active, "ratio": 100 * aligned // active, **counts}
            severity = Severity.ERROR if 100 * best < options["error_below"] * most else None
            yield Verdict(subject, facts, identity=("team", team.id), severity=severity)


def _counts(portfolio: Portfolio) -> Counter[tuple[str, str]]:
    """Tickets by team and kind; what is in doubt is counted beside its kind."""
    counted: Counter[tuple[str, str]] = Counter()
    for one in portfolio.active_initiatives():
        team = portfolio.team_of.get(one.ref, "")
        served = [link.key_result for link in portfolio.serves.get(one.ref, ())]
        beside = [link.key_result for link in portfolio.elsewhere.get(one.ref, ())]
        if any(map(portfolio.aligned, served)) or not portfolio.reaching.isdisjoint(beside):
            counted[team, "aligned"] += 1
        else:
            counted[team, "unaligned" if served else "without"] += 1
            counted[team, "doubtful"] += doubt(portfolio, one) is not None
    for ref in portfolio.exempt:
        counted[portfolio.team_of.get(ref, ""), "exempt"] += (
            portfolio.initiatives[ref].status is not StatusCategory.DONE
        )
    return counted
