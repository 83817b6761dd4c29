"""What the hub remembers of its links on tickets, so that it removes no other."""

from collections.abc import Sequence
from typing import Protocol

from hub.model.action import Target
from hub.model.remote_link import PostedRemoteLink


class RemoteLinks(Protocol):
    """The hub's links on tickets. Within a run whose lease another has taken, what writes raises StoreError."""

    def remote_links(self) -> Sequence[PostedRemoteLink]:
        """All of them, by ticket."""

    def record_remote_link(self, target: Target, global_id: str, digest: str) -> None:
        """Remember the link: before it is sent with an empty digest, then with that of what it says."""

    def remote_link_gone(self, target: Target, global_id: str) -> None:
        """The link is not there any more."""
