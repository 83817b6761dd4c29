"""Which of the hub's comments are read again, and what follows for the ledger from what stands on the tickets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from hub.core.one_comment import Found
from hub.core.planning.comment_plan import WALL, standing_for
from hub.core.planning.shut import SHUT_UNTIL, moment
from hub.model.action import COMMENT, LABELS, Comment, LedgerEntries, Published, Target
from hub.model.initiative import Initiative
from hub.model.ledger_change import (
    CommentAdopted,
    CommentDeleted,
    CommentEdited,
    CommentNotSent,
    CommentVerified,
    LabelChanged,
    LedgerChange,
    OtherHubDetected,
)

LOOKS_AT_MOST = 50
TOO_MANY_UNSEEN = 3
"""From so many of our comments on, none of which is to be seen, nobody believes that people deleted them all."""

NEW = {COMMENT: "comment of the hub", LABELS: "label of the hub"}


@dataclass(frozen=True, slots=True)
class Observation:
    """The ledger as the tickets confirm it: what is planned on.

    `changes` are what the stored ledger has to record of that, in their order. `blocked_connectors` must not be
    written, each with the reason; `complete` ones were read to their end: writes are planned for them alone.
    """

    ledger: LedgerEntries
    changes: tuple[LedgerChange, ...] = ()
    blocked_connectors: Mapping[str, str] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ObservedEntry:
    """One ledger entry as its ticket confirms it, and what the stored ledger has to record of that."""

    entry: Published
    changes: tuple[LedgerChange, ...] = ()


def worth_a_look(
    connector: str, ledger: LedgerEntries, tickets: Mapping[tuple[str, str], Initiative]
) -> list[Published]:
    """Comments on tickets that changed since they were last compared: the tracker counts an edited comment as one."""
    changed = [
        one
        for key, one in ledger.items()
        if key[0] == connector and one.comment_id and key in tickets and one.looked != moment(tickets[key])
    ]
    return sorted(changed, key=lambda one: (one.looked, one.target))[:LOOKS_AT_MOST]


def samples(connector: str, ledger: LedgerEntries, looked: list[Published]) -> list[Published]:
    """A few others of our comments, for when those that were looked at are all gone."""
    known = {one.target for one in looked}
    others = [one for key, one in ledger.items() if key[0] == connector and one.comment_id and one.target not in known]
    return others[: TOO_MANY_UNSEEN + 2]


def unbelievable(found: Mapping[tuple[str, str], Found]) -> bool:
    """Whether comments are gone and so many that rights were lost rather than comments deleted."""
    return len(found) >= TOO_MANY_UNSEEN and not any(one.kept for one in found.values())


def halt(seen: int, known: int) -> str:
    """The reason why nothing is written."""
    return (
        f"the hub has posted {known} comments, and none of the {seen} that were checked is visible, although their "
        f"tickets are. Did the account lose permissions? If people deleted the comments, confirm with --yes"
    )


def left_alone(known: Published) -> list[str]:
    """Why the hub keeps off a ticket, or off a part of it, as far as the ledger tells."""
    reasons = list(_edited_by_others(known))
    reasons += [
        f"the ticket's edit screen doesn't accept the label {label}: run hub doctor" for label in sorted(known.barred)
    ]
    if known.shut is not None:
        reasons += [
            f"the ticket takes no {NEW[part]}: {words}: tried again {SHUT_UNTIL}"
            for part, words in sorted(known.shut.words.items())
        ]
    if known.pending and known.attempts:
        reasons.append(f"a write was sent {known.attempts} times without an answer: checked before it is sent again")
    return reasons


def _edited_by_others(known: Published) -> Iterator[str]:
    by = "someone, or another hub with its own state, edited the hub's comment"
    if known.contests >= WALL:
        yield f"{by} {known.contests} times: not edited again until everything is resolved"
    elif known.drifted and known.restored_for is not None:
        yield f"{by} again after it was restored: not restored a second time"
    if known.rival is not None:
        seen = f"a comment of this account that this state doesn't know was seen on {known.rival.isoformat()}"
        yield f"another hub writes here: {seen}. Run one hub for each workspace, or give all of them one state"


def with_unknown_outcome(known: Published, found: Found) -> ObservedEntry:
    """The entry of a first comment without a receipt, once it was looked for: it arrived, or was never sent."""
    comment = found.kept
    if comment is None:
        return ObservedEntry(replace(known, pending=False, attempts=0), (CommentNotSent(known.target),))
    entry = replace(
        known,
        comment_id=comment.id,
        author=comment.author,
        form=comment.form,
        says=comment.says,
        doubles=tuple(double.id for double in found.doubles),
        digest="",
        pending=False,
        resolved=False,
    )
    return ObservedEntry(entry, (CommentAdopted(known.target, comment, known.labels),))


def with_label_changes(known: Published, target: Target, labels: frozenset[str]) -> ObservedEntry:
    """With the labels of a write whose receipt never came: the wish for them was remembered, so it was ours."""
    added, removed = (known.added & labels) - known.labels, (known.removed & known.labels) - labels
    if not (added or removed):
        return ObservedEntry(known)
    changes = tuple(LabelChanged(target, label, present=label in added) for label in sorted(added | removed))
    return ObservedEntry(replace(known, labels=(known.labels | added) - removed), changes)


def with_replacement(known: Published, target: Target, found: Found) -> ObservedEntry:
    """With the new comment of a replacement whose receipt never came, if it arrived: the old one is then to go."""
    sent = found.kept
    if sent is None or not found.arrived:
        return ObservedEntry(known)
    entry = replace(
        known,
        comment_id=sent.id,
        author=sent.author,
        digest="",
        form="",
        looked="",
        pending=False,
        attempts=0,
        resolved=False,
        resolved_on=None,
        drifted=False,
    )
    return ObservedEntry(entry, (CommentAdopted(target, sent, known.labels),))


def with_adopted(known: Published, found: Found, updated_at: str) -> ObservedEntry | None:
    """With our comment that the ledger does not know; None where there is none."""
    comment = found.kept
    if comment is None:
        return None
    doubles = tuple(double.id for double in found.doubles)
    entry = replace(
        known,
        comment_id=comment.id,
        author=comment.author,
        form=comment.form,
        says=comment.says,
        doubles=doubles,
        looked="" if doubles else updated_at,
    )
    return ObservedEntry(entry, (CommentAdopted(known.target, comment, known.labels),))


def has_unknown_text(known: Published) -> bool:
    """Whether the comment was found by an earlier run that went no further: nobody knows what it says."""
    return bool(known.comment_id) and not (known.digest or known.form or known.replaces)


def verified(known: Published, found: Found, updated_at: str, day: date) -> ObservedEntry:
    """The entry compared with what stands there: as it was, edited by somebody, another one of ours, or deleted.

    While there are doubles, the ticket is read again until they are gone.
    """
    comment, doubles = found.kept, tuple(double.id for double in found.doubles)
    if comment is None:
        findings_key = standing_for(known.findings)
        entry = replace(known, comment_id=None, digest="", drifted=False, comment_refused=findings_key)
        return ObservedEntry(entry, (CommentDeleted(known.target, findings_key),))
    other = comment.id != known.comment_id
    changes = (OtherHubDetected(known.target, day),) if doubles or other else ()
    if other:
        # What we want now is written over what stands there, unless it says so already.
        entry = replace(
            known,
            comment_id=comment.id,
            author=comment.author,
            form=comment.form,
            says=comment.says,
            doubles=doubles,
            digest="",
            drifted=False,
            pending=False,
            resolved=False,
        )
        return ObservedEntry(entry, (*changes, CommentAdopted(known.target, comment, known.labels)))
    compared = _compare(replace(known, doubles=doubles), comment, "" if doubles else updated_at)
    return replace(compared, changes=(*changes, *compared.changes))


def _compare(known: Published, current: Comment, updated_at: str) -> ObservedEntry:
    if known.pending and known.form != current.form:
        # An edit of ours whose receipt never came, or none of ours: what we want now is written over it.
        return ObservedEntry(replace(known, digest="", form=current.form, says=current.says, drifted=False))
    if known.form in ("", current.form):
        # Without a form it comes from an older state or was adopted: it counts from here on.
        rendered_text = known.says if known.form or known.digest else current.says
        entry = replace(known, looked=updated_at, form=current.form, drifted=False, says=rendered_text)
        return ObservedEntry(entry, (CommentVerified(known.target, updated_at, current.form),))
    entry = replace(known, looked=updated_at, drifted=True, contests=known.contests + (not known.drifted))
    return ObservedEntry(entry, (CommentEdited(known.target, updated_at),))
