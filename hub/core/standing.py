"""How each key result stands: what is measured, what is expected by now, and the work that serves it, never mixed."""

from collections import Counter
from dataclasses import dataclass

from hub.model.initiative import StatusCategory
from hub.model.okr import CheckIn, KeyResult
from hub.model.portfolio import Portfolio
from hub.model.progress import (
    expected_progress,
    is_limit,
    is_measured,
    is_met,
    latest_check_in,
    latest_confidence,
    latest_value,
    measured_progress,
    unmeasured_reason,
)


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """How many tickets serve a key result, by state; those that are exempt are not among them."""

    to_do: int
    in_progress: int
    done: int
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class KeyResultStatus:
    """One key result: `work` is None where nothing was ever read.

    `measured` is None where nothing is measured, and `unmeasured` says why if the key result itself is the reason.
    `holds` tells of a limit whether it does; None where it is none or nobody knows.
    """

    key_result: KeyResult
    value: float | None
    measured: float | None
    expected: float
    work: WorkCounts | None
    last: CheckIn | None
    confidence: float | None
    unmeasured: str = ""
    is_limit_met: bool | None = None


def key_result_statuses(portfolio: Portfolio, *, read: bool) -> tuple[KeyResultStatus, ...]:
    """Every key result of the running cycle, as the files order them; `read` says whether tickets were ever read."""
    expected = expected_progress(portfolio.cycle, portfolio.today)
    return tuple(
        KeyResultStatus(
            key_result=key_result,
            value=latest_value(key_result),
            measured=measured_progress(key_result),
            expected=expected,
            work=_work(portfolio, key_result.id) if read else None,
            last=latest_check_in(key_result),
            confidence=latest_confidence(key_result),
            unmeasured=unmeasured_reason(key_result),
            is_limit_met=_is_limit_met(key_result),
        )
        for key_result in portfolio.okrs.key_results.values()
    )


def _is_limit_met(key_result: KeyResult) -> bool | None:
    known = is_limit(key_result) and is_measured(key_result) and latest_value(key_result) is not None
    return is_met(key_result) if known else None


def _work(portfolio: Portfolio, key_result: str) -> WorkCounts:
    refs = {link.initiative for link in portfolio.served_by.get(key_result, ())} - portfolio.exempt.keys()
    states = Counter(portfolio.initiatives[ref].status for ref in refs)
    return WorkCounts(
        to_do=states[StatusCategory.TO_DO],
        in_progress=states[StatusCategory.IN_PROGRESS],
        done=states[StatusCategory.DONE],
        cancelled=states[StatusCategory.CANCELLED],
    )
