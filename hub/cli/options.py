"""The options that every command takes, and how it prints: answers on stdout, everything else on stderr."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from hub.cli.output import echo, echo_document, echo_error, echo_workflow_command
from hub.model.printable import printable_line
from hub.report.text import COMMAND, StyledLine

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

    def write_lines(self, lines: Iterable[StyledLine]) -> None:
        """The answer in words; colour only on a terminal."""
        for line in lines:
            if line.style == COMMAND:
                echo_workflow_command(line.text)
            else:
                echo(printable_line(line.text), style=STYLES.get(line.style) if supports_color(sys.stdout) else None)

    def write_document(self, value: Any) -> None:
        """The answer as one JSON object."""
        echo_document(json.dumps(value, indent=2, ensure_ascii=False, default=str))

    def write_note(self, text: str) -> None:
        """Something beside the answer; --quiet leaves it out."""
        if not self.quiet:
            echo_error(text)


def supports_color(stream: Any) -> bool:
    """Whether the stream is a terminal that wants colour."""
    return bool(stream.isatty()) and "NO_COLOR" not in os.environ


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
