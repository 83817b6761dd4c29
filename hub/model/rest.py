"""A workspace at rest: what must be the same for a run to come to what the last one came to."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.model.initiative import Initiative
from hub.model.okr_row import OkrTicket

ContextRefs = Mapping[str, str]
"""Tickets by key that others lean on and the query does not find, with their id; without one where none was seen."""


@dataclass(frozen=True, slots=True)
class RunFingerprint:
    """What the last run left for the next, if that finds everything as it was.

    `print` stands for all that was configured, `leans` is by connector.
    """

    run: int
    fingerprint: str
    context_refs: Mapping[str, ContextRefs]


@dataclass(frozen=True, slots=True)
class SourceBaseline:
    """What is remembered of one source, to be compared with what is there; `tickets` is looked up and never walked."""

    cursor: str
    tickets: Mapping[str, Initiative]
    context_refs: ContextRefs
    okrs: tuple[OkrTicket, ...] | None = None
