"""`hub status`: the last runs, what could not be read, what waits, and how old each source is."""

import click

from hub.cli.output import OutputOptions, common_options


@click.command("status")
@click.option("--runs", default=10, show_default=True, help="How many runs to show.")
@common_options()
def command(output_options: OutputOptions, *, runs: int) -> int:
    """Show the last runs with their gaps, deferred and failed writes, and when each source was read."""
    from hub.config.settings import load
    from hub.report.screen import MAX_WIDTH
    from hub.report.status import status_document
    from hub.report.status_screen import status_lines
    from hub.usecases.status import read_state

    state = read_state(load(output_options.config), runs)
    if output_options.format == "json":
        output_options.write_document(status_document(state))
    else:
        width = None if output_options.verbose else MAX_WIDTH
        output_options.write_lines(status_lines(state, verbose=output_options.verbose > 0), width=width)
    return 0
