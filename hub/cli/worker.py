"""`hub worker`: one worker, until it is stopped."""

from datetime import date

import click

from hub.cli.output import OutputOptions, common_options, today_option
from hub.cli.serve import missing_workers_error


@click.command("worker")
@click.option("--supervised", is_flag=True, hidden=True, help="End when the standard input does.")
@today_option()
@common_options()
def command(output_options: OutputOptions, *, supervised: bool, today: date | None) -> int:
    """Do the jobs of syncs beside other workers, until SIGTERM or Ctrl-C.

    All workers share the state in PostgreSQL. `hub serve --workers 0` shows the pages and takes webhooks for them.
    """
    from hub.config.settings import load

    config = load(output_options.config)
    try:
        from hub.service.workers.worker import run_worker
    except ModuleNotFoundError as missing:
        raise missing_workers_error(missing) from None
    return run_worker(config, today=today, verbose=1 + output_options.verbose, supervised=supervised)
