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
        organization=tuple(_strip(one, okrs) for one in portfolio.organization),
        supports={
            id_: tuple((waiting, _need(need) if _is_private(waiting, okrs) else need) for waiting, need in needs)
            for id_, needs in portfolio.supports.items()
        },
    )


def _strip_all(key_results: Mapping[str, KeyResult], okrs: Okrs) -> dict[str, KeyResult]:
    return {id_: _strip(one, okrs) for id_, one in key_results.items()}


def _objective(one: Objective) -> Objective:
    """All of its key results are private: its words would tell what they are about."""
    return replace(one, title=PRIVATE_OBJECTIVE, standalone=None if one.standalone is None else UNDISCLOSED)


def _is_private(key_result: str, okrs: Okrs) -> bool:
    match = okrs.key_results.get(key_result) or okrs.other_key_results.get(key_result)
    return match is not None and match.private


def _strip(one: KeyResult, okrs: Okrs) -> KeyResult:
    """A private one without its content; what people say at a public one's check-ins may name a private one."""
    if one.private:
        return _without_content(one)
    redact = okrs.private_names.redact
    check_ins = tuple(
        replace(check_in, note=redact(check_in.note), blocker=redact(check_in.blocker)) for check_in in one.check_ins
    )
    return replace(one, check_ins=check_ins, blocker=redact(one.blocker)) if check_ins or one.blocker else one


def _without_content(one: KeyResult) -> KeyResult:
    """Made anew: a field that key results are given one day is not told either."""
    return KeyResult(
        id=one.id,
        title=PRIVATE_NAME,
        objective=one.objective,
        cycle=one.cycle,
        aggregation=one.aggregation,
        visibility=Visibility.PRIVATE,
        aligns_to=tuple(replace(link, since=None) for link in one.aligns_to),
        depends_on=tuple(map(_need, one.depends_on)),
        supports=one.supports,
        stated=frozenset(),
        location=one.location,
    )


def _need(need: Need) -> Need:
    return replace(need, priority=None, needed_by=None, since=None)
