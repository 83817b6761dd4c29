"""What stood where the hub looks and made no sense to it: kept as a value, so that nothing is dropped in silence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A value on a ticket that was seen and not understood.

    `field` is the kind of value in plain words (`priority`, `due date`, `link type`), `reason` why it was not
    understood, and `setting` the connector's setting that cures it, empty where only the ticket can be changed. `raw`
    is whole or empty, never cut: it is empty for people's names and for long texts.
    """

    field: str
    raw: str
    reason: str
    setting: str = ""
