"""A replay as lines and as JSON: what would change if the rule were on as it is set today."""

from collections.abc import Iterator, Sequence
from typing import Any

from hub.core.replay import ReplayResult
from hub.model.message import plain
from hub.report.days import format_time
from hub.report.document import finding_row
from hub.report.text import StyledLine, affected_text

MAX_LISTED = 20


def replay_lines(rule: str, replayed: Sequence[ReplayResult]) -> Iterator[StyledLine]:
    """One line for each snapshot, then the new findings of the latest one."""
    yield StyledLine(f"{rule} with today's settings and OKR files, on the tickets of earlier runs", "heading")
    for replay_result in replayed:
        reported_text = (
            "not evaluated then" if replay_result.reported is None else f"{replay_result.reported} reported then"
        )
        change = f"{len(replay_result.new)} new, {len(replay_result.dropped)} gone"
        not_evaluated_text = f", {replay_result.not_judged} not evaluated" if replay_result.not_judged else ""
        findings = f"{len(replay_result.findings)} findings ({reported_text}: {change}){not_evaluated_text}"
        yield StyledLine(f"  {format_time(replay_result.pulled_at)}: {replay_result.tickets} tickets: {findings}")
    if not replayed:
        yield StyledLine("  there is no snapshot yet: run hub sync", "warning")
        return
    new_findings = replayed[0].new
    yield StyledLine(f"New on the latest snapshot: {len(new_findings)}", "heading")
    for finding in new_findings[:MAX_LISTED]:
        yield StyledLine(f"  {affected_text(finding)}: {plain(finding.advice.what)}", str(finding.severity))
    if len(new_findings) > MAX_LISTED:
        yield StyledLine(f"  and {len(new_findings) - MAX_LISTED} more", "dim")


def replay_document(rule: str, replayed: Sequence[ReplayResult]) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "rule": rule,
        "snapshots": [
            {
                "pulled_at": replay_result.pulled_at.isoformat(),
                "tickets": replay_result.tickets,
                "findings": [finding_row(finding) for finding in replay_result.findings],
                "not_judged": replay_result.not_judged,
                "reported": replay_result.reported,
                "new": [finding.fingerprint for finding in replay_result.new],
                "dropped": list(replay_result.dropped),
            }
            for replay_result in replayed
        ],
    }
