"""What was asked for since the worker last looked: the same wish twice is one."""

import threading


class WakeSignals:
    """A set of keys that threads put into and one thread takes from; thread-safe, and as large as it has keys."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._keys: set[str] = set()

    def set(self, key: str) -> None:
        """Ask; whoever waits wakes up."""
        with self._change:
            self._keys.add(key)
            self._change.notify_all()

    def wait(self, seconds: float) -> bool:
        """Until something is asked for, and no longer than that many seconds; whether something is."""
        with self._change:
            return self._change.wait_for(lambda: bool(self._keys), seconds)

    def drain(self) -> frozenset[str]:
        """Everything that was asked for, which is then not asked for any more."""
        with self._change:
            keys = frozenset(self._keys)
            self._keys.clear()
            return keys
