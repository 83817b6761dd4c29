"""What stands of the last run where another would have come to the same; written from its report."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from hub.report.text import StyledLine

SEVERITY_ORDER = ("error", "warning", "info")


def unchanged_document(report: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The object of `hub sync --format json`: that of the run that stands, with the seconds that comparing took."""
    return {**report, "unchanged": True, "seconds": {**report.get("seconds", {}), "compare": seconds}}


def unchanged_lines(report: Mapping[str, Any], *, verbose: bool = False) -> Iterator[StyledLine]:
    """That nothing changed, and the findings that stand."""
    yield StyledLine(f"No ticket, OKR or setting changed since run {report['run']}", "heading")
    rows = sorted(report["findings"], key=lambda row: SEVERITY_ORDER.index(row["severity"]))
    totals = {severity: sum(row["severity"] == severity for row in rows) for severity in SEVERITY_ORDER}
    summary = ", ".join(f"{count} {severity}{'s' if count != 1 else ''}" for severity, count in totals.items() if count)
    yield StyledLine(f"Found as before: {summary or 'nothing'}", "plain" if rows else "good")
    for (severity, rule), group in groupby(rows, key=lambda row: (row["severity"], row["rule"])):
        if severity != "info" or verbose:
            yield StyledLine(f"  {severity}: {rule}", severity)
            yield from _findings(list(group), verbose=verbose)
    yield StyledLine()
    # Only a run that may not write leaves something to write and nothing to do.
    write_count = len(report["plan"])
    up_to_date = "Nothing to write: every ticket is up to date."
    yield StyledLine(
        f"Planned as before: {write_count} writes" if write_count else up_to_date, "plain" if write_count else "good"
    )


def _findings(rows: Sequence[Mapping[str, Any]], *, verbose: bool) -> Iterator[StyledLine]:
    for row in rows:
        subject = ", ".join(row["tickets"]) or row["subject"]["id"]
        yield StyledLine(f"    {subject}: {row['message']}")
        if verbose:
            yield StyledLine(f"      → {row['remedy']}", "dim")
