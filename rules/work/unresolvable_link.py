"""A value on a ticket that should name a key result and names none that is open.

## Why it matters

Whoever wrote it believes that the work is linked; nothing counts it. A typing error, an objective in place of a key
result, and the key result of a cycle that is over all look the same from the ticket.

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

Write the id of one key result of the running cycle, as it stands in the OKR files, in the place of the value. The
finding names the closest ids. If the value means something else, remove it.
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Initiative, Via
from hub.model.link import BrokenName
from hub.model.message import Advice, Code
from hub.model.portfolio import Portfolio
from rules.base import Judges, Options, rule
from rules.subjects import lasting, of_ticket
from rules.words import key_result, line, listed, public, texts

WHY = {
    "unknown": "names no key result",
    "closed": "names a key result of a cycle that is over",
    "objective": "names an objective, and work is linked to key results",
    "several": "names several key results at once",
}
PLACE = {Via.LABEL: "label", Via.FIELD: "field", Via.TEXT: "text", Via.PARENT: "parent", Via.COMMAND: "command"}
FORM = {"label": "kr-{}", "field": "{}", "text": "KR: {}", "parent": "{}", "command": "/okr kr {}"}


def say(facts: Facts) -> Advice:
    """The value as written, and what may have been meant, ready to type."""
    place = str(facts["place"])
    values = [Code(FORM[place].format(id_)) for id_ in public(texts(facts["closest"]))]
    meant = line("Write ", listed(values, "or"), " in its place.")
    open_list = line("Write the id of an open key result in its place, as ", Code(FORM[place].format("<id>")), ".")
    return Advice(
        what=line("The value ", key_result(str(facts["written"])), f" in the {place} {WHY[str(facts['why'])]}."),
        why=line("The work looks linked and counts for nothing."),
        do=(meant if values else open_list,),
        unless=line("If the value means something else, remove it."),
    )


@rule(Severity.ERROR, judges=Judges.PRESENCE, say=say, label="okr-unaligned", needs_all_okrs=True)
def unresolvable_link(portfolio: Portfolio, _: Options) -> Iterator[Verdict | NotJudged]:
    """One verdict for each wrong value of each active ticket; an heir of the value is not blamed for it."""
    for ref, broken in portfolio.broken_names.items():
        if portfolio.is_active(ref):
            seen = {(name.via, name.written): name for name in broken}
            yield from (_verdict(portfolio, portfolio.initiatives[ref], name) for name in seen.values())


def _verdict(portfolio: Portfolio, initiative: Initiative, name: BrokenName) -> Verdict:
    return Verdict(
        subject=of_ticket(initiative),
        facts={
            "written": _as_written(portfolio, name.written),
            "place": PLACE[name.via],
            "why": str(name.why),
            "closest": tuple(portfolio.shown(id_) for id_ in name.closest),
        },
        tickets=(initiative.ref,),
        identity=(*lasting(initiative), name.via, name.written),
    )


def _as_written(portfolio: Portfolio, written: str) -> Fact:
    """A key result's id is veiled like any other, even where somebody else wrote it on the ticket."""
    id_ = written.strip().casefold()
    known = id_ in portfolio.okrs.others or id_ in portfolio.okrs.key_results
    return portfolio.shown(id_) if known else written
