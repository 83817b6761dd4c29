"""`hub state`: back up the state while the hub runs, restore it, move it to another database."""

from pathlib import Path

import click

from hub.cli.output import DONE, OutputOptions, common_options


@click.group("state")
def command() -> None:
    """Back up the state, restore it, or move it to another database."""


@command.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common_options()
def backup(output_options: OutputOptions, *, file: Path) -> int:
    """Write a consistent copy of the state into the new FILE, also while the hub runs."""
    from hub.config.settings import load
    from hub.usecases.state import back_up

    rows = back_up(load(output_options.config), file)
    _report(output_options, rows, f"Backed up {rows:,} rows to {file}", "It contains private data: keep it safe.")
    return DONE


@command.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Replace a state that is in use.")
@common_options()
def restore(output_options: OutputOptions, *, file: Path, yes: bool) -> int:
    """Put the backup in FILE in the place of the state; the backup stays as it is."""
    from hub.config.settings import load
    from hub.usecases.state import restore as restore_state

    rows = restore_state(load(output_options.config), file, confirmed=yes)
    _report(output_options, rows, f"Restored {rows:,} rows from {file}", "Next: hub sync --dry-run")
    return DONE


@command.command("move")
@click.argument("url")
@common_options()
def move(output_options: OutputOptions, *, url: str) -> int:
    """Copy the state to URL, sqlite:///FILE or postgresql://USER@HOST/DATABASE, while no sync runs.

    The password of a database is read from PGPASSWORD or a PGPASSFILE.
    """
    from hub.config.settings import load, with_state
    from hub.usecases.state import move as move_state

    config = load(output_options.config)
    rows = move_state(config, with_state(config, url))
    hint = "Next: set `state` in the configuration to the new address, or HUB_STATE"
    _report(output_options, rows, f"Copied {rows:,} rows; the old state is left as it was", hint)
    return DONE


def _report(output_options: OutputOptions, rows: int, text: str, hint: str) -> None:
    from hub.report.lines import StyledLine

    if output_options.format == "json":
        output_options.write_document({"rows": rows})
    else:
        output_options.write_lines([StyledLine(text, "good")])
    output_options.write_note(hint)
