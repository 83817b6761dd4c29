"""How often a client may fail to sign in, and which client that is behind trusted proxies."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.config.sections import Network

MAX_HOPS = 50
COMMA = ","
MAX_HEADER_LENGTH = 2000
IPV6_CUSTOMER_PREFIX = 64
"""So many bits of an IPv6 address tell customers apart: the rest they choose freely."""
UNKNOWN = "unknown"
"""What a proxy says of a hop whose address it doesn't tell, and what stands here for a header that can't be read."""
# A quotation that never ends goes to the end of the line, so that no letter is read twice.
_TOKEN = re.compile(r',|[^,"]+|"(?:\\.|[^"\\])*"|".*', re.DOTALL)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s"]+))\s*(?=;|$)', re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\w+)?|([\d.]+)(?::\w+)?")


def client_address(peer: str, headers: Headers, trusted: Sequence[Network]) -> str:
    """The nearest address that is no trusted proxy's. What others say of themselves counts for nothing.

    Where the two headers disagree, one is forged; only the address of the proxy that forwarded them is certain.
    """
    peer_address = _address(peer)
    if peer_address is None or not _is_trusted(peer_address, trusted):
        return peer if peer_address is None else _group(peer_address)
    readers = (("x-forwarded-for", _forwarded_for), ("forwarded", _forwarded))
    clients = {
        _nearest_untrusted(hops, trusted) for name, read in readers if (hops := _hops(headers.getlist(name), read))
    }
    client = clients.pop() if len(clients) == 1 else None
    return _group(peer_address if client is None else client)


def _nearest_untrusted(hops: Sequence[str], trusted: Sequence[Network]) -> IPv4Address | IPv6Address | None:
    """The last hop that isn't a trusted proxy, or the first of all; None where a proxy reports no address."""
    address = None
    for hop in reversed(hops[-MAX_HOPS:]):
        address = _address(hop)
        if address is None or not _is_trusted(address, trusted):
            break
    return address


def _hops(lines: Sequence[str], read: Callable[[Iterable[str]], list[str]]) -> list[str]:
    """The hops of a header; too long a header has no address, so that the other header can't replace it."""
    return read(lines) if sum(map(len, lines)) <= MAX_HEADER_LENGTH else [UNKNOWN]


def _forwarded_for(lines: Iterable[str]) -> list[str]:
    return [hop.strip() for line in lines for hop in line.split(",")]


def _forwarded(lines: Iterable[str]) -> list[str]:
    """The `for` of each element, empty where it has none; nothing where none has any: RFC 7239."""
    hops = [hop for line in lines for hop in _elements(line)]
    return hops if any(hops) else []


def _elements(line: str) -> Iterator[str]:
    tokens = _TOKEN.findall(line)
    if tokens and tokens[-1].startswith('"') and not _QUOTED.fullmatch(tokens[-1]):
        # It is unknown which commas are inside the quotation.
        yield UNKNOWN
        return
    element = ""
    for token in (*tokens, COMMA):
        if token != COMMA:
            element += token
        elif element:
            match = _FOR.search(element.strip())
            yield (match[1] or match[2] or "") if match else ""
            element = ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a hop, with or without a port; None for a name or nothing."""
    match = _WITH_PORT.fullmatch(text.strip())
    host = (match[1] or match[2]) if match else text.strip()
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_trusted(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address in item for item in trusted)


def _group(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), IPV6_CUSTOMER_PREFIX), strict=False))


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
