"""What the libraries' own sessions (requests) are taught: to tell apart an answer, a page and a broken connection."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connectors.adapter import adapter_to
from connectors.astray import REDIRECTS, whole
from connectors.judge import readable
from connectors.network import Network, barred
from connectors.unpack import ACCEPTED, Unfit
from connectors.wire import Answer, Lost, Request, Response, Unusable, content_of

if TYPE_CHECKING:
    import requests

READ = Request("GET", "")
FOLLOWED = 301
# PyGithub would ask again for ever, and sleep in between.
NOT_DONE = 202
MOST_REDIRECTS = 3


def prepare(session: "requests.Session", network: Network) -> None:
    """Go the same way as the gate, and hold back the answers that are none before the library sees them."""
    equip(session, network)
    session.hooks["response"].append(_HoldBack())


def equip(session: "requests.Session", network: Network, *, checked: bool = True) -> None:
    """Go the same way as the gate, with its bounds: the environment is read in `connectors.network` alone.

    Without `checked` certificates are as the caller of the session says.
    """
    session.trust_env = False
    session.proxies = {"http": network.proxy, "https": network.proxy} if network.proxy else {}
    session.max_redirects = MOST_REDIRECTS
    session.headers["Accept-Encoding"] = ACCEPTED
    for scheme in ("https://", "http://") if checked else ("http://",):
        session.mount(scheme, adapter_to(network))


def what_came(error: "requests.RequestException", network: Network) -> Answer:
    """The answer that an error of the library hides, or why there is none."""
    if isinstance(why := next(iter(error.args), None), Unfit):
        return Unusable(str(why))
    if error.response is not None:
        return answer_of(error.response)
    return barred(error, network) or Lost.NO_ANSWER


def answer_of(response: "requests.Response") -> Response:
    """The library's answer as ours; a new address is whole, whichever way it is written."""
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    return Response(response.status_code, whole(str(response.url), headers), response.content)


class _HoldBack:
    """Raises where the library would take the answer for content, or follow to wherever it leads, however often."""

    def __init__(self) -> None:
        self._moves = 0

    def __call__(self, response: "requests.Response", *_: Any, **__: Any) -> None:
        from requests import RequestException  # noqa: PLC0415 - it opens a socket when it is loaded

        redirect = response.status_code in REDIRECTS
        self._moves = self._moves + 1 if redirect else 0
        if redirect and (self._moves > MOST_REDIRECTS or not _stays(response)):
            self._moves = 0
            raise RequestException("leads elsewhere", response=response)
        if redirect:
            # PyGithub reads addresses that are whole.
            response.headers["Location"] = answer_of(response).headers["location"]
        if response.status_code == NOT_DONE or not (redirect or _content(response)):
            raise RequestException("cannot be read", response=response)


def _content(response: "requests.Response") -> bool:
    """Whether the libraries can read it: they take the words of a refusal out of an object."""
    answer = answer_of(response)
    if response.status_code // 100 == 2:
        return readable(READ, answer)
    return not answer.body or isinstance(content_of(answer), dict)


def _stays(response: "requests.Response") -> bool:
    """Whether a question was moved within the same host, as the gate follows it."""
    asked, moved = urlsplit(response.url), urlsplit(answer_of(response).headers.get("location", ""))
    same = (asked.scheme, asked.netloc) == (moved.scheme, moved.netloc) and asked.path != moved.path
    return same and response.status_code == FOLLOWED and response.request.method == "GET"
