"""What the libraries' own sessions (requests) are taught: to tell apart an answer, a page and a broken connection."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connectors.adapter import adapter_for
from connectors.astray import REDIRECTS, with_absolute_location
from connectors.judge import is_readable
from connectors.network import Network, as_unreachable
from connectors.unpack import ACCEPTED, UnusableBody
from connectors.wire import Answer, NoResponse, Request, Response, Unusable, content_of

if TYPE_CHECKING:
    import requests

READ = Request("GET", "")
PERMANENT_REDIRECT = 301
# PyGithub would ask again for ever, and sleep in between.
NOT_READY_STATUS = 202
MAX_REDIRECTS = 3


def prepare(session: "requests.Session", network: Network) -> None:
    """Go the same way as the gate, and hold back the answers that are none before the library sees them."""
    equip(session, network)
    session.hooks["response"].append(_ResponseGuard())


def equip(session: "requests.Session", network: Network, *, verify: bool = True) -> None:
    """Go the same way as the gate, with its bounds: the environment is read in `connectors.network` alone.

    Without `checked` certificates are as the caller of the session says.
    """
    session.trust_env = False
    session.proxies = {"http": network.proxy, "https": network.proxy} if network.proxy else {}
    session.max_redirects = MAX_REDIRECTS
    session.headers["Accept-Encoding"] = ACCEPTED
    for scheme in ("https://", "http://") if verify else ("http://",):
        session.mount(scheme, adapter_for(network))


def answer_from_error(error: "requests.RequestException", network: Network) -> Answer:
    """The answer that an error of the library hides, or why there is none."""
    if isinstance(reason := next(iter(error.args), None), UnusableBody):
        return Unusable(str(reason))
    if error.response is not None:
        return answer_of(error.response)
    return as_unreachable(error, network) or NoResponse.NO_ANSWER


def answer_of(response: "requests.Response") -> Response:
    """The library's answer as ours; a new address is whole, whichever way it is written."""
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    return Response(response.status_code, with_absolute_location(str(response.url), headers), response.content)


class _ResponseGuard:
    """Raises where the library would take the answer for content, or follow to wherever it leads, however often."""

    def __init__(self) -> None:
        self._redirects = 0

    def __call__(self, response: "requests.Response", *_: Any, **__: Any) -> None:
        from requests import RequestException  # noqa: PLC0415 - it opens a socket when it is loaded

        is_redirect = response.status_code in REDIRECTS
        self._redirects = self._redirects + 1 if is_redirect else 0
        if is_redirect and (self._redirects > MAX_REDIRECTS or not _is_same_host_redirect(response)):
            self._redirects = 0
            raise RequestException("redirects to another address", response=response)
        if is_redirect:
            # PyGithub reads addresses that are whole.
            response.headers["Location"] = answer_of(response).headers["location"]
        if response.status_code == NOT_READY_STATUS or not (is_redirect or _is_readable(response)):
            raise RequestException("cannot be read", response=response)


def _is_readable(response: "requests.Response") -> bool:
    """Whether the libraries can read it: they take the words of a refusal out of an object."""
    answer = answer_of(response)
    if response.status_code // 100 == 2:
        return is_readable(READ, answer)
    return not answer.body or isinstance(content_of(answer), dict)


def _is_same_host_redirect(response: "requests.Response") -> bool:
    """Whether a question was moved within the same host, as the gate follows it."""
    requested, moved = urlsplit(response.url), urlsplit(answer_of(response).headers.get("location", ""))
    is_same_host = (requested.scheme, requested.netloc) == (moved.scheme, moved.netloc) and requested.path != moved.path
    return is_same_host and response.status_code == PERMANENT_REDIRECT and response.request.method == "GET"
