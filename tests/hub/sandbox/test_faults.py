"""Each fault as a client meets it over a real connection."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from hub.sandbox.server import serve
from hub.sandbox.traffic import Traffic
from tests.sandbox_support.faults import Fault, Faults


class Counter:
    """An app that counts how often it has acted, behind faults and traffic."""

    def __init__(self) -> None:
        self.acted = 0
        self.faults = Faults()
        self.traffic = Traffic()
        app = Starlette(routes=[Route("/{rest:path}", self.act, methods=["GET", "POST"])])
        self.app = self.traffic.wrap(self.faults.wrap(app))

    async def act(self, _: Request) -> JSONResponse:
        self.acted += 1
        return JSONResponse({"acted": self.acted, "padding": "x" * 200})


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def client(counter: Counter) -> Iterator[httpx.Client]:
    with serve(counter.app) as running, httpx.Client(base_url=running.url) as client:
        yield client


def test_without_faults_the_app_answers_and_is_counted(counter: Counter, client: httpx.Client) -> None:
    assert client.get("/a", params={"q": "x y"}).json()["acted"] == 1
    client.post("/b")
    assert (counter.traffic.requests, counter.traffic.writes) == (2, 1)
    assert [(s.method, s.path, s.query, s.status) for s in counter.traffic.log] == [
        ("GET", "/a", "q=x y", 200),
        ("POST", "/b", "", 200),
    ]


def test_a_status_fault_answers_before_the_app_has_acted(counter: Counter, client: httpx.Client) -> None:
    counter.faults.add(Fault("status", status=429, headers={"Retry-After": "7"}, body={"errorMessages": ["slow"]}))
    answer = client.post("/a")
    assert (answer.status_code, answer.headers["retry-after"], answer.json()) == (429, "7", {"errorMessages": ["slow"]})
    assert counter.acted == 0
    assert client.post("/a").status_code == 200


def test_status_after_replaces_the_answer_of_an_app_that_has_acted(counter: Counter, client: httpx.Client) -> None:
    counter.faults.add(Fault("status_after", status=502))
    assert client.post("/a").status_code == 502
    assert counter.acted == 1


@pytest.mark.parametrize(("effect", "acted"), [("drop", 0), ("drop_after", 1)])
def test_a_dropped_connection_gives_no_answer(counter: Counter, client: httpx.Client, effect: str, acted: int) -> None:
    counter.faults.add(Fault(effect))
    with pytest.raises(httpx.TransportError):
        client.post("/a")
    assert counter.acted == acted
    assert client.post("/a").status_code == 200
    assert [seen.status for seen in counter.traffic.log] == [0, 200]


@pytest.mark.parametrize(("effect", "acted"), [("hang", 0), ("hang_after", 1)])
def test_a_hanging_answer_runs_into_the_timeout(
    counter: Counter, client: httpx.Client, effect: str, acted: int
) -> None:
    counter.faults.add(Fault(effect, seconds=60))
    with pytest.raises(httpx.ReadTimeout):
        client.post("/a", timeout=0.1)
    assert counter.acted == acted


def test_a_hanging_answer_comes_when_it_is_released(counter: Counter, client: httpx.Client) -> None:
    counter.faults.add(Fault("hang", times=2, seconds=3600))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client.post, "/a", timeout=None)
        while not counter.faults.hits:
            sleep(0.001)
        counter.faults.release()
        assert asked.result().status_code == 200
    assert client.post("/a").status_code == 200
    assert counter.acted == 2


def test_a_truncated_answer_is_shorter_than_it_said(counter: Counter, client: httpx.Client) -> None:
    counter.faults.add(Fault("truncate"))
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        client.get("/a")
    assert counter.acted == 1


def test_an_html_page_may_come_with_status_200(counter: Counter, client: httpx.Client) -> None:
    counter.faults.add(Fault("html"))
    answer = client.get("/a")
    assert answer.status_code == 200
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_fault_hits_only_what_it_names(counter: Counter, client: httpx.Client) -> None:
    counter.faults.add(Fault("status", method="POST", path=r"/comment\?x=1$", times=2, after=1))
    said = [client.post("/comment?x=1").status_code for _ in range(4)]
    assert said == [200, 500, 500, 200]
    counter.faults.add(Fault("status", method="POST", path="/comment", times=None))
    assert [client.get("/comment").status_code, client.post("/other").status_code] == [200, 200]
    assert [client.post("/comment").status_code for _ in range(3)] == [500] * 3
    counter.faults.clear()
    assert client.post("/comment").status_code == 200


def test_an_unknown_effect_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="explode"):
        Fault("explode")


def test_a_taken_port_is_an_error_and_a_stopped_server_frees_it(counter: Counter) -> None:
    with serve(counter.app) as first:
        with pytest.raises(OSError, match="in use"):
            serve(counter.app, first.port)
        port = first.port
    with serve(counter.app, port) as second:
        assert httpx.get(second.url + "/a").status_code == 200
