"""`hub checkin`: how each key result stands, and a new check-in."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from hub.cli.options import Day, Voice, as_of, speaks
from hub.cli.output import asked

if TYPE_CHECKING:
    from hub.report.standing import Standings
    from hub.usecases.check_in import Desk


class Measure(click.ParamType[float]):
    """A measured number, as 120000, 120_000 or 4.5."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number, or say what was expected."""
        try:
            found = float(str(value))
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            self.fail(f"{value!r} is not a number; write it as 120000, 120_000 or 4.5", param, ctx)
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """What was said on the command line beside the value."""

    confidence: float | None
    present: str | None
    note: str
    blocker: str
    date: date | None


@click.command("checkin")
@click.argument("key_result", metavar="[KR]", required=False)
@click.argument("value", type=Measure(), required=False)
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
@as_of()
@speaks()
def command(
    voice: Voice,
    *,
    key_result: str | None,
    value: float | None,
    replace: bool,
    private: bool,
    today: date | None,
    day: date | None,
    **said: Any,
) -> int:
    """Without VALUE: show each key result (or only KR): measured, expected by now, and its work.

    With VALUE: append a check-in of KR to its OKR file and update `current`; the rest of the file stays as it is.
    On a terminal it asks for the confidence and who was present. Write a negative VALUE after two dashes: -- KR -5.
    """
    from hub.config.load import load
    from hub.usecases.check_in import desk, standing_of

    told = Told(date=day, **said)
    if value is None and told != Told(None, None, "", "", None):
        raise click.UsageError("a check-in needs a VALUE: hub checkin KR VALUE")
    config = load(voice.config)
    if value is None or key_result is None:
        _show(voice, standing_of(config, today, key_result, private=private), private=private)
    else:
        _write(voice, desk(config, today, private=private), (key_result, value, told), replace=replace)
    return 0


def _show(voice: Voice, answer: "Standings", *, private: bool) -> None:
    from hub.report.standing import standing_document, standing_lines

    if voice.form == "json":
        voice.document(standing_document(answer, private=private))
    else:
        voice.lines(standing_lines(answer, private=private))


def _write(voice: Voice, here: "Desk", said: tuple[str, float, Told], *, replace: bool) -> None:
    from hub.model.okr import CheckIn
    from hub.report.standing import written_document, written_lines
    from hub.usecases.check_in import find, write_check_in

    key_result, value, told = said
    one = find(here, key_result)
    teams = here.okrs.teams.keys()
    check_in = CheckIn(
        date=told.date or here.today,
        value=value,
        confidence=told.confidence if told.confidence is not None else _asked_confidence(),
        present=_teams(told.present if told.present is not None else _asked_present(sorted(teams))),
        note=told.note.strip(),
        blocker=told.blocker.strip(),
    )
    written = write_check_in(here, one, check_in, replace=replace)
    if voice.form == "json":
        voice.document(written_document(written, private=here.private))
    else:
        voice.lines(written_lines(written, private=here.private))


def _asked_confidence() -> float | None:
    """Ask a person; nobody is asked where nobody can answer."""
    if not _can_ask():
        return None
    answer = asked("Confidence, 0 to 1 (empty: none)")
    if not answer.strip():
        return None
    confidence: float = click.FloatRange(0, 1)(answer.replace(",", "."))
    return confidence


def _asked_present(teams: Sequence[str]) -> str:
    if not _can_ask():
        return ""
    question = f"Teams present, out of {', '.join(teams) or 'none'} (empty: not recorded)"
    return asked(question)


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _teams(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(team.strip() for team in text.split(",") if team.strip()))
