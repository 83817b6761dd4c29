"""Active work whose dates and the cycle of its key result do not fit together.

## Why it matters

A key result is measured until its cycle ends. What is finished later moves nothing of it, and what goes on under the
key result of a cycle that is over belongs to none. In a cycle that is closed it is an error.

A key result of an earlier cycle that is closed cannot be named any more at all: `unresolvable-link` says so.

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
due = 2026-12-15
serves = ["dau"]
```

## How to fix

Name the key result that goes on, bring the date forward, or move the work to the cycle in which it will be done.
`replaced_by = "<id>"` under a key result says which one goes on, and the finding then names it.

Source: Castro, Creating Alignment (plans that are too optimistic to move the needle within the quarter).
"""

from collections.abc import Iterator, Sequence
from datetime import date

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Initiative
from hub.model.message import Advice, Code
from hub.model.okr import Cycle, KeyResult, Phase
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.subjects import lasting, of_ticket
from rules.words import key_results, line, listed, public, texts


def say(facts: Facts) -> Advice:
    """Both dates, and the key result that goes on where the files name one."""
    names, cycle = key_results(texts(facts["key_results"])), facts["cycle"]
    values = [Code(f"kr-{id_}") for id_ in public(texts(facts["go_on"])) or ["<id>"]]
    go_on = line("Name the key result that goes on: set the label ", listed(values, "or"), ".")
    span = f"{facts['starts']} to {facts['ends']}"
    planned = " ".join(f"{word} {facts[day]}" for word, day in (("from", "start"), ("to", "due")) if facts[day])
    earlier = line(f"Bring the date forward to {facts['ends']} or earlier, or split off what is done after it.")
    what = {
        "over": line("This work is active and serves ", names, f", whose cycle {cycle} ({span}) is over."),
        "apart": line(f"This work is planned {planned} and serves ", names, f" of the cycle {cycle} ({span})."),
        "late": line(f"This work is due on {facts['due']} and serves ", names, f", measured until {facts['ends']}."),
    }
    do = {"over": (go_on,), "apart": (line("Set dates within that cycle."), go_on), "late": (earlier,)}
    return Advice(
        what=what[str(facts["fault"])],
        why=line("A key result is measured until its cycle ends; what is done outside of it does not move it."),
        do=do[str(facts["fault"])],
        unless=line("If it is not meant to move one, set the label ", Code("okr-exempt"), "."),
    )


@rule(Severity.WARNING, judges=Judges.PRESENCE, say=say, label="okr-unaligned")
def work_outside_cycle(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Compare each active ticket with every cycle whose key results it serves or names."""
    ends, over = portfolio.cycle.end, _is_over(portfolio.cycle, portfolio.today)
    for one in portfolio.active_initiatives():
        # Most work ends in time and names nothing of other cycles.
        if not over and (one.due is None or one.due <= ends) and one.ref not in portfolio.elsewhere:
            continue
        served = [portfolio.key_result(link.key_result) for link in portfolio.serves.get(one.ref, ())]
        named = [portfolio.okrs.others[link.key_result] for link in portfolio.elsewhere.get(one.ref, ())]
        for id_ in dict.fromkeys(key_result.cycle for key_result in (*served, *named)):
            cycle = portfolio.okrs.cycles[id_]
            if (fault := _fault(one, cycle, portfolio.today)) is not None:
                yield _verdict(portfolio, one, cycle, fault, [k for k in (*served, *named) if k.cycle == id_])


def _is_over(cycle: Cycle, today: date) -> bool:
    return cycle.end < today or cycle.phase is Phase.CLOSED


def _fault(one: Initiative, cycle: Cycle, today: date) -> str | None:
    if _is_over(cycle, today):
        return "over"
    if (one.start or one.due) and not cycle.overlaps(one.start, one.due):
        return "apart"
    return "late" if one.due is not None and one.due > cycle.end else None


def _verdict(
    portfolio: Portfolio, one: Initiative, cycle: Cycle, fault: str, key_results: Sequence[KeyResult]
) -> Verdict:
    go_on = dict.fromkeys(k.replaced_by for k in key_results if k.replaced_by is not None)
    return Verdict(
        subject=of_ticket(one),
        facts={
            "fault": fault,
            "key_results": tuple(sorted(portfolio.shown(k.id) for k in key_results)),
            "cycle": cycle.id,
            "starts": cycle.start,
            "ends": cycle.end,
            "start": one.start,
            "due": one.due,
            "go_on": tuple(portfolio.shown(id_) for id_ in go_on),
        },
        tickets=(one.ref,),
        identity=(*lasting(one), cycle.id, fault),
        severity=Severity.ERROR if cycle.phase is Phase.CLOSED else None,
    )
