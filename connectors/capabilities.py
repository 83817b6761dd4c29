"""What a tracker may offer beyond the `Connector` protocol, one small protocol each.

A connector declares what it offers in `Connector.capabilities`; nothing is guessed from the names of its methods.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.model.action import RemoteLink, Target
from hub.model.initiative import PullResult, PullState
from hub.model.measure import Measure
from hub.model.survey import Place, Setting, Survey


class SupportsLabels(Protocol):
    """Labels that the hub can set; without them its comment says all, and people answer by commands in comments."""

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Add and remove by delta; labels that are there, or gone, already are fine.

        Raises:
            LabelsNotOnScreen: The tracker takes everything from this account but labels.
            Unwritable: The ticket takes no label for now, whoever sends it.
        """
        ...


class SupportsThreads(Protocol):
    """Answers of people to the hub's comment can be told; without them none of its comments counts as answered."""

    def has_reply(self, target: Target, comment_id: str) -> bool:
        """Whether a person answered the comment: a later one quotes it, calls our account, or hangs below it."""
        ...


class SupportsMinimize(Protocol):
    """A comment that is resolved is folded away, and unfolded when it is not."""

    def minimize_comment(self, target: Target, comment_id: str, *, minimized: bool) -> None:
        """Fold or unfold our comment, which tells nobody; where that is not allowed, nothing happens.

        RetryLater where it may go another time.
        """
        ...


class SupportsReactions(Protocol):
    """A reaction under a person's comment, which tells them what became of it."""

    def react(self, target: Target, comment_id: str, *, applied: bool) -> None:
        """Put our account's reaction there; one that is there already, or a comment that is gone, is fine."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a webhook's delivery asks for, once its signature was found to be right: to look at tickets again.

    `tickets` are the tracker's immutable ids, empty for all of the connector; no tickets at all where none is
    concerned. `by` is the id of the account that caused it. An `echo` tells of what our own account just wrote.
    """

    id: str
    event: str
    tickets: tuple[str, ...] = ()
    by: str | None = None
    echo: bool = False


class SupportsWebhooks(Protocol):
    """Webhooks, which only ever say where to look again."""

    def read_delivery(self, headers: Mapping[str, str], body: bytes, path_secret: str = "") -> Delivery:
        """Read a delivery, by headers in lower case, without asking the tracker anything.

        Args:
            headers: The request's headers, their names in lower case.
            body: The body as it was sent, which the signature is over.
            path_secret: What followed the connector's name in the address.

        Returns:
            What to read again. Nothing is an echo before `whoami` has told who we are.

        Raises:
            WebhookSignatureInvalid: The signature is missing or wrong.
            WebhookPayloadInvalid: The body is no delivery of this tracker.
        """
        ...


class SupportsWorkQueries(Protocol):
    """The tickets that a query finds, for key results that declare one."""

    def tickets_by_query(self, queries: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
        """Resolve each key result's query.

        Args:
            queries: The query in the tracker's own language (JQL), by the key result's id.

        Returns:
            The tracker's immutable ids of the tickets that each query finds, by the key result's id.

        Raises:
            QueryRefused: The tracker refuses a query; the message names the key result.
            SourceError: A search did not come to its end, so that nothing follows from what it left out.
        """
        ...


class SupportsLookup(Protocol):
    """Questions for single tickets that a full read should have shown."""

    def look_up(self, missing: PullState) -> PullResult:
        """Ask for single tickets.

        Args:
            missing: The tickets as they were last read, and the cursor of the pull that lacked them.

        Returns:
            Those that are there and configured, with what they refer to. Of the others, `deleted` names those that are
            gone; the rest stay as last read until a second full read lacks them.
        """
        ...


class SupportsLabelDefinitions(Protocol):
    """Labels that are defined before their first use, and taken off the tracker's list again."""

    def define_labels(self, target: Target, labels: frozenset[str]) -> Iterable[str]:
        """Define those of the hub's labels that the ticket's place lacks.

        Yields `place:label` of each as soon as it is defined: an error at the next one leaves it there.
        """
        ...

    def delete_label_definition(self, definition: str) -> bool:
        """Whether `place:label` is done with: gone, or people's by now. False while a ticket carries it."""
        ...


class SupportsSurvey(Protocol):
    """A look at the tracker before it is configured, for `hub init`."""

    def survey(self, places: Sequence[str] = ()) -> Survey:
        """What the account sees, in a bounded number of requests; the named `places` are among it if they exist.

        Raises of the `SourceError` family where the tracker refuses the account or cannot be reached.
        """
        ...

    def propose(self, survey: Survey, places: Sequence[Place]) -> tuple[Setting, ...]:
        """The settings that read these places; asks the tracker nothing."""
        ...


class SupportsMeasures(Protocol):
    """Values of key results, counted or added up from the tracker's tickets."""

    def measure(self, measure: Measure) -> float:
        """Read the value as it is now, a finite number.

        Raises:
            QueryRefused: The tracker refuses the query.
            SourceError: Not everything that the value is made of was read, or there is no value: it is never a part.
        """
        ...


class SupportsRemoteLinks(Protocol):
    """Links on tickets to where else something stands, set without notifying anybody."""

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

    def remote_link_ids(self, target: Target) -> Sequence[str]:
        """The ids of all links on the ticket that have one, people's as well; TicketNotFound where it is gone."""
        ...
