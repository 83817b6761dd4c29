"""One sync for a command: what came of it, and the document with its overview, which is stored and then shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.config.settings import Config
from hub.core.insight.run_summary import RunResult
from hub.pipeline.run_context import RunContext
from hub.pipeline.sync import sync, sync_if_changed
from hub.pipeline.unchanged_run import UnchangedRun
from hub.report.run_json import overview_document, run_document, unchanged_document
from hub.usecases.assess import assess, run_overview


@dataclass(frozen=True, slots=True)
class SyncAnswer:
    """The object of `hub sync --format json`; there is no `outcome` where nothing changed since an earlier run."""

    document: Mapping[str, Any]
    outcome: RunResult | None = None


def run_sync(job: RunContext, config: Config, *, if_changed: bool = True) -> SyncAnswer:
    """Sync, which stops after its pull where nothing changed; without `if_changed` it goes to its end."""
    documents: dict[int, Mapping[str, Any]] = {}

    def document(outcome: RunResult) -> Mapping[str, Any]:
        overview = overview_document(run_overview(outcome))
        documents[id(outcome)] = {**run_document(outcome), "overview": overview}
        return documents[id(outcome)]

    result = sync_if_changed(job, document) if if_changed else sync(job, document)
    if isinstance(result, UnchangedRun):
        # The service stores no overview of its runs.
        overview = result.report.get("overview") or overview_document(assess(config, job.today()).overview)
        return SyncAnswer(unchanged_document({**result.report, "overview": overview}, result.seconds))
    return SyncAnswer(documents.get(id(result)) or document(result), result)
