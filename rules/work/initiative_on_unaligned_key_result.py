"""Active work on a key result that is not linked to one of the organization's.

## Why it matters

That is for the owners of the key result to resolve, once, and not for everybody who works on it: one finding for each
key result. Its initiatives carry the label; the one with the highest priority, else the longest in progress, carries
the comment. Work that is also linked to an aligned key result is left alone. Where none of the team's key results is
linked, the team is told instead.

## Fails

```toml
[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]
key_result = [
  { id = "dau", title = "500,000 daily users", aligns_to = [{ key_result = "revenue" }] },
  { id = "awareness", title = "40 % know the name" },
]

[[initiative]]
ref = "jira:ACME-1"
serves = ["awareness"]
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
```

## How to fix

Link the key result with `aligns_to = [{ key_result = "…" }]`, or give its objective `standalone = "<reason>"`.

Source: Fitbots, How to Connect and Align OKRs (each team picks the organization's key results that it will move).
"""

from collections.abc import Iterator, Sequence

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Ref
from hub.model.labels import UNALIGNED
from hub.model.message import Advice, Text
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.shared.chains import above, could_link_to, teams_without_link
from rules.shared.doubts import doubt
from rules.shared.grace import in_grace
from rules.shared.leads import lead_of, own_ticket, unaligned_work
from rules.shared.subjects import of_key_result
from rules.shared.words import key_result, key_results, line, listed, public, texts


def say(facts: Facts) -> Advice:
    """Whose key result it is, and what it could be linked to."""
    upper = public(texts(facts["could_link_to"]))
    owners, one = listed([Text(team) for team in texts(facts["owners"])]), key_result(str(facts["key_result"]))
    ask = line(": does it move ", key_results(upper), "?") if upper else line(" that it moves.")
    return Advice(
        what=line("This work supports ", one, ", which isn't linked to an organization key result yet."),
        why=line("The work can go on."),
        do=(line(owners, ": link it in the OKRs to an organization key result", ask),),
        unless=line("If the goal stands for itself on purpose, say so with a reason at its objective."),
    )


@rule(
    Severity.WARNING,
    judges=Judges.ABSENCE,
    say=say,
    label=UNALIGNED,
    needs_all_okrs=True,
    needs_running_cycle=True,
    needs_organization=True,
    told_of_private=("owners", "initiatives"),
)
def initiative_on_unaligned_key_result(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every key result that is not aligned and that active initiatives serve, beside no aligned one."""
    upper, told = above(portfolio), teams_without_link(portfolio)
    for id_, refs in unaligned_work(portfolio).items():
        one = portfolio.key_result(id_)
        doubts = {ref: why for ref in refs if (why := doubt(portfolio, portfolio.initiatives[ref])) is not None}
        if doubts:
            yield NotJudged(of_key_result(one), next(iter(doubts.values())), tuple(doubts))
        if sure := [ref for ref in refs if ref not in doubts]:
            yield _verdict(portfolio, one, sure, upper, team_is_told=not told.isdisjoint(portfolio.teams_of(id_)))


def _verdict(
    portfolio: Portfolio, one: KeyResult, refs: Sequence[Ref], upper: Sequence[KeyResult], *, team_is_told: bool
) -> Verdict:
    owners, begun = portfolio.teams_of(one.id), portfolio.begun_on(one.id)
    settled = tuple(ref for ref in refs if not in_grace(portfolio, begun, portfolio.initiatives[ref].created))
    speaks = bool(settled) and not team_is_told
    leading = [ref for ref in settled if portfolio.team_of.get(ref) in owners] or settled
    return Verdict(
        subject=of_key_result(one),
        facts={
            "key_result": portfolio.shown(one.id),
            "owners": owners,
            "could_link_to": tuple(portfolio.shown(id_) for id_ in could_link_to(upper, owners)),
            "initiatives": len(refs),
        },
        act_on=(own_ticket(portfolio, one.id) or lead_of(portfolio, leading)) if speaks else (),
        label_on=settled,
        affects=tuple(refs),
        identity=("key_result", one.id),
        severity=None if speaks else Severity.INFO,
    )
