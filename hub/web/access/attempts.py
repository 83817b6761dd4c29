"""Rate limit of failed sign-ins: a few a minute for each client, fewer while many fail at one account."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.config.sections import Network
from hub.web.access.clients import client_address

PERIOD = timedelta(minutes=1)
MAX_PER_CLIENT = 10
MAX_PER_ACCOUNT = 100
MAX_DURING_ATTACK = 1
MAX_NAMES = 10_000
TOO_MANY_ATTEMPTS = "Too many failed attempts to sign in: wait a minute, then try again.\n"


class Failures:
    """The failures of the last minute by name; of more names than `most` those that failed longest ago are forgotten.

    The same secret counts once: a program that repeats an old one guesses nothing.
    """

    def __init__(self, max_names: int = MAX_NAMES, max_secrets: int = MAX_PER_ACCOUNT) -> None:
        self._max_names, self._max_secrets = max_names, max_secrets
        self._failures: OrderedDict[str, dict[bytes, datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def add(self, name: str, secret: bytes, now: datetime) -> None:
        """Count a failure."""
        secrets = self._failures.setdefault(name, {})
        secrets[secret] = now
        while len(secrets) > self._max_secrets:
            secrets.pop(min(secrets, key=lambda chunk: secrets[chunk]))
        self._failures.move_to_end(name)
        while len(self._failures) > self._max_names:
            self._failures.popitem(last=False)

    def count(self, name: str, now: datetime) -> int:
        """How many there are."""
        secrets = self._failures.get(name, {})
        for old in [chunk for chunk, at in secrets.items() if at <= now - PERIOD]:
            del secrets[old]
        if not secrets:
            self._failures.pop(name, None)
        return len(secrets)


class LoginRateLimit:
    """Counts failures alone, in bounded memory; a restart forgives, which a guesser cannot bring about.

    However many fail at an account, a client without failures may still try: no one can lock others out.
    """

    def __init__(
        self, now: Callable[[], datetime], trusted: Sequence[Network] = (), max_names: int = MAX_NAMES
    ) -> None:
        self._now, self._trusted = now, trusted
        self._clients, self._accounts = Failures(max_names), Failures(max_names)

    def client(self, request: Request) -> str:
        """Whose attempt it is; the headers are read once a request."""
        if not hasattr(request.state, "client"):
            peer = request.client.host if request.client else ""
            request.state.client = client_address(peer, request.headers, self._trusted)
        return str(request.state.client)

    def refusal(self, request: Request, account: str = "") -> Response | None:
        """The response to a client that failed too often; None for all others."""
        now = self._now()
        is_attacked = self._accounts.count(_bounded_name(account), now) >= MAX_PER_ACCOUNT
        limit = MAX_DURING_ATTACK if is_attacked else MAX_PER_CLIENT
        if self._clients.count(_bounded_name(self.client(request)), now) < limit:
            return None
        headers = {"Retry-After": str(int(PERIOD.total_seconds())), "Cache-Control": "no-store"}
        return PlainTextResponse(TOO_MANY_ATTEMPTS, 429, headers)

    def record_failure(self, request: Request, secret: str | None = None, account: str = "") -> None:
        """Count an attempt with this secret, of which a digest is kept; without one each counts."""
        now, client = self._now(), self.client(request)
        digest = sha256((now.isoformat() if secret is None else secret).encode("utf-8", "surrogatepass")).digest()[:16]
        self._clients.add(_bounded_name(client), digest, now)
        self._accounts.add(_bounded_name(account), digest, now)


def _bounded_name(name: str) -> str:
    """A name of bounded length, whoever chose it."""
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
