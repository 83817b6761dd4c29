"""How often somebody may fail to sign in: a few times a minute for each client, fewer while many fail at an account."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.config.sections import Network
from hub.web.access.clients import true_client

WINDOW = timedelta(minutes=1)
OF_ONE_CLIENT = 10
AT_ONE_ACCOUNT = 100
WHILE_MANY_FAIL = 1
MOST_KEPT = 10_000
TOO_MANY = "Too many failed attempts to sign in: wait a minute, then try again.\n"


class Failures:
    """The failures of the last minute by name; of more names than `most` those that failed longest ago are forgotten.

    The same secret counts once: a program that repeats an old one guesses nothing.
    """

    def __init__(self, most: int = MOST_KEPT, each: int = AT_ONE_ACCOUNT) -> None:
        self._most, self._each = most, each
        self._kept: OrderedDict[str, dict[bytes, datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, name: str, secret: bytes, now: datetime) -> None:
        """Count a failure."""
        known = self._kept.setdefault(name, {})
        known[secret] = now
        while len(known) > self._each:
            known.pop(min(known, key=lambda one: known[one]))
        self._kept.move_to_end(name)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def count(self, name: str, now: datetime) -> int:
        """How many there are."""
        known = self._kept.get(name, {})
        for old in [one for one, at in known.items() if at <= now - WINDOW]:
            del known[old]
        if not known:
            self._kept.pop(name, None)
        return len(known)


class Attempts:
    """Counts failures alone, in bounded memory; a restart forgives, which a guesser cannot bring about.

    However many fail at an account, a client that did not fail is still listened to: nobody can lock others out.
    """

    def __init__(self, now: Callable[[], datetime], trusted: Sequence[Network] = (), most: int = MOST_KEPT) -> None:
        self._now, self._trusted = now, trusted
        self._clients, self._accounts = Failures(most), Failures(most)

    def client(self, request: Request) -> str:
        """Whose attempt it is; the headers are read once a request."""
        if not hasattr(request.state, "client"):
            peer = request.client.host if request.client else ""
            request.state.client = true_client(peer, request.headers, self._trusted)
        return str(request.state.client)

    def refusal(self, request: Request, account: str = "") -> Response | None:
        """What somebody is told who failed too often; None for everybody else."""
        now = self._now()
        attacked = self._accounts.count(_short(account), now) >= AT_ONE_ACCOUNT
        most = WHILE_MANY_FAIL if attacked else OF_ONE_CLIENT
        if self._clients.count(_short(self.client(request)), now) < most:
            return None
        headers = {"Retry-After": str(int(WINDOW.total_seconds())), "Cache-Control": "no-store"}
        return PlainTextResponse(TOO_MANY, 429, headers)

    def failed(self, request: Request, secret: str | None = None, account: str = "") -> None:
        """Count an attempt with this secret, of which a digest is kept; without one each counts."""
        now, client = self._now(), self.client(request)
        digest = sha256((now.isoformat() if secret is None else secret).encode("utf-8", "surrogatepass")).digest()[:16]
        self._clients.add(_short(client), digest, now)
        self._accounts.add(_short(account), digest, now)


def _short(name: str) -> str:
    """A name of bounded length, whoever chose it."""
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
