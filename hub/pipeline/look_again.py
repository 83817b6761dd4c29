"""Look again, before planning, at comments of ours on tickets that changed: they may be edited, deleted or unseen."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from connectors.base import Connector
from connectors.carried import carried
from hub.core.looking import Ledger, Looked, halt, samples, unbelievable, worth_a_look
from hub.core.planning.comment_plan import standing_for
from hub.core.planning.shut import moment
from hub.model.action import Comment, Published
from hub.model.errors import SourceError
from hub.model.initiative import Initiative, Snapshot
from hub.store.base import Store

AT_ONCE = 8
Tickets = Mapping[tuple[str, str], Initiative]
Found = dict[str, Comment | None]


def look_again(
    snapshot: Snapshot,
    ledger: Ledger,
    connectors: Mapping[str, Connector],
    store: Store | None,
    *,
    confirmed: bool,
    anew: bool,
) -> Looked:
    """The ledger with what people did to our comments. `confirmed` believes that even all of them were deleted.

    `anew` tries again what a screen or a ticket did not take. Without a store nothing is remembered (dry run).
    """
    tickets = {(one.connector, i.id): i for one in snapshot.pulled for i in one.initiatives if not i.context}
    known = {key: replace(one, barred={}, shut=None) if anew else one for key, one in ledger.items()}
    halted: dict[str, str] = {}
    for name, connector in connectors.items():
        worth = worth_a_look(name, known, tickets)
        found = _read(connector, worth)
        if found and not any(found.values()):
            asked = found | _read(connector, samples(name, known, worth))
            if unbelievable(asked) and not confirmed:
                halted[name] = halt(
                    len(asked), sum(key[0] == name and bool(one.comment_id) for key, one in known.items())
                )
                continue
        for one in worth:
            if one.comment_id in found:
                key = (name, one.target.id)
                known[key] = _noticed(one, found[one.comment_id], moment(tickets[key]), store)
    return Looked(known, halted)


def _read(connector: Connector, worth: Sequence[Published]) -> Found:
    """Each comment as it stands, None where it is not to be seen; those that could not be asked for are left out."""

    def read(one: Published) -> tuple[str, Comment | None] | None:
        comment_id = one.comment_id or ""
        try:
            return comment_id, connector.read_comment(one.target, comment_id)
        except SourceError:
            return None

    if not worth:
        return {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look") as pool:
        return dict(one for one in pool.map(carried(read), worth) if one is not None)


def _noticed(one: Published, there: Comment | None, now: str, store: Store | None) -> Published:
    """What the ledger says from here on: as it was, changed by somebody, or deleted by a person."""
    if there is None:
        stood_for = standing_for(one.findings)
        if store is not None:
            store.comment_refused(one.target, stood_for)
        return replace(one, comment_id=None, digest="", drifted=False, comment_refused=stood_for)
    if one.pending and one.form != there.form:
        # An edit of ours whose receipt never came, or none of ours: what we want now is written over it.
        return replace(one, digest="", drifted=False)
    if one.form in ("", there.form):
        # Without a form it comes from an older state or was adopted: it counts from here on.
        if store is not None:
            store.looked(one.target, now, there.form)
        return replace(one, looked=now, form=there.form, drifted=False)
    if store is not None:
        store.contested(one.target, now)
    return replace(one, looked=now, drifted=True, contests=one.contests + (not one.drifted))
