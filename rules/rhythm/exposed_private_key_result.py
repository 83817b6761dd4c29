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

- `max_private_percent = 20`: percent of a team's key results that may be private.

Source: Castro and Fitbots (transparency: a few secret key results may be private, all others are open).
"""

from collections import defaultdict
from collections.abc import Iterator

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Ref
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, rule
from rules.shared.exposure import aligned_only_through_private, find_leaks, find_possible_leaks
from rules.shared.subjects import key_result_subject, stable_identity, ticket_subject
from rules.shared.words import key_result_span, line, texts


def advise(facts: Facts) -> Advice:
    """What shows and where, without naming it."""
    reason = line("A private key result may be named to its own audience only.")
    if facts["fault"] == "named":
        sources = " and ".join(texts(facts["sources"]))
        message = line(f"The {sources} of a ticket names a private key result, and others can see it.")
        do = line("Remove it from the ticket, or restrict who can see the ticket.")
    elif facts["fault"] == "only_through_private":
        message = line(key_result_span(str(facts["key_result"])), " is aligned through a private key result only.")
        do = line("Align it with a public key result, too: ", Code('aligns_to = [{ key_result = "<id>" }]'), ".")
    else:
        message = line(f"{facts['private']} of {facts['all']} key results of {facts['team']} are private.")
        reason = line("OKRs are open to everybody; only a few should be private.")
        do = line("Make public what is no secret any more.")
    return Advice(message, reason, (do,))


@rule(
    Severity.ERROR, evidence=Evidence.PRESENCE, advise=advise, needs_tickets=False, options={"max_private_percent": 20}
)
def exposed_private_key_result(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge tickets that name one, public key results that lead over one alone, and each team's share of them."""
    yield from _leak_verdicts(portfolio)
    for affected in aligned_only_through_private(portfolio):
        facts: Facts = {"fault": "only_through_private", "key_result": portfolio.key_result_fact(affected.id)}
        yield Verdict(key_result_subject(affected), facts, identity=("only_through_private", affected.id))
    for team, ids in portfolio.key_results_of.items():
        private = sum(portfolio.key_result(id_).private for id_ in ids)
        if private * 100 > options["max_private_percent"] * len(ids):
            facts = {"fault": "many", "team": team, "private": private, "all": len(ids)}
            subject = Subject(SubjectKind.TEAM, team)
            yield Verdict(subject, facts, identity=("many", team), severity=Severity.INFO)


def _leak_verdicts(portfolio: Portfolio) -> Iterator[Verdict | NotJudged]:
    """One verdict for each ticket, whatever it names: nothing of it goes to the ticket, nothing tells which."""
    sources_by_ticket: dict[Ref, list[str]] = defaultdict(list)
    for entry in find_leaks(portfolio):
        sources_by_ticket[entry.ticket.ref].extend(entry.sources)
    for unread_ticket in find_possible_leaks(portfolio):
        if unread_ticket.ref not in sources_by_ticket:
            yield NotJudged(ticket_subject(unread_ticket), "it may name a private one in what could not be read")
    for ref, sources in sources_by_ticket.items():
        ticket = portfolio.initiatives[ref]
        facts: Facts = {"fault": "named", "sources": tuple(dict.fromkeys(sources))}
        yield Verdict(ticket_subject(ticket), facts, identity=("named", *stable_identity(ticket)))
