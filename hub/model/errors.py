"""Every error of the hub, named after what the caller can do, and the checks of `hub doctor`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class HubError(Exception):
    """The one root. Its text is shown to people as it is, so it never holds a secret."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file or the environment, and how to fix it.

    `location` is `file:line` where a line is known, else the file or the variable.
    """

    location: str
    key: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """One line: place, key, what is wrong, what to do."""
        head = f"{self.location}: {self.key}: {self.message}" if self.key else f"{self.location}: {self.message}"
        return f"{head}. {self.remedy}" if self.remedy else head


class ConfigError(HubError):
    """Fix the configuration or the OKR files: carries every problem found, not the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SourceError(HubError):
    """A tracker could not be read or written; other trackers go on.

    `connector` is the name in the configuration, `key` the ticket where there is one.
    """

    def __init__(self, connector: str, detail: str, *, key: str | None = None) -> None:
        self.connector = connector
        self.detail = detail
        self.key = key
        super().__init__(f"{connector}: {detail}" if key is None else f"{connector}: {key}: {detail}")


class CredentialsRefused(SourceError):
    """Renew the credentials or ask for more rights: the tracker answered 401 or 403."""


class QueryRefused(SourceError):
    """Fix the query or the field in the configuration: the tracker answered 400."""


class LabelsNotOnScreen(SourceError):
    """Put the field on the tracker's edit screen: until then the tracker takes everything but that field."""


class Unwritable(SourceError):
    """Wait until the ticket changes: it is locked, archived or full, and the same write is refused again."""


class TicketNotFound(SourceError):
    """Nothing to do: the ticket or comment is not there any more (404 or 410)."""


class RetryLater(SourceError):
    """Come back after `wait` seconds: a limit was reached or the tracker is down."""

    def __init__(self, connector: str, detail: str, *, wait: float = 0.0, key: str | None = None) -> None:
        self.wait = wait
        super().__init__(connector, detail, key=key)


class OutcomeUnknown(SourceError):
    """Look before you send again: a write was sent and its answer never came."""


class WebhookSignatureInvalid(HubError):
    """Nothing to do: nobody who knows the secret signed this delivery."""


class WebhookPayloadInvalid(HubError):
    """Look at the webhook's settings: what was signed is nothing that the tracker sends."""


class UnsafePlan(HubError):
    """Look at the plan, then narrow it or allow it: it would change too much at once."""


class StoreError(HubError):
    """Fix the state: the database cannot be opened, is of a newer version, or is held by another run."""


class LeaseHeld(StoreError):
    """Another process is in the middle of a run with the same state."""


class RunCancelled(HubError):
    """Nothing to do: the run was told to end before its time, and the next one goes on from there."""


class Health(StrEnum):
    """`warn` works but not as people may think; `skip` could not be looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `subject` is a connector's name, or the part of the workspace.

    `configured` says that a failure is mended in the configuration or the OKR files, not at the tracker.
    `container` names one that is read, such as `ACME` or `acme/app`; `shared` one whose tickets lie in another
    container as well, so that nobody need own it. `lines` are what the remedy says to write, ready to paste.
    """

    subject: str
    outcome: Health
    message: str
    remedy: str = ""
    configured: bool = False
    container: str = ""
    shared: bool = False
    lines: tuple[str, ...] = ()
