"""A key result that is a task: it repeats a ticket's title, or is done or not done and begins with a verb of doing.

## Why it matters

A key result says what changes for somebody, not what is done. A task that is finished may have moved nothing. It holds
where the title equals that of a ticket that serves it, and where a milestone (from 0 to 1) begins with a verb such as
launch, migrate, write or hire. A milestone that states an outcome ("Certificate issued") is fine.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "app"
title = "Launch the loyalty app"
start = 0
target = 1
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "signups"
title = "Launch week brings 3,000 sign-ups"
start = 0
target = 3_000

[[objective.key_result]]
id = "soc"
title = "SOC 2 report signed"
start = 0
target = 1
```

## How to fix

State what the task is meant to change, with a start and a target, and link the ticket to that as its initiative.

Source: Castro, Creating Alignment (an initiative is the work that moves a key result, not a key result).
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Ref
from hub.model.message import Advice
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from hub.model.progress import is_milestone
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import key_result_span, key_result_subject, line

TASK_VERBS = (
    " add adopt automate build close complete conduct consolidate create define deliver deploy design develop document "
    "draft establish evaluate finish hire hold host implement improve install integrate introduce investigate launch "
    "make merge migrate modernise modernize move onboard open organise organize plan port prepare produce publish "
    "rebuild recruit redesign refactor release remove replace retire rewrite roll run send set setup ship sign start "
    "switch test train translate update upgrade write "
)
"""Verbs that say what is done; one string, since it is only searched."""


def advise(facts: Facts) -> Advice:
    """Why it looks like a task."""
    because = (
        " has the title of a ticket that serves it" if facts["by"] == "title" else " is a task: it is done or not done"
    )
    return Advice(
        what=line(key_result_span(str(facts["key_result"])), because, "."),
        why=line("A finished task may have moved nothing."),
        do=(line("State what it is meant to change, and link the ticket to that as its initiative."),),
    )


@rule(
    Severity.INFO,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    public_facts=("by",),
    unit=Unit.KEY_RESULT,
)
def key_result_as_task(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Look at every key result's title, beside those of the tickets that serve it."""
    for result in portfolio.judged_key_results():
        same = _same_title(portfolio, result)
        if same or (is_milestone(result) and f" {_first_word(result.title)} " in TASK_VERBS):
            by = "title" if same else "verb"
            facts: dict[str, Fact] = {"key_result": portfolio.key_result_fact(result.id), "by": by}
            yield Verdict(key_result_subject(result), facts, affects=same, identity=("key_result", result.id))


def _same_title(portfolio: Portfolio, result: KeyResult) -> tuple[Ref, ...]:
    """Tickets that are called like it; of a private one none, since they would tell its title."""
    if result.private:
        return ()
    title = _plain(result.title)
    own = portfolio.okrs.okr_id_by_ticket
    longest_word, tickets = max(title.split(), key=len, default=""), portfolio.initiatives
    # Most have not even the longest word in common, which is quicker to see.
    similar = [
        link.initiative
        for link in portfolio.served_by.get(result.id, ())
        if longest_word in tickets[link.initiative].title.casefold()
    ]
    return tuple(ref for ref in dict.fromkeys(similar) if _plain(tickets[ref].title) == title and ref not in own)


def _first_word(title: str) -> str:
    return next(iter(_plain(title).split()), "").strip(":,.-")


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()).strip(" .")
