"""Who is at the other end of a request: the address that connected, or the one that trusted proxies tell of."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers

from hub.config.sections import Network

MOST_HOPS = 50
LONGEST_HEADER = 2000
ONE_CUSTOMER = 64
"""So many bits of an IPv6 address tell customers apart: the rest they choose freely."""
UNKNOWN = "unknown"
"""What a proxy says of a hop whose address it doesn't tell, and what stands here for a header that can't be read."""
# A quotation that never ends goes to the end of the line, so that no letter is read twice.
_PIECE = re.compile(r',|[^,"]+|"(?:\\.|[^"\\])*"|".*', re.DOTALL)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s"]+))\s*(?=;|$)', re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\w+)?|([\d.]+)(?::\w+)?")


def true_client(peer: str, headers: Headers, trusted: Sequence[Network]) -> str:
    """The nearest address that is no trusted proxy's. What others say of themselves counts for nothing.

    Where the two headers disagree, somebody made one up, and what is known for sure is the proxy that passed them on.
    """
    nearest = _address(peer)
    if nearest is None or not _is_trusted(nearest, trusted):
        return peer if nearest is None else _group(nearest)
    ways = (("x-forwarded-for", _forwarded_for), ("forwarded", _forwarded))
    told = {_nearest(hops, trusted) for name, read in ways if (hops := _hops(headers.getlist(name), read))}
    found = told.pop() if len(told) == 1 else None
    return _group(nearest if found is None else found)


def _nearest(hops: Sequence[str], trusted: Sequence[Network]) -> IPv4Address | IPv6Address | None:
    """The last hop that is no trusted proxy's, or the first of all; None where a proxy tells of no address."""
    found = None
    for hop in reversed(hops[-MOST_HOPS:]):
        found = _address(hop)
        if found is None or not _is_trusted(found, trusted):
            break
    return found


def _hops(lines: Sequence[str], read: Callable[[Iterable[str]], list[str]]) -> list[str]:
    """What a header tells; too long a one tells of no address, so that the other header can't take its place."""
    return read(lines) if sum(map(len, lines)) <= LONGEST_HEADER else [UNKNOWN]


def _forwarded_for(lines: Iterable[str]) -> list[str]:
    return [hop.strip() for line in lines for hop in line.split(",")]


def _forwarded(lines: Iterable[str]) -> list[str]:
    """The `for` of each element, empty where it has none; nothing where none has any: RFC 7239."""
    hops = [hop for line in lines for hop in _elements(line)]
    return hops if any(hops) else []


def _elements(line: str) -> Iterator[str]:
    pieces = _PIECE.findall(line)
    if pieces and pieces[-1].startswith('"') and not _QUOTED.fullmatch(pieces[-1]):
        # Nobody knows which commas are within it.
        yield UNKNOWN
        return
    element = ""
    for piece in (*pieces, ","):
        if piece != ",":
            element += piece
        elif element:
            found = _FOR.search(element.strip())
            yield (found[1] or found[2] or "") if found else ""
            element = ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a hop, with or without a port; None for a name or nothing."""
    found = _WITH_PORT.fullmatch(text.strip())
    bare = (found[1] or found[2]) if found else text.strip()
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_trusted(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address in one for one in trusted)


def _group(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), ONE_CUSTOMER), strict=False))
