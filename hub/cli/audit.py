"""`hub audit`: the Connect and Align audit as a document for a coach."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from hub.cli.exits import DONE, FINDINGS, fails
from hub.cli.options import Voice, as_of, fail_on, speaks
from hub.cli.output import say, say_document

if TYPE_CHECKING:
    from hub.usecases.audit import Audited

FORMS: Mapping[str, str] = {
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
@fail_on("error")
@as_of()
@speaks("markdown", "html")
def command(voice: Voice, *, out: Path | None, fail_on: str, today: date | None) -> int:
    """Write the audit of all OKRs and their work as of the last sync; asks no tracker."""
    from hub.config.load import load
    from hub.usecases.audit import audited

    done = audited(load(voice.config), today)
    form = _form(voice.form, out)
    if out is not None:
        _write(out, _document(form, done))
        voice.note(f"Wrote the audit to {out}")
    elif form == "text":
        from hub.report.audit.text import text_lines
        from hub.report.audit.whole_paper import paper

        voice.lines(text_lines(paper(done.audit)))
    elif form == "json":
        say_document(_document(form, done).rstrip())
    else:
        say(_document(form, done), nl=False)
    return FINDINGS if fails(done.judgement.findings, fail_on) else DONE


def _form(asked: str, out: Path | None) -> str:
    """What was asked for, else what the ending of the file says."""
    given = click.get_current_context().get_parameter_source("form") is not ParameterSource.DEFAULT
    return asked if given or out is None else FORMS.get(out.suffix.lower(), asked)


def _document(form: str, done: "Audited") -> str:
    from hub.report.audit.whole_paper import paper

    if form == "json":
        from hub.report.document import audit_document

        return json.dumps(audit_document(done.audit), indent=2, ensure_ascii=False, default=str) + "\n"
    if form == "html":
        from hub.report.audit.html import html_page

        return html_page(paper(done.audit, done.sheets), done.sheets) + "\n"
    if form == "markdown":
        from hub.report.audit.markdown import markdown_lines

        return "\n".join(markdown_lines(paper(done.audit, done.sheets))) + "\n"
    from hub.report.audit.text import text_lines

    return "\n".join(line.text for line in text_lines(paper(done.audit))) + "\n"


def _write(out: Path, text: str) -> None:
    from hub.model.errors import ConfigError, Problem

    try:
        out.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError([Problem(str(out), "--out", f"cannot be written: {why}", "Name another file")]) from None
