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


@click.command("doctor")
@click.option("--only", multiple=True, metavar="CONNECTOR", help="Check only this connector; repeatable.")
@common_options()
def command(output_options: OutputOptions, *, only: tuple[str, ...]) -> int:
    """Check the account and permissions at each tracker and the configuration, and how to fix them; writes nothing."""
    from hub.config.settings import load
    from hub.usecases.status import examine

    checks = examine(load(output_options.config), only=only, verbose=output_options.verbose)
    if output_options.format == "json":
        output_options.write_document(doctor_document(checks))
    else:
        output_options.write_lines(doctor_lines(checks))
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


def doctor_lines(checks: Sequence[Check]) -> Iterator[StyledLine]:
    """By subject, the worst first, each fault with the way to fix it; then how many of each there are."""
    for subject, group in groupby(checks, key=lambda check: check.subject):
        yield StyledLine(subject, "heading")
        for check in sorted(group, key=lambda check: SEVERITY_ORDER.index(check.outcome)):
            yield StyledLine(f"  {check.outcome.value:<4}  {_sentence(check.message)}", STYLES[check.outcome])
            if check.remedy and check.outcome is not Health.OK:
                yield StyledLine(f"        → {check.remedy}", "dim")
    totals = counts(checks)
    yield StyledLine()
    worst_health = next(health for health in SEVERITY_ORDER if totals[health.value] or health is Health.OK)
    summary = ", ".join(f"{totals[health.value]} {health.value}" for health in SEVERITY_ORDER if totals[health.value])
    yield StyledLine(summary or "no checks", "heading" if worst_health is Health.SKIP else STYLES[worst_health])


def _sentence(text: str) -> str:
    """The text with a capital where it begins with a plain word."""
    return text[:1].upper() + text[1:] if PLAIN_WORD.match(text) else text


def doctor_document(checks: Sequence[Check]) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "checks": [
            {"subject": check.subject, "outcome": check.outcome.value, "what": check.message, "remedy": check.remedy}
            for check in checks
        ],
        "counts": counts(checks),
    }


def counts(checks: Sequence[Check]) -> dict[str, int]:
    """How many checks came out how."""
    totals = Counter(check.outcome for check in checks)
    return {health.value: totals[health] for health in SEVERITY_ORDER}
