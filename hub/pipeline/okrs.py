"""The OKRs of a run: those of the files, and those that the trackers keep, as they were read now or last."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from hub.core.work_found import with_queried_work
from hub.model.initiative import NOT_SELECTED, PullResult, Snapshot
from hub.model.okr import Okrs
from hub.model.okr_row import OkrTicket
from hub.okr_form.from_tickets import MergedOkrs, merge_tickets
from hub.pipeline.work_queries import with_query_gaps
from hub.store.base import StoredSource


def all_okrs(okrs: Okrs, snapshot: Snapshot, stored: Iterable[StoredSource] = ()) -> tuple[Okrs, Snapshot]:
    """Everything joined, and the snapshot with a gap for each ticket that is a faulty OKR.

    Where a tracker could not be read, its OKRs are those that were `kept`; only a source that was left out on
    purpose counts as whole then.
    """
    before = {stored_source.connector: stored_source.okrs for stored_source in stored if stored_source.okrs}
    pulled = tuple(_filled(pull_result, before.get(pull_result.connector, ())) for pull_result in snapshot.pulled)
    if all(pull_result.okrs is None for pull_result in pulled):
        return okrs, snapshot
    incomplete_reason = next((reason for pull_result in pulled if (reason := _incomplete_reason(pull_result))), "")
    okr_source = next(pull_result.connector for pull_result in pulled if pull_result.okrs is not None)
    joined = merge_tickets(
        okrs, [row for pull_result in pulled for row in pull_result.okrs or ()], incomplete_reason, okr_source
    )
    return joined.okrs, replace(snapshot, pulled=tuple(_with_okr_gaps(pull_result, joined) for pull_result in pulled))


def restore_last_run(okrs: Okrs, sources: Sequence[StoredSource], now: datetime) -> tuple[Okrs, Snapshot]:
    """What the last run saw, without asking any tracker."""
    pulled = tuple(
        PullResult(source.connector, source.initiatives, source.gaps, okrs=source.okrs, answers=source.answers)
        for source in sources
    )
    okrs, snapshot = all_okrs(okrs, Snapshot(pulled, now))
    okrs = with_queried_work(okrs, {source.connector: source.answers for source in sources})
    return okrs, replace(snapshot, pulled=tuple(with_query_gaps(pull_result, okrs) for pull_result in snapshot.pulled))


def _filled(pulled: PullResult, stored: tuple[OkrTicket, ...]) -> PullResult:
    return replace(pulled, okrs=stored) if stored and pulled.okrs is not None and not pulled.complete else pulled


def _with_okr_gaps(pulled: PullResult, joined: MergedOkrs) -> PullResult:
    gaps = [gap for gap in joined.gaps if gap.connector == pulled.connector]
    notes = tuple(note for connector, note in joined.notes if connector == pulled.connector)
    return replace(pulled, gaps=tuple(dict.fromkeys((*pulled.gaps, *gaps))), notes=(*pulled.notes, *notes))


def _incomplete_reason(pulled: PullResult) -> str:
    """Why OKRs of this source may be missing; empty where none are."""
    reasons = [gap.reason for gap in pulled.gaps if gap.key is None]
    if pulled.okrs is None or not reasons or (pulled.okrs and set(reasons) == {NOT_SELECTED}):
        return ""
    return f"OKRs that {pulled.connector} keeps could not be read: {reasons[0]}"
