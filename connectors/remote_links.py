"""What a tracker may offer besides: links from a ticket to another system, each under an id of that system."""

from typing import Protocol, runtime_checkable

from hub.model.action import RemoteLink, Target


@runtime_checkable
class SupportsRemoteLinks(Protocol):
    """A tracker whose tickets take such links without notifying anybody."""

    def set_remote_link(self, target: Target, link: RemoteLink) -> None:
        """Put the link there, or bring the one with its id up to date: the same call twice leaves one link.

        Raises:
            TicketNotFound: The ticket is not there any more.
            CredentialsRefused: The account may not link tickets there.
        """
        ...

    def remove_remote_link(self, target: Target, global_id: str) -> None:
        """Remove the link with that id; TicketNotFound where it, or its ticket, is gone already."""
        ...
