"""What came of a write that may fail: each error is a receipt, and one failure never stops the rest."""

from collections.abc import Callable

from hub.model.action import Action, Receipt, Status
from hub.model.errors import CredentialsRefused, LabelsNotOnScreen, RetryLater, SourceError, Unwritable


def receipt_for(action: Action, write: Callable[[], Receipt], on_error: Callable[[SourceError], None]) -> Receipt:
    """The receipt of the write; `refused` is told what came instead of one."""
    try:
        return write()
    except SourceError as error:
        on_error(error)
        return _receipt(action, error)


def _receipt(action: Action, error: SourceError) -> Receipt:
    match error:
        case LabelsNotOnScreen():
            return Receipt(action, Status.FAILED, f"{error.detail}. Not tried again for this; --full tries")
        case Unwritable():
            return Receipt(action, Status.UNWRITABLE, error.detail)
        case RetryLater():
            detail = f"{error.detail}; again in {error.wait:.0f} s at the earliest"
            return Receipt(action, Status.DEFERRED, detail, wait=error.wait)
        case CredentialsRefused():
            return Receipt(action, Status.FAILED, f"not allowed: {error.detail}")
    return Receipt(action, Status.FAILED, error.detail)
