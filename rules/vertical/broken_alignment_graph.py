"""A vertical link that leads in a circle, to nothing that is open, or that nobody has answered for long.

## Why it matters

What hangs on a broken link counts for nothing, although it looks aligned to everybody who reads it. A link that stays
proposed is no better: the other side may not even know of it. It is judged on the OKR files alone; a link to a cycle
that overlaps the running one and is open, such as the year's, is sound.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
aligns_to = [{ key_result = "wau" }]

[[objective.key_result]]
id = "wau"
title = "900,000 weekly users"
aligns_to = [{ key_result = "dau" }]
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
aligns_to = [{ key_result = "wau" }]

[[objective.key_result]]
id = "wau"
title = "900,000 weekly users"
```

## How to fix

Take the link out, or let it lead to an open key result that is moved. Whoever holds the upper key result answers a
proposed one with `state = "accepted"` or `state = "declined"`.

## Options

- `proposed_days = 10`: working days after `since` in which a link may stay proposed.
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.okr import Alignment
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.circles import circles
from rules.links import fault_of, vertical_graph
from rules.subjects import of_key_result
from rules.words import key_result, key_results, line, texts

WHY = {
    "circle": "lead in a circle",
    "itself": "is linked to itself",
    "unknown": "is linked to a key result that does not exist",
    "closed": "is linked to a key result of a closed cycle",
    "apart": "is linked to a key result of a cycle that does not overlap",
    "proposed": "has a link that is still proposed",
}


def say(facts: Facts) -> Advice:
    """Which link it is, and what ends the fault."""
    fault, ids = str(facts["fault"]), texts(facts["key_results"])
    since = f" since {facts['since']}" if facts["since"] else ""
    named = line(": ", key_result(str(facts["parent"]))) if facts["parent"] and fault != "itself" else ()
    answer = line("Whoever holds the upper one writes ", Code('state = "accepted"'), " or ", Code('"declined"'), ".")
    change = line("Take the link out, or let it lead to an open one that it moves.")
    return Advice(
        what=line(key_results(ids), f" {WHY[fault]}{since}", named, "."),
        why=line("What hangs on such a link counts for nothing, although it looks aligned."),
        do=(answer if fault == "proposed" else change,),
        unless=line("If it leads nowhere on purpose, give its objective ", Code('standalone = "<reason>"'), "."),
    )


@rule(Severity.ERROR, judges=Judges.PRESENCE, say=say, needs_tickets=False, options={"proposed_days": 10})
def broken_alignment_graph(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every vertical link that was not declined, and every circle of them once."""
    for circle in circles(vertical_graph(portfolio)):
        if any(id_ in portfolio.okrs.key_results for id_ in circle):
            yield _verdict(portfolio, circle, "circle", None)
    for one in portfolio.okrs.key_results.values():
        for link in one.aligns_to:
            if (fault := fault_of(portfolio, one, link, options["proposed_days"])) is not None:
                yield _verdict(portfolio, (one.id,), fault, link)


def _verdict(portfolio: Portfolio, ids: tuple[str, ...], fault: str, link: Alignment | None) -> Verdict:
    about = [k for id_ in ids if (k := portfolio.linked(id_)) is not None]
    facts: dict[str, Fact] = {
        "fault": fault,
        "key_results": tuple(portfolio.shown(id_) for id_ in ids),
        "parent": None if link is None else portfolio.shown(link.key_result),
        "since": link.since if link is not None and fault == "proposed" else None,
    }
    subject = of_key_result(min(about, key=lambda k: (k.private, k.id)))
    identity = (fault, *ids) if link is None else ("link", ids[0], link.key_result, fault)
    severity = Severity.WARNING if fault == "proposed" else None
    return Verdict(subject, facts, identity=identity, severity=severity)
