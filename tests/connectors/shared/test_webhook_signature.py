"""Signatures over raw bytes, by the vendors' own examples; nothing else opens the door."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connectors.github.admin_client import LABELS
from connectors.shared.webhook_signature import delivery_id, payload_of, require_secret, require_signature
from hub.model.action import HUB_LABELS
from hub.model.errors import WebhookPayloadInvalid, WebhookSignatureInvalid

SECRET = SecretStr("It's a Secret to Everybody")
VECTORS = [
    (b"Hello, World!", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
    (b"Hello World!", "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"),
]


@pytest.mark.parametrize(("body", "digest"), VECTORS)
def test_the_vendors_examples_are_believed(body: bytes, digest: str) -> None:
    require_signature(f"sha256={digest}", body, SECRET)
    require_signature(f"sha256={digest.upper()}", body, SECRET)


@pytest.mark.parametrize("method", ["sha384", "sha512"])
def test_the_method_is_the_one_that_the_header_names(method: str) -> None:
    digest = hmac.new(SECRET.get_secret_value().encode(), b"x", method).hexdigest()
    require_signature(f"{method}={digest}", b"x", SECRET)


@pytest.mark.parametrize("method", ["sha1", "md5", "SHA256", "none", ""])
def test_a_weak_or_unknown_method_is_not_believed(method: str) -> None:
    named = method if method in {"sha1", "md5"} else "sha256"
    digest = hmac.new(SECRET.get_secret_value().encode(), b"x", named).hexdigest()
    with pytest.raises(WebhookSignatureInvalid):
        require_signature(f"{method}={digest}", b"x", SECRET)


@pytest.mark.parametrize("secret", [None, SecretStr("")])
def test_without_a_secret_nothing_is_believed(secret: SecretStr | None) -> None:
    for key in (b"", b"none"):
        with pytest.raises(WebhookSignatureInvalid):
            require_signature(f"sha256={hmac.new(key, b'x', hashlib.sha256).hexdigest()}", b"x", secret)
    for said in ("", "none"):
        with pytest.raises(WebhookSignatureInvalid):
            require_secret(said, secret)


@given(st.text(max_size=80))
def test_whatever_stands_in_the_header_is_forged_and_never_a_crash(header: str) -> None:
    with pytest.raises(WebhookSignatureInvalid):
        require_signature(header, b"body", SECRET)
    with pytest.raises(WebhookSignatureInvalid):
        require_secret(header, SECRET)


def test_an_error_holds_neither_secret_nor_signature() -> None:
    right = hmac.new(SECRET.get_secret_value().encode(), b"x", hashlib.sha256).hexdigest()
    with pytest.raises(WebhookSignatureInvalid) as caught:
        require_signature("sha256=00", b"x", SECRET)
    assert right not in repr(caught.value)
    assert "Everybody" not in repr(caught.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"nul", b"\xff\xfe", b"payload=%7B%7D", b"[" * 100_000, b"{" * 9])
def test_what_is_no_json_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(WebhookPayloadInvalid):
        payload_of(body)


@pytest.mark.parametrize("header", ["", "a b", "x" * 201, "é", "a\x00b"])
def test_an_id_that_can_be_none_gives_way_to_the_hash(header: str) -> None:
    assert delivery_id(header, b"x") == f"sha256:{hashlib.sha256(b'x').hexdigest()}"


def test_each_of_our_labels_has_a_colour_on_github() -> None:
    assert tuple(LABELS) == HUB_LABELS
