"""What a process that goes on to run keeps of its last run: nothing of it is read, mapped or judged again.

It holds while no other run wrote to the state and nothing but tickets changed; otherwise the next run begins with what
the store holds, as every run of another process does.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from hub.core.checking.evaluate import Settings
from hub.core.incremental.judgement import Change, IncrementalJudgement
from hub.core.incremental.plan_part import open_tickets, part_to_plan, planned_targets
from hub.core.insight.run_summary import RunResult
from hub.core.mapping.apply_delta import stale_tickets
from hub.core.planning.comment_drift import Observation, has_unknown_text
from hub.core.planning.plan import PlanPart
from hub.core.planning.safety import Limits
from hub.model.action import HUB_LABELS, LedgerEntry
from hub.model.finding import Waiver
from hub.model.initiative import Initiative, PullState, Ref, Snapshot
from hub.model.message import Wording
from hub.model.okr import Okrs
from hub.pipeline.observe import Key, ObservedPart
from hub.pipeline.pull import LastPull, PullStates, RefreshRequests
from hub.pipeline.run_context import Mode, RunContext
from hub.pipeline.settled import is_settled
from hub.store.base import Store, StoredSource


@dataclass(frozen=True, slots=True)
class RunInputs:
    """All that a run's result rests on besides trackers and state."""

    okrs: Okrs
    rules: tuple[str, ...]
    settings: Settings
    waivers: tuple[Waiver, ...]
    today: date
    mode: Mode
    limits: Limits
    wordings: Mapping[str, Wording]
    sources: tuple[tuple[str, bool, bool], ...]
    places: tuple[str, str, Ref | None]
    remote_links: bool

    @classmethod
    def of(cls, job: RunContext) -> "RunInputs":
        """Of one run."""
        sources = tuple(
            (x.connector.name, x.selected, x.connector.capabilities.comments is not None) for x in job.sources
        )
        return cls(
            job.okrs,
            tuple(rule.name for rule in job.rules),
            job.settings,
            tuple(job.waivers),
            job.today(),
            job.mode,
            job.limits,
            job.wordings,
            sources,
            (job.hub_url, job.workspace, job.dashboard),
            job.remote_links,
        )


