"""`hub init`: a configuration and an OKR file to start from."""

from pathlib import Path

import click

from hub.cli.options import Voice, speaks


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@speaks()
def command(voice: Voice, *, directory: Path) -> int:
    """Write config.toml and an OKR file into DIRECTORY; an existing file is kept."""
    from hub.report.text import Styled
    from hub.usecases.init import write_templates

    rows = [(path, fresh) for path, fresh in write_templates(directory)]
    if voice.form == "json":
        voice.document([{"file": str(path), "written": fresh} for path, fresh in rows])
    else:
        voice.lines(
            Styled(f"{'wrote' if fresh else 'kept '} {path}", "good" if fresh else "dim") for path, fresh in rows
        )
    there = "" if directory == Path() else f"cd {directory}, "
    voice.note(f"Next: {there}name your trackers in config.toml, then hub check, then hub sync --dry-run")
    return 0
