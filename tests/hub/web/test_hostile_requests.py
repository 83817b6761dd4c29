"""Whatever is sent to whichever address, the answer is a sentence or a page, and never a fault of the service."""

import gzip
import json
import socket
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from hub.web.app import LIVE, PAGES
from hub.web.auth.authenticators import is_cross_site, local_path
from tests.hub.web.auth.sites import identity, visited
from tests.hub.web.webhook_server import a_door, signed

TOKEN = "a-token-of-somebody"
DIGITS = "9" * 5000
DEEP = b"[" * 100_000 + b"]" * 100_000
WAYS: dict[str, dict[str, Any]] = {
    "open": {"mode": "open"},
    "token": {"mode": "token", "viewer_token": TOKEN},
    "proxy": {"mode": "proxy", "proxy_secret": TOKEN},
}
NAMES = ["%00", "%ff%fe", "%ed%a0%80", "..%2f..%2fetc", "%5B", DIGITS, "a" * 9000, "%25%32%35", "{x}", "'\"<script>"]
QUERIES = [
    "next=//[",
    "next=http://[",
    "next=%00",
    "next=%ff",
    "next=%ed%a0%80",
    "limit=" + DIGITS,
    "limit=-1&offset=1e999",
    "offset=" + "9" * 30,
    "limit=NaN&page=" + DIGITS,
    "q=%ff%00%ed%a0%80&team=[&severity=[]&state={}",
    "&".join(f"a{number}=1" for number in range(2000)),
    "q=" + "a" * 20_000,
    "=&=&&&;;%",
    "zone=../../x&cycle=" + DIGITS,
]
HEADERS = [
    b"Origin: http://[",
    b"Origin: null",
    b"Origin: \xff\xfe",
    b"Sec-Fetch-Site: \xff",
    b"Cookie: alignment_hub=" + b"A" * 5000,
    b"Cookie: alignment_hub=e30=.x.y; =; ;;; a=\xff",
    b"Cookie: alignment_hub=" + b"W1s=" + b".aaaa.bbbb",
    b"Authorization: Bearer " + "tökén".encode(),
    b"Authorization: Bearer \xff\xfe",
    b"Authorization: " + b"B" * 20_000,
    b"Authorization: Basic ====",
    b"X-Hub-Proxy-Secret: \xff\r\nX-Forwarded-User: \xff",
    b"X-Hub-Proxy-Secret: a-token-of-somebody\r\nX-Forwarded-User: \xff\xed\xa0\x80\r\nX-Forwarded-Groups: ,\xff,,",
    b'If-None-Match: \xff, "' + b"x" * 9000,
    b"Accept-Language: \xff;q=" + DIGITS.encode(),
    b"Accept: */*;q=" + DIGITS.encode(),
    b"Range: bytes=" + DIGITS.encode() + b"-",
    b"Content-Type: multipart/form-data; boundary=",
    b"Content-Type: application/json; charset=\xff",
    b"Content-Encoding: gzip",
    b'X-Forwarded-For: [::1\r\nForwarded: for="["',
]
BODIES = [b"", b"\xff\xfe", b"token=%ff&next=//[", b"token=%ed%a0%80", b"token=" + b"a" * 100_000, DEEP, b"&" * 8000]


def sent(url: str, method: str, target: str, header: bytes = b"X: y", body: bytes | None = None) -> tuple[int, bytes]:
    """The status and the whole answer, of a request as it is written here; no library mends it."""
    place = urlsplit(url)
    length = b"" if body is None else b"Content-Length: %d\r\n" % len(body)
    head = f"{method} {target} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n".encode()
    with socket.create_connection((place.hostname, place.port), timeout=60) as line:
        line.sendall(head + header + b"\r\n" + length + b"\r\n" + (body or b""))
        whole = b""
        try:
            while part := line.recv(65536):
                whole += part
        except ConnectionResetError:
            pass
    return int(whole[9:12] or b"400"), whole


def addresses() -> list[str]:
    """Every page, the API's lists and things, and what stands beside them."""
    pages = [path for path, _ in (*PAGES, *LIVE)]
    kinds = ("tickets", "key-results", "teams", "findings", "rules", "runs")
    api = [f"/api/v1/{kind}" for kind in kinds] + [f"/api/v1/{kind}/{{x}}" for kind in kinds]
    return [*pages, *api, "/api", "/healthz", "/static/hub.css", "/static/{x}", "/sign-in", "/sign-out", "/nothing/{x}"]


