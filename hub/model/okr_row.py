"""An objective or a key result as it stands in a tracker: words, before anybody asked what they mean."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class OkrKind(StrEnum):
    """What a ticket is, if it is no work."""

    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"


@dataclass(frozen=True, slots=True)
class OkrTicket:
    """One ticket that is an objective or a key result.

    `values` are pairs of a word of the OKR files, such as `aligns_to`, and what the ticket says of it; a word may
    stand several times. `parent` and `links` are keys of the same tracker. `id_label` is the id that a label gives.
    """

    kind: OkrKind
    connector: str
    key: str
    id: str
    title: str
    url: str
    containers: tuple[str, ...] = ()
    parent: str | None = None
    id_label: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()
    closed: date | None = None
    labels: frozenset[str] = frozenset()

    @property
    def ticket_ref(self) -> str:
        """As people name the ticket: `connector:key`."""
        return f"{self.connector}:{self.key}"

    def values_of(self, field: str) -> tuple[str, ...]:
        """All that the ticket says of a word, in the order in which it says it."""
        return tuple(text for name, text in self.values if name == field and text.strip())
