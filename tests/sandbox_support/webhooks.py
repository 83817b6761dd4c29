"""Sends webhooks as a tracker does: from a thread of its own, signed, and as unreliably as a test wants it."""

import hashlib
import hmac
import http.client
import itertools
import json
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Headers = Mapping[str, str]
BuildHeaders = Callable[[int, str, bytes], Headers]
"""The headers of a delivery, by its number, its event and its body."""


@dataclass(slots=True)
class DeliveryFaults:
    """What goes wrong on the way. `is_lost` says of a delivery's number whether it never arrives.

    `copies` is how often each one is sent; `reversed_batch_size` sends so many at a time, the last of them first.
    """

    copies: int = 1
    reversed_batch_size: int = 1
    delay: float = 0.0
    is_lost: Callable[[int], bool] = lambda _number: False


class Hooks:
    """One webhook. `url` may be set later: until then nothing is sent, as with a hook that nobody set up."""

    def __init__(self, build_headers: BuildHeaders, url: str = "") -> None:
        self.url = url
        self.faults = DeliveryFaults()
        self.answers: Counter[int] = Counter()
        self._build_headers = build_headers
        self._numbers = itertools.count(1)
        self._waiting: queue.Queue[tuple[Headers, bytes] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, daemon=True, name="webhooks")
        self._thread.start()

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Send soon; whoever changes something does not wait for it."""
        if not self.url:
            return
        number = next(self._numbers)
        if self.faults.is_lost(number):
            return
        body = json.dumps(payload, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **self._build_headers(number, event, body)}
        for _ in range(self.faults.copies):
            self._waiting.put((headers, body))

    def wait_until_sent(self) -> None:
        """Return when everything that was emitted has been answered, or was lost."""
        self._waiting.join()

    def close(self) -> None:
        """Send what is left, and stop."""
        self._waiting.put(None)
        self._thread.join(timeout=10)

    def _work(self) -> None:
        stopped = False
        while not stopped:
            batch = self._batch()
            for entry in reversed(batch):
                if entry is None:
                    stopped = True
                else:
                    time.sleep(self.faults.delay)
                    self._send(*entry)
            for _ in batch:
                self._waiting.task_done()

    def _batch(self) -> list[tuple[Headers, bytes] | None]:
        """What goes out next: a single one, or as many as are turned around together, if so many wait."""
        batch = [self._waiting.get()]
        while len(batch) < self.faults.reversed_batch_size:
            try:
                batch.append(self._waiting.get(timeout=0.05))
            except queue.Empty:
                break
        return batch

    def _send(self, headers: Headers, body: bytes) -> None:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            connection.request("POST", parts.path, body, dict(headers))
            self.answers[connection.getresponse().status] += 1
        except (OSError, http.client.HTTPException):
            self.answers[0] += 1
        finally:
            connection.close()


def signature(secret: str, body: bytes) -> str:
    """Over the raw bytes, as the header holds it."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
