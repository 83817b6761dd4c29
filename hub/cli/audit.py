"""`hub audit`: the Connect and Align audit as a document for a coach."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
from click.core import ParameterSource

from hub.cli.output import (
    DONE,
    FINDINGS,
    OutputOptions,
    common_options,
    echo,
    echo_document,
    fail_on_option,
    fails,
    today_option,
)
from hub.config.settings import Config
from hub.core.insight.audit.audit import Audit
from hub.model.finding import Judgement
from hub.report.map.layout import layout_map
from hub.report.map.nodes import MapPage
from hub.usecases.assess import assess

FORMATS: Mapping[str, str] = {
    ".txt": "text",
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
}


@click.command("audit")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to FILE; its extension sets the format."
)
@fail_on_option("error")
@today_option()
@common_options("markdown", "html")
def command(output_options: OutputOptions, *, out: Path | None, fail_on: str, today: date | None) -> int:
    """Write the audit of all OKRs and their work as of the last sync; asks no tracker."""
    from hub.config.settings import load

    result = run_audit(load(output_options.config), today)
    output_format = _format_for(output_options.format, out)
    if out is not None:
        _write(out, _document(output_format, result))
        output_options.write_note(f"Wrote the audit to {out}")
    elif output_format == "text":
        from hub.report.audit.document import build_document
        from hub.report.audit.render import text_lines

        output_options.write_lines(text_lines(build_document(result.audit)))
    elif output_format == "json":
        echo_document(_document(output_format, result).rstrip())
    else:
        echo(_document(output_format, result), nl=False)
    return FINDINGS if fails(result.judgement.findings, fail_on) else DONE


def _format_for(requested: str, out: Path | None) -> str:
    """What was asked for, else what the ending of the file says."""
    is_explicit = click.get_current_context().get_parameter_source("output_format") is not ParameterSource.DEFAULT
    return requested if is_explicit or out is None else FORMATS.get(out.suffix.lower(), requested)


def _document(output_format: str, result: "AuditResult") -> str:
    from hub.report.audit.document import build_document

    if output_format == "json":
        from hub.report.run_json import audit_document

        return json.dumps(audit_document(result.audit), indent=2, ensure_ascii=False, default=str) + "\n"
    if output_format == "html":
        from hub.report.audit.render import render_html

        return render_html(build_document(result.audit, result.map_pages), result.map_pages) + "\n"
    if output_format == "markdown":
        from hub.report.audit.render import markdown_lines

        return "\n".join(markdown_lines(build_document(result.audit, result.map_pages))) + "\n"
    from hub.report.audit.render import text_lines

    return "\n".join(line.text for line in text_lines(build_document(result.audit))) + "\n"


def _write(out: Path, text: str) -> None:
    from hub.model.errors import ConfigError, Problem

    try:
        out.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError([Problem(str(out), "--out", f"cannot be written: {reason}", "Name another file")]) from None


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The audit, the alignment map, and what the rules said."""

    audit: Audit
    map_pages: tuple[MapPage, ...]
    judgement: Judgement


def run_audit(config: Config, today: date | None) -> AuditResult:
    """Judge what the last run saw with today's rules and OKR files."""
    assessment = assess(config, today)
    return AuditResult(assessment.audit, layout_map(assessment.portfolio), assessment.judgement)
