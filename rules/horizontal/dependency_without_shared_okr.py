"""One team's work waits for another team's, and no shared OKR or accepted link joins their key results.

## Why it matters

A key result is not feasible if it is no priority for the teams that it needs; they should agree where goals are set.
All links between the same teams and key results make one finding, which stands on the tickets of both sides.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
serves = ["p99"]
```

## Passes

```toml
[[objective]]
id = "launch"
title = "Launch the product"
teams = ["product", "platform"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"

[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
serves = ["dau"]
```

## How to fix

Share the OKR: name both teams in the objective's `teams`. Or support it: the providing team holds a key result for it,
and the waiting one names that under `depends_on`. Or move the waiting work to a later cycle.

Source: Castro, Creating Alignment (360° alignment: every dependency is found, discussed and settled).
"""

from collections.abc import Iterator, Sequence

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.link import Dependency, FoundBy
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.sides import Sides, joined, may_be_joined, sides_of
from rules.waiting import of_dependency, open_dependencies
from rules.words import key_results, line, listed, public, records, texts

LISTED = 5


def say(facts: Facts) -> Advice:
    """What waits on what, whose conversation it is, and the three ways out."""
    waiting, providing = str(facts["waiting_team"]), str(facts["providing_team"])
    served = texts(facts["waiting_key_results"])
    aim = line(" for ", key_results(served)) if served else ()
    support = next(iter(public(texts(facts["providing_key_results"]))), "<id>")
    need = Code(f'depends_on = [{{ team = "{providing}", key_result = "{support}" }}]')
    links = [Code(f"{one['waiting']} on {one['providing']}") for one in records(facts["links"])]
    pairs = listed(links, more=int(str(facts["count"])) - len(links))
    return Advice(
        what=line(f"Work of {waiting} waits for {providing}", aim, ": ", pairs, "."),
        why=line(f"What {providing} does not aim at may come too late; {waiting} and {providing} should settle it."),
        do=(
            line("Share the OKR: give its objective ", Code(f'teams = ["{waiting}", "{providing}"]'), "."),
            line("Or support it with a key result: once agreed, write ", need, f" under the one of {waiting}."),
            line("Or move the waiting work to a later cycle."),
        ),
        unless=line("If nothing waits here, remove the link between the tickets."),
    )


@rule(Severity.ERROR, judges=Judges.PRESENCE, say=say, label="okr-dependency", needs_all_okrs=True)
def dependency_without_shared_okr(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge dependencies between active tickets of two teams, gathered by teams and key results."""
    unsettled: dict[Sides, list[Dependency]] = {}
    for one in open_dependencies(portfolio):
        if isinstance(one, NotJudged):
            yield one
        elif portfolio.is_active(one.providing) and not joined(portfolio, sides := sides_of(portfolio, one)):
            if (reason := may_be_joined(portfolio, one, sides)) is not None:
                yield NotJudged(of_dependency(one), reason, (one.waiting, one.providing))
            else:
                unsettled.setdefault(sides, []).append(one)
    yield from (_verdict(portfolio, sides, unsettled[sides]) for sides in sorted(unsettled))


def _verdict(portfolio: Portfolio, sides: Sides, links: Sequence[Dependency]) -> Verdict:
    ordered = sorted(links, key=lambda one: (one.waiting, one.providing))
    blocks = any(one.found_by is FoundBy.LINK for one in links)
    return Verdict(
        subject=Subject(SubjectKind.DEPENDENCY, f"{sides.waiting} -> {sides.providing}"),
        facts={
            "waiting_team": sides.waiting,
            "providing_team": sides.providing,
            "waiting_key_results": tuple(portfolio.shown(id_) for id_ in sides.served),
            "providing_key_results": tuple(portfolio.shown(id_) for id_ in sides.provided),
            "links": tuple({"waiting": str(d.waiting), "providing": str(d.providing)} for d in ordered[:LISTED]),
            "count": len(links),
            "blocks": blocks,
        },
        tickets=tuple(sorted({ref for one in links for ref in (one.waiting, one.providing)})),
        identity=(sides.waiting, sides.providing, ",".join(sides.served), ",".join(sides.provided)),
        severity=None if blocks else Severity.WARNING,
    )
