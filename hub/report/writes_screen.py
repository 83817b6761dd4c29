"""Writes as a few lines however many there are: counts by tracker and kind, and by reason what did not happen."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.core.planning.write_refusals import RETRACT_AGAIN, RETRY_CONDITION
from hub.report.lines import StyledLine
from hub.report.screen import by_reason, cut_section, fit, number, shorten

Row = Mapping[str, Any]
FAILED = ("failed", "refused", "deferred")
NOT_POSSIBLE = "not possible"
MAX_RETRACT_LINES = 30
WRITES: Mapping[str, str] = {
    "create_comment": "new comment",
    "update_comment": "edited comment",
    "replace_comment": "replaced comment",
    "resolve_comment": "resolved comment",
    "delete_comment": "deleted comment",
    "add_label": "label",
    "remove_label": "removed label",
    "set_remote_link": "link",
    "remove_remote_link": "removed link",
}
REMOVED: Mapping[str, str] = {"delete_comment": "comment", "remove_label": "label", "remove_remote_link": "link"}


def write_lines(rows: Sequence[Row], refused: str) -> Iterator[StyledLine]:
    """How many changes were written, or are planned where none was, then how many of each kind for each tracker.

    `refused` is why all of them were refused, empty where they were not.
    """
    done = [row for row in rows if row["status"] == "done"]
    planned = [row for row in rows if row["status"] == "planned" or row["detail"] == refused]
    word, listed = ("Planned", planned) if planned and not done else ("Written", done)
    if not listed:
        yield StyledLine("Nothing was written" if rows else "Nothing to write on what was read", "heading")
        return
    yield StyledLine(_changes(word, listed), "heading")
    yield from _by_tracker(listed)


def _changes(word: str, rows: Sequence[Row]) -> str:
    tickets = len({(row["connector"], row["ticket"]) for row in rows})
    return f"{word}: {number(len(rows), 'change')} on {number(tickets, 'ticket')}"


def _by_tracker(rows: Sequence[Row], words: Mapping[str, str] = WRITES) -> Iterator[StyledLine]:
    kinds_by_connector: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        kinds_by_connector[row["connector"]][row["action"]] += 1
    for connector, kinds in kinds_by_connector.items():
        parts = [number(kinds[kind], word) for kind, word in words.items() if kinds[kind]]
        yield StyledLine(f"  {connector}: {', '.join(parts)}")


def not_written(rows: Sequence[Row], refused: str, retried: str = RETRY_CONDITION) -> Iterator[StyledLine]:
    """What did not happen, by tracker and reason; that all was refused is said once, elsewhere.

    What is not possible now is `retried`.
    """
    missing = [row for row in rows if row["status"] in FAILED and row["detail"] != refused]
    missing += [row for row in rows if row["status"] == "planned" and "dry_run_connectors" in row["detail"]]
    entries = ((row["ticket"], f"{row['connector']}\0{_outcome(row)}\0{row['detail']}") for row in missing)
    for reason, tickets in by_reason(entries):
        connector, outcome, detail = reason.split("\0", 2)
        style = "error" if outcome in ("failed", "refused") else "warning"
        named = shorten(list(dict.fromkeys(tickets)))
        again = f"; tried again {retried}" if outcome == NOT_POSSIBLE else ""
        yield StyledLine(f"  {connector}: {len(tickets):,} {outcome}: {detail}{again} ({named})", style)


def _outcome(row: Row) -> str:
    return NOT_POSSIBLE if row.get("unwritable") else str(row["status"])


def skipped_tickets(skipped: Sequence[Row]) -> Iterator[StyledLine]:
    """Tickets that are left as they are, by reason."""
    for reason, tickets in by_reason((row["ticket"], row["reason"]) for row in skipped):
        yield StyledLine(f"  {number(len(tickets), 'ticket')} not changed: {reason} ({shorten(tickets)})", "warning")


def retract_lines(rows: Sequence[Row]) -> Iterator[StyledLine]:
    """What was removed from each tracker, or would be, and what could not be, by reason."""
    if not rows:
        yield StyledLine("Nothing to remove.", "good")
        return
    if all(row["status"] == "refused" for row in rows):
        listed = [StyledLine(_changes("Would be removed", rows), "heading"), *_by_tracker(rows, REMOVED)]
    else:
        done = [row for row in rows if row["status"] == "done"]
        listed = [StyledLine(_changes("Removed", done), "heading"), *_by_tracker(done, REMOVED)]
        listed += not_written(rows, "", RETRACT_AGAIN)
    yield from fit(cut_section(listed, MAX_RETRACT_LINES, "lines: -v shows them"))
