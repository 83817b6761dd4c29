"""A value on a ticket that should name a key result and doesn't match one that runs.

## Why it matters

Whoever wrote it believes that the work is linked, and it isn't, nor is anything below it. It may be a typing error, an
objective in place of a key result, a title that several key results have, or a key result of a cycle that has ended
beside a current one. It is said once for each ticket and value, where the value stands.

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

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Ref
from hub.model.labels import UNALIGNED
from hub.model.link import BrokenName, Unresolvable
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from hub.model.typed import same
from rules.base import Judges, Options, rule
from rules.shared.grace import in_grace
from rules.shared.subjects import lasting, of_ticket
from rules.shared.words import key_result, line, listed, public, texts
from rules.shared.wrong_values import work_below, wrong_values

WHY = {
    Unresolvable.UNKNOWN: "doesn't match any key result",
    Unresolvable.ENDED: "is a key result of a cycle that has ended",
    Unresolvable.OBJECTIVE: "is an objective; tickets are linked to one of its key results",
    Unresolvable.SEVERAL: "matches several key results",
}


def say(facts: Facts) -> Advice:
    """The value as written, and what may have been meant, ready to type."""
    places, why = texts(facts["places"]), Unresolvable(str(facts["why"]))
    values = [Code(id_) for id_ in public(texts(facts["closest"]))]
    meant = line("Did you mean ", listed(values, "or"), "?") if values else line("Write the id of a key result there.")
    remove = line("Remove it: the ticket is linked to another key result already.")
    what = line(f"The value in the {' and the '.join(places)}, ", key_result(str(facts["written"])), f", {WHY[why]}.")
    return Advice(
        what=what,
        why=(),
        do=(remove,) if facts["serves_others"] else (meant,),
        unless=meant if facts["serves_others"] and values else line("If the value means something else, remove it."),
    )


@rule(
    Severity.ERROR,
    judges=Judges.PRESENCE,
    say=say,
    label=UNALIGNED,
    needs_all_okrs=True,
    needs_running_cycle=True,
    told_of_private=("written", "places", "why", "serves_others", "below"),
)
def unresolvable_link(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """Judge the values of every active ticket, and of those above one that serves nothing because of them."""
    found = wrong_values(portfolio)
    below = work_below(portfolio, found)
    for ref, values in found.items():
        for names in values.values():
            yield _verdict(portfolio, ref, names, below[ref])


def _verdict(portfolio: Portfolio, ref: Ref, names: Sequence[BrokenName], below: int) -> Verdict:
    initiative, name = portfolio.initiatives[ref], names[0]
    id_ = same(name.written)
    grace = in_grace(portfolio, initiative.created)
    served = {link.key_result for link in portfolio.serves.get(ref, ())}
    return Verdict(
        subject=of_ticket(initiative),
        facts={
            "written": _written(portfolio, id_, name.written),
            "places": tuple(dict.fromkeys(str(one.via) for one in names)),
            "why": str(name.why),
            "closest": tuple(portfolio.shown(one) for one in name.closest if one not in served),
            "serves_others": bool(portfolio.serves.get(ref)),
            "below": below,
        },
        act_on=(ref,),
        label_on=() if grace else (ref,),
        identity=(*lasting(initiative), id_),
        severity=Severity.INFO if grace else None,
    )


def _written(portfolio: Portfolio, id_: str, written: str) -> Fact:
    """The value; one that all but names a private key result is not repeated either."""
    if id_ in portfolio.okrs.others or id_ in portfolio.okrs.key_results:
        return portfolio.shown(id_)
    return PRIVATE_NAME if portfolio.okrs.private_names.found_in(written) else written
