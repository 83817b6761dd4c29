"""`hub sync`: the main job, once."""

from datetime import date
from typing import Any

import click

from hub.cli.exits import outcome_code
from hub.cli.options import Voice, as_of, fail_on, speaks
from hub.cli.progress import shown


@click.command("sync")
@click.option("--dry-run", is_flag=True, help="Do all but publish and record; print the plan.")
@click.option("--only", multiple=True, metavar="CONNECTOR", help="Read and write only this connector; repeatable.")
@click.option("--full", is_flag=True, help="Read everything again, not only what changed.")
@click.option("--yes", is_flag=True, help="Carry out a plan that would be refused as too large.")
@fail_on("never")
@as_of()
@speaks()
def command(
    voice: Voice, *, dry_run: bool, only: tuple[str, ...], full: bool, yes: bool, fail_on: str, today: date | None
) -> int:
    """Pull initiatives, map them to key results, check them, and post what should be known on the tickets."""
    from hub.config import load
    from hub.pipeline.job import Mode
    from hub.pipeline.sync import sync
    from hub.report.document import document
    from hub.report.text import sync_lines
    from hub.wiring import open_job

    config = load(voice.config)
    how: dict[str, Any] = {"only": only, "confirmed": yes, "full": full, "today": today, "verbose": voice.verbose}
    mode = Mode.PREVIEW if dry_run else Mode.PUBLISH if config.publish.enabled else Mode.PLAN
    with (
        shown(voice) as progress,
        open_job(config, mode=mode, progress=progress, **how) as job,
    ):
        outcome = sync(job, document)
    if voice.form == "json":
        voice.document(document(outcome))
    else:
        voice.lines(sync_lines(outcome, verbose=voice.verbose > 0))
    if mode is Mode.PLAN:
        voice.note("Nothing was written: publish.enabled is false. Set it to true when the plan looks right.")
    return outcome_code(outcome, fail_on)
