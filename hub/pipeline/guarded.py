"""What came of a write that may fail: each error is a receipt, and one failure never stops the rest."""

from collections.abc import Callable

from hub.model.action import Action, Receipt, Status
from hub.model.errors import CredentialsRefused, NotOnScreen, SourceError, TryLater, Unwritable


def guarded(action: Action, write: Callable[[], Receipt], refused: Callable[[SourceError], None]) -> Receipt:
    """The receipt of the write; `refused` is told what came instead of one."""
    try:
        return write()
    except SourceError as error:
        refused(error)
        return _receipt(action, error)


def _receipt(action: Action, error: SourceError) -> Receipt:
    match error:
        case NotOnScreen():
            return Receipt(action, Status.FAILED, f"{error.what}. Not tried again for this; --full tries")
        case Unwritable():
            return Receipt(action, Status.BARRED, error.what)
        case TryLater():
            detail = f"{error.what}; again in {error.wait:.0f} s at the earliest"
            return Receipt(action, Status.DEFERRED, detail, wait=error.wait)
        case CredentialsRefused():
            return Receipt(action, Status.FAILED, f"not allowed: {error.what}")
    return Receipt(action, Status.FAILED, error.what)
