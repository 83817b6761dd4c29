"""The table of retries, line by line."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http.messages import (
    CallKind,
    Fail,
    Limits,
    NoResponse,
    Request,
    Response,
    Retry,
    RetryDecision,
    Success,
)
from connectors.http.retry_policy import decide
from hub.model.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    QueryRefused,
    RetryLater,
    SourceError,
    TicketNotFound,
    Unwritable,
)

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
READ = Request("GET", "/page")
TICKET = Request("GET", "/issue/ACME-1", ticket="ACME-1")
POST = Request("POST", "/comment", body={"body": "x"}, kind=CallKind.WRITE, idempotent=False, ticket="ACME-1")
PUT = Request("PUT", "/comment/1", body={"body": "x"}, kind=CallKind.WRITE, ticket="ACME-1")
QUERY = Request("POST", "/graphql", body={"query": "{ a }"}, kind=CallKind.GRAPHQL)
PATIENT = Limits(max_wait_seconds=100_000)


def answer(status: int, content: Any = None, **headers: str) -> Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, names, b"" if content is None else json.dumps(content).encode())


def verdict(request: Request, got: Response | NoResponse, attempt: int = 1, limits: Limits = PATIENT) -> RetryDecision:
    return decide(request, got, attempt, limits, NOW)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry_after": "120"}, 120),
        ({"retry_after": "0"}, 1),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after": "Mon, 16 Nov 2026 09:02:00 GMT"}, 120),
        ({"retry_after": "Mon, 16 Nov 2026 08:00:00 GMT"}, 1),
        ({"retry_after": "soon"}, 60),
        ({"retry_after": "-3"}, 60),
        ({"retry_after": "inf"}, 60),
        ({}, 60),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": str(int(NOW.timestamp()) + 30)}, 31),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": str(int(NOW.timestamp()) - 30)}, 1),
        ({"x_ratelimit_remaining": "4999", "x_ratelimit_reset": str(int(NOW.timestamp()) + 3000)}, 60),
        ({"x_ratelimit_reset": "2026-11-16T09:00:40Z"}, 40),
        ({"x_ratelimit_reset": "2026-11-16T09:00:40Z", "retry_after": "5"}, 40),
        ({"x_ratelimit_reset": "tomorrow"}, 60),
        ({"ratelimit_reason": "jira-burst-based"}, 5),
    ],
)
@pytest.mark.parametrize("request_", [READ, POST, PUT])
def test_limit_is_waited_for_as_long_as_asked(request_: Request, headers: dict[str, str], wait: float) -> None:
    got = verdict(request_, answer(429, **headers))
    assert isinstance(got, Retry)
    assert got.wait == pytest.approx(wait)


@pytest.mark.parametrize(
    ("reason", "host_wide"),
    [
        ("", True),
        ("jira-quota-global-based", True),
        ("jira-quota-tenant-based", True),
        ("jira-burst-based", False),
        ("jira-per-issue-on-write", False),
    ],
)
def test_narrow_limits_hold_back_nobody_else(reason: str, host_wide: bool) -> None:
    got = verdict(READ, answer(429, retry_after="3", ratelimit_reason=reason))
    assert isinstance(got, Retry)
    assert got.host_wide is host_wide


@pytest.mark.parametrize(
    "limited",
    [
        answer(403, {"message": "API rate limit exceeded"}, x_ratelimit_remaining="0", x_ratelimit_reset="9"),
        answer(403, {"message": "You have exceeded a secondary rate limit. Please wait."}),
        answer(403, {"message": "You have triggered an abuse detection mechanism"}),
        answer(403, retry_after="7"),
    ],
)
def test_forbidden_for_a_limit_is_no_refusal_of_credentials(limited: Response) -> None:
    assert isinstance(verdict(READ, limited), Retry)
    assert isinstance(verdict(POST, limited), Retry)


@pytest.mark.parametrize(
    "error", [{"type": "RATE_LIMITED", "message": "x"}, {"message": "You have exceeded a secondary rate limit"}]
)
def test_graphql_limit_hides_in_an_answer_of_200(error: dict[str, str]) -> None:
    got = verdict(QUERY, answer(200, {"data": None, "errors": [error]}, retry_after="9"))
    assert got == Retry(9.0, "rate limit reached", host_wide=True)


def test_graphql_errors_of_other_kinds_are_for_the_connector_to_read() -> None:
    partial = answer(200, {"data": {"a": None}, "errors": [{"type": "FORBIDDEN", "message": "no"}]})
    assert verdict(QUERY, partial) == Success(partial)


def test_unstated_limit_waits_longer_each_time() -> None:
    waits = [verdict(READ, answer(429), attempt=attempt).wait for attempt in (1, 2, 3)]  # type: ignore[union-attr]
    assert waits == [60, 120, 240]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 409, 425])
def test_passing_failures_are_repeated_where_that_does_no_harm(status: int) -> None:
    waits = [verdict(PUT, answer(status), attempt=attempt).wait for attempt in (1, 2, 3)]  # type: ignore[union-attr]
    assert waits == [1, 2, 4]


def test_unavailable_host_is_left_alone_as_long_as_it_asks() -> None:
    assert verdict(READ, answer(503, retry_after="20")) == Retry(20.0, "HTTP 503", host_wide=True)


@pytest.mark.parametrize(
    "lost",
    [
        NoResponse.NO_ANSWER,
        answer(500),
        answer(502, retry_after="1"),
        answer(504),
        Response(201, {}, b"<html>proxy</html>"),
        Response(201, {}, b'{"id": "10'),
    ],
)
def test_write_that_may_have_happened_is_never_sent_again(lost: Response | NoResponse) -> None:
    got = verdict(POST, lost)
    assert isinstance(got, Fail)
    assert got.error is OutcomeUnknown


def test_connection_that_never_opened_is_tried_again_even_for_a_post() -> None:
    assert verdict(POST, NoResponse.NOT_SENT) == Retry(1.0, "could not connect")


@pytest.mark.parametrize("body", [b'{"issues": [', b"", b"\xff\xfe", b"no words"])
def test_read_that_is_not_json_counts_as_failed(body: bytes) -> None:
    assert isinstance(verdict(READ, Response(200, {}, body)), Retry)


@pytest.mark.parametrize("written", [Response(204, {}, b""), Response(201, {}, b""), answer(200, {"id": "1"})])
def test_write_may_be_answered_with_nothing(written: Response) -> None:
    assert verdict(PUT, written) == Success(written)


@pytest.mark.parametrize(
    ("request_", "status", "error"),
    [
        (READ, 401, CredentialsRefused),
        (READ, 403, CredentialsRefused),
        (TICKET, 404, TicketNotFound),
        (TICKET, 410, TicketNotFound),
        (READ, 404, SourceError),
        (READ, 410, SourceError),
        (READ, 400, QueryRefused),
        (POST, 422, QueryRefused),
        (READ, 418, SourceError),
        (READ, 301, SourceError),
        (POST, 409, SourceError),
    ],
)
def test_refusal_is_named_after_what_can_be_done(request_: Request, status: int, error: type[SourceError]) -> None:
    got = verdict(request_, answer(status))
    assert isinstance(got, Fail)
    assert got.error is error


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"errorMessages": ["The value 'X' does not exist."], "errors": {}}, "The value 'X' does not exist."),
        ({"errorMessages": [], "errors": {"labels": "can't contain spaces"}}, "labels: can't contain spaces"),
        ({"message": "Validation Failed", "errors": [{"message": "too long"}]}, "Validation Failed too long"),
        ({"message": "Validation Failed", "errors": [{"field": "body", "code": "missing"}]}, "body missing"),
        ({"message": "No\n\u202e luck\u0000"}, "No luck"),
        ({"errors": "odd", "errorMessages": {"odd": 1}}, "HTTP 400"),
    ],
)
def test_refusal_repeats_the_words_of_the_tracker(content: Any, words: str) -> None:
    got = verdict(READ, answer(400, content))
    assert isinstance(got, Fail)
    assert got.reason.startswith("HTTP 400")
    assert got.reason.endswith(words)


def test_long_words_of_a_tracker_are_cut() -> None:
    got = verdict(READ, answer(400, {"message": "x" * 5000}))
    assert isinstance(got, Fail)
    assert len(got.reason) < 400


def test_last_try_hands_the_wait_back() -> None:
    got = verdict(READ, answer(429, retry_after="10"), attempt=4)
    assert got == Fail(RetryLater, "rate limit reached", 10.0, host_wide=True)


def test_wait_beyond_the_cap_is_handed_back_at_once() -> None:
    got = verdict(READ, answer(429, retry_after="61"), limits=Limits(max_wait_seconds=60))
    assert got == Fail(RetryLater, "rate limit reached", 61.0, host_wide=True)


bodies = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"", b"null", b"[]", b'{"errors": [{"type": "RATE_LIMITED"}]}', b'{"message": "rate limit"}']),
)
header_values = st.sampled_from(["", "0", "5", "-1", "x", "Mon, 16 Nov 2026 09:02:00 GMT", "2026-11-16T09:00:40Z"])
headers_ = st.dictionaries(
    st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit-reason"]), header_values
)
answers = st.builds(Response, st.integers(200, 599), headers_, bodies)


@given(st.one_of(answers, st.sampled_from(NoResponse)), st.integers(1, 5))
def test_no_post_repeats_unless_it_was_refused_before_anything_happened(
    got: Response | NoResponse, attempt: int
) -> None:
    if isinstance(verdict(POST, got, attempt), Retry):
        assert got is NoResponse.NOT_SENT or (isinstance(got, Response) and got.status in (403, 429))


@given(
    st.one_of(answers, st.sampled_from(NoResponse)),
    st.integers(1, 5),
    st.sampled_from([READ, TICKET, POST, PUT, QUERY]),
)
def test_every_answer_has_a_verdict_with_a_wait_of_no_less_than_a_second(
    got: Response | NoResponse, attempt: int, request_: Request
) -> None:
    meant = verdict(request_, got, attempt)
    if isinstance(meant, Retry):
        assert meant.wait >= 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "Unable to create comment because issue is locked."),
        (403, "Repository was archived so is read-only."),
        (403, "Commenting is disabled on issues with more than 2500 comments"),
        (410, "Issues are disabled for this repo"),
        (422, "This conversation has been locked as resolved"),
        (400, "This issue has reached the maximum number of comments"),
        (400, "The limit of 5,000 comments on this issue is reached."),
        (400, "Issue ACME-1 is not editable because of its status"),
        (400, "You do not have the permission to comment on this issue."),
        (404, "The issue is archived and cannot be edited"),
    ],
)
@pytest.mark.parametrize("request_", [POST, PUT])
def test_a_write_that_the_ticket_takes_from_nobody_is_told_from_one_that_passes(
    request_: Request, status: int, words: str
) -> None:
    assert verdict(request_, answer(status, {"message": words})) == Fail(Unwritable, f"HTTP {status}: {words}")


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        (403, "Resource not accessible by integration", CredentialsRefused),
        (403, "Your account is locked", CredentialsRefused),
        (401, "Bad credentials", CredentialsRefused),
        (400, "Comment body is not valid!", QueryRefused),
        (404, "Not Found", TicketNotFound),
    ],
)
def test_other_refusals_of_a_write_mean_what_they_meant(status: int, words: str, error: type[SourceError]) -> None:
    assert verdict(POST, answer(status, {"message": words})) == Fail(error, f"HTTP {status}: {words}")


def test_a_read_is_never_told_as_a_write_that_is_refused() -> None:
    assert verdict(TICKET, answer(403, {"message": "is locked"})) == Fail(CredentialsRefused, "HTTP 403: is locked")
