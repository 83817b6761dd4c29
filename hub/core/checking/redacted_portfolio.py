"""The portfolio and the OKRs as they may be shown once the rules have run: without private key results."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from hub.core.checking.redaction import private_objectives
from hub.model.finding import Judgement
from hub.model.initiative import Gap, Initiative
from hub.model.okr import KeyResult, Need, Objective, Okrs, Visibility
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME, PRIVATE_OBJECTIVE
from hub.model.service_state import Run

UNDISCLOSED = "for a reason that its audience knows"


def strip_private_content(portfolio: Portfolio) -> Portfolio:
    """The same portfolio, for all that puts anything into words for people who may not see private key results.

    Each of these keeps how it and others hang together: its objective and cycle, where it leads, whom it needs and
    supports. Its id is for look-ups alone. Its title, figures, dates, owners, contributors, check-ins and whatever else
    people wrote into it are gone, so that no text can hold them.
    """
    if not portfolio.okrs.private:
        return portfolio
    okrs = portfolio.okrs
    redacted_okrs = replace(
        okrs,
        key_results=_strip_all(okrs.key_results, okrs),
        other_key_results=_strip_all(okrs.other_key_results, okrs),
        closed_key_results=_strip_all(okrs.closed_key_results, okrs),
        objectives={**okrs.objectives} | {id_: _objective(okrs.objectives[id_]) for id_ in private_objectives(okrs)},
        original_private_names=okrs.private_names,
        incomplete_reason=okrs.private_names.redact(okrs.incomplete_reason),
        measured={
            id_: replace(answer, error=okrs.private_names.redact(answer.error))
            for id_, answer in okrs.measured.items()
            if not _is_private(id_, okrs)
        },
    )
    return replace(
        portfolio,
        okrs=redacted_okrs,
        overlapping_key_results=_strip_all(portfolio.overlapping_key_results, okrs),
        organization=tuple(_strip(key_result, okrs) for key_result in portfolio.organization),
        supports={
            id_: tuple((waiting, _need(need) if _is_private(waiting, okrs) else need) for waiting, need in needs)
            for id_, needs in portfolio.supports.items()
        },
    )


def _strip_all(key_results: Mapping[str, KeyResult], okrs: Okrs) -> dict[str, KeyResult]:
    return {id_: _strip(key_result, okrs) for id_, key_result in key_results.items()}


def _objective(objective: Objective) -> Objective:
    """All of its key results are private: its words would tell what they are about."""
    return replace(objective, title=PRIVATE_OBJECTIVE, standalone=None if objective.standalone is None else UNDISCLOSED)


def _is_private(key_result: str, okrs: Okrs) -> bool:
    groups = (okrs.key_results, okrs.other_key_results, okrs.closed_key_results)
    match = next((group[key_result] for group in groups if key_result in group), None)
    return match is not None and match.private


def _strip(key_result: KeyResult, okrs: Okrs) -> KeyResult:
    """A private one without its content; what people say at a public one's check-ins may name a private one."""
    if key_result.private:
        return _without_content(key_result)
    redact = okrs.private_names.redact
    check_ins = tuple(
        replace(check_in, note=redact(check_in.note), blocker=redact(check_in.blocker))
        for check_in in key_result.check_ins
    )
    future = tuple(replace(check_in, note="", blocker="") for check_in in key_result.future_check_ins)
    return (
        replace(key_result, check_ins=check_ins, future_check_ins=future, blocker=redact(key_result.blocker))
        if check_ins or future or key_result.blocker
        else key_result
    )


def _without_content(key_result: KeyResult) -> KeyResult:
    """Made anew: a field that key results are given one day is not told either."""
    return KeyResult(
        id=key_result.id,
        title=PRIVATE_NAME,
        objective=key_result.objective,
        cycle=key_result.cycle,
        aggregation=key_result.aggregation,
        visibility=Visibility.PRIVATE,
        aligns_to=tuple(replace(link, since=None) for link in key_result.aligns_to),
        depends_on=tuple(map(_need, key_result.depends_on)),
        supports=key_result.supports,
        stated=frozenset(),
        location=key_result.location,
    )


def _need(need: Need) -> Need:
    return replace(need, priority=None, needed_by=None, since=None)


RedactText = Callable[[str], str]


def redactor(okrs: Okrs) -> RedactText:
    """`redact_words` for many texts."""
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
    named = tuple(
        name if redact(name.written) == name.written else replace(name, written="")
        for name in ticket.key_result_mentions
        if redact(name.raw) == name.raw
    )
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
