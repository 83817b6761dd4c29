"""When the next run would come to the same as this one: pure, and in doubt never."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass

from hub.core.labels import HUB_LABELS
from hub.core.outcome import RunResult
from hub.core.planning.shut import updated_at
from hub.model.action import LedgerEntry, Status
from hub.model.initiative import Initiative, PullResult, SyncMode

Ledger = Mapping[tuple[str, str], LedgerEntry]


def is_fixed_point(outcome: RunResult, ledger: Ledger) -> bool:
    """Whether the same run once more, with nothing changed since, would see, find and want the same.

    `ledger` is what it says after the run. Nothing may be half read, half written, newly heard or still counted.
    """
    tickets = {
        (pull_result.connector, i.id): i
        for pull_result in outcome.snapshot.pulled
        for i in pull_result.initiatives
        if not i.reference_only
    }
    return (
        outcome.unsafe is None
        and all(receipt.status is Status.PLANNED for receipt in outcome.receipts)
        and all(_is_complete(pull_result) for pull_result in outcome.snapshot.pulled)
        and not any(pull_result.commands for pull_result in outcome.snapshot.delta)
        and _has_stable_absences(outcome.snapshot.delta, ledger.values())
        and all(_is_stable(ledger_entry, tickets.get(key)) for key, ledger_entry in ledger.items())
    )


def _is_complete(pulled: PullResult) -> bool:
    return not pulled.gaps and not pulled.absent and pulled.cursor is not None


def _has_stable_absences(results: Iterable[PullResult], entries: Iterable[LedgerEntry]) -> bool:
    """A run that looks at changes alone counts an absence differently from one that looked at everything."""
    return all(pull_result.mode is SyncMode.INCREMENTAL for pull_result in results) or not any(
        ledger_entry.absences for ledger_entry in entries
    )


def _is_stable(entry: LedgerEntry, ticket: Initiative | None) -> bool:
    """Nothing under way, the comment compared as of the ticket's last change, the labels those that we left."""
    if entry.create_pending or entry.added or entry.removed:
        return False
    if ticket is None:
        return True
    is_verified = entry.comment_id is None or entry.verified_at == updated_at(ticket)
    return is_verified and ticket.labels & frozenset(HUB_LABELS) == entry.labels & frozenset(HUB_LABELS)


def fingerprint_of(parts: Sequence[object]) -> str:
    """A digest of values that is the same in every process: of what they hold, however it is ordered."""
    return hashlib.sha256(_canonical(parts).encode(errors="backslashreplace")).hexdigest()[:32]


def _canonical(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{_canonical(key)}:{_canonical(item)}" for key, item in value.items())) + "}"
    if isinstance(value, frozenset | set):
        return "<" + ",".join(sorted(map(_canonical, value))) + ">"
    if isinstance(value, list | tuple):
        return "(" + ",".join(map(_canonical, value)) + ")"
    if is_dataclass(value):
        field_texts = (f"{field.name}={_canonical(getattr(value, field.name))}" for field in fields(value))
        return f"{type(value).__name__}[{','.join(field_texts)}]"
    # Words and numbers, those of an enumeration included, and whatever another package says of itself.
    return repr(value)
