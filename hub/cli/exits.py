"""Exit codes, and how an error is shown."""

import os
import traceback
from collections.abc import Iterable

from hub.cli.output import echo_error
from hub.core.outcome import RunResult
from hub.model.action import Status
from hub.model.errors import ConfigError, HubError, QueryRefused, StoreError, UnsafePlan
from hub.model.finding import Finding, Severity
from hub.model.printable import printable_line

DONE, FINDINGS, INVALID_INPUT, PARTIAL, REFUSED = 0, 1, 2, 3, 4
FAIL_ON_NEVER = "never"


def exit_code(error: Exception) -> int:
    """2 for invalid input, 4 for an unsafe plan, 3 for a failed source or write."""
    if isinstance(error, ConfigError | QueryRefused):
        return INVALID_INPUT
    if isinstance(error, UnsafePlan):
        return REFUSED
    return PARTIAL


def explain(error: Exception) -> None:
    """One line a problem on standard error; the traceback only with HUB_DEBUG."""
    if isinstance(error, ConfigError):
        for problem in error.problems:
            echo_error(printable_line(f"hub: {problem}"))
    elif isinstance(error, StoreError | HubError):
        echo_error(printable_line(f"hub: {error}"))
    else:
        echo_error(printable_line(f"hub: internal error: {type(error).__name__}: {error}"))
        echo_error("Set HUB_DEBUG=1 to see the traceback, and please report it")
    if os.environ.get("HUB_DEBUG"):
        echo_error("".join(traceback.format_exception(error)).rstrip())


def fails(findings: Iterable[Finding], fail_on: str) -> bool:
    """Whether a finding is at or above the severity that fails."""
    return any_fails((str(finding.severity) for finding in findings), fail_on)


def any_fails(severities: Iterable[str], fail_on: str) -> bool:
    """The same for severities by name."""
    if fail_on == FAIL_ON_NEVER:
        return False
    threshold = Severity[fail_on.upper()]
    return any(Severity[severity.upper()] >= threshold for severity in severities)


def outcome_code(outcome: RunResult, fail_on: str) -> int:
    """The exit code of a sync: refused before partial before findings."""
    if outcome.unsafe is not None:
        return REFUSED
    has_failed_writes = any(receipt.status in (Status.FAILED, Status.REFUSED) for receipt in outcome.receipts)
    if outcome.failures or has_failed_writes:
        return PARTIAL
    return FINDINGS if fails(outcome.judgement.findings, fail_on) else DONE
