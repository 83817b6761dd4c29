"""The judge stage: everything is mapped and judged, or what changed since the last run of this process."""

from dataclasses import dataclass

from hub.core.checking.check import check
from hub.core.checking.redacted_portfolio import strip_private_content
from hub.core.incremental.judgement import Change, IncrementalJudgement
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.mapping.incremental_portfolio import IncrementalPortfolio, is_complete
from hub.model.finding import Judgement
from hub.model.initiative import Snapshot
from hub.model.okr import Okrs
from hub.model.portfolio import DependencyHistory, Portfolio
from hub.pipeline.run_context import RunContext, StageTimer
from hub.pipeline.start import RunStart


@dataclass(frozen=True, slots=True)
class Judged:
    """The portfolio as it may be shown, and what the rules said of it.

    `basis` is what the next run can bring up to date, `change` what this one did where it brought the last one's up.
    """

    portfolio: Portfolio
    judgement: Judgement
    basis: IncrementalJudgement | None = None
    change: Change | None = None


def judge(job: RunContext, start: RunStart, okrs: Okrs, snapshot: Snapshot, timer: StageTimer) -> Judged:
    """Only what changed, where that has the same result; a process that ends with the run keeps nothing.

    Of the store nothing is read, but where what was kept of the previous run turns out to be of no use.
    """
    previous = start.previous
    if previous is not None and _is_updatable(previous.judgement, okrs, snapshot):
        change = previous.judgement.update(snapshot.delta)
        if change is not None:
            timer.end("map")
            judged = _judged(previous.judgement, change)
            timer.end("check")
            return judged
    history = start.history or job.store.dependency_history()
    basis = None if job.cache is None else _basis(job, okrs, snapshot, history, timer)
    if basis is not None:
        timer.end("check")
        return _judged(basis, None)
    portfolio = build_portfolio(snapshot, okrs, job.today(), history, job.workspace)
    timer.end("map")
    judgement = check(portfolio, job.rules, job.settings, job.waivers)
    portfolio = strip_private_content(portfolio)
    timer.end("check")
    return Judged(portfolio, judgement)


def _is_updatable(known: IncrementalJudgement, okrs: Okrs, snapshot: Snapshot) -> bool:
    """Whether the OKRs are the same, and nothing is missing now: a faulty OKR is, although no ticket changed."""
    before = known.tickets.okrs
    return is_complete(snapshot) and okrs == before and okrs.private_names == before.private_names


def _basis(
    job: RunContext, okrs: Okrs, snapshot: Snapshot, history: DependencyHistory, timer: StageTimer
) -> IncrementalJudgement | None:
    """None where something was not read: the next run judges everything, too."""
    portfolio = IncrementalPortfolio.of(snapshot, okrs, job.today(), history, job.workspace)
    if portfolio is None:
        return None
    timer.end("map")
    return IncrementalJudgement(portfolio, job.rules, job.settings, job.waivers)


def _judged(basis: IncrementalJudgement, change: Change | None) -> Judged:
    portfolio = strip_private_content(basis.portfolio)
    basis.keep_tables(portfolio)
    return Judged(portfolio, basis.judgement, basis, change)
