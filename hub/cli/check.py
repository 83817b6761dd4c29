"""`hub check`: offline; lints the configuration and OKR files and runs every rule that needs no tracker."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.exits import DONE, FINDINGS, fails
from hub.cli.options import OutputOptions, common_options, fail_on_option, today_option

if TYPE_CHECKING:
    from hub.model.finding import Judgement
    from hub.model.okr import Okrs


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@fail_on_option("error")
@today_option()
@common_options("github", "sarif")
def command(output_options: OutputOptions, *, paths: tuple[Path, ...], fail_on: str, today: date | None) -> int:
    """Check OKR files, given as PATHS or named by the configuration, without asking any tracker."""
    from hub.model.errors import ConfigError
    from hub.report.annotations import problem_annotations
    from hub.usecases.check import check_offline

    try:
        okrs, judgement = check_offline(paths, output_options.config, today)
    except ConfigError as error:
        if output_options.format == "github":
            output_options.write_lines(problem_annotations(error.problems))
        raise
    _write_result(output_options, okrs, judgement)
    return FINDINGS if fails(judgement.findings, fail_on) else DONE


def _write_result(output: OutputOptions, okrs: "Okrs", judgement: "Judgement") -> None:
    from hub.report.annotations import finding_annotations
    from hub.report.document import check_document
    from hub.report.proposed_needs import proposed_need_lines, proposed_need_rows
    from hub.report.sarif import sarif_log
    from hub.report.text import findings_lines
    from hub.wiring import known_rules

    if output.format == "json":
        document = check_document(okrs, judgement.findings, judgement.waived)
        output.write_document(document | {"proposed_dependencies": proposed_need_rows(okrs)})
    elif output.format == "sarif":
        output.write_document(sarif_log(judgement, known_rules()))
    elif output.format == "github":
        output.write_lines(finding_annotations(judgement.findings))
    else:
        output.write_lines(findings_lines(judgement.findings, verbose=True))
        output.write_lines(proposed_need_lines(okrs))
