"""Active work that is not linked to a key result.

## Why it matters

Nobody has decided that this work should move a key result, or nobody has written it down. It is said once for each
tree of work, on the topmost active ticket: what lies below inherits its link. A value that tries to name a key result,
there or above, is another finding.

While the cycle's OKRs are drafted and aligned, in the cycle's first days, and in a ticket's first days it stands in
the audit alone.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
status = "in progress"
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
status = "in progress"
serves = ["dau"]

[[initiative]]
ref = "jira:ACME-2"
status = "in progress"
parent = "jira:ACME-1"

[[initiative]]
ref = "jira:ACME-3"
status = "in progress"
labels = ["okr-exempt"]
```

## How to fix

Name the key result that the work moves, on the ticket or above it. If it is no OKR work, set the label `okr-exempt`; if
it is not for this cycle, take it out of the sprint or change its dates.

## Options

- `grace_days = 5`: working days of the cycle, and of the ticket, in which it stays in the audit.
"""

from collections.abc import Iterator
from functools import lru_cache

from hub.model.action import UNALIGNED
from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Initiative, StatusCategory
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import in_grace, line, records, self_and_ancestors, stable_identity, ticket_subject

POSTPONE_TEXT = "Move it out of the sprint or change its dates."
OPTIONS = {"grace_days": 5}


def advise(facts: Facts) -> Advice:
    """What to link it to, with the likeliest key result and why it is offered."""
    candidates = tuple((str(row["key_result"]), str(row["reason"])) for row in records(facts["candidates"]))
    return _advice(str(facts["cycle"]), candidates, is_in_progress=bool(facts["in_progress"]))


# Most findings have no candidates, and the same words.
@lru_cache(maxsize=1024)
def _advice(cycle: str, candidates: tuple[tuple[str, str], ...], *, is_in_progress: bool) -> Advice:
    do = [line("Does it support ", Code(key_result), f"? {reason}") for key_result, reason in candidates]
    if not candidates:
        do = [line("Link it to the key result that it supports.")]
    state = "in progress" if is_in_progress else "planned for this cycle"
    # Work in progress is active whatever its dates say.
    postpone = "." if is_in_progress else f". Not this cycle? {POSTPONE_TEXT}"
    return Advice(
        what=line(f"This ticket is {state} but isn't linked to a key result ({cycle})."),
        why=(),
        do=tuple(do),
        unless=line("Not OKR work? Comment ", Code("/okr exempt <reason>"), postpone),
    )


@rule(
    Severity.ERROR,
    evidence=Evidence.ABSENCE,
    advise=advise,
    label=UNALIGNED,
    options=OPTIONS,
    needs_running_cycle=True,
    unit=Unit.TICKET,
)
def initiative_without_key_result(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every topmost active initiative that serves nothing, and tries to name nothing, itself or above."""
    serves = portfolio.serves
    for ref in [ref for ref in portfolio.active if not serves.get(ref)]:
        initiative = portfolio.initiatives[ref]
        if _has_unresolved_name(portfolio, initiative):
            continue
        if ref in portfolio.undetermined:
            yield NotJudged(ticket_subject(initiative), portfolio.undetermined[ref], (ref,))
        else:
            yield _verdict(portfolio, initiative, options["grace_days"])


def _has_unresolved_name(portfolio: Portfolio, initiative: Initiative) -> bool:
    """Whether a value on it or above it is meant to name a key result."""
    sources = self_and_ancestors(portfolio, initiative.ref)
    return any(source in portfolio.unresolved_names or source in portfolio.other_cycle_links for source in sources)


def _verdict(portfolio: Portfolio, initiative: Initiative, grace_days: float) -> Verdict:
    ref, grace = initiative.ref, in_grace(portfolio, initiative.created, days=grace_days)
    candidates = portfolio.candidates(initiative)
    return Verdict(
        subject=ticket_subject(initiative),
        facts={
            "cycle": portfolio.cycle.id,
            "team": portfolio.team_of.get(ref),
            "in_progress": initiative.status is StatusCategory.IN_PROGRESS,
            "candidates": tuple(
                {"key_result": portfolio.key_result_fact(c.key_result), "reason": c.evidence} for c in candidates
            ),
            "below": len(portfolio.descendants.get(ref, ())),
        },
        act_on=(ref,),
        label_on=() if grace else (ref,),
        identity=stable_identity(initiative),
        severity=Severity.INFO if grace else None,
    )
