"""The client address of a request: the peer's, or the one that trusted proxies report."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers

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
