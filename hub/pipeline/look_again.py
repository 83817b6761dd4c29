"""Look again, before planning, at comments of ours on tickets that changed: they may be edited, deleted or unseen."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

from connectors.base import Connector
from connectors.carried import carried
from hub.core.looking import Looked, halt, samples, unbelievable, worth_a_look
from hub.core.one_comment import Found, sort_out
from hub.core.planning.comment_plan import standing_for
from hub.core.planning.shut import moment
from hub.model.action import Comment, LedgerEntries, Published
from hub.model.errors import SourceError
from hub.model.initiative import Initiative, Snapshot
from hub.store.base import Store

AT_ONCE = 8
Tickets = Mapping[tuple[str, str], Initiative]
Seen = dict[str, Found]


def look_again(
    snapshot: Snapshot,
    ledger: LedgerEntries,
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
        if found and not any(one.kept for one in found.values()):
            asked = found | _read(connector, samples(name, known, worth))
            if unbelievable(asked) and not confirmed:
                halted[name] = halt(
                    len(asked), sum(key[0] == name and bool(one.comment_id) for key, one in known.items())
                )
                continue
        for one in worth:
            if one.comment_id in found:
                key = (name, one.target.id)
                now = moment(tickets[key])
                known[key] = _noticed(one, found[one.comment_id], now, snapshot.taken.date(), store)
    return Looked(known, halted)


def _read(connector: Connector, worth: Sequence[Published]) -> Seen:
    """Each comment as it stands, and ours beside it; those that could not be asked for are left out."""

    def read(one: Published) -> tuple[str, Found] | None:
        comment_id = one.comment_id or ""
        try:
            listed = connector.find_comments(one.target)
            if all(each.id != comment_id for each in listed):
                # It is ours by its id, although somebody may have edited the mark away.
                unmarked = connector.read_comment(one.target, comment_id)
                listed = [*listed, *([unmarked] if unmarked is not None else [])]
            return comment_id, sort_out(listed, one.author or connector.whoami().id, one)
        except SourceError:
            return None

    if not worth:
        return {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look") as pool:
        return dict(one for one in pool.map(carried(read), worth) if one is not None)


def _noticed(one: Published, found: Found, now: str, day: date, store: Store | None) -> Published:
    """What the ledger says from here on: as it was, changed by somebody, another one of ours, or deleted by a person.

    While there are doubles, the ticket is looked at again until they are gone.
    """
    kept, doubles = found.kept, tuple(each.id for each in found.doubles)
    if kept is None:
        return _deleted(one, store)
    rival = doubles or kept.id != one.comment_id
    if rival and store is not None:
        store.rivalled(one.target, day)
    if kept.id != one.comment_id:
        if store is not None:
            store.adopted(one.target, kept, one.labels)
        return _unread(replace(one, comment_id=kept.id, author=kept.author, doubles=doubles), kept)
    return _compared(replace(one, doubles=doubles), kept, "" if doubles else now, store)


def _deleted(one: Published, store: Store | None) -> Published:
    stood_for = standing_for(one.findings)
    if store is not None:
        store.comment_refused(one.target, stood_for)
    return replace(one, comment_id=None, digest="", drifted=False, comment_refused=stood_for)


def _unread(one: Published, there: Comment) -> Published:
    """What we want now is written over what stands there, unless it says so already."""
    return replace(one, digest="", form=there.form, says=there.says, drifted=False, pending=False, resolved=False)


def _compared(one: Published, there: Comment, now: str, store: Store | None) -> Published:
    if one.pending and one.form != there.form:
        # An edit of ours whose receipt never came, or none of ours: what we want now is written over it.
        return replace(one, digest="", form=there.form, says=there.says, drifted=False)
    if one.form in ("", there.form):
        # Without a form it comes from an older state or was adopted: it counts from here on.
        if store is not None:
            store.looked(one.target, now, there.form)
        says = one.says if one.form or one.digest else there.says
        return replace(one, looked=now, form=there.form, drifted=False, says=says)
    if store is not None:
        store.contested(one.target, now)
    return replace(one, looked=now, drifted=True, contests=one.contests + (not one.drifted))
