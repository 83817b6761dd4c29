"""What is asked through the library: same table of retries, no retries of its own, and no secret in its errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import responses

from connectors.http.messages import Limits
from connectors.jira.admin_client import AdminClient
from hub.model.errors import CredentialsRefused, RetryLater, SourceError
from tests.connectors.jira.rows import some_settings
from tests.fakes.connector_context import FakeTime, a_world
from tests.fakes.refused_address import refused_address

ROOT = "https://acme.atlassian.net/rest/api/2"
GATEWAY = "https://api.atlassian.com/ex/jira/c-1"
SECRET = "s3cr3t-t0ken"


@contextmanager
def a_control_plane(time: FakeTime | None = None, **settings: Any) -> Iterator[AdminClient]:
    control = AdminClient("jira", some_settings(token=SECRET, **settings), a_world(time), Limits())
    try:
        yield control
    finally:
        control.close()


@responses.activate
def test_link_types_are_read_with_both_readings() -> None:
    kinds = [{"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}]
    responses.get(f"{ROOT}/issueLinkType", json={"issueLinkTypes": kinds})
    with a_control_plane() as control:
        assert control.link_types() == kinds
        assert control.requests == 1


@responses.activate
def test_limit_is_waited_for_as_long_as_asked_and_no_longer_than_allowed() -> None:
    time = FakeTime()
    responses.get(f"{ROOT}/myself", status=429, headers={"Retry-After": "40"})
    responses.get(f"{ROOT}/myself", json={"accountId": "a"})
    with a_control_plane(time) as control:
        assert control.myself() == {"accountId": "a"}
        assert control.requests == len(responses.calls) == 2
        responses.get(f"{ROOT}/field", status=429, headers={"Retry-After": "400"})
        with pytest.raises(RetryLater) as later:
            control.fields()
    assert time.waits == [40]
    assert later.value.wait == 400


@responses.activate
@pytest.mark.parametrize("body", ["<html>sign in</html>", '{"accountId": ', "[]"])
def test_answer_that_makes_no_sense_is_an_error_of_the_source(body: str) -> None:
    responses.get(f"{ROOT}/myself", body=body)
    with a_control_plane() as control, pytest.raises(SourceError):
        control.myself()


def test_site_that_nothing_listens_at_could_not_be_connected_to() -> None:
    with refused_address() as url, a_control_plane(url=url) as control, pytest.raises(RetryLater) as later:
        control.myself()
    assert str(later.value).endswith("could not connect")


@responses.activate
def test_refusal_shows_neither_token_nor_address() -> None:
    responses.get(f"{ROOT}/myself", status=401, json={"errorMessages": [f"no such token {SECRET}"]})
    with a_control_plane() as control, pytest.raises(CredentialsRefused) as refused:
        control.myself()
    shown = f"{refused.value!s} {refused.value.__dict__} {refused.value.__context__!r} {refused.value.__cause__!r}"
    assert "HTTP 401: no such token [secret]" in shown
    assert SECRET not in shown
    assert "atlassian.net" not in shown


@responses.activate
def test_token_without_an_email_is_sent_as_a_bearer_token() -> None:
    responses.get(f"{GATEWAY}/rest/api/2/myself", json={"accountId": "a"})
    with a_control_plane(cloud_id="c-1", email=None) as control:
        control.myself()
    assert responses.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}"
