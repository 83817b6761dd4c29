"""What stands of the last run where another would have come to the same; written from its report."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from hub.report.text import Styled

ORDER = ("error", "warning", "info")


def rested_document(report: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The object of `hub sync --format json`: that of the run that stands, with the seconds that looking took."""
    return {**report, "nothing_changed": True, "seconds": {**report.get("seconds", {}), "look": seconds}}


def rested_lines(report: Mapping[str, Any], *, verbose: bool = False) -> Iterator[Styled]:
    """That nothing changed, and the findings that stand."""
    yield Styled(f"No ticket, OKR or setting changed since run {report['run']}", "heading")
    rows = sorted(report["findings"], key=lambda row: ORDER.index(row["severity"]))
    tally = {severity: sum(row["severity"] == severity for row in rows) for severity in ORDER}
    summary = ", ".join(f"{count} {severity}{'s' if count != 1 else ''}" for severity, count in tally.items() if count)
    yield Styled(f"Found as before: {summary or 'nothing'}", "plain" if rows else "good")
    for (severity, rule), group in groupby(rows, key=lambda row: (row["severity"], row["rule"])):
        if severity != "info" or verbose:
            yield Styled(f"  {severity}: {rule}", severity)
            yield from _findings(list(group), verbose=verbose)
    yield Styled()
    # Only a run that may not write leaves something to write and nothing to do.
    left = len(report["plan"])
    nothing = "Nothing to write: every ticket is up to date."
    yield Styled(f"Planned as before: {left} writes" if left else nothing, "plain" if left else "good")


def _findings(rows: Sequence[Mapping[str, Any]], *, verbose: bool) -> Iterator[Styled]:
    for row in rows:
        where = ", ".join(row["tickets"]) or row["subject"]["id"]
        yield Styled(f"    {where}: {row['message']}")
        if verbose:
            yield Styled(f"      → {row['remedy']}", "dim")
