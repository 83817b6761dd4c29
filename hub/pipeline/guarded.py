"""What came of a write that may fail: each error is a receipt, and one failure never stops the rest."""

from collections.abc import Callable

from hub.model.action import Action, Receipt, Status
from hub.model.errors import CredentialsRefused, NotOnScreen, SourceError, TryLater


def guarded(action: Action, write: Callable[[], Receipt], bar: Callable[[], None] = lambda: None) -> Receipt:
    """The receipt of the write; `bar` is told that a screen lacks the field."""
    try:
        return write()
    except NotOnScreen as error:
        bar()
        return Receipt(action, Status.FAILED, f"{error.what}. Not tried again for this; --full tries")
    except TryLater as error:
        detail = f"{error.what}; again in {error.wait:.0f} s at the earliest"
        return Receipt(action, Status.DEFERRED, detail, wait=error.wait)
    except CredentialsRefused as error:
        return Receipt(action, Status.FAILED, f"not allowed: {error.what}")
    except SourceError as error:
        return Receipt(action, Status.FAILED, error.what)
