"""Another team waits for this work, and its team has neither accepted nor declined for days, or has declined.

## Why it matters

Who waits plans as if the work came. An answer, even a no, leaves time to find another way; silence leaves none. What a
shared OKR of both teams covers, or an accepted link between their key results, has its answer there. Days count from
when the hub first saw the dependency, however old its tickets are.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
labels = ["okr-accept"]
```

## How to fix

Set the label `okr-accept` or `okr-decline` on the ticket that others wait for. After a no, both teams settle what
becomes of the work that waits. It counts from the next sync.

## Options

- `warn_days = 5`: working days without an answer before anybody is asked.
- `error_days = 10`: working days without an answer from which on it is an error.

Source: Castro, Creating Alignment (360° alignment: every dependency is found, discussed and settled).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.okr import LinkState
from hub.model.portfolio import Portfolio
from rules.answers import Asked, asked
from rules.base import Judges, Options, rule
from rules.subjects import lasting, of_ticket
from rules.words import SHOWN, key_results, line, listed, texts


def say(facts: Facts) -> Advice:
    """Who needs what by when and for which key result, and how to answer."""
    waiting, served = texts(facts["waiting"]), texts(facts["key_results"])
    who = listed([Code(ref) for ref in waiting], more=int(str(facts["count"])) - len(waiting))
    aim = line(" for ", key_results(served)) if served else ()
    by = f", by {facts['needed_by']}" if facts["needed_by"] else ""
    what, team = Code(str(facts["providing"])), facts["providing_team"]
    answer = line("Set the label ", Code("okr-accept"), " or ", Code("okr-decline"), " on ", what, ".")
    said = f"{team} has not answered for {facts['days']} working days."
    if facts["declined"]:
        said = f"{team} has declined, and the work that waits is still active."
        answer = line("Settle together what becomes of the work that waits: another way, or a later cycle.")
    return Advice(
        what=line(who, " waits for ", what, aim, by, f"; {said}"),
        why=line("Who waits plans as if the work came; an answer, even a no, leaves time to find another way."),
        do=(answer,),
        unless=line("If nothing waits here any more, remove the dependency."),
    )


OPTIONS = {"warn_days": 5, "error_days": 10}


@rule(Severity.WARNING, judges=Judges.ABSENCE, say=say, label="okr-dependency", options=OPTIONS)
def unacknowledged_dependency(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge each ticket that others wait for by its team's answer, or by how long there is none."""
    for one in asked(portfolio):
        if isinstance(one, NotJudged):
            yield one
        elif one.answer is LinkState.DECLINED or one.days >= options["error_days"]:
            yield _verdict(portfolio, one, Severity.ERROR)
        elif one.days >= options["warn_days"]:
            yield _verdict(portfolio, one, None)


def _verdict(portfolio: Portfolio, one: Asked, severity: Severity | None) -> Verdict:
    """On the provider's ticket, where the answer goes; after a no, on those that wait, too."""
    provider, declined = portfolio.initiatives[one.providing], one.answer is LinkState.DECLINED
    served = sorted({link.key_result for ref in one.waiting for link in portfolio.serves.get(ref, ())})
    dues = [due for ref in one.waiting if (due := portfolio.initiatives[ref].due) is not None]
    facts: dict[str, Fact] = {
        "providing": str(one.providing),
        "providing_team": portfolio.team_of[one.providing],
        "waiting": tuple(str(ref) for ref in one.waiting[:SHOWN]),
        "count": len(one.waiting),
        "key_results": tuple(portfolio.shown(id_) for id_ in served),
        "needed_by": min(dues, default=None),
        "declined": declined,
        "days": one.days,
    }
    tickets = (one.providing, *(one.waiting if declined else ()))
    return Verdict(of_ticket(provider), facts, tickets, lasting(provider), severity, one.waiting)
