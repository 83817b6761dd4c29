"""`hub init`: a configuration and an OKR file to start from."""

from pathlib import Path

import click

from hub.cli.options import OutputOptions, common_options


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@common_options()
def command(output_options: OutputOptions, *, directory: Path) -> int:
    """Write config.toml and an OKR file into DIRECTORY; existing files are not changed."""
    from hub.report.text import StyledLine
    from hub.usecases.init import write_templates

    rows = [(path, is_new) for path, is_new in write_templates(directory)]
    if output_options.format == "json":
        output_options.write_document([{"file": str(path), "written": is_new} for path, is_new in rows])
    else:
        output_options.write_lines(
            StyledLine(f"{'wrote ' if is_new else 'exists'} {path}", "good" if is_new else "dim")
            for path, is_new in rows
        )
    prefix = "" if directory == Path() else f"cd {directory}, "
    output_options.write_note(
        f"Next: {prefix}name your trackers in config.toml, then hub check, then hub sync --dry-run"
    )
    return 0
