"""`hub doctor`: every connector and the workspace, looked at from outside."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import click

from hub.cli.output import DONE, INVALID_INPUT, PARTIAL, OutputOptions, common_options
from hub.model.errors import Check, Health
from hub.report.lines import StyledLine
from hub.report.screen import MAX_LINES, MAX_WIDTH, cut_section, fit, wrap_all


@click.command("doctor")
@click.option("--only", multiple=True, metavar="CONNECTOR", help="Check only this connector; repeatable.")
@common_options()
def command(output_options: OutputOptions, *, only: tuple[str, ...]) -> int:
    """Check the account and permissions at each tracker and the configuration, and how to fix them; writes nothing."""
    from hub.config.settings import load
    from hub.usecases.doctor import examine

    checks = examine(load(output_options.config), only=only, verbose=output_options.verbose)
    if output_options.format == "json":
        output_options.write_document(doctor_document(checks))
    else:
        width = None if output_options.verbose else MAX_WIDTH
        output_options.write_lines(doctor_lines(checks, verbose=output_options.verbose > 0), width=width)
    return doctor_code(checks)


def doctor_code(checks: Iterable[Check]) -> int:
    """2 where the configuration must be fixed, 3 where a tracker must be, 0 for warnings only."""
    failed = [check for check in checks if check.outcome is Health.FAIL]
    if any(check.configured for check in failed):
        return INVALID_INPUT
    return PARTIAL if failed else DONE


STYLES = {Health.OK: "good", Health.WARN: "warning", Health.FAIL: "error", Health.SKIP: "dim"}
SEVERITY_ORDER = (Health.FAIL, Health.WARN, Health.SKIP, Health.OK)
# A plain word; a setting, a file or an address keeps its letters.
PLAIN_WORD = re.compile(r"[a-z]+[ ,]")


MAX_PASTED, MAX_WRAPPED = 3, 4
LEVELS: tuple[tuple[int | None, ...], ...] = (
    (None, None, None, None),
    (None, None, None, 0),
    (None, None, 0, 0),
    (8, 6, 0, 0),
    (6, 3, 0, 0),
    (3, 1, 0, 0),
    (1, 0, 0, 0),
)
"""How many checks of each outcome are shown for a subject, in SEVERITY_ORDER: fewer, until all fit one screen."""


def doctor_lines(checks: Sequence[Check], *, verbose: bool = False) -> Iterator[StyledLine]:
    """By subject, the worst first, each fault with the way to fix it; then how many of each there are.

    Unless all was asked for, it fits one screen: checks that passed are counted before others are.
    """
    summary = (StyledLine(), _summary(checks))
    if verbose:
        yield from (*_listed(checks, LEVELS[0], None), *summary)
        return
    listed: list[StyledLine] = []
    for level in LEVELS:
        listed = list(_listed(checks, level, MAX_PASTED))
        if len(listed) + len(summary) <= MAX_LINES:
            break
    yield from fit((*cut_section(listed, MAX_LINES - len(summary), "lines: -v shows them"), *summary))


def _listed(checks: Sequence[Check], level: Sequence[int | None], pasted: int | None) -> Iterator[StyledLine]:
    for subject, group in groupby(checks, key=lambda check: check.subject):
        yield StyledLine(subject, "heading")
        by_outcome = _by_outcome(group)
        for outcome, most in zip(SEVERITY_ORDER, level, strict=True):
            of_outcome = by_outcome.get(outcome, [])
            for check in of_outcome[:most]:
                lines = _check_lines(check, pasted)
                yield from lines if pasted is None else wrap_all(lines, MAX_WRAPPED)
            if most is not None and len(of_outcome) > most:
                left = len(of_outcome) - most
                more = f"{left:,} {'more ' if most else ''}check{'' if left == 1 else 's'}: -v lists them"
                yield StyledLine(f"  {outcome.value:<4}  {more}", STYLES[outcome])


def _by_outcome(checks: Iterable[Check]) -> dict[Health, list[Check]]:
    groups: dict[Health, list[Check]] = {}
    for check in checks:
        groups.setdefault(check.outcome, []).append(check)
    return groups


def _check_lines(check: Check, pasted: int | None) -> Iterator[StyledLine]:
    yield StyledLine(f"  {check.outcome.value:<4}  {_sentence(check.message)}", STYLES[check.outcome])
    if check.remedy and check.outcome is not Health.OK:
        yield StyledLine(f"        → {check.remedy}", "dim")
    yield from (StyledLine(f"          {line}") for line in check.lines[:pasted])
    if pasted is not None and len(check.lines) > pasted:
        yield StyledLine(f"          … and {len(check.lines) - pasted:,} more: -v lists them", "dim")


def _summary(checks: Sequence[Check]) -> StyledLine:
    totals = counts(checks)
    worst_health = next(health for health in SEVERITY_ORDER if totals[health.value] or health is Health.OK)
    summary = ", ".join(f"{totals[health.value]:,} {health.value}" for health in SEVERITY_ORDER if totals[health.value])
    return StyledLine(summary or "no checks", "heading" if worst_health is Health.SKIP else STYLES[worst_health])


def _sentence(text: str) -> str:
    """The text with a capital where it begins with a plain word."""
    return text[:1].upper() + text[1:] if PLAIN_WORD.match(text) else text


def doctor_document(checks: Sequence[Check]) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "checks": [
            {"subject": check.subject, "outcome": check.outcome.value, "what": check.message, "remedy": check.remedy}
            | ({"lines": list(check.lines)} if check.lines else {})
            for check in checks
        ],
        "counts": counts(checks),
    }


def counts(checks: Sequence[Check]) -> dict[str, int]:
    """How many checks came out how."""
    totals = Counter(check.outcome for check in checks)
    return {health.value: totals[health] for health in SEVERITY_ORDER}
