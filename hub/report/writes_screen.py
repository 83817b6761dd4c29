"""Writes as a few lines however many there are: counts by tracker and kind, and by reason what did not happen."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.report.lines import StyledLine
from hub.report.screen import by_reason, cut_section, fit, number, shorten

Row = Mapping[str, Any]
FAILED = ("failed", "refused", "deferred")
MAX_RETRACT_LINES = 30
WRITES: Mapping[str, tuple[str, str]] = {
    "create_comment": ("new comment", ""),
    "update_comment": ("edited comment", ""),
    "replace_comment": ("replaced comment", ""),
    "resolve_comment": ("resolved comment", ""),
    "delete_comment": ("deleted comment", ""),
    "add_label": ("label", ""),
    "remove_label": ("removed label", ""),
}


def writes_heading(report: Row) -> str:
    """How many changes were written, or are planned, on how many tickets."""
    statuses: Counter[str] = Counter(row["status"] for row in report["plan"])
    tickets = len({(row["connector"], row["ticket"]) for row in report["plan"]})
    done, planned = statuses["done"], statuses["planned"]
    word, count = ("Written", done) if done or not (planned or report["refused"]) else ("Planned", planned)
    if report["refused"]:
        word, count = "Planned", len(report["plan"])
    return f"{word}: {number(count, 'change')} on {number(tickets, 'ticket')}"


def writes_by_tracker(rows: Sequence[Row]) -> Iterator[StyledLine]:
    """How many of each kind of write, a line for each tracker."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counted[row["connector"]][row["action"]] += 1
    for connector, kinds in counted.items():
        parts = [number(kinds[kind], *words) for kind, words in WRITES.items() if kinds[kind]]
        parts += [number(count, kind) for kind, count in kinds.items() if kind not in WRITES]
        yield StyledLine(f"  {connector}: {', '.join(parts)}")


def not_written(rows: Sequence[Row], refused: str) -> Iterator[StyledLine]:
    """What did not happen, by tracker and reason; that all was refused is said once, elsewhere."""
    missing = [row for row in rows if row["status"] in FAILED and row["detail"] != refused]
    missing += [row for row in rows if row["status"] == "planned" and "dry_run_connectors" in row["detail"]]
    entries = ((row["ticket"], f"{row['connector']}\0{row['status']}\0{row['detail']}") for row in missing)
    for reason, tickets in by_reason(entries):
        connector, status, detail = reason.split("\0", 2)
        style = "error" if status in ("failed", "refused") else "warning"
        named = shorten(list(dict.fromkeys(tickets)))
        yield StyledLine(f"  {connector}: {len(tickets):,} {status}: {detail} ({named})", style)


def skipped_tickets(skipped: Sequence[Row]) -> Iterator[StyledLine]:
    """Tickets that are left as they are, by reason."""
    for reason, tickets in by_reason((row["ticket"], row["reason"]) for row in skipped):
        yield StyledLine(f"  {number(len(tickets), 'ticket')} not changed: {reason} ({shorten(tickets)})", "warning")


def retract_lines(rows: Sequence[Row]) -> Iterator[StyledLine]:
    """What was removed from each tracker, or would be, and what could not be, by reason."""
    if not rows:
        yield StyledLine("Nothing to remove.", "good")
        return
    done = [row for row in rows if row["status"] == "done"]
    confirmed = any(row["status"] != "refused" for row in rows)
    tickets = number(len({(row["connector"], row["ticket"]) for row in (done if confirmed else rows)}), "ticket")
    word = "Removed" if confirmed else "Would be removed"
    yield StyledLine(f"{word}: {number(len(done if confirmed else rows), 'change')} on {tickets}", "heading")
    listed = [*writes_by_tracker(done if confirmed else rows), *(not_written(rows, "") if confirmed else ())]
    yield from fit(cut_section(listed, MAX_RETRACT_LINES, "lines: -v shows them"))
