"""Active work that serves only key results which lead to none of the organization's.

## Why it matters

A key result that moves nothing of the organization's may be met while the company gains nothing. That is for the
key result's owners to settle; the engineer need not stop work.

Alignment is always key result to key result. It leads up by accepted vertical links, or over an accepted
horizontal link to a key result that does. An objective may also stand alone, with a reason.

## Fails

```toml
[[team]]
id = "design"

[[objective]]
id = "brand"
title = "A brand that people know"
teams = ["design"]

[[objective.key_result]]
id = "awareness"
title = "40 % know the name"

[[initiative]]
ref = "jira:ACME-1"
serves = ["awareness"]
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
```

## How to fix

The owners of the key result write `aligns_to = [{ key_result = "…", kind = "indirect" }]` under it, or give its
objective `standalone = "<reason>"`. Or the ticket names a key result that is aligned.

Source: Fitbots, How to Connect and Align OKRs (each team picks the organization's key results that it will move).
"""

from collections.abc import Iterator, Sequence

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code, Text
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.chains import above, could_link_to
from rules.doubts import doubt
from rules.subjects import lasting, of_ticket
from rules.words import key_results, line, listed, public, texts


def say(facts: Facts) -> Advice:
    """Whose key result it is, and the line that would link it."""
    owners = listed([Text(team) for team in texts(facts["owners"])])
    served, upper = texts(facts["key_results"]), texts(facts["could_link_to"])
    link = f'aligns_to = [{{ key_result = "{upper[0] if upper else "<id>"}", kind = "indirect" }}]'
    others = line(" (or ", listed([Code(id_) for id_ in upper[1:]], "or"), ")") if upper[1:] else ()
    under = line(" under ", key_results(public(served))) if public(served) else ()
    return Advice(
        what=line("This work serves ", key_results(served), ", which leads to no organization key result."),
        why=line("It may be met while the organization gains nothing; you need not stop work for that."),
        do=(line("For ", owners, ", who hold it: write ", Code(link), others, under, " in the OKR file."),),
        unless=line("If the goal stands alone on purpose, give its objective ", Code('standalone = "<reason>"'), "."),
    )


@rule(Severity.WARNING, judges=Judges.ABSENCE, say=say, label="okr-unaligned", needs_all_okrs=True)
def initiative_on_unaligned_key_result(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge active tickets that serve something; the words for a set of key results are prepared once."""
    upper = above(portfolio)
    prepared: dict[tuple[str, ...], dict[str, Fact]] = {}
    for initiative in portfolio.active_initiatives():
        links = portfolio.serves.get(initiative.ref, ())
        if not links or any(portfolio.aligned(link.key_result) for link in links):
            continue
        served = tuple(sorted({link.key_result for link in links}))
        if (reason := doubt(portfolio, initiative)) is not None:
            yield NotJudged(of_ticket(initiative), reason, (initiative.ref,))
            continue
        if served not in prepared:
            prepared[served] = _facts(portfolio, served, upper)
        yield Verdict(of_ticket(initiative), prepared[served], (initiative.ref,), (*lasting(initiative), *served))


def _facts(portfolio: Portfolio, served: tuple[str, ...], upper: Sequence[KeyResult]) -> dict[str, Fact]:
    owners = tuple(dict.fromkeys(team for key_result in served for team in portfolio.teams_of(key_result)))
    return {
        "key_results": tuple(portfolio.shown(key_result) for key_result in served),
        "owners": owners,
        "could_link_to": tuple(portfolio.shown(id_) for id_ in could_link_to(upper, owners)),
    }
