"""What a tracker's webhook leaves behind: the delivery, and which tickets are to be read again."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """A delivery as it is stored: by its id and its body's hash; `tickets` are what is to be read again."""

    connector: str
    delivery_id: str
    digest: str
    tickets: tuple[str, ...]
    received: datetime


@dataclass(frozen=True, slots=True)
class PendingRefresh:
    """A request to read a ticket again; several for one ticket become one, which then has the latest `id`.

    `ticket` is the tracker's immutable id, or empty for the whole connector. `received` is when the first of them came.
    """

    id: int
    connector: str
    ticket: str
    received: datetime
