"""The picture as it may be looked at: words on tickets and reasons of gaps without private key results' names."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from hub.core.opaque import strip_private_content
from hub.model.finding import Judgement
from hub.model.initiative import Gap, Initiative
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from hub.model.run import Run

RedactText = Callable[[str], str]


def redactor(okrs: Okrs) -> RedactText:
    """`veil_words` for many texts."""
    return okrs.private_names.redact


def redact_portfolio(portfolio: Portfolio) -> Portfolio:
    """To be called once the rules have judged: what they look for must still stand on the tickets for them."""
    redact = redactor(portfolio.okrs)
    if not portfolio.okrs.private:
        return portfolio
    tickets = {ref: _redact_ticket(ticket, redact) for ref, ticket in portfolio.initiatives.items()}
    exempt = {ref: redact(reason) for ref, reason in portfolio.exempt.items()}
    return replace(
        strip_private_content(portfolio), initiatives=tickets, exempt=exempt, gaps=redact_gaps(portfolio.gaps, redact)
    )


def redact_judgement(judgement: Judgement, okrs: Okrs) -> Judgement:
    """The same findings; why something was not judged is told without private names."""
    redact = redactor(okrs)
    return replace(
        judgement,
        not_judged=tuple(replace(not_judged, reason=redact(not_judged.reason)) for not_judged in judgement.not_judged),
    )


def redact_gaps(gaps: Iterable[Gap], redact: RedactText) -> tuple[Gap, ...]:
    """Reasons in a tracker's words, or in those of an OKR ticket."""
    return tuple(replace(gap, reason=redact(gap.reason)) for gap in gaps)


def _redact_ticket(ticket: Initiative, redact: RedactText) -> Initiative:
    """Labels and fields that name a private key result are left out: their rest would tell that there is one."""
    title = redact(ticket.title)
    labels = frozenset(label for label in ticket.labels if redact(label) == label)
    named = tuple(name for name in ticket.key_result_mentions if redact(name.raw) == name.raw)
    unclear = tuple(value for value in ticket.not_understood if redact(value.raw) == value.raw)
    if (title, labels, named, unclear) == (
        ticket.title,
        ticket.labels,
        ticket.key_result_mentions,
        ticket.not_understood,
    ):
        return ticket
    return replace(ticket, title=title, labels=labels, key_result_mentions=named, not_understood=unclear)


def redact_run(run: Run, okrs: Okrs, redact: RedactText) -> Run:
    """What a run was told may name what has become private since."""
    if not run.summary:
        return run
    private = {k.id for k in okrs.private}
    summary = {name: _redact_value(part, redact) for name, part in run.summary.items() if name != "key_results"}
    progress = {id_: value for id_, value in run.summary.get("key_results", {}).items() if id_ not in private}
    return replace(run, summary={**summary, "key_results": progress} if "key_results" in run.summary else summary)


def _redact_value(part: Any, redact: RedactText) -> Any:
    if isinstance(part, str):
        return redact(part)
    if isinstance(part, list):
        return [_redact_value(item, redact) for item in part]
    return {name: _redact_value(item, redact) for name, item in part.items()} if isinstance(part, dict) else part
