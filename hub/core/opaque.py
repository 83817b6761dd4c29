"""What is left of private key results once the rules have judged: their place among the OKRs, and nothing to tell."""

from collections.abc import Mapping
from dataclasses import replace

from hub.core.audience import private_objectives
from hub.model.okr import KeyResult, Need, Objective, Okrs, Visibility
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME, PRIVATE_OBJECTIVE

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
        objectives={**okrs.objectives} | {id_: _objective(okrs.objectives[id_]) for id_ in private_objectives(okrs)},
        original_private_names=okrs.private_names,
        incomplete_reason=okrs.private_names.redact(okrs.incomplete_reason),
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
    match = okrs.key_results.get(key_result) or okrs.other_key_results.get(key_result)
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
    return (
        replace(key_result, check_ins=check_ins, blocker=redact(key_result.blocker))
        if check_ins or key_result.blocker
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
