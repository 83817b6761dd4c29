"""Two teams have stated no dependency, but two independent signs say that there is one.

## Why it matters

The dependencies that hurt are those that nobody called out. Each sign alone may be chance: tickets of both teams that
mention each other, the other team's name in a label or title, key results on one metric. Two on one ticket are worth a
question. It goes to the teams' digest, never on a ticket.

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

If one waits for the other, say so: link the tickets, or write the need under the key result's `depends_on`. If not,
dismiss it in an OKR file by `[[dismissed]]` with `between = [...]` and a `reason`; the hub does not ask again.

## Options

- `signs = 2`: how many different signs on one ticket make a hint.

Source: Fitbots, How to Connect and Align OKRs (second check: should any key result be linked with another team's?).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Ref
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.hints import unstated_hints
from rules.words import SHOWN, line, records

Found = tuple[Ref, tuple[str, ...]]
LINKS = frozenset({"blocked_by", "blocks", "parent", "text"})
SIGNS = {
    "mention": "tickets of both mention each other",
    "name": "it carries the other team's name",
    "metric": "both measure the same",
}


def say(facts: Facts) -> Advice:
    """Which tickets hint at it and by what, and how to state or dismiss it."""
    one, other = facts["one_team"], facts["other_team"]
    hints = [line(Code(str(hint["ticket"])), f" ({hint['signs']})") for hint in records(facts["tickets"])]
    between = Code(f'between = ["{one}", "{other}"]')
    shown = line(*(part for number, hint in enumerate(hints) for part in ((", " if number else ""), hint)))
    return Advice(
        what=line(f"{one} and {other} may depend on each other, and nothing says so: ", shown, "."),
        why=line("A dependency that nobody called out is nobody's priority."),
        do=(line("If one waits for the other, link the tickets, or write the need under ", Code("depends_on"), "."),),
        unless=line("If not, write ", Code("[[dismissed]]"), " with ", between, " and a reason into an OKR file."),
    )


@rule(Severity.INFO, judges=Judges.ABSENCE, say=say, needs_all_okrs=True, options={"signs": 2})
def hidden_dependency(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge each pair of teams once, by the active tickets that show enough signs."""
    pairs: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for (ticket, team), signs in unstated_hints(portfolio, options["signs"]).items():
        one, other = sorted((portfolio.team_of[ticket], team))
        pairs[one, other].append((ticket, tuple(sorted(signs))))
    dismissed = {tuple(sorted(one.between)) for one in portfolio.okrs.dismissed}
    partly = bool(pairs) and any(one.unread & LINKS for one in portfolio.initiatives.values())
    for pair in sorted(pairs.keys() - dismissed):
        if portfolio.gaps or portfolio.unread or portfolio.unread_keys or partly:
            yield NotJudged(_subject(pair), "a link that states it may be among what could not be read")
        else:
            yield _verdict(pair, sorted(pairs[pair]))


def _subject(pair: tuple[str, str]) -> Subject:
    return Subject(SubjectKind.DEPENDENCY, " <-> ".join(pair))


def _verdict(pair: tuple[str, str], found: Sequence[Found]) -> Verdict:
    said = tuple(
        {"ticket": str(ref), "signs": ", ".join(SIGNS[sign] for sign in signs)} for ref, signs in found[:SHOWN]
    )
    facts: dict[str, Fact] = {"one_team": pair[0], "other_team": pair[1], "tickets": said, "count": len(found)}
    return Verdict(_subject(pair), facts, identity=pair, rests_on=tuple(ref for ref, _ in found))
