"""The OKRs of a run: those of the files, and those that the trackers keep, as they were read now or last."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from hub.core.work_found import with_work_found
from hub.model.initiative import NOT_SELECTED, Pulled, Snapshot
from hub.model.okr import Okrs
from hub.model.okr_row import OkrRow
from hub.okr_form.from_tickets import Joined, with_tickets
from hub.pipeline.work_queries import told
from hub.store.base import StoredSource


def all_okrs(okrs: Okrs, snapshot: Snapshot, kept: Iterable[StoredSource] = ()) -> tuple[Okrs, Snapshot]:
    """Everything joined, and the snapshot with a gap for each ticket that is a faulty OKR.

    Where a tracker could not be read, its OKRs are those that were `kept`; only a source that was left out on
    purpose counts as whole then.
    """
    before = {one.connector: one.okrs for one in kept if one.okrs}
    pulled = tuple(_filled(one, before.get(one.connector, ())) for one in snapshot.pulled)
    if all(one.okrs is None for one in pulled):
        return okrs, snapshot
    unread = next((why for one in pulled if (why := _unread(one))), "")
    keeper = next(one.connector for one in pulled if one.okrs is not None)
    joined = with_tickets(okrs, [row for one in pulled for row in one.okrs or ()], unread, keeper)
    return joined.okrs, replace(snapshot, pulled=tuple(_told(one, joined) for one in pulled))


def as_seen(okrs: Okrs, sources: Sequence[StoredSource], now: datetime) -> tuple[Okrs, Snapshot]:
    """What the last run saw, without asking any tracker."""
    pulled = tuple(
        Pulled(one.connector, one.initiatives, one.gaps, okrs=one.okrs, answers=one.answers) for one in sources
    )
    okrs, snapshot = all_okrs(okrs, Snapshot(pulled, now))
    okrs = with_work_found(okrs, {one.connector: one.answers for one in sources})
    return okrs, replace(snapshot, pulled=tuple(told(one, okrs) for one in snapshot.pulled))


def _filled(pulled: Pulled, kept: tuple[OkrRow, ...]) -> Pulled:
    return replace(pulled, okrs=kept) if kept and pulled.okrs is not None and not pulled.complete else pulled


def _told(pulled: Pulled, joined: Joined) -> Pulled:
    gaps = [gap for gap in joined.gaps if gap.connector == pulled.connector]
    notes = tuple(what for connector, what in joined.notes if connector == pulled.connector)
    return replace(pulled, gaps=tuple(dict.fromkeys((*pulled.gaps, *gaps))), notes=(*pulled.notes, *notes))


def _unread(pulled: Pulled) -> str:
    """Why OKRs of this source may be missing; empty where none are."""
    reasons = [gap.reason for gap in pulled.gaps if gap.key is None]
    if pulled.okrs is None or not reasons or (pulled.okrs and set(reasons) == {NOT_SELECTED}):
        return ""
    return f"OKRs that {pulled.connector} keeps could not be read: {reasons[0]}"
