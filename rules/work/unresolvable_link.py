"""A value on a ticket that should name a key result and doesn't match one that runs.

## Why it matters

Whoever wrote it believes that the work is linked, and it isn't, nor is anything below it. It may be a typing error, an
objective in place of a key result, a title that several key results have, or a key result of a cycle that has ended
beside a current one. It is said once for each ticket and value, where the value stands; several of one line or one
command are said as one.

While the cycle's OKRs are drafted and aligned, in the cycle's first days, and in a ticket's first days it stands in
the audit alone.

## Fails

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dua"]
```

## Passes

```toml
[[initiative]]
ref = "jira:ACME-1"
serves = ["dau"]
```

## How to fix

Write the id of one key result of the running cycle in the place of the value: the finding names the closest ones. If
the ticket is already linked to others, or the value means something else, remove it.
"""

from collections.abc import Iterator, Sequence

from hub.model.action import UNALIGNED
from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Ref
from hub.model.link import UnresolvedName, UnresolvedReason
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from hub.model.text import match_key
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import (
    count_affected_work,
    in_grace,
    join_spans,
    key_result_span,
    line,
    public_ids,
    stable_identity,
    texts,
    ticket_subject,
    wrong_values,
)

REASON_TEXTS = {
    UnresolvedReason.UNKNOWN: "doesn't match any key result",
    UnresolvedReason.ENDED: "is a key result of a cycle that has ended",
    UnresolvedReason.OBJECTIVE: "is an objective; tickets are linked to one of its key results",
    UnresolvedReason.SEVERAL: "matches several key results",
    UnresolvedReason.CLOSED: "is a key result that was closed without being reached",
}


def advise(facts: Facts) -> Advice:
    """The value as written, and what may have been meant, ready to type."""
    sources, reason = texts(facts["sources"]), UnresolvedReason(str(facts["reason"]))
    values = [Code(id_) for id_ in public_ids(texts(facts["closest"]))]
    suggestion = (
        line("Did you mean ", join_spans(values, "or"), "?") if values else line("Write the id of a key result there.")
    )
    remove = line("Remove it: the ticket is linked to another key result already.")
    alternative = line("If the value means something else, remove it.")
    if facts["serves_others"]:
        alternative = suggestion if values else ()
    message = line(
        f"The value in the {' and the '.join(sources)}, ",
        key_result_span(str(facts["raw"])),
        f", {REASON_TEXTS[reason]}.",
    )
    return Advice(
        what=message,
        why=(),
        do=(remove,) if facts["serves_others"] else (suggestion,),
        unless=alternative,
    )


@rule(
    Severity.ERROR,
    evidence=Evidence.PRESENCE,
    advise=advise,
    label=UNALIGNED,
    needs_all_okrs=True,
    needs_running_cycle=True,
    public_facts=("raw", "sources", "reason", "serves_others", "affected"),
    unit=Unit.TICKET,
)
def unresolvable_link(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge the values of every active ticket, and of those above one that serves nothing because of them."""
    values_by_ticket = wrong_values(portfolio)
    affected = count_affected_work(portfolio, values_by_ticket)
    for ref, values in values_by_ticket.items():
        for names in values.values():
            yield _verdict(portfolio, ref, names, affected[ref])


def _verdict(portfolio: Portfolio, ref: Ref, names: Sequence[UnresolvedName], affected: int) -> Verdict:
    initiative, name = portfolio.initiatives[ref], names[0]
    id_ = match_key(name.raw)
    grace = in_grace(portfolio, initiative.created)
    served = {link.key_result for link in portfolio.serves.get(ref, ())}
    return Verdict(
        subject=ticket_subject(initiative),
        facts={
            "raw": _raw_value(portfolio, id_, name.raw),
            "sources": tuple(dict.fromkeys(str(name.source) for name in names)),
            "reason": str(name.reason),
            "closest": tuple(portfolio.key_result_fact(text) for text in name.closest if text not in served),
            "serves_others": bool(portfolio.serves.get(ref)),
            "affected": affected,
        },
        act_on=(ref,),
        label_on=() if grace else (ref,),
        identity=(*stable_identity(initiative), id_),
        severity=Severity.INFO if grace else None,
    )


def _raw_value(portfolio: Portfolio, id_: str, raw: str) -> Fact:
    """The value; one that all but names a private key result is not repeated either."""
    okrs = portfolio.okrs
    if any(id_ in group for group in (okrs.other_key_results, okrs.key_results, okrs.closed_key_results)):
        return portfolio.key_result_fact(id_)
    return PRIVATE_NAME if portfolio.okrs.private_names.names_in(raw) else raw
