"""What the libraries' own sessions (requests) are taught: to tell apart an answer, a page and a broken connection."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connectors.astray import REDIRECTS, whole
from connectors.judge import readable
from connectors.network import Network, barred
from connectors.wire import Answer, Lost, Request, Response

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

READ = Request("GET", "")
FOLLOWED = 301


def prepare(session: "requests.Session", network: Network) -> None:
    """Go the same way as the gate, and hold back the answers that are none before the library sees them."""
    session.trust_env = False
    session.proxies = {"http": network.proxy, "https": network.proxy} if network.proxy else {}
    session.mount("https://", _adapter()(network))
    session.hooks["response"].append(_hold_back)


def what_came(error: "requests.RequestException", network: Network) -> Answer:
    """The answer that an error of the library hides, or why there is none."""
    if error.response is not None:
        return answer_of(error.response)
    return barred(error, network) or Lost.NO_ANSWER


@cache
def _adapter() -> "Callable[[Network], HTTPAdapter]":
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 - it opens a socket when it is loaded

    class Trusting(HTTPAdapter):
        """Connections that trust whom the gate trusts."""

        def __init__(self, network: Network) -> None:
            self._network = network
            super().__init__()

        def init_poolmanager(self, *given: Any, **named: Any) -> Any:
            return super().init_poolmanager(*given, **named, ssl_context=self._network.trust)

        def proxy_manager_for(self, *given: Any, **named: Any) -> Any:
            return super().proxy_manager_for(*given, **named, ssl_context=self._network.trust)

        def cert_verify(self, conn: Any, *_: Any, **__: Any) -> None:
            """Always against our authorities: the library would add its own."""
            conn.cert_reqs = "CERT_REQUIRED"

    return Trusting


def answer_of(response: "requests.Response") -> Response:
    """The library's answer as ours; a new address is whole, whichever way it is written."""
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    return Response(response.status_code, whole(str(response.url), headers), response.content)


def _hold_back(response: "requests.Response", *_: Any, **__: Any) -> None:
    """Raise where the library would take the answer for content, or follow to wherever it leads."""
    from requests import RequestException  # noqa: PLC0415 - it opens a socket when it is loaded

    if response.status_code in REDIRECTS and not _stays(response):
        raise RequestException("leads elsewhere", response=response)
    if response.status_code // 100 == 2 and not readable(READ, answer_of(response)):
        raise RequestException("cannot be read", response=response)


def _stays(response: "requests.Response") -> bool:
    """Whether a question was moved within the same host, as the gate follows it."""
    asked, moved = urlsplit(response.url), urlsplit(answer_of(response).headers.get("location", ""))
    same = (asked.scheme, asked.netloc) == (moved.scheme, moved.netloc) and asked.path != moved.path
    return same and response.status_code == FOLLOWED and response.request.method == "GET"
