"""What Jira's deliveries ask for, on Cloud and on Data Center, and which of them are our own doing."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connectors.capabilities import Delivery
from connectors.jira.connector import JiraConnector
from connectors.jira.settings import JiraSettings
from connectors.jira.webhook import read_delivery
from hub.model.errors import WebhookPayloadInvalid, WebhookSignatureInvalid
from tests.fakes.connector_context import a_world

SECRET = "s3cret"
ME = "5b10a2844c20165700ede21g"
CENTER, CLOUD = "https://jira.acme.example", "https://acme.atlassian.net"
EVENTS = ("jira:issue_updated", "comment_created", "issuelink_created", "sprint_closed", "worklog_updated", "x", "")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PARTS = ("issue", "comment", "user", "changelog", "issueLink", "worklog", "issue_event_type_name")


def some_settings(url: str = CENTER, secret: str | None = SECRET) -> JiraSettings:
    account = "hub@acme.test" if url == CLOUD else None
    return JiraSettings(
        url=url,
        query="project = ACME",
        email=account,
        token=SecretStr("t"),
        webhook_secret=None if secret is None else SecretStr(secret),
    )


def signed(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def sent(payload: Any, *, me: str = ME, url: str = CENTER) -> Delivery:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {"x-hub-signature": signed(body), "x-atlassian-webhook-identifier": "w-1"}
    return read_delivery(headers, body, "", some_settings(url), me)


ASKING = [
    ({"webhookEvent": "jira:issue_updated", "issue": {"id": "10001"}}, ("10001",)),
    ({"webhookEvent": "jira:issue_created", "issue": {"id": 10001}}, ("10001",)),
    ({"webhookEvent": "jira:issue_deleted", "issue": {"id": "10001", "key": "ACME-1"}}, ("10001",)),
    ({"webhookEvent": "comment_created", "issue": {"id": "10001"}, "comment": {}}, ("10001",)),
    ({"webhookEvent": "issuelink_created", "issueLink": {"sourceIssueId": 1, "destinationIssueId": 2}}, ("1", "2")),
    ({"webhookEvent": "worklog_created", "worklog": {"issueId": "10001"}}, ("10001",)),
    ({"webhookEvent": "jira:version_released", "version": {}}, ("",)),
    ({"webhookEvent": "sprint_closed"}, ("",)),
    ({"webhookEvent": "user_created"}, ()),
    ({"webhookEvent": "jira:issue_updated", "issue": {"key": "ACME-1"}}, ("",)),
    ({"webhookEvent": "jira:issue_updated", "issue": {"id": "1 or 1=1"}}, ("",)),
    ({"webhookEvent": "jira:issue_updated", "issue": {"id": "١٢"}}, ("",)),
    ({"webhookEvent": ["jira:issue_updated"]}, ()),
]


@pytest.mark.parametrize(("payload", "tickets"), ASKING)
def test_a_delivery_asks_for_the_tickets_it_names(payload: Any, tickets: tuple[str, ...]) -> None:
    assert sent(payload).tickets == tickets


def labels(before: str, after: str) -> dict[str, Any]:
    items = [{"field": "labels", "fromString": before, "toString": after}]
    return {
        "webhookEvent": "jira:issue_updated",
        "issue": {"id": "1"},
        "user": {"accountId": ME},
        "changelog": {"items": items},
    }


def comment(event: str, author: str, by: str) -> dict[str, Any]:
    both = {"author": {"accountId": author}, "updateAuthor": {"accountId": by}}
    return {"webhookEvent": event, "issue": {"id": "1"}, "comment": both}


def test_our_own_comment_and_label_are_echoes() -> None:
    assert sent(labels("kr-a", "kr-a okr-stale")).echo
    assert sent(labels("okr-stale okr-unaligned", "okr-dependency")).echo
    assert sent(comment("comment_created", ME, ME)).echo
    assert sent(comment("comment_updated", ME, ME)).echo


def test_data_center_tells_of_our_comment_as_a_change_of_the_ticket() -> None:
    said = {"webhookEvent": "jira:issue_updated", "issue_event_type_name": "issue_commented", "issue": {"id": "1"}}
    me = {"key": "JIRAUSER1", "name": "hub"}
    assert sent({**said, "user": me, "comment": {"author": me}}, me="JIRAUSER1").echo
    assert not sent({**said, "user": me, "comment": {"author": {"key": "JIRAUSER2"}}}, me="JIRAUSER1").echo


NO_ECHOES = [
    labels("kr-a", "kr-b okr-stale"),
    labels("", "okr-exempt"),
    labels("", "okr-stale") | {"user": {"accountId": "person", "displayName": ME}},
    labels("", "okr-stale") | {"changelog": {"items": [{"field": "labels"}, {"field": "status"}]}},
    labels("", "okr-stale") | {"changelog": {"items": []}},
    labels("", "okr-stale") | {"changelog": {"items": {"field": "labels"}}},
    comment("comment_updated", ME, "person"),
    comment("comment_updated", "person", ME),
    comment("comment_deleted", ME, ME),
    {"webhookEvent": "jira:issue_updated", "issue": {"id": "1"}, "user": {"accountId": ME}},
]


@pytest.mark.parametrize("payload", NO_ECHOES)
def test_what_may_be_a_persons_doing_is_no_echo(payload: Any) -> None:
    assert not sent(payload).echo


def test_nothing_is_an_echo_while_we_do_not_know_who_we_are() -> None:
    assert not sent(labels("", "okr-stale"), me="").echo


def test_data_center_may_say_the_secret_in_the_address() -> None:
    body = json.dumps({"webhookEvent": "jira:issue_updated", "issue": {"id": "1"}}).encode()
    said = read_delivery({}, body, SECRET, some_settings(), ME)
    assert (said.tickets, said.id) == (("1",), f"sha256:{hashlib.sha256(body).hexdigest()}")
    for wrong in ("", "s3cre", "S3CRET", "sécret"):
        with pytest.raises(WebhookSignatureInvalid):
            read_delivery({}, body, wrong, some_settings(), ME)


def test_a_wrong_signature_is_not_mended_by_the_secret_in_the_address() -> None:
    with pytest.raises(WebhookSignatureInvalid):
        read_delivery({"x-hub-signature": signed(b"{}", "other")}, b"{}", SECRET, some_settings(), ME)


@pytest.mark.parametrize("settings", [some_settings(CLOUD), some_settings(CENTER, None), some_settings(CENTER, "")])
def test_cloud_signs_and_without_a_secret_nothing_opens(settings: JiraSettings) -> None:
    with pytest.raises(WebhookSignatureInvalid):
        read_delivery({}, b"{}", SECRET, settings, ME)


@given(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(PARTS), JSON, max_size=6))
def test_no_signed_payload_is_a_crash(event: str, payload: dict[str, Any]) -> None:
    assert sent({"webhookEvent": event, **payload}).id == "w-1"


@given(st.binary(max_size=200))
def test_no_signed_bytes_are_a_crash(body: bytes) -> None:
    try:
        sent(body)
    except WebhookPayloadInvalid:
        return


def test_the_connector_listens_before_it_asked_anything() -> None:
    connector = JiraConnector("jira", some_settings(), a_world())
    assert connector.capabilities.webhooks is connector
    body = json.dumps(labels("", "okr-stale")).encode()
    assert not connector.read_delivery({"x-hub-signature": signed(body)}, body).echo
    connector.close()
