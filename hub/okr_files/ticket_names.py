"""The id of an OKR ticket, and what tickets may name: teams, key results and objectives, by ids or titles."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.model.okr import KeyResult, Objective, Okrs, Phase, Team
from hub.model.ticket_input import OkrKind, OkrTicket
from hub.okr_files.okr_names import OkrNames

CycleAndId = tuple[str, str]
"""A cycle and an id in it."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What tickets may name: teams by id, key results and objectives."""

    teams: Mapping[str, Team]
    key_results: OkrNames
    objectives: OkrNames


def id_of(row: OkrTicket) -> str:
    """The id that the ticket states, by a line, a field or a label; else one made of its key."""
    values = row.values_of("id")
    stated = values[-1] if values else row.id_label
    return stated.strip().casefold() if stated else re.sub(r"[^a-z0-9._-]+", "-", row.key.casefold()).strip("-._")


def known_names(
    okrs: Okrs,
    items: Mapping[CycleAndId, Objective | KeyResult],
    rows: Iterable[OkrTicket],
    secret: Iterable[OkrTicket],
) -> KnownNames:
    """Of what the files hold and of the tickets; a current cycle's title counts before the same of another cycle.

    Private ones, those of `secret` tickets among them, may be named and are never suggested.
    """
    current = {
        cycle.id
        for cycle in okrs.cycles.values()
        if cycle.phase is not Phase.CLOSED and okrs.cycle.overlaps(cycle.start, cycle.end)
    }
    named: dict[bool, list[tuple[str, str, bool]]] = {True: [], False: []}
    for (cycle, id_), item in items.items():
        named[isinstance(item, Objective)].append((id_, item.title, cycle in current))
    for row in rows:
        stated = row.values_of("cycle")
        is_current = not stated or stated[-1].strip() in current
        named[row.kind is OkrKind.OBJECTIVE].append((id_of(row), row.title, is_current))
    private = (item.id for item in items.values() if isinstance(item, KeyResult) and item.private)
    hidden = frozenset((*private, *map(id_of, secret)))
    return KnownNames(
        okrs.teams,
        OkrNames.of("key result", named[False], hidden),
        OkrNames.of("objective", named[True], hidden),
    )
