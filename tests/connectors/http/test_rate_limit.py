"""Budgets read from the headers of each vendor, and what they ask of a call."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.http.messages import CallKind, Request, Response
from connectors.http.rate_limit import RateLimit, buckets_of, endpoint_of, read_rate_limits

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
READ = Request("GET", "/rest/api/3/issue/ACME-1/comment/10001")
EPOCH = str(int(NOW.timestamp()) + 600)


def read(body: object = None, request: Request = READ, **headers: str) -> list[tuple[str, int, int, float]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Response(200, named, json.dumps(body).encode())
    told = read_rate_limits(request, answer, NOW)
    return [
        (rate_limit.kind, rate_limit.limit, rate_limit.remaining, (rate_limit.resets_at - NOW).total_seconds())
        for rate_limit in told
    ]


def test_github_tells_a_resource_and_its_reset() -> None:
    headers = {"x_ratelimit_limit": "5000", "x_ratelimit_remaining": "12", "x_ratelimit_reset": EPOCH}
    assert read(**headers, x_ratelimit_resource="core") == [("core", 5000, 12, 600)]


def test_points_are_read_from_the_body_of_a_query() -> None:
    told = {"data": {"rateLimit": {"limit": 5000, "cost": 1, "remaining": 42, "resetAt": "2026-11-16T09:10:00Z"}}}
    assert read(told, Request("POST", "/graphql", kind=CallKind.GRAPHQL)) == [("graphql", 5000, 42, 600)]
    assert read(told) == []


def test_points_are_not_read_from_the_words_of_a_ticket() -> None:
    words = {"data": {"node": {"body": '"rateLimit": {"limit": 1, "remaining": 0, "resetAt": "2026-11-16T09:10:00Z"}'}}}
    none = {"data": {"rateLimit": None}}
    request = Request("POST", "/graphql", kind=CallKind.GRAPHQL)
    assert (read(words, request), read(none, request)) == ([], [])


def test_jira_cloud_counts_each_endpoint_by_the_second() -> None:
    told = read(x_ratelimit_limit="100", x_ratelimit_remaining="7", x_ratelimit_nearlimit="true")
    assert told == [("GET /rest/api/3/issue/*/comment/*", 100, 7, 1)]


def test_refusal_for_one_ticket_says_nothing_of_the_endpoint() -> None:
    headers = {"x_ratelimit_limit": "100", "x_ratelimit_remaining": "0", "x_ratelimit_reset": "2026-11-16T09:01Z"}
    assert read(**headers, ratelimit_reason="jira-per-issue-on-write") == []


@pytest.mark.parametrize("prefix", ["", "beta_"])
def test_named_policies_are_read_in_any_order(prefix: str) -> None:
    policy = '"tenant-quota";q=100;w=60, "global-app-quota";w=3600;q=65000'
    told = '"global-app-quota";r=1200;t=300, "tenant-quota";r=50'
    found = read(**{f"{prefix}ratelimit_policy": policy, f"{prefix}ratelimit": told})
    assert found == [("global-app-quota", 65000, 1200, 300), ("tenant-quota", 100, 50, 60)]


def test_policy_far_from_its_end_tells_nothing() -> None:
    assert read(ratelimit_policy='"q";q=10;w=60', ratelimit='"q";t=30') == []


def test_data_center_says_how_fast_its_bucket_fills() -> None:
    bucket = {"x_ratelimit_interval_seconds": "2", "x_ratelimit_fillrate": "3"}
    assert read(x_ratelimit_limit="100", x_ratelimit_remaining="0", **bucket) == [("calls", 100, 0, 4)]


@pytest.mark.parametrize("value", ["", "many", "-1", "nan", "1e400"])
def test_numbers_that_make_no_sense_are_passed_over(value: str) -> None:
    assert read(x_ratelimit_limit="100", x_ratelimit_remaining=value) == []
    assert read(ratelimit_policy=f'"q";q={value};w=60', ratelimit=f'"q";r={value};t=1') == []


def a_budget(remaining: int, limit: int = 100, seconds: float = 40) -> RateLimit:
    return RateLimit("core", limit, remaining, NOW + timedelta(seconds=seconds), "core")


@pytest.mark.parametrize(
    ("remaining", "waits", "urgent_waits", "spacing"),
    [(100, 0, 0, 0), (11, 0, 0, 0), (10, 0, 0, 1), (5, 40, 0, 0), (1, 40, 0, 0), (0, 40, 40, 0)],
)
def test_wait_grows_as_the_budget_shrinks(remaining: int, waits: float, urgent_waits: float, spacing: float) -> None:
    budget = a_budget(remaining)
    assert (budget.wait_seconds(NOW, urgent=False), budget.wait_seconds(NOW, urgent=True)) == (waits, urgent_waits)
    assert budget.min_interval(NOW) == spacing
    assert budget.wait_seconds(NOW + timedelta(seconds=40), urgent=True) == 0


def test_answer_that_came_late_does_not_bring_back_what_is_spent() -> None:
    assert a_budget(9).newer_of(a_budget(5)).remaining == 5
    assert a_budget(9).newer_of(a_budget(5, seconds=30)).remaining == 9
    assert a_budget(4).newer_of(a_budget(5)).remaining == 4


def test_endpoint_is_the_same_for_every_ticket() -> None:
    write = Request("PUT", "/rest/api/3/issue/10001", kind=CallKind.WRITE, ticket="ACME-1")
    assert endpoint_of(write) == "PUT /rest/api/3/issue/*"
    assert buckets_of(write) == ("core", "PUT /rest/api/3/issue/*", "ticket ACME-1")
    assert buckets_of(Request("POST", "/graphql", kind=CallKind.GRAPHQL)) == ("graphql", "POST /graphql")
