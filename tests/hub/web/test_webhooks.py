"""The door for webhooks over real HTTP: what is let in, what is not, and what it leaves behind."""

import tracemalloc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.model.service_state import PendingRefresh
from hub.web.server import BodyLimiter
from tests.fakes.connector_context import MORNING
from tests.hub.web.webhook_server import SECRET, Door, a_door, of_issue, signed

SMALL = BodyLimiter(max_body_bytes=64 * 1024, max_total_bytes=256 * 1024, seconds=0.2)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with a_door(tmp_path) as door:
        yield door


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Door]:
    with a_door(tmp_path, BodyLimiter(SMALL.max_body_bytes, SMALL.max_total_bytes, SMALL.seconds)) as door:
        yield door


def test_a_signed_delivery_leaves_a_knock_and_wakes_the_hub(door: Door) -> None:
    assert door.knock(of_issue("I_1")).status_code == 202
    assert door.store.requested_refreshes() == (PendingRefresh(1, "github", "I_1", MORNING),)
    assert (door.pokes, door.outcomes) == ([1], {("github", "accepted"): 1})


@pytest.mark.parametrize("title", ["Größe 🚀 \u202e\u0000", "a" * 100_000, "\ud83d\ude80"])
def test_the_signature_is_over_the_raw_bytes_whatever_they_say(door: Door, title: str) -> None:
    body = of_issue("I_1", title=title)
    pretty = b"  " + body.replace(b": ", b" :\n\t") + b"\n"
    assert door.knock(pretty).status_code == 202
    assert door.waiting() == [("github", "I_1")]


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "%s" % ("x" * 5000)])
def test_a_forged_delivery_is_refused_and_leaves_nothing(door: Door, signature: str) -> None:
    assert door.knock(of_issue("I_1"), signature=signature).status_code == 401
    assert door.knock(of_issue("I_1"), signature=signed(of_issue("I_2"))).status_code == 401
    assert door.knock(of_issue("I_1"), signature=signed(of_issue("I_1"), "other")).status_code == 401
    assert (door.waiting(), door.pokes) == ([], [])


def test_a_delivery_that_lost_a_byte_on_the_way_is_refused(door: Door) -> None:
    body = of_issue("I_1")
    assert door.knock(body[:-1], signature=signed(body)).status_code == 401
    assert door.knock(body + b" ", signature=signed(body)).status_code == 401
    assert door.waiting() == []


def test_the_same_delivery_twice_asks_once(door: Door) -> None:
    answers = [door.knock(of_issue("I_1")).status_code for _ in range(3)]
    assert answers == [202, 200, 200]
    assert (len(door.pokes), door.waiting()) == (1, [("github", "I_1")])


def test_a_replay_under_another_id_asks_for_nothing(door: Door) -> None:
    assert door.knock(of_issue("I_1")).status_code == 202
    door.store.complete_refreshes(99)
    assert door.knock(of_issue("I_1"), delivery="d-2").status_code == 200
    assert door.waiting() == []


def test_another_body_under_a_known_id_asks_for_nothing(door: Door) -> None:
    door.knock(of_issue("I_1"))
    assert door.knock(of_issue("I_2")).status_code == 200
    assert door.waiting() == [("github", "I_1")]


def test_deliveries_in_any_order_leave_the_same_tickets(door: Door) -> None:
    for at in (3, 1, 2, 1):
        door.knock(of_issue(f"I_{at}", n=at), delivery=f"d-{at}")
    assert sorted(door.waiting()) == [("github", "I_1"), ("github", "I_2"), ("github", "I_3")]


def test_nobody_learns_which_connectors_there_are(door: Door) -> None:
    unsigned = door.knock(of_issue("I_1"), signature="sha256=00")
    unknown = door.knock(of_issue("I_1"), at="gitlab")
    assert (unknown.status_code, unknown.text) == (unsigned.status_code, unsigned.text)
    assert set(unknown.headers) == set(unsigned.headers)
    assert door.outcomes == {("github", "forged"): 1, ("unknown", "forged"): 1}


