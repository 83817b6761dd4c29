"""A key result as a link on a ticket, which notifies nobody."""

import hashlib
from dataclasses import dataclass

from hub.model.action import Target


@dataclass(frozen=True, slots=True)
class PostedRemoteLink:
    """A link of the hub's on a ticket; the digest is of what it said, empty where no receipt came for it."""

    target: Target
    global_id: str
    digest: str = ""


def remote_link_digest(title: str, url: str, summary: str) -> str:
    """A hash of what a link says: where it is the same, nothing is written."""
    return hashlib.sha256(f"{title}\0{url}\0{summary}".encode(errors="backslashreplace")).hexdigest()[:16]
