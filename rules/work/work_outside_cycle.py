"""Active work whose dates and the cycle of its key result don't fit together.

## Why it matters

What is finished after a key result's cycle doesn't move it. Work that also names a key result whose cycle contains its
date is in time. Where more than a few tickets of a team are still linked to an ended cycle alone, they are one finding:
they carry the label, and the list stands in the audit.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
due = 2027-01-15
serves = ["dau"]
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
due = 2027-01-05
serves = ["dau"]
```

## How to fix

Bring the date forward, or name the key result that goes on (`replaced_by = "<id>"`).

## Options

- `grace_days = 5`: working days after the cycle's end in which work may still end.
- `one_by_one = 3`: up to so many tickets of a team on an ended cycle, each is a finding.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from hub.model.action import UNALIGNED
from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Initiative, Ref
from hub.model.message import Advice, Code
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from hub.model.progress import working_days_between
from rules.base import Evidence, Options, Unit, rule
from rules.shared.key_results import once_for_okrs
from rules.shared.verdicts import (
    day_text,
    has_ended_key_results,
    in_grace,
    incompleteness_reason,
    join_spans,
    key_result_list,
    line,
    only_ended_key_results,
    public_ids,
    stable_identity,
    texts,
    ticket_subject,
)

OPTIONS = {"grace_days": 5, "one_by_one": 3}


def advise(facts: Facts) -> Advice:
    """Both dates, and the key result that goes on where the OKRs name one."""
    names, ends, is_group = key_result_list(texts(facts["key_results"])), day_text(facts["ends"]), facts["tickets"] != 1
    values = [Code(id_) for id_ in public_ids(dict.fromkeys(texts(facts["go_on"])))]
    subject_text = (
        f"{facts['tickets']} active tickets of {facts['team']} are" if is_group else "This ticket is active and"
    )
    message = line(f"{subject_text} linked only to ", names, f" of {facts['cycle']}, which ended on {ends}.")
    do = line(
        "Link the key result that it supports now", *(line(": ", join_spans(values, "or")) if values else ()), "."
    )
    if facts["fault"] == "late":
        message = line(f"This ticket is due on {day_text(facts['due'])}, and ", names, f" is measured until {ends}.")
        do = line(f"Bring the date forward to {ends}, or split off what is done later.")
    return Advice(message, (), (do,), line("Not OKR work? Comment ", Code("/okr exempt <reason>"), "."))


@rule(
    Severity.WARNING,
    evidence=Evidence.PRESENCE,
    advise=advise,
    label=UNALIGNED,
    options=OPTIONS,
    needs_running_cycle=True,
    public_facts=("fault", "cycle", "ends", "due", "team", "tickets"),
    unit=Unit.TEAM,
)
def work_outside_cycle(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Compare each active initiative with the cycles of the key results that it serves or names."""
    rolled: dict[tuple[str, str], dict[Ref, Sequence[KeyResult]]] = defaultdict(dict)
    # Most tickets are due before any cycle ends, and serve what goes on, which is quicker to see.
    first_end = _first_end(portfolio) if options["grace_days"] >= 0 else date.min
    may_be_ended = has_ended_key_results(portfolio)
    for ticket in portfolio.active_initiatives():
        due = ticket.due
        if not may_be_ended and (due is None or due <= first_end):
            continue
        ended = only_ended_key_results(portfolio, ticket.ref) if may_be_ended else ()
        if ended and (reason := incompleteness_reason(portfolio, ticket)) is not None:
            yield NotJudged(ticket_subject(ticket), reason, (ticket.ref,))
        elif ended:
            cycle = max({k.cycle for k in ended}, key=lambda id_: portfolio.okrs.cycles[id_].end)
            rolled[cycle, portfolio.team_of.get(ticket.ref, "")][ticket.ref] = ended
        elif late := _late_key_results(portfolio, ticket, options["grace_days"]):
            yield _verdict(portfolio, "late", late[0].cycle, {ticket.ref: late})
    for (cycle, _), tickets in rolled.items():
        split = [tickets] if len(tickets) > options["one_by_one"] else [{ref: k} for ref, k in tickets.items()]
        yield from (_verdict(portfolio, "ended", cycle, row) for row in split)


def _late_key_results(portfolio: Portfolio, ticket: Initiative, grace_days: float) -> list[KeyResult]:
    """Those that it serves whose cycle ends last, where even that is too long before it is due."""
    due, cycles = ticket.due, portfolio.okrs.cycles
    if due is None:
        return []
    served = [portfolio.key_result(link.key_result) for link in portfolio.serves.get(ticket.ref, ())]
    other_cycle_links = portfolio.other_cycle_links.get(ticket.ref, ())
    planned = [portfolio.okrs.other_key_results[link.key_result] for link in other_cycle_links]
    if not all(_is_late(cycles[k.cycle].end, due, grace_days) for k in (*served, *planned)):
        return []
    last = max((k.cycle for k in served), key=lambda id_: cycles[id_].end, default="")
    return [k for k in served if k.cycle == last]


@once_for_okrs
def _first_end(portfolio: Portfolio) -> date:
    """The day on which the first of all cycles ends that links may lead to."""
    cycles = {portfolio.cycle.id, *(key_result.cycle for key_result in portfolio.overlapping_key_results.values())}
    return min(portfolio.okrs.cycles[cycle].end for cycle in cycles)


# Tickets are many, and the days on which they are due are few.
@lru_cache(maxsize=4096)
def _is_late(ends: date, due: date, grace_days: float) -> bool:
    return working_days_between(ends, due) > grace_days


def _verdict(portfolio: Portfolio, fault: str, cycle: str, tickets: Mapping[Ref, Sequence[KeyResult]]) -> Verdict:
    """Of one ticket, or of several of one team together."""
    refs, named = tuple(tickets), [result for results in tickets.values() for result in results]
    first, team, is_single = portfolio.initiatives[refs[0]], portfolio.team_of.get(refs[0]), len(refs) == 1
    past_grace = tuple(ref for ref in refs if not in_grace(portfolio, portfolio.initiatives[ref].created))
    return Verdict(
        subject=ticket_subject(first) if is_single else Subject(SubjectKind.CYCLE, cycle),
        facts={
            "fault": fault,
            "key_results": tuple(portfolio.key_result_fact(id_) for id_ in sorted({result.id for result in named})),
            "cycle": cycle,
            "ends": portfolio.okrs.cycles[cycle].end,
            "due": first.due,
            "go_on": tuple(portfolio.key_result_fact(result.replaced_by) for result in named if result.replaced_by),
            "team": team,
            "tickets": len(refs),
        },
        act_on=refs if is_single else (),
        label_on=past_grace,
        affects=() if is_single else refs,
        identity=(*stable_identity(first), fault, cycle) if is_single else ("cycle", cycle, team or ""),
        severity=None if past_grace else Severity.INFO,
    )
