"""`hub retract`: take back everything that the hub ever posted, and nothing else."""

import sys
from collections.abc import Sequence

import click

from hub.cli.exits import DONE, PARTIAL, REFUSED
from hub.cli.options import Voice, speaks
from hub.cli.output import confirmed
from hub.cli.progress import shown


@click.command("retract")
@click.option("--only", multiple=True, metavar="CONNECTOR", help="Only from this connector; repeatable.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--search",
    is_flag=True,
    help="Also search every ticket for the hub's comments and labels, not only recorded ones.",
)
@speaks()
def command(voice: Voice, *, only: tuple[str, ...], yes: bool, search: bool) -> int:
    """Remove every comment and label of the hub from the tickets, and nothing else.

    A comment that people replied to stays and says that it is withdrawn. If interrupted, run it again.
    """
    from hub.config.load import load
    from hub.model.action import Action, Status
    from hub.pipeline.job import Mode
    from hub.pipeline.retract import retract
    from hub.report.document import plan_rows
    from hub.report.text import Styled, plan_lines
    from hub.wiring import open_job

    def agreed(actions: Sequence[Action]) -> bool:
        tickets = len({action.target for action in actions})
        question = f"Remove {len(actions)} comments and labels from {tickets} tickets?"
        if yes or not sys.stdin.isatty():
            return yes
        return confirmed(question)

    config = load(voice.config)
    with (
        shown(voice) as progress,
        open_job(config, mode=Mode.PUBLISH, only=only, progress=progress, verbose=voice.verbose) as job,
    ):
        result = retract(job, agreed, search=search)
    if voice.form == "json":
        voice.document({"plan": plan_rows(result.receipts)})
    else:
        voice.lines(plan_lines(result.receipts, taken_back=True))
        voice.lines(Styled(f"  {g.connector}: not searched: {g.reason}", "warning") for g in result.failures)
    statuses = {receipt.status for receipt in result.receipts}
    if Status.REFUSED in statuses:
        voice.note("Nothing was removed. Confirm with --yes.")
        return REFUSED
    return PARTIAL if result.stays else DONE
