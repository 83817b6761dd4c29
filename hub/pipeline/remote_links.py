"""The hub's links on tickets: planned where the run asks for them, and remembered before each is sent."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from connectors.base import Connector
from connectors.capabilities import SupportsRemoteLinks
from hub.core.planning.comment_drift import Observation
from hub.core.planning.plan import Plan
from hub.core.planning.remote_links import RemoteLinkInputs, digest_of, is_own, remote_link_actions, switched_off_links
from hub.model.action import Action, ActionKind, Receipt, Status, Target
from hub.model.errors import CredentialsRefused, SourceError, TicketNotFound
from hub.model.finding import Judgement
from hub.model.initiative import Gap
from hub.model.portfolio import Portfolio
from hub.model.remote_link import PostedRemoteLink
from hub.pipeline.run_context import RunContext
from hub.store.base import RemoteLinks

UNSUPPORTED = "this tracker takes no links"


def with_remote_links(
    job: RunContext,
    planned: Plan,
    found: tuple[Portfolio, Judgement],
    observed: Observation,
    posted: Sequence[PostedRemoteLink],
) -> Plan:
    """The plan with the links to set and to remove where the tracker takes them; all go where they aren't asked for."""
    linking = frozenset(name for name in observed.complete if job.writable[name].capabilities.remote_links is not None)
    if not job.remote_links:
        return replace(planned, actions=(*planned.actions, *switched_off_links(posted, linking)))
    inputs = RemoteLinkInputs(linking, posted, job.hub_url, job.workspace)
    return replace(planned, actions=(*planned.actions, *remote_link_actions(*found, inputs)))


def find_remote_links(
    job: RunContext, connector: Connector, targets: Sequence[Target]
) -> tuple[list[PostedRemoteLink], tuple[Gap, ...]]:
    """The workspace's links on the tickets, whether the store knows them or not, and what was not looked at."""
    found: list[PostedRemoteLink] = []
    if (linking := connector.capabilities.remote_links) is None:
        return found, ()
    key_results = (*job.okrs.key_results.values(), *job.okrs.other_key_results.values())
    try:
        for target in targets:
            with suppress(TicketNotFound):
                ids = linking.remote_link_ids(target)
                found += [PostedRemoteLink(target, id_) for id_ in ids if is_own(id_, job.workspace, key_results)]
    except SourceError as error:
        return found, (Gap(connector.name, f"links were not searched to the end: {error.detail}", error.key),)
    return found, ()


class RemoteLinkWriter:
    """Where the account may not link tickets, that is asked once: the others are refused for the same reason."""

    def __init__(self, connector: Connector, store: RemoteLinks) -> None:
        self._connector = connector
        self._store = store
        self._refusal = ""

    def write(self, action: Action) -> Receipt:
        """Set or remove the action's link; SourceError where the tracker does not answer as it should."""
        linking = self._connector.capabilities.remote_links
        if linking is None or action.remote_link is None:
            return Receipt(action, Status.FAILED, UNSUPPORTED)
        if self._refusal:
            return Receipt(action, Status.REFUSED, self._refusal)
        try:
            self._write(linking, action)
        except CredentialsRefused as error:
            self._refusal = f"not allowed: {error.detail}"
            raise
        return Receipt(action, Status.DONE)

    def _write(self, connector: SupportsRemoteLinks, action: Action) -> None:
        target, link = action.target, action.remote_link
        if link is None:
            return
        if action.kind is ActionKind.REMOVE_REMOTE_LINK:
            with suppress(TicketNotFound):
                connector.remove_remote_link(target, link.global_id)
            self._store.remote_link_gone(target, link.global_id)
            return
        self._store.record_remote_link(target, link.global_id, "")
        connector.set_remote_link(target, link)
        self._store.record_remote_link(target, link.global_id, digest_of(link))
