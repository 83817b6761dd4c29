"""Words by which trackers say that work was ended without a result."""

from functools import lru_cache

from connectors.names import contains_phrase

_CANCELLED = (
    "wont do", "wont fix", "wontfix", "will not do", "will not fix", "duplicate", "duplicated", "declined", "cancelled",
    "canceled", "cannot reproduce", "cant reproduce", "not reproducible", "rejected", "obsolete", "not planned",
    "not doing", "abandoned", "withdrawn", "discarded", "dropped", "superseded", "invalid", "not a bug", "incomplete",
    "out of scope", "abgebrochen", "abgelehnt", "verworfen", "storniert", "duplikat", "annulé", "annulée", "abandonné",
    "rejeté", "doublon", "cancelado", "cancelada", "rechazado", "duplicado",
)  # fmt: skip


@lru_cache(maxsize=1024)
def is_cancelled(name: str) -> bool:
    """Whether a resolution, a state's reason or a status says so: `Won't Do`, `Duplicate`, `Closed - rejected`."""
    return bool(name) and contains_phrase(name, _CANCELLED)
