"""A run and the audit as the JSON objects that other programs rely on."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal

from hub.core.insight.run_summary import RunResult, counts, gap_row, receipt_row
from hub.model.action import Receipt, Status
from hub.model.finding import Fact, Finding, NotJudged, Severity, Subject
from hub.model.initiative import count_references
from hub.model.message import plain
from hub.model.okr import Okrs
from hub.model.service_state import STAGES
from hub.report.text import acceptance_line

if TYPE_CHECKING:
    from hub.core.insight.audit.audit import Audit
    from hub.core.insight.overview import Overview

AUDIT_VERSION = 1
# Properties that stand in JSON as fields do, by class; by its name, since a run needs none of the audit's modules.
DERIVED = {
    "Audit": ("synced",),
    "TeamDependency": ("agreed", "blocked"),
    "Ratio": ("percent",),
    "AlignmentPath": ("is_aligned",),
}
_ATOMS = frozenset({str, int, float, bool, NoneType})
# Marks a field that is left out of JSON where it is None.
OMIT_NONE = "omit_none"
SeverityName = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class WaiverDocument:
    """Why a finding is waived, by whom, and until when."""

    reason: str
    owner: str
    until: date


@dataclass(frozen=True, slots=True)
class FindingDocument:
    """What is wrong, on which facts, and what to do: `act_on` are tickets on which it can be resolved.

    `affects` are the tickets and key results that are affected; `fingerprint` stays as long as the finding is the same.
    """

    rule: str
    severity: SeverityName
    subject: Subject
    facts: Mapping[str, Any]
    message: str
    remedy: str
    fingerprint: str
    tickets: tuple[str, ...]
    act_on: tuple[str, ...]
    affects: tuple[str, ...]
    waiver: WaiverDocument | None = field(default=None, metadata={OMIT_NONE: True})


def document_of(value: Any) -> Any:
    """The value as JSON holds it, all the way down."""
    if type(value) in _ATOMS:
        return value
    if (members := object_of(value)) is not None:
        return {str(name): document_of(part) for name, part in members.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return [document_of(part) for part in value] if isinstance(value, tuple | list) else value


def object_of(value: Any) -> Mapping[str, Any] | None:
    """One level of it: the fields of a dataclass, a finding's document, a mapping; None for all else."""
    if isinstance(value, Finding):
        value = finding_document(value)
    kind: Any = type(value)
    names = _names(kind)
    if names is None:
        return value if isinstance(value, Mapping) else None
    members = {name: getattr(value, name) for name in names}
    for name in _omitted(kind):
        if members[name] is None:
            del members[name]
    return members


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """The names that JSON contains of a dataclass; None for all else."""
    return (*(part.name for part in fields(kind)), *derived(kind)) if is_dataclass(kind) else None


@cache
def _omitted(kind: Any) -> frozenset[str]:
    """What is left out where it is None."""
    return frozenset(part.name for part in fields(kind) if OMIT_NONE in part.metadata)


def run_document(outcome: RunResult) -> dict[str, Any]:
    """The object of `hub sync --format json`."""
    judgement, since = outcome.judgement, outcome.first_seen
    document = run_document_without_findings(outcome)
    document["findings"] = [finding_row(finding, since.get(finding.fingerprint)) for finding in judgement.findings]
    document["waived"] = [finding_row(finding, since.get(finding.fingerprint)) for finding in judgement.waived]
    document["not_judged"] = [_not_judged(skip) for skip in judgement.not_judged]
    return document


def service_document(outcome: RunResult) -> dict[str, Any]:
    """What the service remembers of a run; one that judged what changed alone does not list all findings again."""
    changed = any(pulled.initiatives or pulled.deleted or pulled.commands for pulled in outcome.snapshot.delta)
    return run_document_without_findings(outcome) if outcome.is_update and changed else run_document(outcome)


def run_document_without_findings(outcome: RunResult) -> dict[str, Any]:
    """What was read, written and left, and how many of everything."""
    return {
        "run": outcome.run,
        "cycle": outcome.portfolio.cycle.id,
        "sources": [_source(outcome, index) for index in range(len(outcome.snapshot.pulled))],
        "notes": list(outcome.snapshot.notes),
        "plan": plan_rows(outcome.receipts),
        "skipped_tickets": [{"ticket": str(skipped.ref), "reason": skipped.reason} for skipped in outcome.plan.skipped],
        "refused": outcome.unsafe,
        "read_only": outcome.is_read_only,
        "counts": counts(outcome),
        "seconds": {stage: outcome.seconds.get(stage, 0.0) for stage in STAGES},
    }


