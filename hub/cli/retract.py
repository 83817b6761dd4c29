"""`hub retract`: retract everything that the hub ever posted, and nothing else."""

import sys
from collections.abc import Sequence

import click

from hub.cli.output import DONE, PARTIAL, REFUSED, OutputOptions, common_options, confirm
from hub.cli.progress import interruptible, progress_bars


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
    from hub.model.action import Action, Status
    from hub.pipeline.retract import retract
    from hub.pipeline.run_context import Mode
    from hub.report.lines import StyledLine
    from hub.report.run_json import plan_rows
    from hub.report.text import plan_lines
    from hub.wiring import open_run_context

    def is_confirmed(actions: Sequence[Action]) -> bool:
        tickets = len({action.target for action in actions})
        question = f"Remove {len(actions)} comments and labels from {tickets} tickets?"
        if yes or not sys.stdin.isatty():
            return yes
        return confirm(question)

    config = load(output_options.config)
    with (
        progress_bars(output_options) as progress,
        open_run_context(
            config, mode=Mode.PUBLISH, only=only, progress=progress, verbose=output_options.verbose
        ) as job,
    ):
        result = retract(job, is_confirmed, search=search)
    if output_options.format == "json":
        output_options.write_document({"plan": plan_rows(result.receipts)})
    else:
        output_options.write_lines(plan_lines(result.receipts, retracting=True))
        output_options.write_lines(
            StyledLine(f"  {g.connector}: not searched: {g.reason}", "warning") for g in result.failures
        )
    statuses = {receipt.status for receipt in result.receipts}
    if Status.REFUSED in statuses:
        output_options.write_note("Nothing was removed. Confirm with --yes.")
        return REFUSED
    return PARTIAL if result.is_incomplete else DONE
