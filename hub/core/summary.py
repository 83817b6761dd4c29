"""What a run comes to, small enough to be kept of every run: counts of work and findings, never of people."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from hub.core.audit.alignment_ratio import alignment_ratios
from hub.core.outcome import RunResult
from hub.model.action import Receipt, Status
from hub.model.finding import Judgement
from hub.model.initiative import Gap, PullResult
from hub.model.portfolio import Portfolio
from hub.model.progress import measured_progress

LINES = 50
"""So many gaps, writes that did not happen and tickets left alone are kept word by word; all are counted."""
NOT_DONE = (Status.DEFERRED, Status.FAILED, Status.REFUSED, Status.UNWRITABLE)


def summary(outcome: RunResult) -> dict[str, Any]:
    """The words are those of `hub sync --format json` where both say the same."""
    not_done = [receipt for receipt in outcome.receipts if receipt.status in NOT_DONE]
    return {
        "cycle": outcome.portfolio.cycle.id,
        "complete": not outcome.portfolio.gaps,
        "counts": {**counts(outcome), "gaps": sum(len(pull_result.gaps) for pull_result in outcome.snapshot.pulled)},
        "seconds": {stage: round(duration, 3) for stage, duration in outcome.seconds.items()},
        "sources": [_source(pulled, outcome.changes) for pulled in outcome.snapshot.pulled],
        "plan": [receipt_row(receipt) for receipt in not_done[:LINES]],
        "skipped_tickets": [
            {"ticket": str(ticket.ref), "reason": ticket.reason} for ticket in outcome.plan.skipped[:LINES]
        ],
        "refused": outcome.unsafe,
        **_portfolio_counts(outcome.portfolio, outcome.judgement),
    }


def counts(outcome: RunResult) -> dict[str, int]:
    """How many of everything, under words that stay."""
    severities = Counter(str(finding.severity) for finding in outcome.judgement.findings)
    statuses = Counter(receipt.status.value for receipt in outcome.receipts)
    return {
        "initiatives": sum(not ticket.reference_only for ticket in outcome.portfolio.initiatives.values()),
        "active": len(outcome.portfolio.active),
        "exempt": len(outcome.portfolio.exempt),
        "errors": severities["error"],
        "warnings": severities["warning"],
        "infos": severities["info"],
        "waived": len(outcome.judgement.waived),
        "not_judged": len(outcome.judgement.not_judged),
        **{status.value: statuses[status.value] for status in Status},
    }


def receipt_row(receipt: Receipt) -> dict[str, Any]:
    """One write of the plan, and what came of it."""
    action = receipt.action
    return {
        "action": action.kind.value,
        "connector": action.target.ref.connector,
        "ticket": action.target.ref.key,
        "status": receipt.status.value,
        "detail": receipt.detail or action.label or "",
        "reason": action.reason,
        "wait_seconds": receipt.wait,
    }


def gap_row(gap: Gap) -> dict[str, str | None]:
    """What was not read; with a name where people may accept it."""
    return {"reason": gap.reason, "key": gap.key, "name": gap.name or None}


def _source(pulled: PullResult, changes: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    changed, removed = changes.get(pulled.connector, (0, 0))
    return {
        "connector": pulled.connector,
        "pulled": sum(not ticket.reference_only for ticket in pulled.initiatives),
        "mode": pulled.mode.value,
        "missed_by_cursor": pulled.missed_by_cursor,
        "changed": changed,
        "removed": removed,
        "requests": pulled.requests,
        "gaps": [gap_row(gap) for gap in pulled.gaps[:LINES]],
        "gap_count": len(pulled.gaps),
        "accepted": [gap_row(gap) for gap in pulled.accepted[:LINES]],
        "notes": list(pulled.notes[:LINES]),
    }


def _portfolio_counts(portfolio: Portfolio, judgement: Judgement) -> dict[str, Any]:
    """What curves are drawn of: `coverage` is active work, and that of it which serves a key result at all."""
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in judgement.findings:
        rules[finding.rule][str(finding.severity)] += 1
    serving = sum(bool(portfolio.serves.get(ref) or portfolio.other_cycle_links.get(ref)) for ref in portfolio.active)
    return {
        "rules": {rule: dict(severities) for rule, severities in sorted(rules.items())},
        "teams": {
            team: {
                "active": ratio.active,
                "aligned": ratio.aligned,
                "unaligned": ratio.unaligned,
                "without": ratio.without,
            }
            for team, ratio in alignment_ratios(portfolio).items()
        },
        "coverage": {"active": len(portfolio.active), "serving": serving},
        "key_results": {
            key_result.id: round(measured, 4)
            for key_result in portfolio.okrs.key_results.values()
            if not key_result.private and (measured := measured_progress(key_result)) is not None
        },
    }