@dataclass(slots=True)
class PreviousRun:
    """Mutable: what the last run left, which the next one brings up to date.

    `unsettled` are entries of the ledger that a run looks at although nothing changed, `gone` those whose tickets no
    source shows, `open` the tickets for which something was planned.
    """

    run: int
    inputs: RunInputs
    judgement: IncrementalJudgement
    sources: Sequence[StoredSource]
    tickets: dict[str, dict[str, Initiative]]
    ledger: dict[Key, LedgerEntry]
    waiting_since: Mapping[Key, int]
    first_seen: dict[str, datetime]
    dependency_dates: Mapping[tuple[str, str], date]
    unsettled: set[Key] = field(default_factory=set)
    gone: set[Key] = field(default_factory=set)
    open: frozenset[Ref] = frozenset()

    def pull_states(self, refresh: RefreshRequests, rechecks: Collection[Ref]) -> PullStates:
        """See `hub.pipeline.pull.pull_states`; no ticket is looked at for it."""
        unsettled = {key: self.ledger[key] for key in self.unsettled if key in self.ledger}
        states = {}
        for source in self.sources:
            tickets = self.tickets.get(source.connector, {})
            recheck = stale_tickets(unsettled, source.connector, tickets)
            if rechecks:
                recheck |= {id_ for id_, ticket in tickets.items() if ticket.ref in rechecks}
            requested = frozenset(id_ for id_ in refresh.get(source.connector, ()) if id_)
            known = None if source.cursor is None else PullState(source.cursor, tickets, recheck, requested)
            states[source.connector] = LastPull(tickets, source.accepted, source.absent, known, source.okrs or ())
        return states

    def observed_part(self, snapshot: Snapshot) -> ObservedPart:
        """The tickets that changed, and what was not settled before."""
        changed = {(x.connector, ticket.id): ticket for x in snapshot.delta for ticket in x.initiatives}
        deleted = {(pulled.connector, id_) for pulled in snapshot.delta for id_ in pulled.deleted}
        for name, id_ in self.unsettled - changed.keys() - deleted:
            if (ticket := self.tickets.get(name, {}).get(id_)) is not None:
                changed[name, id_] = ticket
        tickets = [(key[0], ticket) for key, ticket in sorted(changed.items()) if not ticket.reference_only]
        return ObservedPart(tickets, frozenset(changed.keys() | self.unsettled))

    def plan_part(self, change: Change, snapshot: Snapshot, observed: Observation, part: ObservedPart) -> PlanPart:
        """What is to be planned, once the tickets of the snapshot were judged and these were looked at."""
        self._take_tickets(snapshot)
        observed_refs = {observed.ledger[key].target.ref for key in part.keys if key in observed.ledger}
        observed_refs |= {ticket.ref for _, ticket in part.tickets}
        return part_to_plan(self.judgement, change, self.open | observed_refs, frozenset(self.gone))

    def _take_tickets(self, snapshot: Snapshot) -> None:
        """Know the tickets as they were read."""
        for pulled in snapshot.delta:
            known = self.tickets.setdefault(pulled.connector, {})
            for id_ in pulled.deleted:
                known.pop(id_, None)
            known.update((ticket.id, ticket) for ticket in pulled.initiatives)
        touched = [(x.connector, id_) for x in snapshot.delta for id_ in (*x.deleted, *(t.id for t in x.initiatives))]
        self._settle(touched)

    def _settle(self, keys: Iterable[Key]) -> None:
        """Find out whether the ledger agrees with these tickets."""
        okr_tickets = {(ref.connector, row.id) for ref, row in self.judgement.tickets.okrs.okr_tickets.items()}
        for key in keys:
            entry, ticket = self.ledger.get(key), self.tickets.get(key[0], {}).get(key[1])
            is_present = (ticket is not None and not ticket.reference_only) or key in okr_tickets
            own = ticket if ticket is not None and not ticket.reference_only else None
            has_label = entry is None and own is not None and not own.labels.isdisjoint(HUB_LABELS)
            (self.gone.discard if entry is None or is_present else self.gone.add)(key)
            is_open = has_label or (entry is not None and not is_settled(entry, own))
            is_open |= entry is not None and (has_unknown_text(entry) or bool(entry.replaces))
            (self.unsettled.add if is_open else self.unsettled.discard)(key)

    def record(
        self, store: Store, findings: Mapping[str, str], unevaluated_rules: frozenset[str], now: datetime
    ) -> None:
        """Write since when dependencies and findings (fingerprint → rule) are known, where that changed."""
        dates = self.judgement.tickets.portfolio.first_seen
        if dates != self.dependency_dates:
            store.save_dependency_history(dates, is_complete=True)
            self.dependency_dates = dict(dates)
        added = {fingerprint: rule for fingerprint, rule in findings.items() if fingerprint not in self.first_seen}
        resolved = self.first_seen.keys() - findings.keys()
        if added or resolved:
            forgotten = store.update_findings(added, resolved, now, unevaluated_rules=unevaluated_rules)
            self.first_seen = {name: at for name, at in self.first_seen.items() if name not in forgotten}
            self.first_seen |= dict.fromkeys(added, now)

    def finish(self, job: RunContext, run: int, outcome: RunResult, observed: Observation) -> None:
        """Take up what the run wrote into the state."""
        targets = {*planned_targets(outcome.plan), *(receipt.action.target for receipt in outcome.receipts)}
        targets |= {change.target for change in observed.changes}
        keys = {(target.ref.connector, target.id) for target in targets}
        keys |= {(x.connector, ticket.id) for x in outcome.snapshot.delta for ticket in x.initiatives}
        entries = job.store.ledger_entries(keys)
        for key in keys - entries.keys():
            self.ledger.pop(key, None)
        self.ledger.update(entries)
        self._settle(keys | self.unsettled)
        self.open = open_tickets(outcome.plan)
        self._reload(job.store)
        self.run = run

    def _reload(self, store: Store) -> None:
        self.sources, self.waiting_since = store.sources(), store.deferred_comments()

    @classmethod
    def of(cls, job: RunContext, run: int, outcome: RunResult, judgement: IncrementalJudgement) -> "PreviousRun":
        """What a whole run left."""
        store = job.store
        tickets = {x.connector: {ticket.id: ticket for ticket in x.initiatives} for x in outcome.snapshot.pulled}
        previous = cls(
            run,
            # Midnight may have passed since the run was judged.
            replace(RunInputs.of(job), today=judgement.tickets.today),
            judgement,
            store.sources(),
            tickets,
            store.ledger_entries(),
            store.deferred_comments(),
            dict(outcome.first_seen),
            dict(judgement.tickets.portfolio.first_seen),
            open=open_tickets(outcome.plan),
        )
        labelled = (
            (name, id_)
            for name, known in tickets.items()
            for id_, ticket in known.items()
            if ticket.labels and not ticket.labels.isdisjoint(HUB_LABELS)
        )
        previous._settle({*previous.ledger, *labelled})
        return previous


@dataclass(slots=True)
class RunCache:
    """Empty at first, and after whatever went wrong: then the next run is a whole one."""

    previous: PreviousRun | None = None

    def take(self, job: RunContext, run: int | None) -> PreviousRun | None:
        """What the run begins with, if that is still so; it is put back by `put` once the run has come to its end."""
        previous, self.previous = self.previous, None
        if previous is None or run is None or job.full or job.confirmed or run != previous.run + 1:
            return None
        return previous if previous.inputs == RunInputs.of(job) else None

    def tickets_after(self, run: int) -> Mapping[str, Mapping[str, Initiative]]:
        """Each connector's tickets by id, as that run left them; none where another run left what is kept here."""
        return self.previous.tickets if self.previous is not None and self.previous.run == run else {}

    def put(self, previous: PreviousRun | None) -> None:
        """Keep it for the next run."""
        self.previous = previous
