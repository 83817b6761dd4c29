"""Which tickets carry a link to the key result that they support: set while nothing is wrong, kept while it is true.

A link appears on a ticket that is at work and has no finding. It stays when a finding comes, for it is still true and
each change is a line in the ticket's history; it goes when the ticket no longer names the key result, when links are
not asked for any more, and with `hub retract`. Tickets that have ended keep theirs. Where the key result has become
private, its link goes from every ticket, whether the ticket was read or not: it holds the title.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.core.checking.redaction import private_objectives
from hub.core.display_names import Names
from hub.model.action import Action, ActionKind, RemoteLink, Target
from hub.model.finding import Judgement
from hub.model.initiative import Initiative, Ref
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from hub.model.remote_link import PostedRemoteLink, remote_link_digest
from hub.model.urls import key_result_page

MAX_GLOBAL_ID = 255
SUPPORTED = "it supports this key result"
CHANGED = "the key result is called otherwise now"
NOT_SUPPORTED = "it doesn't support this key result any more"
PRIVATE = "what the link says isn't public any more"
SWITCHED_OFF = "publish.remote_links is off"
RETRACTED = "everything the hub posted is retracted"
PREFIX = "alignment-hub"
UNNAMED = "a key result that is private, or not in the OKR files"


@dataclass(frozen=True, slots=True)
class RemoteLinkInputs:
    """Where links may be written, what stands there, where key results have their pages, and whose hub it is."""

    connectors: frozenset[str]
    posted: Iterable[PostedRemoteLink]
    hub_url: str
    workspace: str


def global_id(workspace: str, key_result: KeyResult) -> str:
    """The link's id on its ticket: the hub's own, and one for each key result."""
    text = f"{PREFIX}:{workspace}:{key_result.cycle}/{key_result.id}"
    if len(text) <= MAX_GLOBAL_ID:
        return text
    return f"{PREFIX}:{hashlib.sha256(text.encode()).hexdigest()}"


def remote_link_actions(portfolio: Portfolio, judgement: Judgement, inputs: RemoteLinkInputs) -> tuple[Action, ...]:
    """The links of private key results to remove, then those to set, change and remove in the order of the tickets.

    Of the others none goes where it is not known what is true.
    """
    posted: dict[tuple[str, str], dict[str, PostedRemoteLink]] = {}
    for link in inputs.posted:
        posted.setdefault((link.target.ref.connector, link.target.id), {})[link.global_id] = link
    with_findings = {ref for finding in judgement.findings for ref in finding.on_tickets}
    private = {global_id(inputs.workspace, key_result) for key_result in portfolio.okrs.private}
    actions = list(_removals(inputs.posted, inputs.connectors, PRIVATE, private))
    for ref, ticket in portfolio.initiatives.items():
        if ref.connector not in inputs.connectors or ticket.reference_only or ref in portfolio.absent:
            continue
        known = posted.get((ref.connector, ticket.id), {})
        if not known and ref not in portfolio.at_work:
            continue
        current = {link.global_id: link for link in _current_links(portfolio, ticket, inputs)}
        may_add = ref in portfolio.at_work and ref not in portfolio.exempt and ref not in with_findings
        actions += _changes(ticket, current, known, may_add=may_add)
        if _is_certain(portfolio, ticket):
            actions += (
                Action(ActionKind.REMOVE_REMOTE_LINK, _target(ticket), NOT_SUPPORTED, remote_link=RemoteLink(id_))
                for id_ in sorted(known.keys() - current.keys() - private)
            )
    return tuple(actions)


def linked_key_results(posted: Iterable[PostedRemoteLink], ticket: Initiative, portfolio: Portfolio) -> tuple[str, ...]:
    """The ids of the public key results that the hub's links on the ticket lead to; UNNAMED for another one."""
    on_ticket = {
        link.global_id
        for link in posted
        if (link.target.ref.connector, link.target.id) == (ticket.ref.connector, ticket.id)
    }
    if not on_ticket:
        return ()
    okrs = portfolio.okrs
    key_results = (*okrs.key_results.values(), *okrs.other_key_results.values())
    names = {global_id(portfolio.workspace, kr): kr.id for kr in key_results if not kr.private}
    return tuple(sorted(names.get(id_, UNNAMED) for id_ in on_ticket))


