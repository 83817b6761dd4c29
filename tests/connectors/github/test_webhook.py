"""What GitHub's deliveries ask for, and which of them are our own doing."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connectors.capabilities import Delivery
from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from connectors.github.webhook import read_delivery
from hub.model.errors import WebhookPayloadInvalid, WebhookSignatureInvalid
from tests.fakes.connector_context import a_world

SECRET = SecretStr("s3cret")
ME, PERSON = "41", 7
ISSUE = {"node_id": "I_kwDO1", "number": 1}
EVENTS = ("issues", "issue_comment", "sub_issues", "issue_dependencies", "projects_v2_item", "label", "ping", "x")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PARTS = ("action", "issue", "comment", "label", "sender", "changes", "parent_issue", "sub_issue", "projects_v2_item")


def sent(event: str, payload: Any, *, me: str = ME, delivery: str = "d-1") -> Delivery:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = hmac.new(SECRET.get_secret_value().encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-github-event": event, "x-github-delivery": delivery, "x-hub-signature-256": f"sha256={signature}"}
    return read_delivery(headers, body, SECRET, me)


ASKING = [
    ("issues", {"action": "edited", "issue": ISSUE}, ("I_kwDO1",)),
    ("issues", {"action": "deleted", "issue": ISSUE}, ("I_kwDO1",)),
    (
        "issues",
        {"action": "transferred", "issue": ISSUE, "changes": {"new_issue": {"node_id": "I_2"}}},
        ("I_kwDO1", "I_2"),
    ),
    *(
        ("issues", {"action": action, "issue": ISSUE, "issue_field": {"id": 1, "name": "Key Result"}}, ("I_kwDO1",))
        for action in ("field_added", "field_removed", "typed", "untyped", "milestoned", "demilestoned", "assigned")
    ),
    ("issue_comment", {"action": "created", "issue": ISSUE}, ("I_kwDO1",)),
    ("issue_comment", {"action": "created", "issue": ISSUE | {"pull_request": {"url": "u"}}}, ()),
    ("sub_issues", {"parent_issue": {"node_id": "I_p"}, "sub_issue": {"node_id": "I_s"}}, ("I_p", "I_s")),
    ("issue_dependencies", {"blocked_issue": {"node_id": "I_a"}, "blocking_issue": {"node_id": "I_b"}}, ("I_a", "I_b")),
    ("projects_v2_item", {"projects_v2_item": {"content_type": "Issue", "content_node_id": "I_9"}}, ("I_9",)),
    ("projects_v2_item", {"projects_v2_item": {"content_type": "DraftIssue", "content_node_id": "DI_9"}}, ()),
    ("projects_v2_item", {"projects_v2_item": {"content_type": "PullRequest", "content_node_id": "PR_9"}}, ()),
    ("label", {"action": "deleted", "label": {"name": "kr-revenue"}}, ("",)),
    ("label", {"action": "created", "label": {"name": "kr-revenue"}}, ()),
    ("installation", {"action": "created"}, ("",)),
    ("milestone", {"action": "edited"}, ("",)),
    ("ping", {"zen": "Keep it simple", "hook_id": 1}, ()),
    ("star", {"action": "created"}, ()),
    ("issues", {"action": "edited"}, ("",)),
    ("issues", {"action": "edited", "issue": {"node_id": "I 1'; --"}}, ("",)),
    ("issues", {"action": "edited", "issue": {"node_id": True}}, ("",)),
]


@pytest.mark.parametrize(("event", "payload", "tickets"), ASKING)
def test_a_delivery_asks_for_the_issues_it_names(event: str, payload: Any, tickets: tuple[str, ...]) -> None:
    assert sent(event, payload).tickets == tickets


def from_us(**payload: Any) -> dict[str, Any]:
    return {"issue": ISSUE, "sender": {"id": int(ME), "login": "somebody-else"}, **payload}


def test_our_own_comment_and_label_are_echoes() -> None:
    comment = {"comment": {"user": {"id": int(ME)}}}
    assert sent("issue_comment", from_us(action="created", **comment)).echo
    assert sent("issue_comment", from_us(action="edited", **comment)).echo
    assert sent("issues", from_us(action="labeled", label={"name": "okr-stale"})).echo
    assert sent("issues", from_us(action="unlabeled", label={"name": "okr-unaligned"})).echo


NO_ECHOES = [
    ("issue_comment", from_us(action="deleted", comment={"user": {"id": int(ME)}})),
    ("issue_comment", from_us(action="edited", comment={"user": {"id": PERSON}})),
    ("issues", from_us(action="labeled", label={"name": "kr-revenue"})),
    ("issues", from_us(action="labeled", label={"name": ["okr-stale"]})),
    ("issues", from_us(action="edited")),
    ("issues", from_us(action="field_added", issue_field={"id": 1, "name": "Key Result"})),
    ("issues", from_us(action="labeled", label={"name": "okr-stale"}) | {"sender": {"id": PERSON, "login": "hub"}}),
    ("issues", from_us(action="labeled", label={"name": "okr-stale"}) | {"sender": {"login": ME}}),
    ("issues", from_us(action={}, label={"name": "okr-stale"})),
]


@pytest.mark.parametrize(("event", "payload"), NO_ECHOES)
def test_what_may_be_a_persons_doing_is_no_echo(event: str, payload: Any) -> None:
    assert not sent(event, payload).echo


def test_nothing_is_an_echo_while_we_do_not_know_who_we_are() -> None:
    assert not sent("issues", from_us(action="labeled", label={"name": "okr-stale"}), me="").echo
    assert not sent("issues", {"action": "labeled", "label": {"name": "okr-stale"}}, me="").echo


def test_a_form_instead_of_json_is_told_apart_from_a_forgery() -> None:
    with pytest.raises(WebhookPayloadInvalid, match="application/json"):
        sent("issues", b"payload=%7B%7D")


@given(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(PARTS), JSON, max_size=6))
def test_no_signed_payload_is_a_crash(event: str, payload: dict[str, Any]) -> None:
    assert sent(event, payload).id == "d-1"


@given(st.binary(max_size=200))
def test_no_signed_bytes_are_a_crash(body: bytes) -> None:
    try:
        sent("issues", body)
    except WebhookPayloadInvalid:
        return


def test_the_connector_listens_and_refuses_without_its_secret() -> None:
    plain = GitHubConnector("github", GitHubSettings(repositories=("acme/app",), token=SecretStr("t")), a_world())
    assert plain.capabilities.webhooks is plain
    with pytest.raises(WebhookSignatureInvalid):
        plain.read_delivery({}, b"{}")
    with pytest.raises(WebhookSignatureInvalid):
        plain.read_delivery({}, b"{}", "s3cret")
    plain.close()
