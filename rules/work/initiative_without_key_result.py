"""Active work that serves no key result.

## Why it matters

Work that moves no key result takes time from work that does, and nobody has decided that it should. In a
ticket's first five working days it is a warning: people tidy up after they have written.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
status = "in progress"
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
status = "in progress"
serves = ["dau"]

[[initiative]]
ref = "jira:ACME-2"
status = "in progress"
labels = ["okr-exempt"]
```

## How to fix

Set the label `kr-<id>` with the id of the key result that the work moves, on the ticket or on its parent. If it
is not meant to move one, set the label `okr-exempt`; if it can wait, move it out of the cycle.

## Options

- `grace_days = 5`: working days after the ticket's creation in which the finding is a warning.
"""

from collections.abc import Iterator

from hub.model.calendar import working_days_between
from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Initiative
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.subjects import lasting, of_ticket
from rules.words import line, records


def say(facts: Facts) -> Advice:
    """The label to set, with the likeliest key results and why each is offered."""
    offered = records(facts["candidates"])
    do = [line("Set the label ", Code(f"kr-{one['key_result']}"), f" ({one['why']}).") for one in offered]
    if not offered:
        do = [line("Set the label ", Code("kr-<id>"), " with the id of the key result that this work moves.")]
    if facts["wrong_value"]:
        do = [line("Correct the value that was meant to name one: unresolvable-link says on this ticket which.")]
    return Advice(
        what=line("This work is active in the cycle ", Code(str(facts["cycle"])), " and serves no key result."),
        why=line("Work that moves no key result takes time from work that does."),
        do=tuple(do),
        unless=line(
            "If it is not meant to move one, set the label ",
            Code("okr-exempt"),
            "; if it can wait, move it out of the cycle.",
        ),
    )


@rule(Severity.ERROR, judges=Judges.ABSENCE, say=say, label="okr-unaligned", options={"grace_days": 5})
def initiative_without_key_result(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every active ticket by what it, or its nearest ancestor that names any, serves."""
    for initiative in portfolio.active_initiatives():
        ref = initiative.ref
        if portfolio.serves.get(ref) or _planned(portfolio, initiative):
            continue
        if ref in portfolio.uncertain:
            yield NotJudged(of_ticket(initiative), portfolio.uncertain[ref], (ref,))
        else:
            yield _verdict(portfolio, initiative, options["grace_days"])


def _verdict(portfolio: Portfolio, initiative: Initiative, grace_days: float) -> Verdict:
    created = None if initiative.created is None else initiative.created.date()
    young = created is not None and working_days_between(created, portfolio.today) < grace_days
    candidates = portfolio.candidates(initiative)
    return Verdict(
        subject=of_ticket(initiative),
        facts={
            "cycle": portfolio.cycle.id,
            "team": portfolio.team_of.get(initiative.ref),
            "created": created,
            "candidates": tuple({"key_result": portfolio.shown(c.key_result), "why": c.why} for c in candidates),
            "wrong_value": initiative.ref in portfolio.broken_names or initiative.ref in portfolio.elsewhere,
        },
        tickets=(initiative.ref,),
        identity=lasting(initiative),
        severity=Severity.WARNING if young else None,
    )


def _planned(portfolio: Portfolio, initiative: Initiative) -> bool:
    """Whether it serves a key result of another cycle that is not over: planned, if not for now."""
    seen = set()
    while not initiative.named and initiative.inherits and initiative.ref not in seen:
        seen.add(initiative.ref)
        parent = None if initiative.parent is None else portfolio.initiatives.get(initiative.parent)
        initiative = parent or initiative
    others = (portfolio.okrs.others[one.key_result] for one in portfolio.elsewhere.get(initiative.ref, ()))
    return any(portfolio.okrs.cycles[key_result.cycle].end >= portfolio.today for key_result in others)
