"""Work that another team has promised is expected after it is needed, or too late to move the key result.

## Why it matters

Teams are too optimistic about the time that others take. Only dates that people stated are compared, never a forecast:
the due date of the ticket that others wait for (today where it is overdue), and the day on which it is needed: the
waiting ticket's due date or the `needed_by` of the key result's need, whichever is first. Results take time to show
once the work is done: a key result's own `lag_days`, or a fifth of the cycle.

It checks links that the two teams agreed on, at a similar priority. Whoever commented `/okr accept` promised the day
that the comment asked for, and is late after that day alone. It is an error where the work is expected after the
cycle's end.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
due = 2026-11-27
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
labels = ["okr-accept"]
due = 2026-12-04
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
due = 2026-11-27
blocked_by = ["github:acme/app#2", "github:acme/app#3"]

[[initiative]]
ref = "github:acme/app#2"
labels = ["okr-accept"]
due = 2026-11-20

[[initiative]]
ref = "github:acme/app#3"
labels = ["okr-accept"]
```

## How to fix

Deliver what is needed first by that day, or agree on another date and change it on the waiting ticket, or put the
waiting work off to a later cycle. If a date is out of date, correct it.

## Options

- `min_cycle_left_percent = 20`: percent of the cycle that must be left for a key result without `lag_days` to move.

Source: Castro, Creating Alignment (too optimistic about the time another team takes).
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from hub.model.action import DEPENDENCY
from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Ref
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from hub.model.ticket_input import Verb
from rules.base import Evidence, Options, Unit, rule
from rules.shared.dependencies import Link, State, is_resolved, link_subject, links_by_teams, needed_by, not_judged
from rules.shared.verdicts import MAX_LISTED, day_text, join_spans, line, stable_identity, texts, ticket_subject


class _LateLink(NamedTuple):
    """A link whose providing work comes too late: needed when, the cycle's end, days wanted before it."""

    link: Link
    needed: date | None
    end: date
    required_days: int


def advise(facts: Facts) -> Advice:
    """Both dates, what is left of the cycle, and who should talk to whom."""
    waiting = texts(facts["waiting"])
    waiting_list = join_spans(list(map(Code, waiting)), omitted=int(str(facts["count"])) - len(waiting))
    days_left, required_days = int(str(facts["days_left"])), int(str(facts["required_days"]))
    provider, expected = Code(str(facts["providing"])), day_text(facts["expected"])
    comes = f" was due on {day_text(facts['due'])} and isn't done." if facts["overdue"] else f" is due on {expected}."
    details = f" It is needed by {day_text(facts['needed'])}." if facts["needed"] else ""
    cycle_ends = f" The cycle ends on {day_text(facts['cycle_end'])}"
    if days_left < 0:
        details += f"{cycle_ends}."
    elif days_left < required_days:
        details += f"{cycle_ends}; results usually need about {required_days} days to show."
    return Advice(
        what=line(waiting_list, " waits for ", provider, ", which" + comes + details),
        why=line("Work that comes after that doesn't move the key result in this cycle."),
        do=(
            line("Agree on a date with the teams that wait, or on a smaller part by then, and set it on the tickets."),
        ),
        unless=line("If a date here is out of date, correct it."),
    )


