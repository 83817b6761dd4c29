"""Two teams state no dependency, but two independent signs on one initiative say that there may be one.

## Why it matters

Dependencies that nobody called out come up late. Each sign alone may be chance: tickets of both teams that mention each
other, the other team's name in a label or title, key results on one metric. Two on one initiative are worth a question
in the audit and the weekly summary; nothing is written on a ticket.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
title = "Faster start, with Platform"
serves = ["dau"]
mentions = ["acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
serves = ["p99"]
```

## Passes

```toml
[[dismissed]]
between = ["product", "platform"]
reason = "the two only share a test lab"

[[initiative]]
ref = "jira:ACME-1"
title = "Faster start, with Platform"
serves = ["dau"]
mentions = ["acme/app#2"]

[[initiative]]
ref = "github:acme/app#2"
serves = ["p99"]
```

## How to fix

If one waits for the other, link the tickets, or write the need under the key result's `depends_on`. If not, dismiss it
in an OKR file by `[[dismissed]]` with `between = [...]` and a `reason`; the hub does not ask again.

## Options

- `min_signals = 2`: how many different signs on one initiative make a hint.

Source: Fitbots, How to Connect and Align OKRs (second check: should any key result be linked with another team's?).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Initiative, Ref
from hub.model.link import KeyResultLink
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.completeness import unread
from rules.shared.key_results import once_for_okrs
from rules.shared.metrics import teams_on_same_metric
from rules.shared.tickets import children_of, linked_tickets, mentioned_by
from rules.shared.verdicts import MAX_LISTED, line, records

Words = tuple[str, ...]
_WORD = re.compile(r"[^\W_]+")


@once_for_okrs
def teams_by_word(portfolio: Portfolio) -> dict[str, list[tuple[Words, str]]]:
    """By first word: the words of each team's name and id, and the team."""
    by_word: dict[str, list[tuple[Words, str]]] = defaultdict(list)
    both = (({_words(team.name), _words(team.id)} - {()}, team.id) for team in portfolio.okrs.teams.values())
    for names, team in both:
        for words in names:
            by_word[words[0]].append((words, team))
    return by_word


def teams_named_on(ticket: Initiative, names_by_word: Mapping[str, Sequence[tuple[Words, str]]]) -> set[str]:
    """Teams whose id or name is among the labels, or stands in the title in whole words."""
    title, teams = _words(ticket.title), set[str]()
    # A ticket's own key results say nothing of other teams, whatever their ids sound like.
    labels = [_words(label) for label in ticket.labels if not label.casefold().startswith(("kr-", "okr-"))]
    # Most hold no team's first word, which is quicker to see.
    if not labels and names_by_word.keys().isdisjoint(title):
        return teams
    for phrase in (title, *labels):
        for at, first in enumerate(phrase):
            names = names_by_word.get(first, ())
            teams |= {team for words, team in names if phrase[at : at + len(words)] == words}
    return teams


@lru_cache(maxsize=10_000)
def _words(text: str) -> Words:
    return tuple(_WORD.findall(text.casefold()))


TicketSignals = tuple[Ref, tuple[str, ...]]
SIGNALS = {
    "mention": "tickets of both mention each other",
    "name": "it carries the other team's name",
    "metric": "both measure the same",
}


def advise(facts: Facts) -> Advice:
    """Which tickets hint at it and by what, and how to state or dismiss it."""
    item, other = facts["one_team"], facts["other_team"]
    signals = [line(Code(str(record["ticket"])), f" ({record['signals']})") for record in records(facts["tickets"])]
    ticket_list = line(*(part for number, record in enumerate(signals) for part in ((", " if number else ""), record)))
    return Advice(
        what=line(f"{item} and {other} may depend on each other, and no link says so: ", ticket_list, "."),
        why=line("A dependency that nobody called out comes up late."),
        do=(line("If one waits for the other, link the tickets, or write the need under ", Code("depends_on"), "."),),
        unless=line(
            "If not, write ",
            Code("[[dismissed]]"),
            " with ",
            Code(f'between = ["{item}", "{other}"]'),
            " and a reason into an OKR file.",
        ),
    )