def hostile() -> Iterator[tuple[str, str, bytes, bytes | None]]:
    """Each address with a name, a query, a header and a body that nobody expects."""
    for number, path in enumerate(addresses()):
        named = "".join(part if "{" not in part else NAMES[number % len(NAMES)] for part in _parts(path))
        yield from (
            ("GET", "".join(p if "{" not in p else name for p in _parts(path)), b"X: y", None) for name in NAMES
        )
        yield from (("GET", f"{named}?{query}", b"X: y", None) for query in QUERIES)
        yield from (("GET", named, header, None) for header in HEADERS)
    for path, header in ((path, header) for path in ("/sign-in", "/sign-out", "/runs") for header in HEADERS):
        yield "POST", path, header, b"token=x&next=//["
    for path in ("/sign-in", "/sign-out", "/runs", "/", "/api/v1/tickets"):
        yield from (("POST", path, b"X: y", body) for body in BODIES)
    for method in ("PUT", "DELETE", "TRACE", "CONNECT", "OPTIONS", "M-SEARCH", "HEAD"):
        yield from ((method, path, b"X: y", None) for path in ("/", "/sign-in", "/runs", "*", "http://[/", "//["))


def _parts(path: str) -> list[str]:
    return path.replace("{", "\0{").replace("}", "}\0").split("\0")


@pytest.mark.parametrize("way", WAYS)
def test_no_request_brings_the_service_to_a_fault(way: str) -> None:
    with visited(**WAYS[way]) as client:
        url = str(client.base_url)
        # The way in is looked at as a whole; behind it stands the same application.
        asked = [
            entry for number, entry in enumerate(hostile()) if way == "open" or "sign" in entry[1] or number % 6 == 0
        ]
        told = [(entry[:3], *sent(url, *entry)) for entry in asked]
        assert client.get("/healthz").status_code == 200
    assert [(entry, status) for entry, status, _ in told if status >= 500] == []
    assert [entry for entry, _, whole in told if b"Traceback" in whole] == []
    assert [entry for entry, status, whole in told if status >= 400 and entry[0] != "HEAD" and not _words(whole)] == []


def _words(whole: bytes) -> bytes:
    return whole.partition(b"\r\n\r\n")[2].strip()


def test_a_provider_that_is_asked_for_by_hostile_hands_is_none_the_worse() -> None:
    with identity() as provider:
        asked = {"mode": "oidc", "issuer": provider.url, "client_id": "hub", "client_secret": "s3cret"}
        with visited(**asked) as client:
            url = str(client.base_url)
            for query in (*QUERIES[:8], "code=%ff&state=%00", "state=[&code=" + DIGITS, "error=%ff&state=x"):
                for path in ("/sign-in", "/auth/callback"):
                    status, whole = sent(url, "GET", f"{path}?{query}")
                    assert status < 500 or b"Sign-in failed" in whole


@pytest.mark.parametrize("wanted", ["//[", "http://[", "/\\[", "[", "//[::1", "\x00", "/\x00", "http://[x]/", "//a@[b"])
def test_an_address_to_return_to_that_is_none_is_the_first_page(wanted: str) -> None:
    assert local_path(wanted) == "/"


@pytest.mark.parametrize("origin", ["http://[", "[", "http://[x]", "null", "", "http://a]b"])
def test_an_origin_that_is_none_is_another_site(origin: str) -> None:
    assert is_cross_site({"origin": origin, "host": "hub.test"})


# --- webhooks


UNREADABLE = {
    "gzip": gzip.compress(b'{"action": "edited"}'),
    "deep": DEEP,
    "deep objects": b'{"issue":' * 50_000 + b"1" + b"}" * 50_000,
    "digits": b'{"issue": ' + DIGITS.encode() + b"}",
    "a list": b"[1]",
    "half": b'{"issue": ',
    "bytes": b"\xff\xfe\x00",
    "nothing": b"",
}
STRANGE: list[Any] = [None, 1, "x", [], [1], {}, {"node_id": None}, {"node_id": {}}, {"node_id": "x" * 9000}, 1e300]


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_signed_delivery_that_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path, what: str) -> None:
    with a_door(tmp_path) as door:
        answer = door.knock(UNREADABLE[what])
        assert (answer.status_code, answer.text) == (400, "not a delivery in JSON\n")
        assert door.waiting() == []


def test_a_signed_delivery_in_a_strange_shape_is_taken_or_refused(tmp_path: Path) -> None:
    with a_door(tmp_path) as door:
        for number, value in enumerate(STRANGE):
            shapes = ({"action": value, "issue": value}, {"issue": {"node_id": "I_1"}, "sender": value, "label": value})
            jira = ({"webhookEvent": value, "issue": value}, {"webhookEvent": "jira:issue_updated", "issue": value})
            for shape in chain(shapes, jira):
                body = json.dumps({**shape, "comment": value, "changelog": value, "projects_v2_item": value}).encode()
                for at in ("github", "jira"):
                    headers = {"X-GitHub-Event": "issues", "X-Hub-Signature-256": signed(body)}
                    headers |= {"X-Hub-Signature": signed(body), "X-GitHub-Delivery": f"{at}-{number}-{len(body)}"}
                    answer = door.client.post(f"{door.url}/webhooks/{at}", content=body, headers=headers)
                    assert answer.status_code < 500, (at, shape)
