"""A run that need not be: where nothing that a run depends on changed, the last one's outcome stands."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.base import Rests
from connectors.context import around
from hub import __version__
from hub.core.outcome import Outcome
from hub.core.rest import comes_to_rest, print_of
from hub.core.work_found import work_queries
from hub.model.errors import HubError
from hub.model.initiative import Initiative, Pulled
from hub.model.rest import Kept, Leans, Rest
from hub.pipeline.job import Job, Mode
from hub.pipeline.observe import find_dashboard
from hub.pipeline.pull import accepted_gaps
from hub.store.base import StoredSource


@dataclass(frozen=True, slots=True)
class Rested:
    """Nothing changed since a run: what it found, wanted and did is what another would; `report` is its document."""

    run: int
    report: Mapping[str, Any]
    seconds: float


def rested(job: Job) -> Rested | None:
    """Look whether a run could come to anything new; None where it could, or where that is not sure.

    Of the look nothing is kept but when it was: the next one begins where this one did.
    """
    began = job.stopwatch()
    if job.mode is Mode.PREVIEW or job.full or job.confirmed or any(job.knocked.values()):
        return None
    rest = job.store.rest()
    if rest is None or rest.print != _print_of(job) or job.store.knocks():
        return None
    if (board := find_dashboard(job, job.store.published())) is not None and board.has_requests:
        return None
    if not _all_still(job, rest):
        return None
    last = next(iter(job.store.runs(1)), None)
    if last is None or last.id != rest.run or "findings" not in last.report:
        return None
    job.store.still_so([source.connector.name for source in job.sources], job.now())
    return Rested(rest.run, last.report, round(job.stopwatch() - began, 3))


def keep_rest(job: Job, run: int, outcome: Outcome) -> None:
    """Remember that this run left nothing to do, if so.

    Where work is declared by query, never: what a query finds may change while no ticket does.
    """
    able = all(source.selected and isinstance(source.connector, Rests) for source in job.sources)
    able = able and not work_queries(outcome.portfolio.okrs)
    if able and comes_to_rest(outcome, job.store.published()):
        leans = {one.connector: leans_of(one) for one in outcome.snapshot.pulled}
        job.store.keep_rest(Rest(run, _print_of(job), leans))


def leans_of(pulled: Pulled) -> Leans:
    """What a pull asks for beyond the query, and what came of it."""
    seen = {one.ref.key: one for one in pulled.initiatives if one.context}
    # Those that texts name are read without being asked for level by level.
    asked = {key: one.id for key, one in seen.items()}

    def read(keys: object) -> list[Initiative]:
        assert isinstance(keys, tuple)  # noqa: S101 - as `around` gives them
        asked.update((key, seen[key].id if key in seen else "") for key in keys)
        return [seen[key] for key in keys if key in seen]

    around((one for one in pulled.initiatives if not one.context), read)
    return asked


def _all_still(job: Job, rest: Rest) -> bool:
    """All sources side by side; one that cannot be asked leaves it to a run to tell why."""
    sources = {one.connector: one for one in job.store.sources()}

    def still(connector: object) -> bool:
        name = getattr(connector, "name", "")
        stored = sources.get(name)
        if not isinstance(connector, Rests) or stored is None or stored.cursor is None or stored.gaps:
            return False
        try:
            return connector.still(_kept(job, stored, stored.cursor, rest))
        except HubError:
            return False

    with ThreadPoolExecutor(max_workers=max(1, len(job.sources)), thread_name_prefix="still") as pool:
        return all(pool.map(still, [source.connector for source in job.sources]))


def _kept(job: Job, stored: StoredSource, cursor: str, rest: Rest) -> Kept:
    name = stored.connector
    return Kept(cursor, job.store.kept_tickets(name), rest.leans.get(name, {}), stored.okrs)


def _print_of(job: Job) -> str:
    """Everything that a run's outcome depends on besides the trackers and the state."""
    limits, told = job.limits, (job.okrs, job.settings, job.waivers, job.today(), job.mode)
    connectors = [(one.connector, one.selected) for one in job.sources]
    sources = [(one.name, selected, type(one).__name__, accepted_gaps(one)) for one, selected in connectors]
    rules = [(rule.name, rule.severity, rule.label, rule.options, _code_of(rule.check)) for rule in job.rules]
    return print_of((__version__, told, limits, sources, rules, job.dashboard, job.hub_url, job.wordings))


def _code_of(check: object) -> str:
    """A rule of another package may change without its version doing so."""
    code = getattr(check, "__code__", None)
    try:
        return hashlib.sha256(Path(code.co_filename).read_bytes()).hexdigest() if code else repr(check)
    except OSError:
        return repr(check)
