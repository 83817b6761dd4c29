"""`hub serve`: the service, until it is stopped."""

from datetime import date
from typing import TYPE_CHECKING

import click

from hub.cli.output import OutputOptions, common_options, today_option

if TYPE_CHECKING:
    from hub.config.settings import Config
    from hub.service.main import MakeScheduler

OWN_PACKAGES = ("hub", "connectors", "rules")


@click.command("serve")
@click.option("--host", default=None, help="The address to listen on; default: service.host.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=None, help="The port; 0 takes a free one; default: service.port."
)
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    default=None,
    help="So many worker processes do the syncs; 0 where `hub worker` runs elsewhere; default: this process does them.",
)
@today_option()
@common_options()
def command(
    output_options: OutputOptions, *, host: str | None, port: int | None, workers: int | None, today: date | None
) -> int:
    """Sync on a schedule and on webhooks, and serve the pages, until SIGTERM or Ctrl-C."""
    from hub.config.settings import load

    config = load(output_options.config)
    make_scheduler = None if workers is None else _with_workers(output_options, config, workers, today)
    try:
        from hub.service.main import ServiceOptions, open_port, run_service

        with open_port(config, host, port) as sock:
            return run_service(
                config,
                sock,
                lambda url: show_address(output_options, url),
                ServiceOptions(today, verbose=1 + output_options.verbose, make_scheduler=make_scheduler),
            )
    except ModuleNotFoundError as missing:
        raise missing_extra_error(missing) from None


def _with_workers(output: OutputOptions, config: "Config", count: int, today: date | None) -> "MakeScheduler":
    """What stands in for the scheduler where workers do the syncs; an error where there can be none."""
    try:
        from hub.service.workers.processes import WorkerProcesses, worker_command
        from hub.service.workers.scheduler import QueuedScheduler
        from hub.service.workers.worker import require_postgres
    except ModuleNotFoundError as missing:
        raise missing_workers_error(missing) from None
    require_postgres(config)
    options = [f"-{'v' * output.verbose}"] if output.verbose else []
    options += ["--config", str(output.config)] if output.config else []
    options += ["--today", today.isoformat()] if today else []
    processes = WorkerProcesses(worker_command(options), count)
    return lambda now, observer, refresh: QueuedScheduler(
        config, processes, now=now, observer=observer, refresh=refresh
    )


def show_address(output: OutputOptions, url: str) -> None:
    """The address, at once even where the output is a pipe."""
    from hub.report.lines import StyledLine

    if output.format == "json":
        output.write_document({"url": url})
    else:
        output.write_lines([StyledLine(f"Alignment Hub is running at {url}", "good")])


def missing_extra_error(missing: ModuleNotFoundError) -> Exception:
    """What to install where a package of the extra is not there."""
    name = (missing.name or "").split(".")[0]
    if name in OWN_PACKAGES:
        return missing
    return click.ClickException(f"the service needs {name}: pip install 'alignment-hub[serve]'")


def missing_workers_error(missing: ModuleNotFoundError) -> Exception:
    """What to install where a package of the extra is not there."""
    name = (missing.name or "").split(".")[0]
    if name in OWN_PACKAGES:
        return missing
    return click.ClickException(f"workers need {name}: pip install 'alignment-hub[workers]'")
