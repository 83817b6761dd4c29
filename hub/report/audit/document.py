"""The audit as one JSON object: keys may be added, never renamed."""

from typing import Any

from hub.core.audit.whole import Audit
from hub.report.document import document_of

FORMAT_VERSION = 1


def audit_document(audit: Audit) -> dict[str, Any]:
    """The object of `hub audit --format json`."""
    return {"audit": FORMAT_VERSION, **document_of(audit)}
