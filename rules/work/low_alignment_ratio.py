"""A team with too little of its active work linked to an aligned key result.

## Why it matters

It stands in reports only, and counts work, never people. Exempt work is left out, as are new tickets without a link.
Where it only follows from a team whose key results are linked to none of the organization's, it is a note.

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
```

## How to fix

Go through the active work together: link it to key results, end what moves none, or write the missing key result.

## Options

- `min_active_tickets = 5`: with fewer active tickets a team is not checked.
- `warn_below_percent = 80`: percent that must be linked to an aligned key result.
- `error_below_percent = 50`: percent below which it is an error.
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.key_results import teams_without_link
from rules.shared.verdicts import in_grace, line
from rules.shared.work_counts import work_counts

KINDS = ("aligned", "unaligned", "without", "undetermined", "exempt")
OPTIONS = {"min_active_tickets": 5, "warn_below_percent": 80, "error_below_percent": 50}


def advise(facts: Facts) -> Advice:
    """The counts behind the ratio."""
    share = f"{facts['aligned']} of {facts['active']} active initiatives of {facts['team']} ({facts['ratio']} %)"
    details = f"{facts['unaligned']} only to key results that aren't linked upward yet, {facts['without']} to none"
    return Advice(
        what=line(f"{share} are linked to an aligned key result; {details}. Exempt: {facts['exempt']}."),
        why=(),
        do=(line("Go through the active work together: link it to key results, end it, or write the missing one."),),
        unless=line("Much of it is upkeep? Add its label or type to the team's exempt work, with a reason."),
    )


@rule(
    Severity.WARNING,
    evidence=Evidence.ABSENCE,
    advise=advise,
    needs_all_okrs=True,
    options=OPTIONS,
    needs_running_cycle=True,
    needs_organization=True,
    unit=Unit.TEAM,
)
def low_alignment_ratio(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Count each team's active work; what was not read counts as aligned before a team is called low."""
    team_counts, unlinked_teams = work_counts(portfolio), teams_without_link(portfolio)
    for team in portfolio.judged_teams():
        counts = {kind: team_counts[team.id, kind] for kind in KINDS}
        sources = {owned.partition(":")[0] for owned in team.owns}
        missing = sum(ref.connector in sources for ref in portfolio.incomplete_tickets)
        active, aligned = sum(counts[kind] for kind in KINDS[:3]), counts["aligned"]
        max_aligned, max_active = aligned + counts["undetermined"] + missing, active + missing
        subject = Subject(SubjectKind.TEAM, team.id)
        if unread := sorted(sources & portfolio.incomplete_sources):
            yield NotJudged(subject, f"{unread[0]} could not be read whole")
        elif active < options["min_active_tickets"] or 100 * aligned >= options["warn_below_percent"] * active:
            continue
        elif 100 * max_aligned >= options["warn_below_percent"] * max_active:
            yield NotJudged(subject, "some of its tickets may serve more than could be read")
        else:
            facts: dict[str, Fact] = {"team": team.id, "active": active, "ratio": 100 * aligned // active, **counts}
            is_consequence = (
                team.id in unlinked_teams
                and 100 * (max_aligned + counts["unaligned"]) >= options["warn_below_percent"] * max_active
            )
            severity = (
                Severity.ERROR if 100 * max_aligned < options["error_below_percent"] * max_active else Severity.WARNING
            )
            yield Verdict(subject, facts, severity=Severity.INFO if is_consequence or in_grace(portfolio) else severity)
