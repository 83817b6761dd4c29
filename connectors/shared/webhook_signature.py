"""The signature of a webhook over its raw body, and the JSON in it."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import SecretStr

from hub.model.errors import WebhookPayloadInvalid, WebhookSignatureInvalid

ANY_TICKET = ""
_METHODS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_ID = re.compile(r"[\x21-\x7e]{1,200}")
_BAD_SIGNATURE = "the delivery is not signed with the secret"


def require_signature(header: str, body: bytes, secret: SecretStr | None) -> None:
    """WebhookSignatureInvalid unless the header holds `method=hex` of the body with the secret.

    Without a secret always.
    """
    method, _, received = header.strip().partition("=")
    key = secret.get_secret_value().encode() if secret else b""
    digest = _METHODS.get(method, hashlib.sha256)
    expected = hmac.new(key or b"none", body, digest).hexdigest()
    # The comparison comes first, and takes as long for whatever was sent.
    is_equal = hmac.compare_digest(expected.encode(), received.casefold().encode("utf-8", "replace"))
    if not (is_equal and key and method in _METHODS):
        raise WebhookSignatureInvalid(_BAD_SIGNATURE)


def require_secret(received: str, secret: SecretStr | None) -> None:
    """WebhookSignatureInvalid unless the secret itself was said."""
    key = secret.get_secret_value().encode() if secret else b""
    if not (hmac.compare_digest(key or b"none", received.encode("utf-8", "replace")) and key):
        raise WebhookSignatureInvalid(_BAD_SIGNATURE)


def payload_of(body: bytes) -> Mapping[str, Any]:
    """The JSON object in the body; WebhookPayloadInvalid for anything else."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise WebhookPayloadInvalid("the body is no JSON: choose application/json in the webhook's settings") from None
    if not isinstance(content, dict):
        raise WebhookPayloadInvalid("the body is no JSON object")
    return content


def delivery_id(header: str, body: bytes) -> str:
    """The tracker's own id of the delivery; where it gives none that can be one, the body's hash."""
    return header if _ID.fullmatch(header) else f"sha256:{hashlib.sha256(body).hexdigest()}"


def get_path(content: Any, *path: str) -> Any:
    """What is found at the end of the path; None where it breaks off."""
    for step in path:
        content = content.get(step) if isinstance(content, dict) else None
    return content


def valid_ids(values: Iterable[Any], is_id: Callable[[str], object]) -> tuple[str, ...]:
    """The ids among what was found; where one should be and is not, all tickets."""
    ids = [str(item) if isinstance(item, str | int) and not isinstance(item, bool) else "" for item in values]
    return tuple(dict.fromkeys(id_ if is_id(id_) else ANY_TICKET for id_ in ids))