def overview_document(overview: "Overview") -> dict[str, Any]:
    """What `hub sync` shows first, for the key `overview` beside the rest of a run."""
    document: dict[str, Any] = document_of(overview)
    return document


def unchanged_document(report: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The same where nothing changed: that of the last run, with the seconds that it took to find no difference."""
    return {**report, "unchanged": True, "seconds": {**dict.fromkeys(STAGES, 0.0), "pull": seconds}}


def derived(kind: type) -> tuple[str, ...]:
    """The properties of a class that JSON contains like fields."""
    return next((DERIVED[base.__name__] for base in kind.__mro__ if base.__name__ in DERIVED), ())


def severity_name(severity: Severity) -> SeverityName:
    """The word for a severity."""
    names: Mapping[Severity, SeverityName] = {
        Severity.ERROR: "error",
        Severity.WARNING: "warning",
        Severity.INFO: "info",
    }
    return names[severity]


def finding_document(finding: Finding) -> FindingDocument:
    """One finding; `message` says what is wrong, `remedy` what to do."""
    waiver = finding.waiver
    return FindingDocument(
        rule=finding.rule,
        severity=severity_name(finding.severity),
        subject=finding.subject,
        facts={name: as_json(fact) for name, fact in finding.facts.items()},
        message=plain(finding.advice.what),
        remedy=" ".join(plain(line) for line in finding.advice.do),
        fingerprint=finding.fingerprint,
        tickets=tuple(map(str, finding.tickets)),
        act_on=tuple(map(str, finding.act_on)),
        affects=tuple(_affects(finding)),
        waiver=None if waiver is None else WaiverDocument(waiver.reason, waiver.owner, waiver.until),
    )


def finding_row(finding: Finding, since: datetime | None = None) -> dict[str, Any]:
    """The same as a JSON object; `since` is when a run first found it."""
    row: dict[str, Any] = document_of(finding_document(finding))
    return row if since is None else {**row, "since": since.isoformat()}


def _affects(finding: Finding) -> list[str]:
    """The affected tickets and key results, each once; without those on which it can be resolved."""
    affected = (*finding.label_on, *finding.affects)
    return list(dict.fromkeys(str(item) for item in affected if item not in finding.act_on))


UNWRITABLE = {"status": "refused", "unwritable": True}


def plan_rows(receipts: Iterable[Receipt]) -> list[dict[str, Any]]:
    """Each write; one that the ticket can't take is `refused`, as the format defines, and marked as `unwritable`."""
    return [
        receipt_row(receipt)
        | ({"status": "refused", "unwritable": True} if receipt.status is Status.UNWRITABLE else {})
        for receipt in receipts
    ]


def audit_document(audit: "Audit") -> dict[str, Any]:
    """The object of `hub audit --format json`."""
    return {"audit": AUDIT_VERSION, **document_of(audit)}


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
    if type(fact) in _ATOMS:
        return fact
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
    references = count_references(pulled.initiatives)
    return {
        "connector": pulled.connector,
        "pulled": len(pulled.initiatives) - references,
        "okrs": len(pulled.okrs or ()),
        "reference_only": references,
        "mode": pulled.mode.value,
        "missed_by_cursor": pulled.missed_by_cursor,
        "changed": changed,
        "removed": removed,
        "requests": pulled.requests,
        "gaps": [gap_row(gap) for gap in pulled.gaps],
        "accepted": [gap_row(gap) for gap in pulled.accepted],
        "to_accept": acceptance_line(pulled.connector, pulled.gaps, pulled.accepted) or None,
        "reported_gaps": sorted(pulled.reported_gaps),
        "notes": list(pulled.notes),
    }


def _not_judged(skip: NotJudged) -> dict[str, Any]:
    return {
        "rule": skip.rule,
        "subject": {"kind": skip.subject.kind.value, "id": skip.subject.id},
        "reason": skip.reason,
    }
