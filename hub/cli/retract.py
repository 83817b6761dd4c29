"""`hub retract`: retract everything that the hub ever posted, and nothing else."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from hub.cli.output import DONE, PARTIAL, REFUSED, OutputOptions, common_options, confirm
from hub.cli.progress import interruptible, progress_bars
from hub.report.lines import StyledLine
from hub.report.screen import cut_section, fit, number

if TYPE_CHECKING:
    from hub.model.action import Action
    from hub.pipeline.retract import RetractResult


@click.command("retract")
@click.option("--only", multiple=True, metavar="CONNECTOR", help="Only from this connector; repeatable.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--search",
    is_flag=True,
    help="Also search every ticket for the hub's comments and labels, not only recorded ones.",
)
@common_options()
def command(output_options: OutputOptions, *, only: tuple[str, ...], yes: bool, search: bool) -> int:
    """Remove every comment and label of the hub from the tickets, and nothing else.

    A comment that people replied to stays and says that it is withdrawn. If interrupted, run it again.
    """
    from hub.config.settings import load
    from hub.model.action import Status
    from hub.pipeline.retract import retract
    from hub.pipeline.run_context import Mode
    from hub.wiring import open_run_context

    def is_confirmed(actions: Sequence["Action"]) -> bool:
        tickets = len({action.target for action in actions})
        what = f"{number(len(actions), 'comment or label', 'comments and labels')} from {number(tickets, 'ticket')}"
        if yes or not sys.stdin.isatty():
            return yes
        return confirm(f"Remove {what}?")

    config = load(output_options.config)
    with (
        interruptible(),
        progress_bars(output_options) as progress,
        open_run_context(
            config,
            mode=Mode.PUBLISH,
            only=only,
            progress=progress.advance,
            announce=progress.announce,
            verbose=output_options.verbose,
        ) as job,
    ):
        result = retract(job, is_confirmed, search=search)
    _write(output_options, result)
    if any(receipt.status is Status.REFUSED for receipt in result.receipts):
        output_options.write_note("Nothing was removed. Confirm with --yes.")
        return REFUSED
    return PARTIAL if result.is_incomplete else DONE


def _write(output: OutputOptions, result: "RetractResult") -> None:
    from hub.report.run_json import plan_rows
    from hub.report.text import plan_lines
    from hub.report.writes_screen import retract_lines

    rows = plan_rows(result.receipts)
    if output.format == "json":
        output.write_document({"plan": rows})
        return
    lines = plan_lines(result.receipts, retracting=True) if output.verbose else retract_lines(rows)
    failed = (StyledLine(f"  {gap.connector}: not searched: {gap.reason}", "warning") for gap in result.failures)
    output.write_lines(lines)
    output.write_lines(failed if output.verbose else cut_section(list(fit(failed)), 20, "sources: -v lists them"))
