"""`hub check`: offline; lints the configuration and OKR files and runs every rule that needs no tracker."""

from datetime import date
from pathlib import Path

import click

from hub.cli.exits import DONE, FINDINGS, fails
from hub.cli.options import Voice, as_of, fail_on, speaks


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@fail_on("error")
@as_of()
@speaks()
def command(voice: Voice, *, paths: tuple[Path, ...], fail_on: str, today: date | None) -> int:
    """Check OKR files, given as PATHS or named by the configuration, without asking any tracker."""
    from hub.questions import check_offline
    from hub.report.document import check_document
    from hub.report.text import findings_lines

    okrs, judgement = check_offline(paths, voice.config, today)
    if voice.form == "json":
        voice.document(check_document(okrs, judgement.findings, judgement.waived))
    else:
        voice.lines(findings_lines(judgement.findings, verbose=True))
    return FINDINGS if fails(judgement.findings, fail_on) else DONE
