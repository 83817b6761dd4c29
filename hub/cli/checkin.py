"""`hub checkin`: the status of each key result, and a new check-in."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from hub.cli.output import Day, OutputOptions, common_options, prompt, today_option

if TYPE_CHECKING:
    from hub.report.key_result_status import KeyResultStatuses
    from hub.usecases.check_in import CheckInContext


class NumberType(click.ParamType[float]):
    """A measured number, as 120000, 120_000 or 4.5."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number, or say what was expected."""
        try:
            number = float(str(value))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number; write it as 120000, 120_000 or 4.5", param, ctx)
        return number


@dataclass(frozen=True, slots=True)
class CheckInOptions:
    """The options of a new check-in, besides the value."""

    confidence: float | None
    present: str | None
    note: str
    blocker: str
    date: date | None


@click.command("checkin")
@click.argument("key_result", metavar="[KR]", required=False)
@click.argument("value", type=NumberType(), required=False)
@click.option("--confidence", type=click.FloatRange(0, 1), help="How sure the team is to reach the target, 0 to 1.")
@click.option("--present", metavar="TEAM,TEAM", help="The teams that were present, by id.")
@click.option("--note", default="", help="A note.")
@click.option("--blocker", default="", help="What blocks it.")
@click.option("--date", "day", type=Day(), help="The date of the check-in; default: today.")
@click.option("--replace", is_flag=True, help="Replace the check-in of the same date.")
@click.option(
    "--private",
    is_flag=True,
    help="Show private key results too. They are hidden by default because output gets piped, pasted and logged.",
)
@today_option()
@common_options()
def command(
    output_options: OutputOptions,
    *,
    key_result: str | None,
    value: float | None,
    replace: bool,
    private: bool,
    today: date | None,
    day: date | None,
    **details: Any,
) -> int:
    """Without VALUE: show each key result (or only KR): measured, expected by now, and its work.

    With VALUE: append a check-in of KR to its OKR file and update `current`; the rest of the file stays as it is.
    On a terminal it asks for the confidence and who was present. Write a negative VALUE after two dashes: -- KR -5.
    """
    from hub.config.settings import load
    from hub.usecases.check_in import key_result_status, load_context

    options = CheckInOptions(date=day, **details)
    if value is None and options != CheckInOptions(None, None, "", "", None):
        raise click.UsageError("a check-in needs a VALUE: hub checkin KR VALUE")
    config = load(output_options.config)
    if value is None or key_result is None:
        _show(output_options, key_result_status(config, today, key_result, private=private), private=private)
    else:
        _write(
            output_options, load_context(config, today, private=private), (key_result, value, options), replace=replace
        )
    return 0


def _show(output: OutputOptions, status: "KeyResultStatuses", *, private: bool) -> None:
    from hub.report.key_result_status import key_result_status_document, key_result_status_lines

    if output.format == "json":
        output.write_document(key_result_status_document(status, private=private))
    else:
        output.write_lines(key_result_status_lines(status, private=private))


def _write(
    output: OutputOptions, context: "CheckInContext", entry: tuple[str, float, CheckInOptions], *, replace: bool
) -> None:
    from hub.model.okr import CheckIn
    from hub.report.key_result_status import check_in_document, check_in_lines
    from hub.usecases.check_in import find_key_result, write_check_in

    key_result, value, options = entry
    each_key_result = find_key_result(context, key_result)
    teams = context.okrs.teams.keys()
    check_in = CheckIn(
        date=options.date or context.today,
        value=value,
        confidence=options.confidence if options.confidence is not None else _prompt_confidence(),
        present=_teams(options.present if options.present is not None else _prompt_present(sorted(teams))),
        note=options.note.strip(),
        blocker=options.blocker.strip(),
    )
    result = write_check_in(context, each_key_result, check_in, replace=replace)
    if output.format == "json":
        output.write_document(check_in_document(result, private=context.private))
    else:
        output.write_lines(check_in_lines(result, private=context.private))


def _prompt_confidence() -> float | None:
    """Ask for confirmation, on a terminal only."""
    if not _is_interactive():
        return None
    reply = prompt("Confidence, 0 to 1 (empty: none)")
    if not reply.strip():
        return None
    confidence: float = click.FloatRange(0, 1)(reply.replace(",", "."))
    return confidence


def _prompt_present(teams: Sequence[str]) -> str:
    if not _is_interactive():
        return ""
    question = f"Teams present, out of {', '.join(teams) or 'none'} (empty: not recorded)"
    return prompt(question)


def _is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _teams(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(team.strip() for team in text.split(",") if team.strip()))
