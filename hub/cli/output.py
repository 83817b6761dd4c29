"""How commands talk to people: options, text, questions, and errors with their exit codes."""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.model.action import Status
from hub.model.errors import ConfigError, HubError, QueryRefused, SourceError, StoreError, UnsafePlan
from hub.model.finding import Finding, Severity
from hub.model.text import ascii_json, printable, printable_json, printable_line, without_controls
from hub.report.lines import COMMAND, StyledLine

if TYPE_CHECKING:  # a command that runs nothing should not load what a run is made of
    from hub.core.insight.run_summary import RunResult


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
    """Write a workflow command whose own parts were made safe; see `hub.cli.check`."""
    _write(without_controls(line).replace("\n", "\\n"))


def echo_error(text: str) -> None:
    """Write words to standard error."""
    click.echo(printable(text), err=True)


def prompt(question: str, *, hidden: bool = False) -> str:
    """What a person answers; empty where they only press the key for the line's end. A `hidden` answer isn't shown."""
    answer: str = click.prompt(printable(question), default="", show_default=False, hide_input=hidden, err=True)
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


DONE, FINDINGS, INVALID_INPUT, PARTIAL, REFUSED = 0, 1, 2, 3, 4
FAIL_ON_NEVER = "never"


CHECK_WITH_DOCTOR = "run `hub doctor`: it checks the connection, the account and its permissions"


def exit_code(error: Exception) -> int:
    """2 for invalid input, 4 for an unsafe plan, 3 for a failed source or write."""
    if isinstance(error, ConfigError | QueryRefused):
        return INVALID_INPUT
    if isinstance(error, UnsafePlan):
        return REFUSED
    return PARTIAL


def explain(error: Exception, *, is_configured: bool = True) -> None:
    """One line a problem on standard error; the traceback only with HUB_DEBUG.

    Where nothing is configured yet, `hub doctor` has nothing to check.
    """
    if isinstance(error, ConfigError):
        for problem in error.problems:
            echo_error(printable_line(f"hub: {problem}"))
    elif isinstance(error, StoreError | HubError):
        echo_error(printable_line(f"hub: {error}"))
        if isinstance(error, SourceError) and is_configured:
            echo_error(f"hub: {CHECK_WITH_DOCTOR}")
    else:
        echo_error(printable_line(f"hub: internal error: {type(error).__name__}: {error}"))
        echo_error("Set HUB_DEBUG=1 to see the traceback, and please report it")
    if os.environ.get("HUB_DEBUG"):
        echo_error("".join(traceback.format_exception(error)).rstrip())


def fails(findings: Iterable[Finding], fail_on: str) -> bool:
    """Whether a finding is at or above the severity that fails."""
    return any_fails((str(finding.severity) for finding in findings), fail_on)


def any_fails(severities: Iterable[str], fail_on: str) -> bool:
    """The same for severities by name."""
    if fail_on == FAIL_ON_NEVER:
        return False
    threshold = Severity[fail_on.upper()]
    return any(Severity[severity.upper()] >= threshold for severity in severities)


def outcome_code(outcome: "RunResult", fail_on: str) -> int:
    """The exit code of a sync: refused before partial before findings."""
    if outcome.unsafe is not None:
        return REFUSED
    has_failed_writes = any(receipt.status in (Status.FAILED, Status.REFUSED) for receipt in outcome.receipts)
    if outcome.failures or has_failed_writes:
        return PARTIAL
    return FINDINGS if fails(outcome.judgement.findings, fail_on) else DONE


STYLES: dict[str, dict[str, Any]] = {
    "heading": {"bold": True},
    "error": {"fg": "red"},
    "warning": {"fg": "yellow"},
    "info": {"fg": "blue"},
    "good": {"fg": "green"},
    "dim": {"dim": True},
}


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How a command prints its answer, and with which configuration it runs."""

    config: Path | None
    format: str
    verbose: int
    quiet: bool

    def write_lines(self, lines: Iterable[StyledLine], *, width: int | None = None) -> None:
        """The answer in words; colour only on a terminal, and no line longer than `width` once it is encoded."""
        for line in lines:
            if line.style == COMMAND:
                echo_workflow_command(line.text)
            else:
                text = printable_line(line.text)
                text = text if width is None or text.isascii() else _as_written(text)[:width]
                echo(text, style=STYLES.get(line.style) if supports_color(sys.stdout) else None)

    def write_document(self, value: Any) -> None:
        """The answer as one JSON object."""
        echo_document(json.dumps(value, indent=2, ensure_ascii=False, default=str))

    def write_note(self, text: str) -> None:
        """Something beside the answer; --quiet leaves it out."""
        if not self.quiet:
            echo_error(text)


def _as_written(text: str) -> str:
    """The text with escapes for what standard output's encoding has no sign for, which takes more room."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, errors="backslashreplace").decode(encoding)


def supports_color(stream: Any) -> bool:
    """Whether the stream is a terminal that wants colour: an empty NO_COLOR counts as none (https://no-color.org)."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR")


def common_options(*formats: str) -> Callable[[Callable[..., int | None]], Callable[..., int | None]]:
    """Give a command --config, --format (text, json and `formats`), -v and --quiet, as `output_options`."""

    def decorate(command: Callable[..., int | None]) -> Callable[..., int | None]:
        @click.option(
            "--config",
            type=click.Path(path_type=Path),
            help="The configuration; default: HUB_CONFIG, then ./config.toml.",
        )
        @click.option(
            "--format",
            "output_format",
            type=click.Choice(["text", "json", *formats]),
            default="text",
            show_default=True,
        )
        @click.option("-v", "verbose", count=True, help="Show more details.")
        @click.option("--quiet", is_flag=True, help="Show only the result.")
        @wraps(command)
        def with_options(
            config: Path | None, output_format: str, verbose: int, quiet: bool, **parameters: Any
        ) -> int | None:
            return command(output_options=OutputOptions(config, output_format, verbose, quiet), **parameters)

        return with_options

    return decorate


class Day(click.ParamType[date]):
    """A calendar day, as 2026-11-16."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day, or say what was expected."""
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2026-11-16", param, ctx)


def today_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option --today: judge as of another day."""
    return click.option("--today", type=Day(), default=None, help="Evaluate as of this date instead of today.")


def fail_on_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option --fail-on: the severity from which the exit code is 1."""
    choice = click.Choice(["info", "warning", "error", "never"])
    return click.option(
        "--fail-on", type=choice, default=default, show_default=True, help="Exit with 1 at this severity or above."
    )
