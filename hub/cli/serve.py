"""`hub serve`: the service, until it is stopped."""

from datetime import date

import click

from hub.cli.output import OutputOptions, common_options, today_option

OWN_PACKAGES = ("hub", "connectors", "rules")


@click.command("serve")
@click.option("--host", default=None, help="The address to listen on; default: service.host.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=None, help="The port; 0 takes a free one; default: service.port."
)
@today_option()
@common_options()
def command(output_options: OutputOptions, *, host: str | None, port: int | None, today: date | None) -> int:
    """Sync on a schedule and on webhooks, and serve the pages, until SIGTERM or Ctrl-C."""
    from hub.config.settings import load

    config = load(output_options.config)
    try:
        from hub.service.main import ServiceOptions, open_port, run_service

        with open_port(config, host, port) as sock:
            return run_service(
                config,
                sock,
                lambda url: show_address(output_options, url),
                ServiceOptions(today, verbose=1 + output_options.verbose),
            )
    except ModuleNotFoundError as missing:
        raise missing_extra_error(missing) from None


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
