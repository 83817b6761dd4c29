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

from collections import Counter
from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, rule
from rules.shared.key_results import aligned_key_results, teams_without_link
from rules.shared.verdicts import in_grace, incompleteness_reason, line

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
)
def low_alignment_ratio(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Count each team's active work; what was not read counts as aligned before a team is called low."""
    team_counts, unlinked_teams = _counts(portfolio), teams_without_link(portfolio)
    for team in portfolio.okrs.teams.values():
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


def _counts(portfolio: Portfolio) -> Counter[tuple[str, str]]:
    """Initiatives by team and kind; what is in doubt is counted beside its kind."""
    counts: Counter[tuple[str, str]] = Counter()
    aligned, all_new = aligned_key_results(portfolio), in_grace(portfolio)
    for ticket in portfolio.active_initiatives():
        team = portfolio.team_of.get(ticket.ref, "")
        served = [link.key_result for link in portfolio.serves.get(ticket.ref, ())]
        other_cycle = (link.key_result for link in portfolio.other_cycle_links.get(ticket.ref, ()))
        if not aligned.isdisjoint(served) or not portfolio.reaching.isdisjoint(other_cycle):
            counts[team, "aligned"] += 1
        elif served or all_new or not in_grace(portfolio, ticket.created):
            counts[team, "unaligned" if served else "without"] += 1
            counts[team, "undetermined"] += incompleteness_reason(portfolio, ticket) is not None
    for ref in portfolio.exempt:
        counts[portfolio.team_of.get(ref, ""), "exempt"] += not portfolio.initiatives[ref].status.ended
    return counts
