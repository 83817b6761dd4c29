"""How the OpenID provider is asked: the way of every other call, and a bounded part of what it answers."""

import asyncio
from collections.abc import AsyncIterable
from typing import cast

import httpx2

from connectors.network import network_for
from connectors.unpack import ACCEPTED, IncompleteBody, UnusableBody, decompress

LARGEST = 1024 * 1024
SECONDS = 10.0
ABOUT_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")


class Outbound(httpx2.AsyncBaseTransport):
    """Proxies and certificates as `connectors.network` reads them; the whole answer within seconds."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See `httpx2.AsyncBaseTransport`."""
        network = network_for(str(request.url))
        request.headers["Accept-Encoding"] = ACCEPTED
        way = httpx2.AsyncHTTPTransport(verify=network.ssl_context, proxy=network.proxy, trust_env=False)
        try:
            async with way, asyncio.timeout(self._seconds):
                return await _whole(await way.handle_async_request(request))
        except TimeoutError:
            raise httpx2.ReadTimeout("the answer took too long", request=request) from None
        except (UnusableBody, IncompleteBody) as why:
            raise httpx2.DecodingError(str(why), request=request) from None


async def _whole(answer: httpx2.Response) -> httpx2.Response:
    pieces, size = [], 0
    async for piece in cast("AsyncIterable[bytes]", answer.stream):
        pieces.append(piece)
        if (size := size + len(piece)) > LARGEST:
            break
    body = decompress(pieces, answer.headers.get("content-encoding", ""), LARGEST)
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in ABOUT_THE_WIRE]
    return httpx2.Response(answer.status_code, headers=headers, content=body)
