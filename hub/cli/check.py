"""`hub check`: offline; lints the configuration and OKR files and runs every rule that needs no tracker."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.exits import DONE, FINDINGS, fails
from hub.cli.options import Voice, as_of, fail_on, speaks

if TYPE_CHECKING:
    from hub.model.finding import Judgement
    from hub.model.okr import Okrs


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@fail_on("error")
@as_of()
@speaks("github", "sarif")
def command(voice: Voice, *, paths: tuple[Path, ...], fail_on: str, today: date | None) -> int:
    """Check OKR files, given as PATHS or named by the configuration, without asking any tracker."""
    from hub.model.errors import ConfigError
    from hub.report.annotations import problem_annotations
    from hub.usecases.check import check_offline

    try:
        okrs, judgement = check_offline(paths, voice.config, today)
    except ConfigError as wrong:
        if voice.form == "github":
            voice.lines(problem_annotations(wrong.problems))
        raise
    _show(voice, okrs, judgement)
    return FINDINGS if fails(judgement.findings, fail_on) else DONE


def _show(voice: Voice, okrs: "Okrs", judgement: "Judgement") -> None:
    from hub.report.annotations import annotations
    from hub.report.document import check_document
    from hub.report.proposed_needs import proposed_need_lines, proposed_need_rows
    from hub.report.sarif import sarif
    from hub.report.text import findings_lines
    from hub.wiring import known_rules

    if voice.form == "json":
        document = check_document(okrs, judgement.findings, judgement.waived)
        voice.document(document | {"proposed_dependencies": proposed_need_rows(okrs)})
    elif voice.form == "sarif":
        voice.document(sarif(judgement, known_rules()))
    elif voice.form == "github":
        voice.lines(annotations(judgement.findings))
    else:
        voice.lines(findings_lines(judgement.findings, verbose=True))
        voice.lines(proposed_need_lines(okrs))
