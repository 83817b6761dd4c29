"""A run that need not be: where nothing that a run depends on changed, the last one's outcome stands."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.base import SupportsUnchangedCheck
from connectors.context import fetch_referenced
from hub import __version__
from hub.core.outcome import RunResult
from hub.core.rest import fingerprint_of, is_fixed_point
from hub.core.work_found import work_queries
from hub.model.errors import HubError
from hub.model.initiative import Initiative, PullResult
from hub.model.rest import ContextRefs, RunFingerprint, SourceBaseline
from hub.pipeline.dashboard import find_dashboard
from hub.pipeline.job import Mode, RunContext
from hub.pipeline.pull import accepted_gaps
from hub.store.base import StoredSource


@dataclass(frozen=True, slots=True)
class UnchangedRun:
    """Nothing changed since a run: what it found, wanted and did is what another would; `report` is its document."""

    run: int
    report: Mapping[str, Any]
    seconds: float


def skip_if_unchanged(job: RunContext) -> UnchangedRun | None:
    """Look whether a run could come to anything new; None where it could, or where that is not sure.

    Of the look nothing is kept but when it was: the next one begins where this one did.
    """
    started = job.stopwatch()
    if job.mode is Mode.PREVIEW or job.full or job.confirmed or any(job.refresh.values()):
        return None
    fingerprint = job.store.run_fingerprint()
    if fingerprint is None or fingerprint.fingerprint != _input_fingerprint(job) or job.store.requested_refreshes():
        return None
    if (dashboard := find_dashboard(job)) is not None and dashboard.has_requests:
        return None
    if not _are_sources_unchanged(job, fingerprint):
        return None
    last = next(iter(job.store.runs(1)), None)
    if last is None or last.id != fingerprint.run or "findings" not in last.report:
        return None
    job.store.touch_sources([source.connector.name for source in job.sources], job.now())
    return UnchangedRun(fingerprint.run, last.report, round(job.stopwatch() - started, 3))


def record_fingerprint(job: RunContext, run: int, outcome: RunResult) -> None:
    """Remember that this run left nothing to do, if so.

    Where work is declared by query, never: what a query finds may change while no ticket does.
    """
    is_comparable = all(
        source.selected and isinstance(source.connector, SupportsUnchangedCheck) for source in job.sources
    )
    is_comparable = is_comparable and not work_queries(outcome.portfolio.okrs)
    if is_comparable and is_fixed_point(outcome, job.store.ledger_entries()):
        refs_by_connector = {
            pull_result.connector: context_refs(pull_result) for pull_result in outcome.snapshot.pulled
        }
        job.store.save_run_fingerprint(RunFingerprint(run, _input_fingerprint(job), refs_by_connector))


def context_refs(pulled: PullResult) -> ContextRefs:
    """What a pull asks for beyond the query, and what came of it."""
    referenced = {ticket.ref.key: ticket for ticket in pulled.initiatives if ticket.reference_only}
    # Those that texts name are read without being asked for level by level.
    ids = {key: ticket.id for key, ticket in referenced.items()}

    def read(keys: object) -> list[Initiative]:
        assert isinstance(keys, tuple)  # noqa: S101 - as `around` gives them
        ids.update((key, referenced[key].id if key in referenced else "") for key in keys)
        return [referenced[key] for key in keys if key in referenced]

    fetch_referenced((ticket for ticket in pulled.initiatives if not ticket.reference_only), read)
    return ids


def _are_sources_unchanged(job: RunContext, fingerprint: RunFingerprint) -> bool:
    """All sources side by side; one that cannot be asked leaves it to a run to tell why."""
    sources = {source.connector: source for source in job.store.sources()}

    def still(connector: object) -> bool:
        name = getattr(connector, "name", "")
        stored = sources.get(name)
        if not isinstance(connector, SupportsUnchangedCheck) or stored is None or stored.cursor is None or stored.gaps:
            return False
        try:
            return connector.is_unchanged(_baseline(job, stored, stored.cursor, fingerprint))
        except HubError:
            return False

    with ThreadPoolExecutor(max_workers=max(1, len(job.sources)), thread_name_prefix="unchanged") as pool:
        return all(pool.map(still, [source.connector for source in job.sources]))


def _baseline(job: RunContext, stored: StoredSource, cursor: str, fingerprint: RunFingerprint) -> SourceBaseline:
    name = stored.connector
    return SourceBaseline(cursor, job.store.lazy_tickets(name), fingerprint.context_refs.get(name, {}), stored.okrs)


def _input_fingerprint(job: RunContext) -> str:
    """Everything that a run's outcome depends on besides the trackers and the state."""
    limits, inputs = job.limits, (job.okrs, job.settings, job.waivers, job.today(), job.mode)
    connectors = [(source.connector, source.selected) for source in job.sources]
    sources = [
        (connector.name, selected, type(connector).__name__, accepted_gaps(connector))
        for connector, selected in connectors
    ]
    rules = [(rule.name, rule.severity, rule.label, rule.options, _code_of(rule.check)) for rule in job.rules]
    return fingerprint_of((__version__, inputs, limits, sources, rules, job.dashboard, job.hub_url, job.wordings))


def _code_of(check: object) -> str:
    """A rule of another package may change without its version doing so."""
    code = getattr(check, "__code__", None)
    try:
        return hashlib.sha256(Path(code.co_filename).read_bytes()).hexdigest() if code else repr(check)
    except OSError:
        return repr(check)