@rule(
    Severity.WARNING,
    evidence=Evidence.PRESENCE,
    advise=advise,
    label=DEPENDENCY,
    options={"min_cycle_left_percent": 20},
    needs_running_cycle=True,
    unit=Unit.PROVIDER,
)
def late_provider(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Compare the dates of both sides of each agreed link; one finding for each ticket that others wait for."""
    by_teams = links_by_teams(portfolio)
    yield from not_judged(portfolio, by_teams)
    late: dict[Ref, list[_LateLink]] = defaultdict(list)
    for links in by_teams.values():
        for link in links:
            if link.state is not State.AGREED or not is_resolved(portfolio, link):
                continue
            late_link = _find_lateness(portfolio, link, options["min_cycle_left_percent"])
            if (reason := _incompleteness_reason(portfolio, link, late_link)) is not None:
                yield NotJudged(link_subject(link.waiting, link.providing), reason, (link.waiting, link.providing))
            elif late_link is not None:
                late[link.providing].append(late_link)
    yield from (_verdict(portfolio, providing, late[providing]) for providing in sorted(late))


def _find_lateness(portfolio: Portfolio, link: Link, min_cycle_left_percent: float) -> _LateLink | None:
    """Whether stated dates say that it comes too late; a key result of a longer cycle has until that one ends."""
    expected = _expected(portfolio, link.providing)
    if expected is None:
        return None
    needed, cycle = needed_by(portfolio, link), portfolio.cycle
    served = [
        portfolio.key_result(key_result_link.key_result) for key_result_link in portfolio.serves.get(link.waiting, ())
    ]
    share = math.ceil(((cycle.end - cycle.start).days + 1) * min_cycle_left_percent / 100)
    moving = [] if _is_promised(portfolio, link.providing) else [k for k in served if not k.is_met]
    required_days = max((share if k.lag_days is None else k.lag_days for k in moving), default=0)
    end = max((portfolio.okrs.cycles[k.cycle].end for k in served), default=cycle.end)
    days_left = (end - expected).days
    if days_left >= max(required_days, 0) and (needed is None or expected <= needed):
        return None
    # The figures of a private key result are nobody's business.
    public_days = max((share if k.lag_days is None else k.lag_days for k in moving if not k.private), default=0)
    return _LateLink(link, needed_by(portfolio, link, public_only=True), end, public_days)


def _is_promised(portfolio: Portfolio, providing: Ref) -> bool:
    """Whether a comment said yes to the question whether it comes by that day, and it isn't overdue."""
    due, commands = portfolio.initiatives[providing].due, portfolio.effective_commands.get(providing, ())
    return due is not None and due >= portfolio.today and any(command.verb is Verb.ACCEPT for command in commands)


def _expected(portfolio: Portfolio, providing: Ref) -> date | None:
    due = portfolio.initiatives[providing].due
    return None if due is None else max(due, portfolio.today)


def _incompleteness_reason(portfolio: Portfolio, link: Link, late_link: _LateLink | None) -> str | None:
    """Why the dates may be others than those known, or the waiting work put off."""
    waiting, providing = portfolio.initiatives[link.waiting], portfolio.initiatives[link.providing]
    if late_link is not None and "labels" in waiting.missing_fields | providing.missing_fields:
        return f"an answer on {waiting.ref} or {providing.ref} may be among what could not be read"
    unread = [
        ticket.ref
        for ticket in (providing, waiting)
        if "fields" in ticket.missing_fields and (late_link is None or ticket.due is None)
    ]
    return f"dates of {unread[0]} could not be read" if unread else None


def _verdict(portfolio: Portfolio, providing: Ref, late: Sequence[_LateLink]) -> Verdict:
    """It asks on the providing ticket; those that wait carry the label."""
    provider, expected = portfolio.initiatives[providing], _expected(portfolio, providing) or portfolio.today
    waiting = tuple(dict.fromkeys(entry.link.waiting for entry in sorted(late, key=_by_need)))
    end = min(entry.end for entry in late)
    required_days = max(entry.required_days for entry in late)
    facts: dict[str, Fact] = {
        "providing": str(providing),
        "providing_team": portfolio.team_of[providing],
        "waiting": tuple(map(str, waiting[:MAX_LISTED])),
        "waiting_teams": tuple(sorted({entry.link.teams[0] for entry in late})),
        "count": len(waiting),
        "needs": tuple(_need(entry, expected) for entry in sorted(late, key=_by_need)),
        "due": provider.due,
        "expected": expected,
        "overdue": provider.due is not None and provider.due < portfolio.today,
        "needed": min(
            (entry.needed for entry in late if entry.needed is not None and entry.needed < expected), default=None
        ),
        "cycle_end": end,
        "days_left": (end - expected).days,
        "required_days": required_days,
    }
    return Verdict(
        subject=ticket_subject(provider),
        facts=facts,
        act_on=(providing,),
        label_on=(providing, *waiting),
        affects=waiting,
        identity=stable_identity(provider),
        severity=Severity.ERROR if expected > end else None,
    )


def _need(entry: _LateLink, expected: date) -> Mapping[str, Fact]:
    """Who needs it for what, and by when, if that is before it comes."""
    needed = entry.needed if entry.needed is not None and entry.needed < expected else None
    return {"ticket": str(entry.link.waiting), "team": entry.link.teams[0], "needed": needed}


def _by_need(entry: _LateLink) -> tuple[date, Ref]:
    return entry.needed or date.max, entry.link.waiting