@rule(
    Severity.INFO,
    evidence=Evidence.ABSENCE,
    advise=advise,
    options={"min_signals": 2},
    needs_all_okrs=True,
    needs_running_cycle=True,
    unit=Unit.TICKET_GROUP,
)
def hidden_dependency(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge each pair of teams once, by the active initiatives that show enough signs."""
    pairs: dict[tuple[str, str], list[TicketSignals]] = defaultdict(list)
    for (ticket, team), signals in _undeclared_signals(portfolio, options["min_signals"]).items():
        text, other = sorted((portfolio.team_of[ticket], team))
        pairs[text, other].append((ticket, tuple(sorted(signals))))
    dismissed = {tuple(sorted(dismissal.between)) for dismissal in portfolio.okrs.dismissed}
    partly = bool(pairs) and unread(portfolio).links
    for pair in sorted(pairs.keys() - dismissed):
        if portfolio.gaps or portfolio.incomplete_sources or portfolio.incomplete_tickets or partly:
            yield NotJudged(_subject(pair), "a link that states it may be among what could not be read")
        else:
            yield _verdict(pair, sorted(pairs[pair]))


def _subject(pair: tuple[str, str]) -> Subject:
    return Subject(SubjectKind.DEPENDENCY, " <-> ".join(pair))


def _verdict(pair: tuple[str, str], tickets: Sequence[TicketSignals]) -> Verdict:
    ticket_facts = tuple(
        {"ticket": str(ref), "signals": ", ".join(SIGNALS[sign] for sign in signals)}
        for ref, signals in tickets[:MAX_LISTED]
    )
    facts: dict[str, Fact] = {
        "one_team": pair[0],
        "other_team": pair[1],
        "tickets": ticket_facts,
        "count": len(tickets),
    }
    refs = tuple(ref for ref, _ in tickets)
    return Verdict(_subject(pair), facts, affects=refs, identity=pair, based_on=refs)


def _undeclared_signals(portfolio: Portfolio, min_signals: float) -> dict[tuple[Ref, str], set[str]]:
    """So many signs by active initiative and other team, where nothing on it, below it or above it joins the two.

    A sign is `mention`, `name` or `metric`.
    """
    enough = _tickets_with_enough_signals(portfolio, min_signals)
    stated, linked_in_okrs = (
        (_linked_pairs(portfolio, {ref for ref, _ in enough}), _teams_linked_in_okrs(portfolio)) if enough else ((), ())
    )

    def is_linked(ref: Ref, team: str) -> bool:
        served = (link.key_result for link in portfolio.serves.get(ref, ()))
        return (ref, team) in stated or any((key_result, team) in linked_in_okrs for key_result in served)

    return {key: signals for key, signals in enough.items() if not is_linked(*key)}


def _tickets_with_enough_signals(portfolio: Portfolio, min_signals: float) -> dict[tuple[Ref, str], set[str]]:
    mentioned, metric_teams, team_names = (
        _mentioned_teams(portfolio),
        teams_on_same_metric(portfolio),
        teams_by_word(portfolio),
    )
    pairs: dict[tuple[Ref, str], set[str]] = {}
    for ref in portfolio.active:
        metric = _teams_on_metrics(portfolio.serves.get(ref, ()), metric_teams)
        # Reading titles is slow: where one sign is not enough, only those that have another are read.
        if (min_signals <= 1 or metric or ref in mentioned) and (own := portfolio.team_of.get(ref)) is not None:
            mention, name = mentioned.get(ref, set()), teams_named_on(portfolio.initiatives[ref], team_names)
            if min_signals > 1 and not (name or mention):
                continue
            teams_by_signal = {"mention": mention, "metric": metric, "name": name}
            signals_by_team = {
                team: {signal for signal, teams in teams_by_signal.items() if team in teams}
                for team in mention.union(metric, name) - {own}
            }
            pairs |= {(ref, team): signals for team, signals in signals_by_team.items() if len(signals) >= min_signals}
    return pairs


def _teams_on_metrics(links: Sequence[KeyResultLink], metric_teams: Mapping[str, set[str]]) -> AbstractSet[str]:
    """The teams that measure what the key results do to which these links lead."""
    if len(links) == 1:
        return metric_teams.get(links[0].key_result, frozenset())
    return {team for link in links for team in metric_teams.get(link.key_result, ())}


def _linked_pairs(portfolio: Portfolio, tops: set[Ref]) -> set[tuple[Ref, str]]:
    """Which of the initiatives are linked, by themselves or their work, with any ticket of another team."""
    linked, children, pairs = linked_tickets(portfolio), children_of(portfolio), set()
    for top in tops:
        for ref in (top, *portfolio.descendants.get(top, ())):
            parent = portfolio.initiatives[ref].parent
            others = (*linked.get(ref, ()), *children.get(ref, ()), *((parent,) if parent is not None else ()))
            pairs |= {(top, portfolio.team_of[other]) for other in others if other in portfolio.team_of}
    return pairs


@once_for_okrs
def _teams_linked_in_okrs(portfolio: Portfolio) -> set[tuple[str, str]]:
    """Key results and the other teams that share them, or are joined with them by a need on either side."""
    pairs = {(k, team) for k in portfolio.okrs.key_results for team in portfolio.teams_of(k)}
    for key_result in portfolio.okrs.key_results.values():
        for need in key_result.depends_on:
            pairs.add((key_result.id, need.team))
            pairs |= {
                (need.key_result, team) for team in portfolio.teams_of(key_result.id) if need.key_result is not None
            }
    return pairs


def _mentioned_teams(portfolio: Portfolio) -> dict[Ref, set[str]]:
    """By initiative: the teams whose tickets it names, or is named by."""
    naming, teams = mentioned_by(portfolio), dict[Ref, set[str]]()
    for ref in portfolio.active if portfolio.mentions else ():
        others = (*portfolio.mentions.get(ref, ()), *naming.get(ref, ()))
        if others and ref in portfolio.team_of:
            teams[ref] = {portfolio.team_of[other] for other in others if other in portfolio.team_of}
    return {ref: named for ref, named in teams.items() if named}
