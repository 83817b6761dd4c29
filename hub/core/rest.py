"""When the next run would come to the same as this one: pure, and in doubt never."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass

from hub.core.outcome import Outcome
from hub.core.planning.shut import moment
from hub.model.action import LedgerEntries, Published, Status
from hub.model.initiative import Extent, Initiative, Pulled
from hub.model.labels import OURS


def comes_to_rest(outcome: Outcome, ledger: LedgerEntries) -> bool:
    """Whether the same run once more, with nothing changed since, would see, find and want the same.

    `ledger` is what it says after the run. Nothing may be half read, half written, newly heard or still counted.
    """
    tickets = {(one.connector, i.id): i for one in outcome.snapshot.pulled for i in one.initiatives if not i.context}
    return (
        outcome.unsafe is None
        and all(receipt.status is Status.PLANNED for receipt in outcome.receipts)
        and all(_is_whole(one) for one in outcome.snapshot.pulled)
        and not any(one.commands for one in outcome.snapshot.fresh)
        and _counts_alike(outcome.snapshot.fresh, ledger.values())
        and all(_is_settled(one, tickets.get(key)) for key, one in ledger.items())
    )


def _is_whole(pulled: Pulled) -> bool:
    return not pulled.gaps and not pulled.absent and pulled.cursor is not None


def _counts_alike(fresh: Iterable[Pulled], known: Iterable[Published]) -> bool:
    """A run that looks at changes alone counts an absence differently from one that looked at everything."""
    return all(one.extent is Extent.CHANGES for one in fresh) or not any(one.misses for one in known)


def _is_settled(known: Published, ticket: Initiative | None) -> bool:
    """Nothing under way, the comment compared as of the ticket's last change, the labels those that we left."""
    if known.pending or known.added or known.removed:
        return False
    if ticket is None:
        return True
    looked = known.comment_id is None or known.looked == moment(ticket)
    return looked and ticket.labels & frozenset(OURS) == known.labels & frozenset(OURS)


def print_of(parts: Sequence[object]) -> str:
    """A digest of values that is the same in every process: of what they hold, however it is ordered."""
    return hashlib.sha256(_told(parts).encode(errors="backslashreplace")).hexdigest()[:32]


def _told(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{_told(key)}:{_told(one)}" for key, one in value.items())) + "}"
    if isinstance(value, frozenset | set):
        return "<" + ",".join(sorted(map(_told, value))) + ">"
    if isinstance(value, list | tuple):
        return "(" + ",".join(map(_told, value)) + ")"
    if is_dataclass(value):
        inside = (f"{one.name}={_told(getattr(value, one.name))}" for one in fields(value))
        return f"{type(value).__name__}[{','.join(inside)}]"
    # Words and numbers, those of an enumeration included, and whatever another package says of itself.
    return repr(value)
