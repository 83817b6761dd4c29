"""What all webhooks have in common: a signature over the raw bytes, and a body of JSON that is not believed."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import SecretStr

from hub.model.errors import DeliveryForged, DeliveryUnreadable

ALL_TICKETS = ""
_METHODS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_ID = re.compile(r"[\x21-\x7e]{1,200}")
_FORGED = "the delivery is not signed with the secret"


def require_signature(header: str, body: bytes, secret: SecretStr | None) -> None:
    """DeliveryForged unless the header holds `method=hex` of the body with the secret; without a secret always."""
    method, _, said = header.strip().partition("=")
    key = secret.get_secret_value().encode() if secret else b""
    digest = _METHODS.get(method, hashlib.sha256)
    right = hmac.new(key or b"none", body, digest).hexdigest()
    # The comparison comes first, and takes as long for whatever was sent.
    same = hmac.compare_digest(right.encode(), said.casefold().encode("utf-8", "replace"))
    if not (same and key and method in _METHODS):
        raise DeliveryForged(_FORGED)


def require_secret(said: str, secret: SecretStr | None) -> None:
    """DeliveryForged unless the secret itself was said."""
    key = secret.get_secret_value().encode() if secret else b""
    if not (hmac.compare_digest(key or b"none", said.encode("utf-8", "replace")) and key):
        raise DeliveryForged(_FORGED)


def payload_of(body: bytes) -> Mapping[str, Any]:
    """The JSON object in the body; DeliveryUnreadable for anything else."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise DeliveryUnreadable("the body is no JSON: choose application/json in the webhook's settings") from None
    if not isinstance(content, dict):
        raise DeliveryUnreadable("the body is no JSON object")
    return content


def delivery_id(header: str, body: bytes) -> str:
    """The tracker's own id of the delivery; where it gives none that can be one, the body's hash."""
    return header if _ID.fullmatch(header) else f"sha256:{hashlib.sha256(body).hexdigest()}"


def inside(content: Any, *path: str) -> Any:
    """What is found at the end of the path; None where it breaks off."""
    for step in path:
        content = content.get(step) if isinstance(content, dict) else None
    return content


def known_ids(found: Iterable[Any], is_id: Callable[[str], object]) -> tuple[str, ...]:
    """The ids among what was found; where one should be and is not, all tickets."""
    words = [str(one) if isinstance(one, str | int) and not isinstance(one, bool) else "" for one in found]
    return tuple(dict.fromkeys(word if is_id(word) else ALL_TICKETS for word in words))
