"""`hub serve`: the service, until it is told to stop."""

from datetime import date

import click

from hub.cli.options import Voice, as_of, speaks

OURS = ("hub", "connectors", "rules")


@click.command("serve")
@click.option("--host", default=None, help="The address to listen on; default: service.host.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=None, help="The port; 0 takes a free one; default: service.port."
)
@as_of()
@speaks()
def command(voice: Voice, *, host: str | None, port: int | None, today: date | None) -> int:
    """Sync on a schedule and on webhooks, and serve the pages, until SIGTERM or Ctrl-C."""
    from hub.config.load import load

    config = load(voice.config)
    try:
        from hub.service.main import How, open_port, serve

        with open_port(config, host, port) as sock:
            return serve(config, sock, lambda url: say_where(voice, url), How(today, verbose=1 + voice.verbose))
    except ModuleNotFoundError as missing:
        raise without_extra(missing) from None


def say_where(voice: Voice, url: str) -> None:
    """The address, at once even where the output is a pipe."""
    from hub.report.text import Styled

    if voice.form == "json":
        voice.document({"url": url})
    else:
        voice.lines([Styled(f"Alignment Hub is running at {url}", "good")])


def without_extra(missing: ModuleNotFoundError) -> Exception:
    """What to install where a package of the extra is not there."""
    name = (missing.name or "").split(".")[0]
    if name in OURS:
        return missing
    return click.ClickException(f"the service needs {name}: pip install 'alignment-hub[serve]'")
