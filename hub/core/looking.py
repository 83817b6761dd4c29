"""Which of the hub's comments are looked at again, and what it means when they are not there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub.core.one_comment import Found
from hub.core.planning.comment_plan import WALL
from hub.core.planning.shut import SHUT_UNTIL, moment
from hub.model.action import COMMENT, LABELS, LedgerEntries, Published
from hub.model.initiative import Initiative

LOOKS_AT_MOST = 50
TOO_MANY_UNSEEN = 3
"""From so many of our comments on, none of which is to be seen, nobody believes that people deleted them all."""

NEW = {COMMENT: "comment of the hub", LABELS: "label of the hub"}


@dataclass(frozen=True, slots=True)
class Looked:
    """The ledger with what was noticed, and connectors that must not be written, each with the reason."""

    ledger: dict[tuple[str, str], Published]
    halted: Mapping[str, str] = field(default_factory=dict)


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


def unbelievable(found: Mapping[str, Found]) -> bool:
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
