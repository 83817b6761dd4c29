"""Retracts everything that the hub ever posted, and the label definitions it created; safe to interrupt and repeat."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.base import Connector, SupportsComments
from hub.core.planning.plan import retraction, unknown_comments, unknown_labels
from hub.core.planning.remote_links import retracted_links
from hub.model.action import Action, Comment, LedgerEntries, Receipt, Status, Target
from hub.model.errors import SourceError
from hub.model.initiative import Gap, PullResult, Snapshot
from hub.model.remote_link import PostedRemoteLink
from hub.pipeline.apply import WRITES, publish
from hub.pipeline.lease import LEASE_SECONDS, heartbeat
from hub.pipeline.observe import own_tickets, recover_ledger
from hub.pipeline.pull import failed, pull
from hub.pipeline.record import record_observed
from hub.pipeline.remote_links import find_remote_links
from hub.pipeline.run_context import INTERRUPTED, RunContext
from hub.store.base import Store

OUTCOME_UNKNOWN = "could not check whether a comment of the hub was posted there: run it again"


@dataclass(frozen=True, slots=True)
class RetractResult:
    """What was taken back, and which sources could not be searched for what the ledger does not know."""

    receipts: tuple[Receipt, ...]
    failures: tuple[Gap, ...]

    @property
    def is_incomplete(self) -> bool:
        """Whether something is left, or may be."""
        done = (Status.DONE, Status.UNCHANGED)
        return bool(self.failures) or any(receipt.status not in done for receipt in self.receipts)


def retract(job: RunContext, agreed: Callable[[Sequence[Action]], bool], *, search: bool = False) -> RetractResult:
    """Find all that is ours, ask `agreed`, then remove it; a ticket is forgotten when nothing is left on it.

    `search` looks at the comments and links of every ticket; by itself that is done where the ledger knows nothing.
    With it, or with a state that knows of no run, the hub's labels go from every ticket: whose they are is not known.
    """
    run = job.store.begin_run(job.owner, job.now(), lease_seconds=LEASE_SECONDS)
    status = "failed"
    report: Mapping[str, Any] = {}
    try:
        with heartbeat(job.store, run, job.now):
            result = _retract(job, run, agreed, search=search)
        status = "partial" if result.is_incomplete else "retracted"
        report = {"retracted": sum(receipt.status is Status.DONE for receipt in result.receipts)}
        return result
    except KeyboardInterrupt:
        status = INTERRUPTED
        raise
    finally:
        job.store.finish_run(run, job.now(), status, report)


def _retract(job: RunContext, run: int, agreed: Callable[[Sequence[Action]], bool], *, search: bool) -> RetractResult:
    connectors, before = job.writable, job.store.ledger_entries()
    snapshot = pull(job.sources, job.now())
    observed = recover_ledger(own_tickets(snapshot, connectors), before, connectors, before.keys())
    ledger = observed.ledger
    present = {(i.ref.connector, i.id): i.labels for pull_result in snapshot.pulled for i in pull_result.initiatives}
    unknown_trackers = {
        name: connector for name, connector in connectors.items() if search or not any(key[0] == name for key in before)
    }
    comments, search_gaps = _search(snapshot, unknown_trackers)
    links, link_gaps = _search_links(job, snapshot, unknown_trackers)
    actions = retraction(ledger, present, frozenset(connectors)) + retracted_links(links, connectors)
    labelled = _labelled(snapshot, unknown_trackers if search or _is_new(job, run) else ())
    actions = _by_ticket((*actions, *unknown_comments(actions, comments, ledger), *unknown_labels(labelled, ledger)))
    failures = (*failed(snapshot), *search_gaps, *link_gaps, *_unknown_outcomes(ledger, connectors))
    if (actions or any(map(job.store.created_labels, connectors))) and not agreed(actions):
        return RetractResult(tuple(Receipt(a, Status.REFUSED, "not confirmed") for a in actions), failures)
    record_observed(job.store, observed)

    def check_lease() -> None:
        job.store.extend_lease(run, job.now(), lease_seconds=LEASE_SECONDS)

    job.announce(WRITES, len(actions))
    receipts = publish(
        actions, connectors, job.store, ledger, lambda _: job.progress(WRITES, 1), check_lease=check_lease
    )
    _delete_entries(job, frozenset(connectors), receipts)
    job.store.mark_commands_acknowledged(
        [pull_result for pull_result in snapshot.pulled if pull_result.connector in connectors]
    )
    return RetractResult(receipts, (*failures, *_delete_label_definitions(job.store, connectors)))


def _unknown_outcomes(ledger: LedgerEntries, connectors: Collection[str]) -> list[Gap]:
    """Tickets on which a comment may have arrived that nobody could look for."""
    pending = (entry for entry in ledger.values() if entry.create_pending and not entry.comment_id)
    refs = (entry.target.ref for entry in pending)
    return [Gap(ref.connector, OUTCOME_UNKNOWN, ref.key) for ref in refs if ref.connector in connectors]


def _search(
    snapshot: Snapshot, connectors: Mapping[str, SupportsComments]
) -> tuple[list[tuple[Target, Comment]], list[Gap]]:
    """Comments of ours wherever the configured tickets are, and trackers that could not be searched to the end."""
    comments: list[tuple[Target, Comment]] = []
    search_gaps: list[Gap] = []
    for pulled in snapshot.pulled:
        if pulled.connector in connectors:
            try:
                comments += connectors[pulled.connector].find_own_comments(_targets(pulled))
            except SourceError as error:
                search_gaps.append(
                    Gap(pulled.connector, f"comments were not searched to the end: {error.detail}", error.key)
                )
    return comments, search_gaps


def _search_links(
    job: RunContext, snapshot: Snapshot, connectors: Mapping[str, Connector]
) -> tuple[list[PostedRemoteLink], list[Gap]]:
    """The links that the store knows, and those of ours wherever else the configured tickets are."""
    links = {(link.target.ref.connector, link.target.id, link.global_id): link for link in job.store.remote_links()}
    gaps: list[Gap] = []
    for pulled in snapshot.pulled:
        if pulled.connector in connectors:
            found, missing = find_remote_links(job, connectors[pulled.connector], _targets(pulled))
            gaps += missing
            for link in found:
                links.setdefault((pulled.connector, link.target.id, link.global_id), link)
    return list(links.values()), gaps


def _targets(pulled: PullResult) -> list[Target]:
    return [Target(ticket.ref, ticket.id) for ticket in pulled.initiatives if not ticket.reference_only]


def _is_new(job: RunContext, run: int) -> bool:
    """Whether the state knows of no run before this one."""
    return all(each_run.id == run for each_run in job.store.runs(2))


def _labelled(snapshot: Snapshot, connectors: Collection[str]) -> dict[Target, frozenset[str]]:
    """The labels of every ticket that was asked for."""
    pulled = [pull_result for pull_result in snapshot.pulled if pull_result.connector in connectors]
    return {
        Target(i.ref, i.id): i.labels for pull_result in pulled for i in pull_result.initiatives if not i.reference_only
    }


def _by_ticket(actions: Sequence[Action]) -> tuple[Action, ...]:
    return tuple(sorted(actions, key=lambda action: action.target))


def _delete_entries(job: RunContext, connectors: frozenset[str], receipts: Sequence[Receipt]) -> None:
    """Entries of tickets on which nothing is left; a comment that only says that it is withdrawn stays known.

    So does a ticket where a comment may have arrived that nobody could look for.
    """
    unfinished = {r.action.target for r in receipts if r.status not in (Status.DONE, Status.UNCHANGED)}
    for (connector, _), entry in job.store.ledger_entries().items():
        if (
            connector in connectors
            and entry.target not in unfinished
            and not (entry.comment_id or entry.create_pending)
        ):
            job.store.delete_entry(entry.target)


def _delete_label_definitions(store: Store, connectors: Mapping[str, SupportsComments]) -> tuple[Gap, ...]:
    """What could not be looked at, for the next time; a label that is in use stays, and stays known."""
    gaps = []
    for name, connector in connectors.items():
        if (definitions := connector.capabilities.label_definitions) is None:
            continue
        for label in store.created_labels(name):
            try:
                if definitions.delete_label_definition(label):
                    store.label_definition_gone(name, label)
            except SourceError as error:
                gaps.append(Gap(name, f"the label {label} could not be deleted: {error.detail}", error.key))
    return tuple(gaps)
