"""Makes the values that say what was seen on a ticket and not understood, with the same words for every tracker."""

from collections.abc import Iterable, Iterator

from connectors.ticket_text import unclear_dependencies
from hub.model.not_understood import NotUnderstood
from hub.model.typed import folded

MAX_LENGTH = 200


def build(location: str, raw: object, reason: str, setting: str = "") -> NotUnderstood:
    """One such value; what is too long to be shown whole is not shown."""
    text = " ".join(folded(str(raw)).split())
    return NotUnderstood(location, text if len(text) <= MAX_LENGTH else "", reason, setting)


def priority(name: str) -> NotUnderstood:
    """A priority that somebody set, of a name that stands for nothing."""
    return build(
        "priority", name, "it maps to none of the priorities 1 to 4, so the ticket counts as without", "priorities"
    )


def date(location: str, raw: object, setting: str) -> NotUnderstood:
    """A date that cannot be read."""
    return build(location, raw, "it is no date that can be read, so the ticket counts as without", setting)


def status(name: str, setting: str = "statuses") -> NotUnderstood:
    """A status that nothing stands for."""
    return build("status", name, "it maps to no known state, so the ticket counts as to do", setting)


def link_type(name: str) -> NotUnderstood:
    """A type of links whose words say neither that a ticket waits nor that it is about something else."""
    return build("link type", name, "its words don't say which ticket waits, so it is no dependency", "links")


def key_result(raw: object, reason: str) -> NotUnderstood:
    """A value in the field for key results that names none."""
    return build("key result field", raw, reason, "key_results.field")


def in_text(text: str) -> Iterator[NotUnderstood]:
    """Lines that begin like a dependency and name no ticket."""
    for line in unclear_dependencies(text):
        yield build("text", line, "the line names no ticket, so it is no dependency")


def deduplicate(values: Iterable[NotUnderstood]) -> tuple[NotUnderstood, ...]:
    """In order, each once."""
    return tuple(dict.fromkeys(values))
