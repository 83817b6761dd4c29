"""What a run came to: its result, the summary that is stored of it, and the trend from run to run."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.core.insight.alignment_ratio import alignment_ratios
from hub.core.planning.plan import Plan
from hub.model.action import Receipt, Status
from hub.model.finding import Judgement
from hub.model.initiative import Gap, PullResult, Snapshot, count_references
from hub.model.portfolio import Portfolio
from hub.model.progress import measured_progress
from hub.model.service_state import Run


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run saw, found, wanted and did. `unsafe` says why a plan was refused as a whole.

    `first_seen` says since when findings are known, by fingerprint; `is_read_only` that no source can be written on;
    `is_update` that only what changed was judged.
    """

    run: int | None
    snapshot: Snapshot
    portfolio: Portfolio
    judgement: Judgement
    plan: Plan
    receipts: tuple[Receipt, ...]
    failures: tuple[Gap, ...] = ()
    changes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    unsafe: str | None = None
    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    is_read_only: bool = False
    is_update: bool = False


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
    tickets = outcome.portfolio.initiatives
    return {
        "initiatives": len(tickets) - count_references(tickets.values()),
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
        "pulled": len(pulled.initiatives) - count_references(pulled.initiatives),
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
    serves, of_other_cycles = portfolio.serves, portfolio.other_cycle_links
    serving = sum(map(serves.__contains__, portfolio.active))
    serving += sum(ref in portfolio.active_tops for ref in of_other_cycles if ref not in serves)
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


@dataclass(frozen=True, slots=True)
class Share:
    """Active work, and how much of it is as it should be."""

    active: int
    matching: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down as a team's ratio is; None without active work, which is neither good nor bad."""
        return 100 * self.matching // self.active if self.active else None


NO_WORK = Share(0, 0)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What one run came to. `complete` is false where something could not be read.

    `aligned` is by team, of the team's active work that serves an aligned key result; `covered` is of all active work
    that serves any. `rules` counts findings by rule. `measured` holds progress by key result, never of a private one.
    """

    run: int
    at: datetime
    cycle: str
    complete: bool
    aligned: Mapping[str, Share]
    covered: Share
    rules: Mapping[str, int]
    severities: Mapping[str, int]
    measured: Mapping[str, float]

    @property
    def aligned_in_all(self) -> Share:
        """All teams together; work in nobody's place belongs to none of them."""
        shares = self.aligned.values()
        return Share(sum(share.active for share in shares), sum(share.matching for share in shares))


def trend(runs: Iterable[Run], portfolio: Portfolio) -> tuple[TrendPoint, ...]:
    """The points, in the order of the runs; a key result that is private today is in none, whatever it was then."""
    private = {key_result.id for key_result in portfolio.okrs.key_results.values() if key_result.private}
    private |= {key_result.id for key_result in portfolio.okrs.other_key_results.values() if key_result.private}
    return tuple(_point(run, private) for run in runs if "teams" in run.summary)


def _point(run: Run, private: set[str]) -> TrendPoint:
    summary = run.summary
    covered = summary["coverage"]
    return TrendPoint(
        run=run.id,
        at=run.started,
        cycle=summary["cycle"],
        complete=summary["complete"],
        aligned={team: Share(item["active"], item["aligned"]) for team, item in summary["teams"].items()},
        covered=Share(covered["active"], covered["serving"]),
        rules={rule: sum(severities.values()) for rule, severities in summary["rules"].items()},
        severities={name: summary["counts"][f"{name}s"] for name in ("error", "warning", "info")},
        measured={id_: value for id_, value in summary["key_results"].items() if id_ not in private},
    )
