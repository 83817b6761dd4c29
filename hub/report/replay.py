"""A replay as lines and as JSON: what would change if the rule were on as it is set today."""

from collections.abc import Iterator, Sequence
from typing import Any

from hub.core.replay import ReplayResult
from hub.model.message import plain
from hub.report.days import moment
from hub.report.document import finding_row
from hub.report.text import Styled, where

LISTED = 20


def replay_lines(rule: str, replayed: Sequence[ReplayResult]) -> Iterator[Styled]:
    """One line for each snapshot, then the findings of the latest one that nobody has seen yet."""
    yield Styled(f"{rule} with today's settings and OKR files, on the tickets of earlier runs", "heading")
    for one in replayed:
        then = "not evaluated then" if one.reported is None else f"{one.reported} reported then"
        change = f"{len(one.new)} new, {len(one.dropped)} gone"
        doubt = f", {one.not_judged} not evaluated" if one.not_judged else ""
        findings = f"{len(one.findings)} findings"
        yield Styled(f"  {moment(one.pulled_at)}: {one.tickets} tickets: {findings} ({then}: {change}){doubt}")
    if not replayed:
        yield Styled("  there is no snapshot yet: run hub sync", "warning")
        return
    fresh = replayed[0].new
    yield Styled(f"New on the latest snapshot: {len(fresh)}", "heading")
    for finding in fresh[:LISTED]:
        yield Styled(f"  {where(finding)}: {plain(finding.advice.what)}", str(finding.severity))
    if len(fresh) > LISTED:
        yield Styled(f"  and {len(fresh) - LISTED} more", "dim")


def replay_document(rule: str, replayed: Sequence[ReplayResult]) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "rule": rule,
        "pictures": [
            {
                "taken": one.pulled_at.isoformat(),
                "tickets": one.tickets,
                "findings": [finding_row(finding) for finding in one.findings],
                "not_judged": one.not_judged,
                "reported": one.reported,
                "new": [finding.fingerprint for finding in one.new],
                "gone": list(one.dropped),
            }
            for one in replayed
        ],
    }
