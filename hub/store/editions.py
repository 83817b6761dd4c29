"""The step of the state to fingerprints of root faults: what people answered and what stands on tickets survives it."""

import json

from sqlite_utils import Database

from hub.model.action import EARLIER

_LEDGER = """
select connector, ticket_id, findings, refused_labels, barred, comment_refused, restored_for from ledger
"""
_RESTATE = """
update ledger set findings = ?, refused_labels = ?, barred = ?, comment_refused = ?, restored_for = ?
where connector = ? and ticket_id = ?
"""


def forget_fingerprints(db: Database) -> None:
    """Put EARLIER in the place of every fingerprint: until the next run, nobody knows which fault of today it means.

    A comment that stands keeps its rules and is rewritten in place; a removed label, a deleted comment and a label that
    the screen lacks keep counting for whatever stands there; dates of findings are kept by rule.
    """
    for connector, ticket, findings, refused, barred, comment, restored in db.execute(_LEDGER).fetchall():
        values = (_findings(findings), _labels(refused), _labels(barred), _answer(comment), _answer(restored))
        db.execute(_RESTATE, [*values, connector, ticket])
    db.execute("update finding_seen set fingerprint = ? || ' ' || fingerprint", [EARLIER])
    for team, told in db.execute("select team, told from digest").fetchall():
        was = json.loads(told)
        was["findings"] = [EARLIER] if was["findings"] else []
        db.execute("update digest set told = ? where team = ?", [json.dumps(was), team])
    db.execute("delete from rest")


def _findings(text: str) -> str:
    return json.dumps([(rule, severity, EARLIER, tickets, None) for rule, severity, _, tickets in json.loads(text)])


def _labels(text: str) -> str:
    return json.dumps({label: _answer(standing) for label, standing in json.loads(text).items()})


def _answer(standing: str | None) -> str | None:
    """An answer to nothing in particular stays one."""
    return EARLIER if standing else standing
