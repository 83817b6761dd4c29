"""`hub sync`: the main job, once."""

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
    progress_bars,
    today_option,
)

if TYPE_CHECKING:
    from hub.core.insight.run_summary import RunResult
    from hub.pipeline.unchanged_run import UnchangedRun


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
    from hub.pipeline.run_context import Mode
    from hub.pipeline.sync import sync_if_changed
    from hub.pipeline.unchanged_run import UnchangedRun
    from hub.report.run_json import run_document
    from hub.wiring import open_run_context

    config = load(output_options.config)
    options: dict[str, Any] = {
        "only": only,
        "confirmed": yes,
        "full": full,
        "today": today,
        "verbose": output_options.verbose,
    }
    mode = Mode.PREVIEW if dry_run else Mode.PUBLISH if config.publish.enabled else Mode.PLAN
    with (
        progress_bars(output_options) as progress,
        open_run_context(config, mode=mode, progress=progress, **options) as job,
    ):
        result = sync_if_changed(job, run_document)
    if isinstance(result, UnchangedRun):
        code, read_only = _write_unchanged(output_options, result, fail_on), False
    else:
        code, read_only = _write_result(output_options, result, fail_on), result.is_read_only
    if mode is Mode.PLAN and not read_only:
        output_options.write_note(
            "Nothing was written: publish.enabled is false. Set it to true when the plan looks right."
        )
    return code


def _write_result(output: OutputOptions, outcome: "RunResult", fail_on: str) -> int:
    from hub.report.run_json import run_document
    from hub.report.text import sync_lines

    if output.format == "json":
        output.write_document(run_document(outcome))
    else:
        output.write_lines(sync_lines(outcome, verbose=output.verbose > 0))
    return outcome_code(outcome, fail_on)


def _write_unchanged(output: OutputOptions, unchanged: "UnchangedRun", fail_on: str) -> int:
    from hub.report.run_json import unchanged_document
    from hub.report.text import unchanged_lines

    if output.format == "json":
        output.write_document(unchanged_document(unchanged.report, unchanged.seconds))
    else:
        output.write_lines(unchanged_lines(unchanged.report, verbose=output.verbose > 0))
    return FINDINGS if any_fails((row["severity"] for row in unchanged.report["findings"]), fail_on) else DONE
