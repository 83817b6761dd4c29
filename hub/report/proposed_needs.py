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
    for one in needs:
        location = f"{one.location}: " if one.location else ""
        yield StyledLine(f"  {location}{one.name} depends on {one.team}: {PROPOSED_MESSAGE}", "info")


def proposed_need_rows(okrs: Okrs) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {"key_result": one.name, "team": one.team, "place": one.location or None, "message": PROPOSED_MESSAGE}
        for one in _proposed(okrs)
    ]


def _proposed(okrs: Okrs) -> Iterator[ProposedNeed]:
    for one in (*okrs.key_results.values(), *overlapping_key_results(okrs).values()):
        for need in one.depends_on:
            if need.state is LinkState.PROPOSED and not need.state_stated:
                yield _named(okrs, one, need)


def _named(okrs: Okrs, one: KeyResult, need: Need) -> ProposedNeed:
    team = okrs.teams.get(need.team)
    location = str(one.location) if one.location else ""
    return ProposedNeed(PRIVATE_NAME if one.private else one.id, team.name if team else need.team, location)
