"""What `hub doctor` looks at: one thing, how it stands, and the way to mend it."""

from dataclasses import dataclass
from enum import StrEnum


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
    container as well, so that nobody need own it.
    """

    subject: str
    outcome: Health
    message: str
    remedy: str = ""
    configured: bool = False
    container: str = ""
    shared: bool = False
