"""Dependencies of OKR files whose state was left out, and which the other side has not stated yet."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from hub.core.mapping.alignment import overlapping_key_results
from hub.model.okr import KeyResult, LinkState, Need, Okrs
from hub.model.private_names import PRIVATE_NAME
from hub.report.text import StyledLine

PROPOSED_MESSAGE = "no state given, so it is only proposed until the other team confirms it"


class ProposedNeed(NamedTuple):
    """One `depends_on`; the key result that waits by the name that may be shown."""

    name: str
    team: str
    location: str


def proposed_need_lines(okrs: Okrs) -> Iterator[StyledLine]:
    """A line for each, under a heading; none where there are none."""
    needs = list(_proposed(okrs))
    if needs:
        yield StyledLine()
        yield StyledLine(f"Proposed dependencies: {len(needs)}", "heading")
    for entry in needs:
        location = f"{entry.location}: " if entry.location else ""
        yield StyledLine(f"  {location}{entry.name} depends on {entry.team}: {PROPOSED_MESSAGE}", "info")


def proposed_need_rows(okrs: Okrs) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {"key_result": entry.name, "team": entry.team, "location": entry.location or None, "message": PROPOSED_MESSAGE}
        for entry in _proposed(okrs)
    ]


def _proposed(okrs: Okrs) -> Iterator[ProposedNeed]:
    for key_result in (*okrs.key_results.values(), *overlapping_key_results(okrs).values()):
        for need in key_result.depends_on:
            if need.state is LinkState.PROPOSED and not need.state_stated:
                yield _named(okrs, key_result, need)


def _named(okrs: Okrs, key_result: KeyResult, need: Need) -> ProposedNeed:
    team = okrs.teams.get(need.team)
    location = str(key_result.location) if key_result.location else ""
    return ProposedNeed(
        PRIVATE_NAME if key_result.private else key_result.id, team.name if team else need.team, location
    )
