"""The audit as one JSON object: keys may be added, never renamed."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from hub.core.audit.whole import Audit
from hub.model.finding import Finding
from hub.report.document import finding_row

# Names of the values of the audit that are worth a number of their own in JSON.
DERIVED = {"Ratio": ("percent",), "TeamDependency": ("agreed", "blocked"), "AlignmentPath": ("is_aligned",)}


def audit_document(audit: Audit) -> dict[str, Any]:
    """The object of `hub audit --format json`."""
    return {"audit": 1, **_row(audit), "synced": audit.synced}


def section_document(part: Any) -> dict[str, Any]:
    """One of the audit's values, as it stands within the whole."""
    return _row(part)


def _plain(value: Any) -> Any:
    if isinstance(value, Finding):
        return finding_row(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _row(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _row(value: Any) -> dict[str, Any]:
    row = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return row | {name: getattr(value, name) for name in DERIVED.get(type(value).__name__, ())}
