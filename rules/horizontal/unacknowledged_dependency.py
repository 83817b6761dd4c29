"""Another team waits for this work, and its team has not answered for five working days, or has said no.

## Why it matters

The team that waits plans as if the work came. An answer, even a no, leaves time to find another way.

It replaces `dependency-without-shared-okr` for the same two teams, with its severity, and is an error after ten working
days. Days count from when the hub first saw the link, however old the tickets are. It asks on three tickets at a time,
those that are needed first; for the next one, they count from the answer that made room for it. `later` on the ticket
that others wait for is a no for this cycle. A no counts whatever was agreed before.

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

[[initiative]]
ref = "jira:ACME-2"
serves = ["dau"]
labels = ["okr-later"]
blocked_by = ["github:acme/app#3"]

[[initiative]]
ref = "github:acme/app#3"
labels = ["okr-decline"]
```

## How to fix

Answer on the ticket that others wait for: `/okr accept`, `/okr decline <reason>` or `/okr later`. After a no, the
waiting team finds another way and removes the link, or puts its work off: by `/okr later` on the waiting ticket, or by
moving it out of the cycle.

## Options

- `error_days = 10`: working days without an agreement from which on it is an error.

Source: Castro, Creating Alignment (360° alignment: every dependency is found, discussed and agreed).
"""

from collections.abc import Iterator, Sequence

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.dependencies import (
    FAULT,
    LABEL,
    Link,
    State,
    Teams,
    earliest_first,
    links_by_teams,
    not_judged,
    severity_of,
    teams_subject,
    tickets_of,
)
from rules.shared.dependency_questions import (
    MAX_COMMENTED_TICKETS,
    PUBLIC_FACTS,
    DependencyQuestion,
    days_unanswered,
    facts_of,
    first_open_question,
    overdue,
    providers,
    question_dates,
)
from rules.shared.verdicts import day_text, join_spans, key_result_list, line, records, texts

OPTIONS = {"error_days": 10}


def advise(facts: Facts) -> Advice:
    """Who waits for what since when, or what was refused, and who has to do what now."""
    waiting, providing = str(facts["waiting_name"]), str(facts["providing_name"])
    served, refused = texts(facts["key_results"]), texts(facts["refused"])
    aim = line(" for ", key_result_list(served)) if served else ()
    links = [Code(f"{record['waiting']} on {record['providing']}") for record in records(facts["links"])]
    pairs = join_spans(links, omitted=int(str(facts["count"])) - len(links))
    accept, decline, later = Code("/okr accept"), Code("/okr decline <reason>"), Code("/okr later")
    if refused:
        message = line(
            f"{providing} said no to ", join_spans(list(map(Code, refused))), f", and {waiting} goes on with work"
        )
        message += line(" that waits for it", aim, ": ", pairs, ".")
        do = line(f"{waiting}: find another way, or put the work off: comment ", later, " on the waiting ticket.")
    else:
        message = line(f"{waiting} is waiting for {providing}", aim, ": ", pairs, ". ")
        message += line(f"{providing} was asked on {day_text(facts['since'])} and has not answered.")
        do = line(f"{providing}: answer on your ticket with ", accept, ", ", decline, " or ", later, ".")
    return Advice(
        what=message,
        why=line("An answer, even a no, leaves time to find another way."),
        do=(do,),
        unless=line("If nothing waits any more, remove the link between the tickets."),
    )


@rule(
    Severity.ERROR,
    evidence=Evidence.ABSENCE,
    advise=advise,
    label=LABEL,
    options=OPTIONS,
    needs_all_okrs=True,
    fault=FAULT,
    needs_running_cycle=True,
    public_facts=(*PUBLIC_FACTS, "refused"),
    unit=Unit.TEAM_PAIR,
)
def unacknowledged_dependency(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every two teams of which one waits for the other, where the question has stood for days or got a no."""
    by_teams = links_by_teams(portfolio)
    yield from not_judged(portfolio, by_teams)
    for teams, links in by_teams.items():
        if first_open_question(portfolio, links) is DependencyQuestion.ANSWERED:
            yield _verdict(portfolio, teams, links, options["error_days"])


def _verdict(portfolio: Portfolio, teams: Teams, all_links: Sequence[Link], error_days: float) -> Verdict:
    """It asks the provider, and the waiting side, too, once an answer is owed; after a no only the waiting side can do
    something.
    """
    dates, links = question_dates(portfolio, all_links), [link for link in all_links if link.is_open]
    unanswered = [link for link in links if link.state is State.UNANSWERED]
    refused = [link for link in links if link.state is State.REFUSED]
    overdue_links = earliest_first(portfolio, overdue(portfolio, unanswered, dates))
    waiting = [*refused, *overdue_links[:MAX_COMMENTED_TICKETS]]
    facts = facts_of(portfolio, teams, refused or links, dates)
    facts["refused"] = tuple(dict.fromkeys(str(link.providing) for link in refused))
    late = days_unanswered(portfolio, links, dates) >= error_days
    return Verdict(
        subject=teams_subject(teams),
        facts=facts,
        act_on=tuple(dict.fromkeys((*providers(portfolio, unanswered), *(link.waiting for link in waiting)))),
        label_on=tickets_of(links),
        affects=tickets_of(links),
        identity=teams,
        severity=Severity.ERROR if late else severity_of(portfolio, links),
    )
