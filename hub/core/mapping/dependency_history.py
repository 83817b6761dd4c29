"""What tickets and earlier runs tell about dependencies: answers, since when they stand, how long work takes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median

from hub.core.labels import ACCEPT, DECLINE
from hub.model.command import Command, Verb
from hub.model.initiative import Initiative, Ref, StatusCategory
from hub.model.link import Dependency
from hub.model.memory import Memory, Waits, between_key_results, between_tickets
from hub.model.okr import LinkState, Okrs

# Below so many finished tickets a median tells nothing.
ENOUGH = 5

_ANSWERS = {ACCEPT: LinkState.ACCEPTED, DECLINE: LinkState.DECLINED}
_SPOKEN = {Verb.ACCEPT: LinkState.ACCEPTED, Verb.DECLINE: LinkState.DECLINED}


def answers(
    initiatives: Iterable[Initiative], spoken: Mapping[Ref, Sequence[Command]] | None = None
) -> dict[Ref, LinkState]:
    """What the providing team says by label, else by command; both labels at once say nothing."""
    said = {ref: _SPOKEN[one.verb] for ref, ones in (spoken or {}).items() for one in ones if one.verb in _SPOKEN}
    for one in initiatives:
        if one.labels:
            found = {_ANSWERS[word] for label in one.labels if (word := label.casefold()) in _ANSWERS}
            if len(found) == 1:
                said[one.ref] = found.pop()
            elif found:
                said.pop(one.ref, None)
    return said


def first_seen(
    waits: Sequence[Dependency],
    initiatives: Mapping[Ref, Initiative],
    team_of: Mapping[Ref, str],
    memory: Memory | None,
    today: date,
) -> dict[Waits, date]:
    """Since when each dependency between two teams is known; without a memory, since both tickets are there."""
    found = {}
    for one in waits:
        teams = team_of.get(one.waiting), team_of.get(one.providing)
        if None in teams or teams[0] == teams[1] or not {one.waiting, one.providing} <= initiatives.keys():
            continue
        ends = initiatives[one.waiting], initiatives[one.providing]
        key = between_tickets(*ends)
        found[key] = _younger(*ends, today) if memory is None else memory.first_seen.get(key, today)
    return found


def proposed_since(okrs: Okrs, memory: Memory | None, today: date) -> dict[Waits, date]:
    """Since when each need that is only proposed is known: what the file says, else what earlier runs saw."""
    found = {}
    for key_result in okrs.key_results.values():
        for need in key_result.depends_on:
            key = between_key_results(key_result, need)
            if need.state is LinkState.PROPOSED and (need.since is not None or memory is not None):
                seen = today if memory is None else memory.first_seen.get(key, today)
                found[key] = need.since or seen
    return found


def usual_days(initiatives: Iterable[Initiative], team_of: Mapping[Ref, str]) -> dict[tuple[str, str], float]:
    """Team and kind of work → the median of days from start, or creation, to end; where enough were finished."""
    taken: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in initiatives:
        begun = one.start or (one.created and one.created.date())
        if one.status is StatusCategory.DONE and one.closed and begun and one.ref in team_of:
            taken[team_of[one.ref], one.kind.casefold()].append(max(0, (one.closed.date() - begun).days))
    return {of: float(median(days)) for of, days in taken.items() if len(days) >= ENOUGH}


def _younger(one: Initiative, other: Initiative, today: date) -> date:
    if one.created is None or other.created is None:
        return today
    return max(one.created, other.created).date()
