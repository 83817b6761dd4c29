"""Failures are limited by client and account; nobody is locked out by others, and memory stays bounded."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from starlette.requests import Request

from hub.web.auth.login_rate_limit import MAX_PER_ACCOUNT, MAX_PER_CLIENT, PERIOD, Failures, LoginRateLimit

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


@dataclass
class Time:
    moment: datetime = field(default=NOON)

    def __call__(self) -> datetime:
        return self.moment


def asking(peer: str = "203.0.113.5", through: str = "") -> Request:
    headers = [(b"x-forwarded-for", through.encode())] if through else []
    return Request({"type": "http", "client": (peer, 1), "headers": headers, "method": "GET", "path": "/"})


def fail(attempts: LoginRateLimit, times: int, account: str = "", **who: str) -> None:
    for number in range(times):
        attempts.record_failure(asking(**who), f"guess {number}", account)


def refused(attempts: LoginRateLimit, account: str = "", **who: str) -> bool:
    return attempts.refusal(asking(**who), account) is not None


def test_a_client_that_failed_often_waits_a_minute() -> None:
    time = Time()
    attempts = LoginRateLimit(time)
    fail(attempts, MAX_PER_CLIENT - 1)
    assert not refused(attempts)
    fail(attempts, MAX_PER_CLIENT)
    assert refused(attempts)
    assert not refused(attempts, peer="203.0.113.6")
    time.moment += PERIOD - timedelta(seconds=1)
    assert refused(attempts)
    time.moment += timedelta(seconds=1)
    assert not refused(attempts)


def test_whoever_is_refused_is_not_held_off_any_longer_by_asking() -> None:
    time = Time()
    attempts = LoginRateLimit(time)
    fail(attempts, MAX_PER_CLIENT)
    time.moment += PERIOD / 2
    assert all(refused(attempts) for _ in range(100))
    time.moment += PERIOD / 2
    assert not refused(attempts)


def test_the_same_secret_again_is_no_other_guess_and_no_secret_always_counts() -> None:
    time = Time()
    attempts = LoginRateLimit(time)
    for _ in range(1000):
        attempts.record_failure(asking(), "an old token")
    assert not refused(attempts)
    for _ in range(MAX_PER_CLIENT):
        time.moment += timedelta(milliseconds=1)
        attempts.record_failure(asking())
    assert refused(attempts)


def test_clients_behind_a_trusted_proxy_are_told_apart() -> None:
    attempts = LoginRateLimit(Time(), (ip_network("10.0.0.0/8"),))
    fail(attempts, MAX_PER_CLIENT, peer="10.0.0.1", through="198.51.100.1")
    assert refused(attempts, peer="10.0.0.1", through="6.6.6.6, 198.51.100.1")
    assert not refused(attempts, peer="10.0.0.1", through="198.51.100.2")


def test_another_address_of_the_same_customer_is_the_same_client() -> None:
    attempts = LoginRateLimit(Time())
    for number in range(MAX_PER_CLIENT):
        attempts.record_failure(asking(f"2001:db8:1:2::{number + 1}"), f"guess {number}")
    assert refused(attempts, peer="2001:db8:1:2:ffff::1")
    assert not refused(attempts, peer="2001:db8:1:3::1")


@pytest.mark.parametrize("account", ["", "kim"])
def test_many_clients_at_one_account_have_one_failure_each_and_nobody_else_is_held_off(account: str) -> None:
    attempts = LoginRateLimit(Time())
    for number in range(MAX_PER_ACCOUNT):
        attempts.record_failure(asking(f"198.51.100.{number}"), f"guess {number}", account)
    assert refused(attempts, account, peer="198.51.100.7")
    assert not refused(attempts, account, peer="203.0.113.9")
    assert not refused(attempts, "somebody else", peer="198.51.100.7")
    attempts.record_failure(asking("203.0.113.9"), "mistyped", account)
    assert refused(attempts, account, peer="203.0.113.9")


def test_a_million_names_fill_no_memory_and_hide_no_guesser() -> None:
    attempts = LoginRateLimit(Time(), max_names=50)
    for number in range(2_000):
        attempts.record_failure(asking(), f"guess {number}", f"account {number} {'x' * number}")
    assert refused(attempts)
    assert not refused(attempts, peer="203.0.113.6")


def test_of_too_many_names_those_that_failed_longest_ago_are_forgotten() -> None:
    failures = Failures(max_names=3, max_secrets=5)
    for number in range(10):
        failures.add(f"name {number}", b"x", NOON)
        failures.add("always there", str(number).encode(), NOON)
    assert len(failures) == 3
    assert failures.count("always there", NOON) == 5
    assert [failures.count(f"name {number}", NOON) for number in range(10)] == [0] * 8 + [1, 1]
    assert failures.count("name 9", NOON + PERIOD) == 0
    assert len(failures) == 2
