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

- `signs = 2`: how many different signs on one initiative make a hint.

Source: Fitbots, How to Connect and Align OKRs (second check: should any key result be linked with another team's?).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Ref
from hub.model.message import Advice, Code
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.shared.metrics import measured
from rules.shared.team_names import teams_by_word, teams_named_on
from rules.shared.words import SHOWN, line, records

Found = tuple[Ref, tuple[str, ...]]
LINKS = frozenset({"blocked_by", "blocks", "parent", "text"})
SIGNS = {
    "mention": "tickets of both mention each other",
    "name": "it carries the other team's name",
    "metric": "both measure the same",
}
# What so many teams measure is everybody's, and tells nothing of any two of them.
COMMON = 4


def say(facts: Facts) -> Advice:
    """Which tickets hint at it and by what, and how to state or dismiss it."""
    one, other = facts["one_team"], facts["other_team"]
    hints = [line(Code(str(hint["ticket"])), f" ({hint['signs']})") for hint in records(facts["tickets"])]
    shown = line(*(part for number, hint in enumerate(hints) for part in ((", " if number else ""), hint)))
    return Advice(
        what=line(f"{one} and {other} may depend on each other, and no link says so: ", shown, "."),
        why=line("A dependency that nobody called out comes up late."),
        do=(line("If one waits for the other, link the tickets, or write the need under ", Code("depends_on"), "."),),
        unless=line(
            "If not, write ",
            Code("[[dismissed]]"),
            " with ",
            Code(f'between = ["{one}", "{other}"]'),
            " and a reason into an OKR file.",
        ),
    )


@rule(
    Severity.INFO, judges=Judges.ABSENCE, say=say, options={"signs": 2}, needs_all_okrs=True, needs_running_cycle=True
)
def hidden_dependency(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge each pair of teams once, by the active initiatives that show enough signs."""
    pairs: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for (ticket, team), signs in _unstated_hints(portfolio, options["signs"]).items():
        one, other = sorted((portfolio.team_of[ticket], team))
        pairs[one, other].append((ticket, tuple(sorted(signs))))
    dismissed = {tuple(sorted(one.between)) for one in portfolio.okrs.dismissed}
    partly = bool(pairs) and any(one.missing_fields & LINKS for one in portfolio.initiatives.values())
    for pair in sorted(pairs.keys() - dismissed):
        if portfolio.gaps or portfolio.incomplete_sources or portfolio.incomplete_tickets or partly:
            yield NotJudged(_subject(pair), "a link that states it may be among what could not be read")
        else:
            yield _verdict(pair, sorted(pairs[pair]))


def _subject(pair: tuple[str, str]) -> Subject:
    return Subject(SubjectKind.DEPENDENCY, " <-> ".join(pair))


def _verdict(pair: tuple[str, str], found: Sequence[Found]) -> Verdict:
    said = tuple({"ticket": str(ref), "signs": ", ".join(SIGNS[one] for one in signs)} for ref, signs in found[:SHOWN])
    facts: dict[str, Fact] = {"one_team": pair[0], "other_team": pair[1], "tickets": said, "count": len(found)}
    refs = tuple(ref for ref, _ in found)
    return Verdict(_subject(pair), facts, affects=refs, identity=pair, based_on=refs)


def _unstated_hints(portfolio: Portfolio, signs: float) -> dict[tuple[Ref, str], set[str]]:
    """So many signs by active initiative and other team, where nothing on it, below it or above it joins the two.

    A sign is `mention`, `name` or `metric`.
    """
    enough = _enough(portfolio, signs)
    stated, apart = (_stated(portfolio, {ref for ref, _ in enough}), _joined_above(portfolio)) if enough else ((), ())

    def joined(ref: Ref, team: str) -> bool:
        served = (link.key_result for link in portfolio.serves.get(ref, ()))
        return (ref, team) in stated or any((key_result, team) in apart for key_result in served)

    return {key: said for key, said in enough.items() if not joined(*key)}


def _enough(portfolio: Portfolio, signs: float) -> dict[tuple[Ref, str], set[str]]:
    mentioned, rivals, called = _mentioned(portfolio), _rivals(portfolio), teams_by_word(portfolio)
    found: dict[tuple[Ref, str], set[str]] = {}
    for ref in portfolio.active:
        metric = {team for link in portfolio.serves.get(ref, ()) for team in rivals.get(link.key_result, ())}
        # Reading titles is slow: where one sign is not enough, only those that have another are read.
        if (signs <= 1 or metric or ref in mentioned) and (own := portfolio.team_of.get(ref)) is not None:
            mention, name = mentioned.get(ref, set()), teams_named_on(portfolio.initiatives[ref], called)
            told = {"mention": mention, "metric": metric, "name": name}
            others = mention | metric | name if signs <= 1 else mention & metric | (mention | metric) & name
            said = {team: {sign for sign, teams in told.items() if team in teams} for team in others - {own}}
            found |= {(ref, team): seen for team, seen in said.items() if len(seen) >= signs}
    return found


def _stated(portfolio: Portfolio, asked: set[Ref]) -> set[tuple[Ref, str]]:
    """Which of the initiatives are linked, by themselves or their work, with any ticket of another team."""
    parents = ((i.ref, i.parent) for i in portfolio.initiatives.values() if i.parent is not None)
    links = (*((one.waiting, one.providing) for one in portfolio.dependencies), *parents)
    ends = (end for one, other in links for end in ((one, other), (other, one)))
    tops = ((portfolio.top_of.get(one, one), portfolio.team_of.get(other)) for one, other in ends)
    return {(top, team) for top, team in tops if top in asked and team is not None}


def _joined_above(portfolio: Portfolio) -> set[tuple[str, str]]:
    """Key results and the other teams that share them, or are joined with them by a need on either side."""
    found = {(k, team) for k in portfolio.okrs.key_results for team in portfolio.teams_of(k)}
    for one in portfolio.okrs.key_results.values():
        for need in one.depends_on:
            found.add((one.id, need.team))
            found |= {(need.key_result, team) for team in portfolio.teams_of(one.id) if need.key_result is not None}
    return found


def _mentioned(portfolio: Portfolio) -> dict[Ref, set[str]]:
    """The teams whose tickets a ticket names, or is named by."""
    found: dict[Ref, set[str]] = defaultdict(set)
    for ref, named in portfolio.mentions.items():
        for other in named:
            if ref in portfolio.team_of and other in portfolio.team_of:
                found[ref].add(portfolio.team_of[other])
                found[other].add(portfolio.team_of[ref])
    return found


def _rivals(portfolio: Portfolio) -> dict[str, set[str]]:
    """For a key result: the teams that hold another one on the same metric."""
    same: dict[tuple[str, ...], list[KeyResult]] = defaultdict(list)
    for one in portfolio.okrs.key_results.values():
        if not one.private and (key := measured(one)):
            same[key].append(one)
    found: dict[str, set[str]] = {}
    for group in same.values():
        teams = {team for one in group for team in portfolio.teams_of(one.id)}
        if 1 < len(teams) <= COMMON:
            found |= {one.id: teams for one in group}
    return found