def test_the_secret_in_the_address_is_for_data_center_alone(door: Door) -> None:
    body = b'{"webhookEvent": "jira:issue_updated", "issue": {"id": "10001"}}'
    at = f"{door.url}/webhooks"
    assert door.client.post(f"{at}/github/{SECRET}", content=body).status_code == 401
    assert door.client.post(f"{at}/jira/wrong", content=body).status_code == 401
    assert door.client.post(f"{at}/jira", content=body).status_code == 401
    assert door.waiting() == []
    assert door.client.post(f"{at}/jira/{SECRET}", content=body).status_code == 202
    assert door.waiting() == [("jira", "10001")]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b"payload=%7B%7D", b"[" * 50_000, b'{"a": 1e999'])
def test_a_signed_body_that_is_no_delivery_is_a_bad_request(door: Door, body: bytes) -> None:
    assert door.knock(body).status_code == 400
    assert door.waiting() == []


def test_a_state_that_cannot_be_written_is_tried_again_later(door: Door) -> None:
    door.store.close()
    answer = door.knock(of_issue("I_1"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_body_that_is_too_large_is_refused_whatever_its_length_says(small: Door) -> None:
    large = b"x" * (SMALL.max_body_bytes + 1)
    assert small.knock(large).status_code == 413
    head = b"POST /webhooks/github HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"1000\r\n" + b"x" * 4096 + b"\r\n" for _ in range(20)) + b"0\r\n\r\n"
    assert small.raw(head + chunks).startswith(b"HTTP/1.1 413 ")
    lying = b"POST /webhooks/github HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n{}"
    assert small.raw(lying, end=False).split(b" ")[1:2] == [b"408"]
    assert small.knock(of_issue("I_1")).status_code == 202


BROKEN = [
    b"POST /webhooks/github HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n{}",
    b"POST /webhooks/github HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    b"POST /webhooks/github HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
    b"POST /webhooks/github HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n{}",
    b"POST /webhooks/%00%ff/%2e%2e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /webhooks/ HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
    b"GET /webhooks/github HTTP/1.1\r\nHost: h\r\n\r\n",
    b"POST /webhooks/github",
    b"\x16\x03\x01\x02\x00",
]


@pytest.mark.parametrize("sent", BROKEN)
def test_a_request_that_breaks_off_is_not_accepted_and_the_next_one_is(small: Door, sent: bytes) -> None:
    answer = small.raw(sent)
    assert b" 500 " not in answer[:20]
    assert not answer.startswith(b"HTTP/1.1 2")
    assert small.waiting() == []
    assert small.knock(of_issue("I_1")).status_code == 202


def test_two_hundred_bodies_that_are_too_large_leave_the_memory_flat(tmp_path: Path) -> None:
    size = 8 * 1024 * 1024
    large = b"POST /webhooks/github HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
    with (
        a_door(tmp_path, BodyLimiter(max_body_bytes=64 * 1024, max_total_bytes=256 * 1024)) as door,
        ThreadPoolExecutor(4) as pool,
    ):
        door.raw(large)
        tracemalloc.start()
        try:
            answers = Counter(pool.map(lambda _: door.raw(large)[9:12], range(200)))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert answers == {b"413": 200}
    assert peak < size


def test_many_bodies_at_once_are_held_only_as_far_as_there_is_room(tmp_path: Path) -> None:
    with a_door(tmp_path, BodyLimiter(max_body_bytes=64 * 1024, max_total_bytes=16 * 1024, seconds=5)) as door:
        assert door.knock(of_issue("I_1", pad="x" * 32_000)).status_code == 503
        assert door.knock(of_issue("I_1")).status_code == 202


def test_a_thousand_deliveries_at_once_leave_one_knock_for_each_ticket(door: Door) -> None:
    def send(at: int) -> int:
        return door.knock(of_issue(f"I_{at % 20}", n=at), delivery=f"d-{at}").status_code

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(send, range(1000)))
    assert answers == {202: 1000}
    assert sorted(door.waiting()) == sorted(("github", f"I_{at}") for at in range(20))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.binary(max_size=300),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=90),
    st.sampled_from(["github", "jira", "jira/x", "x"]),
)
def test_whatever_strangers_send_is_never_accepted_and_never_a_fault(
    door: Door, body: bytes, signature: str, at: str
) -> None:
    assert door.knock(body, signature=signature, at=at).status_code in {400, 401}
    assert door.waiting() == []


def test_no_answer_and_no_outcome_names_the_secret(door: Door) -> None:
    for answer in (door.knock(of_issue("I_1")), door.knock(b"[]"), door.knock(b"{}", signature="sha256=0")):
        assert SECRET not in answer.text + repr(answer.headers)
    assert SECRET not in repr(door.outcomes)
