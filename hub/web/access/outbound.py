"""HTTP transport for the OpenID provider: the same proxies and certificates as all calls, bounded responses."""

import asyncio
from collections.abc import AsyncIterable
from typing import cast

import httpx2

from connectors.network import network_for
from connectors.unpack import ACCEPTED, IncompleteBody, UnusableBody, decompress

MAX_BYTES = 1024 * 1024
SECONDS = 10.0
ENCODING_HEADERS = ("content-encoding", "content-length", "transfer-encoding")


class OutboundTransport(httpx2.AsyncBaseTransport):
    """Proxies and certificates as `connectors.network` reads them; the whole answer within seconds."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See `httpx2.AsyncBaseTransport`."""
        network = network_for(str(request.url))
        request.headers["Accept-Encoding"] = ACCEPTED
        transport = httpx2.AsyncHTTPTransport(verify=network.ssl_context, proxy=network.proxy, trust_env=False)
        try:
            async with transport, asyncio.timeout(self._seconds):
                return await _read_all(await transport.handle_async_request(request))
        except TimeoutError:
            raise httpx2.ReadTimeout("the answer took too long", request=request) from None
        except (UnusableBody, IncompleteBody) as error:
            raise httpx2.DecodingError(str(error), request=request) from None


async def _read_all(response: httpx2.Response) -> httpx2.Response:
    chunks, size = [], 0
    async for chunk in cast("AsyncIterable[bytes]", response.stream):
        chunks.append(chunk)
        if (size := size + len(chunk)) > MAX_BYTES:
            break
    body = decompress(chunks, response.headers.get("content-encoding", ""), MAX_BYTES)
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in ENCODING_HEADERS]
    return httpx2.Response(response.status_code, headers=headers, content=body)
