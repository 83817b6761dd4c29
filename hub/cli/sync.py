"""`hub sync`: the main job, once."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from hub.cli.output import (
    DONE,
    FINDINGS,
    OutputOptions,
    any_fails,
    common_options,
    fail_on_option,
    outcome_code,
    today_option,
)
from hub.cli.progress import interruptible, progress_bars

if TYPE_CHECKING:
    from hub.config.settings import Config
    from hub.core.insight.run_summary import RunResult
    from hub.report.sync_screen import SyncView
    from hub.usecases.sync import SyncAnswer


@click.command("sync")
@click.option("--dry-run", is_flag=True, help="Show the plan; write and record nothing.")
@click.option("--only", multiple=True, metavar="CONNECTOR", help="Read and write only this connector; repeatable.")
@click.option("--full", is_flag=True, help="Read everything again, not only changes.")
@click.option("--yes", is_flag=True, help="Allow a plan that would be refused as too large.")
@fail_on_option("never")
@today_option()
@common_options()
def command(
    output_options: OutputOptions,
    *,
    dry_run: bool,
    only: tuple[str, ...],
    full: bool,
    yes: bool,
    fail_on: str,
    today: date | None,
) -> int:
    """Read initiatives, map them to key results, check them, and comment on the tickets."""
    from hub.config.settings import load
    from hub.report.sync_screen import SyncView

    config = load(output_options.config)
    answer = _run(output_options, config, dry_run=dry_run, only=only, full=full, confirmed=yes, today=today)
    view = SyncView(
        answer.document, publishing=config.publish.enabled, dry_run=dry_run, unchanged=answer.outcome is None
    )
    write_sync(output_options, view, answer.outcome)
    if answer.outcome is not None:
        return outcome_code(answer.outcome, fail_on)
    severities = (row["severity"] for row in answer.document["findings"])
    return FINDINGS if any_fails(severities, fail_on) else DONE


def _run(output: OutputOptions, config: "Config", *, dry_run: bool, **options: Any) -> "SyncAnswer":
    from hub.pipeline.run_context import Mode
    from hub.usecases.sync import run_sync
    from hub.wiring import open_run_context

    mode = Mode.PREVIEW if dry_run else Mode.PUBLISH if config.publish.enabled else Mode.PLAN
    with interruptible(), progress_bars(output) as progress:
        options |= {"progress": progress.advance, "announce": progress.announce}
        with open_run_context(config, mode=mode, verbose=output.verbose, **options) as job:
            return run_sync(job, config)


def write_sync(output: OutputOptions, view: "SyncView", outcome: "RunResult | None") -> None:
    """One screen, or every finding and write with `-v`; as JSON the whole document, with why nothing was written."""
    from hub.report.screen import MAX_WIDTH
    from hub.report.sync_screen import decision, detail_lines, sync_lines

    if output.format == "json":
        output.write_document(view.report)
        if note := decision(view):
            output.write_note("\n".join(note))
    else:
        details = tuple(detail_lines(view.report, outcome)) if output.verbose else None
        width = None if output.verbose else MAX_WIDTH
        output.write_lines(sync_lines(replace(view, details=details)), width=width)
