"""The only way out to the terminal: whatever is printed, or asked, passes here and can steer nothing that reads it."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from hub.model.printable import ascii_json, printable, printable_json, without_controls


def echo(text: str, *, nl: bool = True, style: Mapping[str, Any] | None = None) -> None:
    """Write words to standard output; colour is only put around what was made safe."""
    safe = printable(text)
    _write(click.style(safe, **style) if style else safe, nl=nl)


def escape_unencodable() -> None:
    """Show what a stream's encoding has no sign for as an escape: no command may fail for its own words."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def echo_document(document: str) -> None:
    """Write a JSON document to standard output; where a sign cannot be written there, all of them as JSON's escapes."""
    safe = printable_json(document)
    try:
        safe.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        safe = ascii_json(safe)
    _write(safe)


def echo_workflow_command(line: str) -> None:
    """Write a workflow command whose own parts were made safe; see `hub.report.annotations`."""
    _write(without_controls(line).replace("\n", "\\n"))


def echo_error(text: str) -> None:
    """Write words to standard error."""
    click.echo(printable(text), err=True)


def prompt(question: str) -> str:
    """What a person answers; empty where they only press the key for the line's end."""
    answer: str = click.prompt(printable(question), default="", show_default=False, err=True)
    return answer


def confirm(question: str) -> bool:
    """Whether a person says yes."""
    return click.confirm(printable(question), err=True)


def flush() -> None:
    """Flush the streams; a closed pipe is not an error."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()


def _write(text: str, *, nl: bool = True) -> None:
    """A reader that closes standard output early, as `head` does, is not an error: the exit code stays the same."""
    try:
        click.echo(text, nl=nl)
    except BrokenPipeError:
        with Path(os.devnull).open("w", encoding="utf-8") as devnull:
            os.dup2(devnull.fileno(), sys.stdout.fileno())
