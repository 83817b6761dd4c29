"""Findings in SARIF 2.1.0 (OASIS), for code scanning: with fingerprints, and waived ones as suppressed."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from hub import __version__
from hub.model.finding import Finding, Judgement, Severity
from hub.report.document import finding_row
from rules.base import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "alignmentHub/v1"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif_log(judgement: Judgement, rules: Sequence[Rule]) -> dict[str, Any]:
    """One run with every rule that spoke, and a result for each finding, waived ones included."""
    findings = (*judgement.findings, *judgement.waived)
    rule_names = {finding.rule for finding in findings}
    known = [rule for rule in rules if rule.name in rule_names]
    driver = {
        "name": "Alignment Hub",
        "semanticVersion": f"{__version__}",
        "rules": [_rule(rule) for rule in known],
    }
    index = {rule.name: number for number, rule in enumerate(known)}
    results = [_result(finding, index) for finding in findings]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.page.strip(), "markdown": rule.page.strip()},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    row = finding_row(finding)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{row['message']} {row['remedy']}"},
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {"subject": finding.subject.id, "actOn": row["act_on"], "affects": row["affects"]},
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if finding.location is not None:
        location = {
            "artifactLocation": {"uri": PurePath(finding.location.file).as_posix()},
            "region": {"startLine": finding.location.line},
        }
        result["locations"] = [{"physicalLocation": location}]
    if finding.waiver is not None:
        waiver = finding.waiver
        justification = f"{waiver.reason} ({waiver.owner}, until {waiver.until})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result
