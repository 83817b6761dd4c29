"""`hub doctor` as lines and as JSON."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from hub.model.check_up import Check, Health
from hub.report.text import StyledLine

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
