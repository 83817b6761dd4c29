"""`hub audit`: the Connect and Align audit as a document for a coach."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
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
from hub.report.audit.blocks import Document
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
    ".docx": "docx",
}


@click.command("audit")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to FILE; its extension sets the format."
)
@fail_on_option("error")
@today_option()
@common_options("markdown", "html", "docx")
def command(output_options: OutputOptions, *, out: Path | None, fail_on: str, today: date | None) -> int:
    """Write the audit of all OKRs and their work as of the last sync; asks no tracker.

    Long lists are cut, each with the number of what is left out; -v and JSON have everything.
    """
    from hub.config.settings import load

    output_format = _format_for(output_options.format, out)
    if output_format == "docx" and out is None:
        raise click.UsageError("--format docx writes a file: name it with --out, such as --out audit.docx")
    result = run_audit(load(output_options.config), today, is_complete=output_options.verbose > 0)
    if out is not None:
        _write(out, _file(output_format, result))
        output_options.write_note(f"Wrote the audit to {out}")
    elif output_format == "text":
        from hub.report.audit.render import text_lines

        output_options.write_lines(text_lines(result.document))
    elif output_format == "json":
        echo_document(_text(output_format, result).rstrip())
    else:
        echo(_text(output_format, result), nl=False)
    return FINDINGS if fails(result.judgement.findings, fail_on) else DONE


def _format_for(requested: str, out: Path | None) -> str:
    """What was asked for, else what the extension of the file says; UsageError for one that says nothing."""
    is_explicit = click.get_current_context().get_parameter_source("output_format") is not ParameterSource.DEFAULT
    if is_explicit or out is None or not out.suffix:
        return requested
    if (suffix := out.suffix.lower()) not in FORMATS:
        raise click.UsageError(
            f"--out: no format has the extension {out.suffix!r}. Known: {', '.join(FORMATS)}; --format takes "
            "any extension. For a PDF, print the HTML file from a browser"
        )
    return FORMATS[suffix]


def _file(output_format: str, result: "AuditResult") -> bytes:
    if output_format != "docx":
        return _text(output_format, result).encode("utf-8", errors="backslashreplace")
    try:
        from hub.report.audit.word import render_docx
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] in ("hub", "connectors", "rules"):
            raise
        raise click.ClickException(
            f"a DOCX file needs the package {missing.name}: pip install 'alignment-hub[documents]'"
        ) from None
    return render_docx(result.document, result.created)


def _text(output_format: str, result: "AuditResult") -> str:
    from hub.report.audit.render import markdown_lines, render_html, text_lines

    if output_format == "json":
        from hub.report.run_json import audit_document

        return json.dumps(audit_document(result.audit), indent=2, ensure_ascii=False, default=str) + "\n"
    if output_format == "html":
        return render_html(result.with_map, result.map_pages) + "\n"
    if output_format == "markdown":
        return "\n".join(markdown_lines(result.document)) + "\n"
    return "\n".join(line.text for line in text_lines(result.document)) + "\n"


def _write(out: Path, content: bytes) -> None:
    from hub.model.errors import ConfigError, Problem

    try:
        out.write_bytes(content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError([Problem(str(out), "--out", f"cannot be written: {reason}", "Name another file")]) from None


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The audit, its document without and with the alignment map, and what the rules said."""

    audit: Audit
    document: Document
    with_map: Document
    map_pages: tuple[MapPage, ...]
    judgement: Judgement
    created: datetime


def run_audit(config: Config, today: date | None, *, is_complete: bool = False) -> AuditResult:
    """Judge what the last run saw with today's rules and OKR files; long lists are cut unless it `is_complete`."""
    from hub.report.audit.document import MAX_SHEETS, build_document, shorten

    assessment = assess(config, today)
    audit, sheets = assessment.audit, layout_map(assessment.portfolio)[:MAX_SHEETS]
    documents = (build_document(audit), build_document(audit, sheets))
    if not is_complete:
        hub_url = config.service.public_url or None
        documents = (shorten(documents[0], hub_url), shorten(documents[1], hub_url))
    return AuditResult(audit, *documents, sheets, assessment.judgement, assessment.context.now)
