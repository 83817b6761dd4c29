"""A private key result shows where others can see it, or too much is private, or something public leads over it alone.

## Why it matters

OKRs are open to everybody; the few that are secret must stay so. A ticket in a place of a team outside the audience
(`audience`, else the teams that hold it) tells its name to everybody who reads there, by label, field, text or title. A
public key result that is aligned through a private one alone can be explained to nobody. And a team that keeps over a
fifth of its key results private has stopped being transparent, which is a note.

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

Take the name off the ticket, or move the ticket to a place of the audience. Align the public key result with a public
one, too. Make public what is no secret any more.

## Options

- `most_private = 20`: percent of a team's key results that may be private.

Source: Castro and Fitbots (transparency: a few secret key results may be private, all others are open).
"""

from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.exposure import exposed, may_expose, over_private_alone
from rules.subjects import lasting, of_key_result, of_ticket
from rules.words import key_result, line, texts


def say(facts: Facts) -> Advice:
    """What shows and where, without naming it."""
    if facts["fault"] == "named":
        where = " and ".join(texts(facts["where"]))
        what = line(
            f"The {where} of this ticket names ", key_result(str(facts["key_result"])), ", and others can see it."
        )
        do = line("Take the name off the ticket, or move the ticket to where only its audience reads.")
    elif facts["fault"] == "alone":
        what = line(key_result(str(facts["key_result"])), " leads to the organization's only through a private one.")
        do = line("Align it with a public key result, too: ", Code('aligns_to = [{ key_result = "<id>" }]'), ".")
    else:
        what = line(f"{facts['private']} of {facts['all']} key results of {facts['team']} are private.")
        do = line("Make public what is no secret any more.")
    return Advice(what, line("OKRs are open to everybody, and the few that are secret must stay so."), (do,))


@rule(Severity.ERROR, judges=Judges.PRESENCE, say=say, needs_tickets=False, options={"most_private": 20})
def exposed_private_key_result(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge tickets that name one, public key results that lead over one alone, and each team's share of them."""
    found = list(exposed(portfolio))
    shown = {one.ticket.ref for one in found}
    for partly in may_expose(portfolio):
        if partly.ref not in shown:
            yield NotJudged(of_ticket(partly), "it may name a private one in what could not be read", (partly.ref,))
    for ticket, one, where in found:
        facts: Facts = {"fault": "named", "key_result": portfolio.shown(one.id), "where": where}
        yield Verdict(of_ticket(ticket), facts, (ticket.ref,), ("named", *lasting(ticket), one.cycle, one.id))
    for lost in over_private_alone(portfolio):
        yield Verdict(
            of_key_result(lost), {"fault": "alone", "key_result": portfolio.shown(lost.id)}, (), ("alone", lost.id)
        )
    for team, ids in portfolio.key_results_of.items():
        private = sum(portfolio.key_result(id_).private for id_ in ids)
        if private * 100 > options["most_private"] * len(ids):
            facts = {"fault": "many", "team": team, "private": private, "all": len(ids)}
            yield Verdict(Subject(SubjectKind.TEAM, team), facts, (), ("many", team), Severity.INFO)
