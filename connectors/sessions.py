"""What the libraries' own sessions (requests) are taught: to tell apart an answer, a page and a broken connection."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connectors.astray import REDIRECTS, whole
from connectors.judge import readable
from connectors.wire import Lost, Request, Response

if TYPE_CHECKING:
    import requests

READ = Request("GET", "")
FOLLOWED = 301


def prepare(session: "requests.Session") -> None:
    """Hold back the answers that are none, before the library sees them."""
    session.hooks["response"].append(_hold_back)


def what_came(error: "requests.RequestException") -> Response | Lost:
    """The answer that an error of the library hides, or why there is none."""
    return Lost.NO_ANSWER if error.response is None else answer_of(error.response)


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
