"""Dependencies of OKR files whose state was left out, and which the other side has not stated yet."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from hub.core.mapping.alignment import overlapping_key_results
from hub.model.okr import KeyResult, LinkState, Need, Okrs
from hub.model.private_names import PRIVATE_NAME
from hub.report.text import Styled

WHAT = "no state given, so it is only proposed until the other team confirms it"


class ProposedNeed(NamedTuple):
    """One `depends_on`; the key result that waits by the name that may be shown."""

    name: str
    team: str
    place: str


def proposed_need_lines(okrs: Okrs) -> Iterator[Styled]:
    """A line for each, under a heading; none where there are none."""
    found = list(_proposed(okrs))
    if found:
        yield Styled()
        yield Styled(f"Proposed dependencies: {len(found)}", "heading")
    for one in found:
        place = f"{one.place}: " if one.place else ""
        yield Styled(f"  {place}{one.name} depends on {one.team}: {WHAT}", "info")


def proposed_need_rows(okrs: Okrs) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {"key_result": one.name, "team": one.team, "place": one.place or None, "message": WHAT}
        for one in _proposed(okrs)
    ]


def _proposed(okrs: Okrs) -> Iterator[ProposedNeed]:
    for one in (*okrs.key_results.values(), *overlapping_key_results(okrs).values()):
        for need in one.depends_on:
            if need.state is LinkState.PROPOSED and not need.state_stated:
                yield _named(okrs, one, need)


def _named(okrs: Okrs, one: KeyResult, need: Need) -> ProposedNeed:
    team = okrs.teams.get(need.team)
    place = str(one.location) if one.location else ""
    return ProposedNeed(PRIVATE_NAME if one.private else one.id, team.name if team else need.team, place)