def retracted_links(posted: Iterable[PostedRemoteLink], connectors: Collection[str]) -> tuple[Action, ...]:
    """The removal of every link of the hub's."""
    return tuple(_removals(posted, connectors, RETRACTED))


def is_own(id_: str, workspace: str, key_results: Iterable[KeyResult]) -> bool:
    """Whether a link with this id is the workspace's; a long id names none, and is known by the key results alone."""
    return id_.startswith(f"{PREFIX}:{workspace}:") or (
        id_.startswith(f"{PREFIX}:") and any(id_ == global_id(workspace, key_result) for key_result in key_results)
    )


def switched_off_links(posted: Iterable[PostedRemoteLink], connectors: Collection[str]) -> tuple[Action, ...]:
    """The same where the configuration does not ask for links any more."""
    return tuple(_removals(posted, connectors, SWITCHED_OFF))


def _removals(
    posted: Iterable[PostedRemoteLink],
    connectors: Collection[str],
    reason: str,
    global_ids: Collection[str] | None = None,
) -> Iterator[Action]:
    """Of all links on these trackers, or of those with one of the ids."""
    for link in posted:
        if link.target.ref.connector in connectors and (global_ids is None or link.global_id in global_ids):
            yield Action(ActionKind.REMOVE_REMOTE_LINK, link.target, reason, remote_link=RemoteLink(link.global_id))


def _changes(
    ticket: Initiative, current: Mapping[str, RemoteLink], known: Mapping[str, PostedRemoteLink], *, may_add: bool
) -> Iterator[Action]:
    for id_, link in current.items():
        before = known.get(id_)
        if (before is None and may_add) or (before is not None and before.digest != digest_of(link)):
            reason = SUPPORTED if before is None else CHANGED
            yield Action(ActionKind.SET_REMOTE_LINK, _target(ticket), reason, remote_link=link)


def digest_of(link: RemoteLink) -> str:
    """What the ledger holds of what a link says."""
    return remote_link_digest(link.title, link.url, link.summary)


def _current_links(portfolio: Portfolio, ticket: Initiative, inputs: RemoteLinkInputs) -> Iterator[RemoteLink]:
    """One for each public key result that the ticket names itself; none where anybody can read the ticket."""
    okrs = portfolio.okrs
    hidden = private_objectives(okrs) if okrs.private else ()
    for link in portfolio.serves.get(ticket.ref, ()):
        key_result = okrs.key_results.get(link.key_result)
        if key_result is None or key_result.private or ticket.public or link.inherited_from is not None:
            continue
        page = Names(portfolio, ticket.ref, hub_url=inputs.hub_url).page(key_result_page(key_result.id))
        url = page or key_result.url
        if url:
            objective = okrs.objectives.get(key_result.objective)
            summary = objective.title if objective is not None and objective.id not in hidden else ""
            yield RemoteLink(global_id(inputs.workspace, key_result), key_result.title, url, summary)


def _is_certain(portfolio: Portfolio, ticket: Initiative) -> bool:
    """Whether it is known that a ticket that is still open names a key result no more."""
    ref: Ref = ticket.ref
    return not (
        ticket.status.ended
        or ticket.missing_fields
        or portfolio.partial
        or portfolio.okrs.incomplete_reason
        or portfolio.okrs.unanswered
        or ref in portfolio.undetermined
        or not portfolio.readable(ref)
    )


def _target(ticket: Initiative) -> Target:
    return Target(ticket.ref, ticket.id)
