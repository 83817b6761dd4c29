"""A private key result is named where others can see it, too much is private, or something public depends on it alone.

## Why it matters

OKRs are open to everybody in the company; the few that are secret must stay so. A ticket in a place of a team outside
the audience (`audience`, else the teams that hold it) tells its name to everybody who reads there: by label, field,
text or title. Nothing is written on that ticket, since a comment would confirm it. A public key result that is aligned
through a private one only can be explained to nobody. And a team should keep at most a fifth of its key results
private, which is a note.

## Fails

```toml
[[objective]]
id = "talks"
title = "A partner for the north"
teams = ["product"]

[[objective.key_result]]
id = "heron-loi"
title = "Letter of intent signed"
visibility = "private"

[[initiative]]
ref = "github:acme/app#2"
labels = ["kr-heron-loi"]
serves = ["heron-loi"]
```

## Passes

```toml
[[objective]]
id = "talks"
title = "A partner for the north"
teams = ["product"]

[[objective.key_result]]
id = "signed"
title = "Five partners signed"
[[objective.key_result]]
id = "calls"
title = "Forty calls"
[[objective.key_result]]
id = "replies"
title = "Twenty replies"
[[objective.key_result]]
id = "visits"
title = "Ten visits"
[[objective.key_result]]
id = "heron-loi"
title = "Letter of intent signed"
visibility = "private"

[[initiative]]
ref = "jira:ACME-1"
serves = ["heron-loi"]
```

## How to fix

Remove the name from the ticket, or move the ticket to a place that only the audience reads. Align the public key
result with a public one, too. Make public what is no secret any more.

## Options

- `most_private = 20`: percent of a team's key results that may be private.

Source: Castro and Fitbots (transparency: a few secret key results may be private, all others are open).
"""

from collections import defaultdict
from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Ref
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.shared.exposure import exposed, may_expose, over_private_alone
from rules.shared.subjects import lasting, of_key_result, of_ticket
from rules.shared.words import key_result, line, texts


def say(facts: Facts) -> Advice:
    """What shows and where, without naming it."""
    why = line("A private key result may be named to its own audience only.")
    if facts["fault"] == "named":
        where = " and ".join(texts(facts["where"]))
        what = line(f"The {where} of a ticket names a private key result, and others can see it.")
        do = line("Remove it from the ticket, or restrict who can see the ticket.")
    elif facts["fault"] == "alone":
        what = line(key_result(str(facts["key_result"])), " is aligned through a private key result only.")
        do = line("Align it with a public key result, too: ", Code('aligns_to = [{ key_result = "<id>" }]'), ".")
    else:
        what = line(f"{facts['private']} of {facts['all']} key results of {facts['team']} are private.")
        why = line("OKRs are open to everybody; only a few should be private.")
        do = line("Make public what is no secret any more.")
    return Advice(what, why, (do,))


@rule(Severity.ERROR, judges=Judges.PRESENCE, say=say, needs_tickets=False, options={"most_private": 20})
def exposed_private_key_result(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge tickets that name one, public key results that lead over one alone, and each team's share of them."""
    yield from _named(portfolio)
    for lost in over_private_alone(portfolio):
        facts: Facts = {"fault": "alone", "key_result": portfolio.key_result_fact(lost.id)}
        yield Verdict(of_key_result(lost), facts, identity=("alone", lost.id))
    for team, ids in portfolio.key_results_of.items():
        private = sum(portfolio.key_result(id_).private for id_ in ids)
        if private * 100 > options["most_private"] * len(ids):
            facts = {"fault": "many", "team": team, "private": private, "all": len(ids)}
            subject = Subject(SubjectKind.TEAM, team)
            yield Verdict(subject, facts, identity=("many", team), severity=Severity.INFO)


def _named(portfolio: Portfolio) -> Iterator[Verdict | NotJudged]:
    """One verdict for each ticket, whatever it names: nothing of it goes to the ticket, nothing tells which."""
    where: dict[Ref, list[str]] = defaultdict(list)
    for one in exposed(portfolio):
        where[one.ticket.ref].extend(one.where)
    for partly in may_expose(portfolio):
        if partly.ref not in where:
            yield NotJudged(of_ticket(partly), "it may name a private one in what could not be read")
    for ref, places in where.items():
        ticket = portfolio.initiatives[ref]
        facts: Facts = {"fault": "named", "where": tuple(dict.fromkeys(places))}
        yield Verdict(of_ticket(ticket), facts, identity=("named", *lasting(ticket)))
