"""Keep the workspace's one dashboard: read the boxes that people ticked, and write the state where it changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors.base import Connector
from hub.core.dashboard import (
    DashboardInput,
    dashboard_message,
    dated,
    digest_of,
    is_full_recheck_requested,
    requested_rechecks,
)
from hub.core.decisions import WITHOUT_WORK
from hub.core.planning.shut import refused_parts
from hub.model.action import COMMENT, Action, ActionKind, LedgerEntry, Receipt, Status, Target
from hub.model.errors import SourceError
from hub.model.initiative import Ref
from hub.pipeline.job import Mode, RunContext
from hub.pipeline.publish import Ledger, publish
from hub.pipeline.pull import PullStates

DASHBOARD_DELETED = "somebody deleted the dashboard: it stays away until publish.dashboard names another ticket"
REASON_CHANGED = "the state of the workspace changed"
REASON_REQUESTED = "somebody ticked a box"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The dashboard as this run found it: where it is kept, and what people ticked: some tickets, or everything."""

    ref: Ref
    connector: Connector
    entry: LedgerEntry | None
    rechecks: frozenset[Ref]
    recheck_all: bool = False

    @property
    def has_requests(self) -> bool:
        """Whether people ticked any box."""
        return bool(self.rechecks) or self.recheck_all


def find_dashboard(job: RunContext) -> Dashboard | None:
    """None where no dashboard is named, or where its tracker is not written in this run."""
    ref = job.dashboard
    usable = (s.connector for s in job.sources if s.selected and s.connector.publishes)
    connector = (
        None if ref is None else next((connector for connector in usable if connector.name == ref.connector), None)
    )
    if ref is None or connector is None or ref.connector in job.limits.dry_run_connectors:
        return None
    entry = next(
        (ledger_entry for ledger_entry in job.store.ledger_entries().values() if ledger_entry.target.ref == ref), None
    )
    checked_boxes = _checked_boxes(connector, entry)
    return Dashboard(ref, connector, entry, requested_rechecks(checked_boxes), is_full_recheck_requested(checked_boxes))


def with_dashboard(job: RunContext) -> tuple[RunContext, Dashboard | None]:
    """The run and its dashboard; it reads everything anew where people ticked the box for that."""
    dashboard_state = find_dashboard(job)
    return (
        replace(job, full=True) if dashboard_state is not None and dashboard_state.recheck_all else job
    ), dashboard_state


def _checked_boxes(connector: Connector, entry: LedgerEntry | None) -> tuple[str, ...]:
    if entry is None or entry.comment_id is None:
        return ()
    try:
        comment = connector.read_comment(entry.target, entry.comment_id)
    except SourceError:
        return ()
    return comment.checked_boxes if comment else ()


def with_rechecks(states: PullStates, dashboard_state: Dashboard | None) -> PullStates:
    """The same, with the ticked tickets among those that are read in any case."""
    if dashboard_state is None or not dashboard_state.rechecks:
        return states
    updated = {}
    for name, last in states.items():
        ids = {id_ for id_, ticket in last.tickets.items() if ticket.ref in dashboard_state.rechecks}
        pull_state = last.pull_state and replace(last.pull_state, recheck=last.pull_state.recheck | ids)
        updated[name] = replace(last, pull_state=pull_state)
    return updated


def update_dashboard(
    job: RunContext, run: int | None, dashboard_state: Dashboard, inputs: DashboardInput, ledger: Ledger
) -> tuple[Receipt, ...]:
    """Nothing where nothing changed and nobody asked; else one edit of the one comment."""
    message = dashboard_message(_for_readers(job, dashboard_state, inputs))
    digest, entry = digest_of(message), dashboard_state.entry
    if entry and entry.comment_id and entry.digest == digest and not dashboard_state.has_requests:
        return ()
    action = Action(
        ActionKind.UPDATE_COMMENT if entry and entry.comment_id else ActionKind.CREATE_COMMENT,
        _target(dashboard_state, inputs),
        REASON_REQUESTED if dashboard_state.has_requests else REASON_CHANGED,
        dated(message, job.now()),
        digest,
        comment_id=entry.comment_id if entry else None,
        day=job.today(),
    )
    if COMMENT in refused_parts(entry, job.today()) and not job.full:
        return ()
    if entry and entry.comment_id is None and entry.comment_removed_by_human is not None:
        return (Receipt(action, Status.UNCHANGED, DASHBOARD_DELETED),)
    if job.mode is not Mode.PUBLISH or run is None:
        return (Receipt(action, Status.PLANNED),)
    connectors: Mapping[str, Connector] = {dashboard_state.ref.connector: dashboard_state.connector}
    return publish([action], connectors, job.store, ledger, lambda _receipt: job.progress("publish", 1))


def _for_readers(job: RunContext, dashboard_state: Dashboard, inputs: DashboardInput) -> DashboardInput:
    """The same with all that names and dates rest on."""
    known = next((rule.options for rule in job.rules if rule.name == WITHOUT_WORK), {})
    setting = job.settings.get(WITHOUT_WORK)
    after = {**known, **(setting.options if setting else {})}.get("after_days", inputs.after_days)
    return replace(inputs, ref=dashboard_state.ref, wordings=job.wordings, hub_url=job.hub_url, after_days=int(after))


def _target(dashboard_state: Dashboard, inputs: DashboardInput) -> Target:
    """The ticket's id where it is known; trackers take its name as well."""
    if dashboard_state.entry is not None:
        return dashboard_state.entry.target
    ticket = inputs.portfolio.initiatives.get(dashboard_state.ref)
    return Target(dashboard_state.ref, ticket.id if ticket else dashboard_state.ref.key)
