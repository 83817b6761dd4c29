"""The picture as it may be looked at: words on tickets and reasons of gaps without private key results' names."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from hub.core.opaque import opaque
from hub.model.finding import Judgement
from hub.model.initiative import Gap, Initiative
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from hub.model.run import Run

Veil = Callable[[str], str]


def veil_of(okrs: Okrs) -> Veil:
    """`veil_words` for many texts."""
    return okrs.private_names.redact


def as_shown(portfolio: Portfolio) -> Portfolio:
    """To be called once the rules have judged: what they look for must still stand on the tickets for them."""
    veil = veil_of(portfolio.okrs)
    if not portfolio.okrs.private:
        return portfolio
    tickets = {ref: _ticket(one, veil) for ref, one in portfolio.initiatives.items()}
    exempt = {ref: veil(reason) for ref, reason in portfolio.exempt.items()}
    return replace(opaque(portfolio), initiatives=tickets, exempt=exempt, gaps=shown_gaps(portfolio.gaps, veil))


def shown_judgement(judgement: Judgement, okrs: Okrs) -> Judgement:
    """The same findings; why something was not judged is told without private names."""
    veil = veil_of(okrs)
    return replace(judgement, not_judged=tuple(replace(one, reason=veil(one.reason)) for one in judgement.not_judged))


def shown_gaps(gaps: Iterable[Gap], veil: Veil) -> tuple[Gap, ...]:
    """Reasons in a tracker's words, or in those of an OKR ticket."""
    return tuple(replace(gap, reason=veil(gap.reason)) for gap in gaps)


def _ticket(one: Initiative, veil: Veil) -> Initiative:
    """Labels and fields that name a private key result are left out: their rest would tell that there is one."""
    title = veil(one.title)
    labels = frozenset(label for label in one.labels if veil(label) == label)
    named = tuple(name for name in one.named if veil(name.written) == name.written)
    unclear = tuple(value for value in one.not_understood if veil(value.written) == value.written)
    if (title, labels, named, unclear) == (one.title, one.labels, one.named, one.not_understood):
        return one
    return replace(one, title=title, labels=labels, named=named, not_understood=unclear)


def shown_run(run: Run, okrs: Okrs, veil: Veil) -> Run:
    """What a run was told may name what has become private since."""
    if not run.summary:
        return run
    private = {k.id for k in okrs.private}
    told = {name: _words(part, veil) for name, part in run.summary.items() if name != "key_results"}
    kept = {id_: at for id_, at in run.summary.get("key_results", {}).items() if id_ not in private}
    return replace(run, summary={**told, "key_results": kept} if "key_results" in run.summary else told)


def _words(part: Any, veil: Veil) -> Any:
    if isinstance(part, str):
        return veil(part)
    if isinstance(part, list):
        return [_words(one, veil) for one in part]
    return {name: _words(one, veil) for name, one in part.items()} if isinstance(part, dict) else part
