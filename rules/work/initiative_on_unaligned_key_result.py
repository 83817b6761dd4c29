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

from hub.model.action import UNALIGNED
from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Ref
from hub.model.message import Advice, Text
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.key_results import (
    choose_planning_ticket,
    link_candidates,
    linkable_key_results,
    okr_ticket_of,
    teams_without_link,
    unaligned_work,
)
from rules.shared.verdicts import (
    in_grace,
    incompleteness_reason,
    join_spans,
    key_result_list,
    key_result_span,
    key_result_subject,
    line,
    public_ids,
    texts,
)


def advise(facts: Facts) -> Advice:
    """Whose key result it is, and what it could be linked to."""
    upper = public_ids(texts(facts["link_candidates"]))
    owners, item = (
        join_spans([Text(team) for team in texts(facts["owners"])]),
        key_result_span(str(facts["key_result"])),
    )
    ask = line(": does it move ", key_result_list(upper), "?") if upper else line(" that it moves.")
    return Advice(
        what=line("This work supports ", item, ", which isn't linked to an organization key result yet."),
        why=line("The work can go on."),
        do=(line(owners, ": link it in the OKRs to an organization key result", ask),),
        unless=line("If the goal stands for itself on purpose, say so with a reason at its objective."),
    )


@rule(
    Severity.WARNING,
    evidence=Evidence.ABSENCE,
    advise=advise,
    label=UNALIGNED,
    needs_all_okrs=True,
    needs_running_cycle=True,
    needs_organization=True,
    public_facts=("owners", "initiatives"),
    unit=Unit.KEY_RESULT,
)
def initiative_on_unaligned_key_result(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every key result that is not aligned and that active initiatives serve, beside no aligned one."""
    upper, unlinked_teams = linkable_key_results(portfolio), teams_without_link(portfolio)
    work = unaligned_work(portfolio)
    for id_ in (*portfolio.okrs.key_results, *portfolio.overlapping_key_results):
        if not (refs := work.get(id_)) or not portfolio.judges_key_result(id_):
            continue
        result = portfolio.key_result(id_)
        incomplete = {
            ref: reason
            for ref in refs
            if (reason := incompleteness_reason(portfolio, portfolio.initiatives[ref])) is not None
        }
        if incomplete:
            yield NotJudged(key_result_subject(result), next(iter(incomplete.values())), tuple(incomplete))
        if complete := [ref for ref in refs if ref not in incomplete]:
            yield _verdict(
                portfolio,
                result,
                complete,
                upper,
                is_team_reported=not unlinked_teams.isdisjoint(portfolio.teams_of(id_)),
            )


def _verdict(
    portfolio: Portfolio, result: KeyResult, refs: Sequence[Ref], upper: Sequence[KeyResult], *, is_team_reported: bool
) -> Verdict:
    owners, start_day = portfolio.teams_of(result.id), portfolio.key_result_since(result.id)
    past_grace = tuple(ref for ref in refs if not in_grace(portfolio, start_day, portfolio.initiatives[ref].created))
    is_actionable = bool(past_grace) and not is_team_reported
    leading = [ref for ref in past_grace if portfolio.team_of.get(ref) in owners] or past_grace
    return Verdict(
        subject=key_result_subject(result),
        facts={
            "key_result": portfolio.key_result_fact(result.id),
            "owners": owners,
            "link_candidates": tuple(portfolio.key_result_fact(id_) for id_ in link_candidates(upper, owners)),
            "initiatives": len(refs),
        },
        act_on=(okr_ticket_of(portfolio, result.id) or choose_planning_ticket(portfolio, leading))
        if is_actionable
        else (),
        label_on=past_grace,
        affects=tuple(refs),
        identity=("key_result", result.id),
        severity=None if is_actionable else Severity.INFO,
    )
