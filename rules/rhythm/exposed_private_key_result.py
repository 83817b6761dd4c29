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
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Initiative, Ref
from hub.model.message import Advice, Code
from hub.model.okr import KeyResult, LinkState
from hub.model.portfolio import Portfolio
from hub.model.private_names import squeezed
from rules.base import Evidence, Options, Unit, rule
from rules.shared.key_results import once_for_okrs
from rules.shared.verdicts import (
    KEY_RESULT_FIELDS,
    key_result_span,
    key_result_subject,
    line,
    stable_identity,
    texts,
    ticket_subject,
)


class PrivateLeak(NamedTuple):
    """A ticket that names a private key result outside its audience, and where: `label`, `field`, `text`, `title`."""

    ticket: Initiative
    key_result: KeyResult
    sources: tuple[str, ...]


def private_key_results(portfolio: Portfolio) -> tuple[KeyResult, ...]:
    """Every private key result, those of other cycles too."""
    return portfolio.okrs.private


def audience_of(portfolio: Portfolio, key_result: KeyResult) -> frozenset[str]:
    """The teams that may see it: those that are named, else those that hold it."""
    if key_result.audience:
        return frozenset(key_result.audience)
    if key_result.cycle == portfolio.cycle.id:
        return frozenset(portfolio.teams_of(key_result.id))
    other = portfolio.okrs.other_objectives.get((key_result.cycle, key_result.objective))
    return frozenset(other.teams if other else ())


def find_leaks(portfolio: Portfolio) -> Iterator[PrivateLeak]:
    """Tickets in places of teams outside the audience, or of no team, that name a private key result."""
    names, private = (
        portfolio.okrs.private_names,
        {key_result.id: key_result for key_result in reversed(private_key_results(portfolio))},
    )
    if not private:
        return
    audiences = {id_: audience_of(portfolio, key_result) for id_, key_result in private.items()}
    public = {name for k in portfolio.okrs.key_results.values() if not k.private for name in _names_of(k)}
    # A name of one plain word may stand in a title by chance.
    by_chance = {
        name for key_result in private.values() for name in (key_result.id, key_result.title) if name.isalpha()
    }
    ordinary = public | {squeezed(name) for name in by_chance}
    tickets = [portfolio.initiatives[ref] for ref in portfolio.judged_tickets()]
    # Tickets are many, and the values that they name are few.
    mentions = [mention for ticket in tickets for mention in ticket.key_result_mentions]
    values = {mention.raw for mention in mentions} | {mention.written for mention in mentions if mention.written}
    ids_by_value = {raw: ids for raw in values if squeezed(raw) not in public and (ids := names.ids_named(raw))}
    naming = set(names.texts_naming([ticket.title for ticket in tickets])) | _places_naming(tickets, ids_by_value)
    for ticket in [tickets[at] for at in sorted(naming)]:
        named = list(_named_by_values(ticket, ids_by_value))
        in_title = names.names_in(ticket.title) - ordinary
        named += [(id_, "title") for key in in_title for id_ in names.ids_named(key)]
        for id_ in dict.fromkeys(id_ for id_, _ in named):
            if portfolio.team_of.get(ticket.ref) not in audiences[id_]:
                sources = dict.fromkeys(source for other, source in named if other == id_)
                yield PrivateLeak(ticket, private[id_], tuple(sources))


def _places_naming(tickets: Sequence[Initiative], ids_by_value: Collection[str]) -> set[int]:
    """Which of the tickets have one of the values, by their places."""
    return {
        at
        for at, ticket in enumerate(tickets)
        for mention in ticket.key_result_mentions
        if mention.raw in ids_by_value or mention.written in ids_by_value
    }


def _named_by_values(ticket: Initiative, ids_by_value: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    """The private key results that the ticket's values name, each with the place."""
    for mention in ticket.key_result_mentions:
        # The line may be a title.
        for text in (mention.raw, mention.written):
            yield from ((id_, mention.source.value) for id_ in ids_by_value.get(text, ()))


def find_possible_leaks(portfolio: Portfolio) -> Iterator[Initiative]:
    """Tickets outside an audience whose labels, fields or text were not read."""
    audiences = [audience_of(portfolio, key_result) for key_result in private_key_results(portfolio)]
    seeing = frozenset.intersection(*audiences) if audiences else frozenset()
    for ref in portfolio.judged_tickets() if audiences and portfolio.partly_read else ():
        ticket = portfolio.partly_read.get(ref)
        if ticket and ticket.missing_fields & KEY_RESULT_FIELDS and portfolio.team_of.get(ref) not in seeing:
            yield ticket


def _names_of(key_result: KeyResult) -> tuple[str, str]:
    return squeezed(key_result.id), squeezed(key_result.title)


@once_for_okrs
def aligned_only_through_private(portfolio: Portfolio) -> list[KeyResult]:
    """Public key results that lead to the organization's, and would not without private ones."""
    children: dict[str, list[str]] = defaultdict(list)
    public = {
        k.id: k
        for k in (*portfolio.overlapping_key_results.values(), *portfolio.okrs.key_results.values())
        if not k.private
    }
    for key_result in public.values():
        for link in key_result.aligns_to:
            if link.state is LinkState.ACCEPTED:
                children[link.key_result].append(key_result.id)
        for need in key_result.depends_on:
            if need.state is LinkState.ACCEPTED and need.key_result is not None:
                children[key_result.id].append(need.key_result)
    todo = [id_ for id_ in public if portfolio.objective_of(id_).of_organization]
    reached = set(todo)
    while todo:
        unvisited = [id_ for id_ in children[todo.pop()] if id_ in public and id_ not in reached]
        reached.update(unvisited)
        todo.extend(unvisited)
    lost = (public.keys() & portfolio.reaching) - reached
    dependent = (k for k in portfolio.okrs.key_results.values() if k.id in lost)
    return [k for k in dependent if portfolio.objective_of(k.id).standalone is None]


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
    Severity.ERROR,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    options={"max_private_percent": 20},
    unit=Unit.TICKET,
)
def exposed_private_key_result(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge tickets that name one, public key results that lead over one alone, and each team's share of them."""
    yield from _leak_verdicts(portfolio)
    for affected in aligned_only_through_private(portfolio):
        facts: Facts = {"fault": "only_through_private", "key_result": portfolio.key_result_fact(affected.id)}
        yield Verdict(key_result_subject(affected), facts, identity=("only_through_private", affected.id))
    for team in portfolio.okrs.teams:
        ids = portfolio.key_results_of.get(team, ())
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
