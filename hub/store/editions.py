"""The step of the state to fingerprints of root faults: what people answered and what stands on tickets survives it."""

import json

from sqlite_utils import Database

from hub.model.action import EARLIER

_LEDGER = """
select connector, ticket_id, findings, refused_labels, barred, comment_refused, restored_for from ledger
"""
_UPDATE_LEDGER = """
update ledger set findings = ?, refused_labels = ?, barred = ?, comment_refused = ?, restored_for = ?
where connector = ? and ticket_id = ?
"""


def reset_fingerprints(db: Database) -> None:
    """Put EARLIER in the place of every fingerprint: until the next run, nobody knows which fault of today it means.

    A comment that stands keeps its rules and is rewritten in place; a removed label, a deleted comment and a label that
    the screen lacks keep counting for whatever stands there; dates of findings are kept by rule.
    """
    for connector, ticket, findings, removed, unsettable, comment, restored in db.execute(_LEDGER).fetchall():
        values = (
            _reset_findings(findings),
            _reset_labels(removed),
            _reset_labels(unsettable),
            _reset_key(comment),
            _reset_key(restored),
        )
        db.execute(_UPDATE_LEDGER, [*values, connector, ticket])
    db.execute("update finding_seen set fingerprint = ? || ' ' || fingerprint", [EARLIER])
    for team, baseline in db.execute("select team, told from digest").fetchall():
        previous = json.loads(baseline)
        previous["findings"] = [EARLIER] if previous["findings"] else []
        db.execute("update digest set told = ? where team = ?", [json.dumps(previous), team])
    db.execute("delete from rest")


def _reset_findings(text: str) -> str:
    return json.dumps([(rule, severity, EARLIER, tickets, None) for rule, severity, _, tickets in json.loads(text)])


def _reset_labels(text: str) -> str:
    return json.dumps({label: _reset_key(findings_key) for label, findings_key in json.loads(text).items()})


def _reset_key(findings_key: str | None) -> str | None:
    """An answer to nothing in particular stays one."""
    return EARLIER if findings_key else findings_key
