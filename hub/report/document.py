"""A run as the JSON object that other programs rely on: keys may be added, never renamed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from hub.core.outcome import RunResult
from hub.core.summary import counts, gap_row, receipt_row
from hub.model.action import Receipt, Status
from hub.model.finding import Fact, Finding, NotJudged
from hub.model.message import plain
from hub.model.okr import Okrs

STAGES = ("pull", "map", "check", "plan", "publish")


def run_document(outcome: RunResult) -> dict[str, Any]:
    """The object of `hub sync --format json`."""
    return {
        "run": outcome.run,
        "cycle": outcome.portfolio.cycle.id,
        "sources": [_source(outcome, index) for index in range(len(outcome.snapshot.pulled))],
        "findings": [
            finding_row(finding, outcome.first_seen.get(finding.fingerprint)) for finding in outcome.judgement.findings
        ],
        "waived": [
            finding_row(finding, outcome.first_seen.get(finding.fingerprint)) for finding in outcome.judgement.waived
        ],
        "not_judged": [_not_judged(skip) for skip in outcome.judgement.not_judged],
        "plan": plan_rows(outcome.receipts),
        "skipped_tickets": [{"ticket": str(skipped.ref), "reason": skipped.reason} for skipped in outcome.plan.skipped],
        "refused": outcome.unsafe,
        "counts": counts(outcome),
        "seconds": {stage: outcome.seconds.get(stage, 0.0) for stage in STAGES},
    }


def finding_row(finding: Finding, since: datetime | None = None) -> dict[str, Any]:
    """One finding; `message` says what is wrong, `remedy` what to do, `since` when a run first found it."""
    row: dict[str, Any] = {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "subject": {"kind": finding.subject.kind.value, "id": finding.subject.id, "url": finding.subject.url},
        "facts": {name: as_json(fact) for name, fact in finding.facts.items()},
        "message": plain(finding.advice.what),
        "remedy": " ".join(plain(line) for line in finding.advice.do),
        "fingerprint": finding.fingerprint,
        "tickets": [str(ref) for ref in finding.tickets],
        "act_on": [str(ref) for ref in finding.act_on],
        "affects": _affects(finding),
    }
    if since is not None:
        row["since"] = since.isoformat()
    if finding.waiver is not None:
        waiver = finding.waiver
        row["waiver"] = {"reason": waiver.reason, "owner": waiver.owner, "until": waiver.until.isoformat()}
    return row


def _affects(finding: Finding) -> list[str]:
    """Everything that feels it: tickets and key results, each once; not those whose people can end it."""
    affected = (*finding.label_on, *finding.affects)
    return list(dict.fromkeys(str(item) for item in affected if item not in finding.act_on))


def plan_rows(receipts: Iterable[Receipt]) -> list[dict[str, Any]]:
    """Each write; one that the ticket never takes counts as refused, for programs know no other word for it."""
    return [
        receipt_row(receipt) | ({"status": "refused"} if receipt.status is Status.UNWRITABLE else {})
        for receipt in receipts
    ]


def check_document(okrs: Okrs, findings: tuple[Finding, ...], waived: tuple[Finding, ...]) -> dict[str, Any]:
    """The object of `hub check --format json`."""
    severities = Counter(str(finding.severity) for finding in findings)
    return {
        "cycle": okrs.cycle.id,
        "findings": [finding_row(finding) for finding in findings],
        "waived": [finding_row(finding) for finding in waived],
        "counts": {
            "teams": len(okrs.teams),
            "objectives": len(okrs.objectives),
            "key_results": len(okrs.key_results),
            "errors": severities["error"],
            "warnings": severities["warning"],
            "infos": severities["info"],
        },
    }


def as_json(fact: Fact) -> Any:
    """A fact as JSON holds it: dates as text, tuples as lists."""
    if isinstance(fact, date):
        return fact.isoformat()
    if isinstance(fact, tuple):
        return [as_json(part) for part in fact]
    if isinstance(fact, Mapping):
        return {name: as_json(part) for name, part in fact.items()}
    return str(fact) if isinstance(fact, str) else fact


def _source(outcome: RunResult, index: int) -> dict[str, Any]:
    pulled = outcome.snapshot.pulled[index]
    changed, removed = outcome.changes.get(pulled.connector, (0, 0))
    return {
        "connector": pulled.connector,
        "pulled": sum(not ticket.reference_only for ticket in pulled.initiatives),
        "okrs": len(pulled.okrs or ()),
        "reference_only": sum(ticket.reference_only for ticket in pulled.initiatives),
        "mode": pulled.mode.value,
        "missed_by_cursor": pulled.missed_by_cursor,
        "changed": changed,
        "removed": removed,
        "requests": pulled.requests,
        "gaps": [gap_row(gap) for gap in pulled.gaps],
        "accepted": [gap_row(gap) for gap in pulled.accepted],
        "notes": list(pulled.notes),
    }


def _not_judged(skip: NotJudged) -> dict[str, Any]:
    return {
        "rule": skip.rule,
        "subject": {"kind": skip.subject.kind.value, "id": skip.subject.id},
        "reason": skip.reason,
    }
