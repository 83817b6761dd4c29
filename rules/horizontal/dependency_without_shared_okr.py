"""One team's active work waits for another team's, and the two teams have not agreed on it.

## Why it matters

A key result is not feasible while it is no priority for the teams that it needs. All links by which one team waits for
another are one finding. Whether the other team has begun does not matter: work that it has not begun is the usual case.

It is an error if some of the waiting work is in progress or due within the cycle. After five working days without an
answer, or after a no, `unacknowledged-dependency` replaces it.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
created = 2026-11-12T09:00:00Z
blocked_by = ["github:acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
status = "to do"
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
created = 2026-11-12T09:00:00Z
blocked_by = ["github:acme/app#2", "github:acme/app#3"]

[[initiative]]
ref = "github:acme/app#2"
status = "to do"

[[initiative]]
ref = "github:acme/app#3"
labels = ["okr-accept"]
```

## How to fix

Ask the other team. It answers on its ticket: `/okr accept`, `/okr decline <reason>` or `/okr later` (or the labels
`okr-accept`, `okr-decline`, `okr-later`). Links are agreed without an answer, too, where the waiting work serves a key
result of an OKR that both teams share, or one that the other team supports by an accepted `depends_on` or by
`supports`. Or put the waiting work off: `/okr later` on the waiting ticket, or move it out of the cycle.

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
    Teams,
    links_by_teams,
    not_judged,
    severity_of,
    teams_subject,
    tickets_of,
)
from rules.shared.dependency_questions import (
    PUBLIC_FACTS,
    DependencyQuestion,
    facts_of,
    first_open_question,
    providers,
    question_dates,
)
from rules.shared.verdicts import day_text, join_spans, key_result_list, line, records, texts


def advise(facts: Facts) -> Advice:
    """What waits for what, and who answers how."""
    waiting, providing = str(facts["waiting_name"]), str(facts["providing_name"])
    served = texts(facts["key_results"])
    aim = line(" for ", key_result_list(served)) if served else ()
    links = [Code(f"{record['waiting']} on {record['providing']}") for record in records(facts["links"])]
    pairs = join_spans(links, omitted=int(str(facts["count"])) - len(links))
    by = f" by {day_text(facts['needed_by'])}" if facts["needed_by"] else " this cycle, and by when"
    accept, decline, later = Code("/okr accept"), Code("/okr decline <reason>"), Code("/okr later")
    return Advice(
        what=line(f"{waiting} is waiting for {providing}", aim, ", and the two have not agreed on it: ", pairs, "."),
        why=line(f"What is no priority for {providing} may come too late for {waiting}."),
        do=(line(f"Can {providing} deliver{by}? Comment on its ticket ", accept, ", ", decline, " or ", later, "."),),
        unless=line("If nothing waits any more, remove the link between the tickets."),
    )


@rule(
    Severity.ERROR,
    evidence=Evidence.PRESENCE,
    advise=advise,
    label=LABEL,
    needs_all_okrs=True,
    fault=FAULT,
    needs_running_cycle=True,
    public_facts=PUBLIC_FACTS,
    unit=Unit.TEAM_PAIR,
)
def dependency_without_shared_okr(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every two teams of which one waits for the other, by all links between them."""
    by_teams = links_by_teams(portfolio)
    yield from not_judged(portfolio, by_teams)
    for teams, links in by_teams.items():
        if first_open_question(portfolio, links) is DependencyQuestion.AGREED:
            yield _verdict(portfolio, teams, links)


def _verdict(portfolio: Portfolio, teams: Teams, all_links: Sequence[Link]) -> Verdict:
    """It asks on the providing tickets; the waiting ones carry the label."""
    links = [link for link in all_links if link.is_open]
    return Verdict(
        subject=teams_subject(teams),
        facts=facts_of(portfolio, teams, links, question_dates(portfolio, all_links)),
        act_on=providers(portfolio, links),
        label_on=tickets_of(links),
        affects=tickets_of(links),
        identity=teams,
        severity=severity_of(portfolio, links),
    )
