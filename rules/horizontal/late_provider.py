"""What another team's work waits for is expected after it is needed, or too late to move the key result.

## Why it matters

Teams are too optimistic about the time that others take. Work that starts too late, or takes too long, moves nothing
within the cycle, and both sides can know that while there is still time.

Work is expected on its last day; work that has not started, not before its team's usual time for that kind of work has
passed, where enough was finished to tell. A key result needs time to move once the work is done: its own `lag_days`, or
a fifth of the cycle.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
due = 2026-11-27
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
due = 2026-12-04
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
due = 2026-11-27
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
due = 2026-11-20
```

## How to fix

Start it earlier, cut it to what is needed first, or agree on another date and move the work that waits, if need be to a
later cycle. If a date is out of date, correct it.

## Options

- `share_left = 20`: percent of the cycle that must be left for a key result without `lag_days` to move.

Source: Castro, Creating Alignment (too optimistic about the time another team takes).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.link import Dependency
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.lateness import Late, doubt_of_dates, lateness
from rules.subjects import lasting
from rules.waiting import of_dependency, open_dependencies
from rules.words import line


def say(facts: Facts) -> Advice:
    """Both dates, the days that are left, and what can be done about it."""
    left, wanted = int(str(facts["days_left"])), int(str(facts["days_wanted"]))
    ends = {
        "usual": f"has not started and, at {facts['providing_team']}'s usual pace, ends on {facts['expected']}",
        "overdue": "is overdue",
    }.get(str(facts["why"]), f"is expected on {facts['expected']}")
    rest = f" It is needed by {facts['needed']}." if facts["needed"] else ""
    if left < 0:
        rest += " That is after the end of the cycle."
    elif left < wanted:
        rest += f" That leaves {left} days of the cycle, and a key result needs {wanted} to move."
    return Advice(
        what=line(Code(str(facts["waiting"])), " waits for ", Code(str(facts["providing"])), f", which {ends}.{rest}"),
        why=line("Work that comes too late moves nothing within the cycle."),
        do=(
            line(
                f"Agree, {facts['waiting_team']} and {facts['providing_team']}, to start earlier or on a smaller part."
            ),
            line("Or move the date, or the cycle, of the work that waits."),
        ),
        unless=line("If a date here is out of date, correct it."),
    )


@rule(Severity.WARNING, judges=Judges.PRESENCE, say=say, label="okr-dependency", options={"share_left": 20})
def late_provider(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Compare the dates of each dependency between teams that is still open."""
    for one in open_dependencies(portfolio):
        if isinstance(one, NotJudged):
            yield one
        elif one.providing not in portfolio.exempt:
            late = lateness(portfolio, one, options["share_left"])
            if (late is None or late.why == "usual") and (reason := doubt_of_dates(portfolio, one)) is not None:
                yield NotJudged(of_dependency(one), reason, (one.waiting, one.providing))
            elif late is not None:
                yield _verdict(portfolio, one, late)


def _verdict(portfolio: Portfolio, one: Dependency, late: Late) -> Verdict:
    facts: dict[str, Fact] = {
        "waiting": str(one.waiting),
        "providing": str(one.providing),
        "waiting_team": portfolio.team_of[one.waiting],
        "providing_team": portfolio.team_of[one.providing],
        **late._asdict(),
    }
    ends = (portfolio.initiatives[one.waiting], portfolio.initiatives[one.providing])
    identity = (*lasting(ends[0]), *lasting(ends[1]))
    severity = Severity.ERROR if late.days_left < 0 else None
    return Verdict(of_dependency(one), facts, (one.waiting, one.providing), identity, severity)
