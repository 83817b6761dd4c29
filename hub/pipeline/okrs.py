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
    before = {one.connector: one.okrs for one in stored if one.okrs}
    pulled = tuple(_filled(one, before.get(one.connector, ())) for one in snapshot.pulled)
    if all(one.okrs is None for one in pulled):
        return okrs, snapshot
    incomplete_reason = next((reason for one in pulled if (reason := _incomplete_reason(one))), "")
    okr_source = next(one.connector for one in pulled if one.okrs is not None)
    joined = merge_tickets(okrs, [row for one in pulled for row in one.okrs or ()], incomplete_reason, okr_source)
    return joined.okrs, replace(snapshot, pulled=tuple(_with_okr_gaps(one, joined) for one in pulled))


def restore_last_run(okrs: Okrs, sources: Sequence[StoredSource], now: datetime) -> tuple[Okrs, Snapshot]:
    """What the last run saw, without asking any tracker."""
    pulled = tuple(
        PullResult(one.connector, one.initiatives, one.gaps, okrs=one.okrs, answers=one.answers) for one in sources
    )
    okrs, snapshot = all_okrs(okrs, Snapshot(pulled, now))
    okrs = with_queried_work(okrs, {one.connector: one.answers for one in sources})
    return okrs, replace(snapshot, pulled=tuple(with_query_gaps(one, okrs) for one in snapshot.pulled))


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
