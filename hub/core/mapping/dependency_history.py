"""What tickets and earlier runs tell about dependencies: answers, since when they stand, how long work takes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from hub.model.command import Command, Verb
from hub.model.initiative import Initiative, Ref
from hub.model.labels import ACCEPT, DECLINE, LATER
from hub.model.link import Answer, Dependency
from hub.model.memory import Memory, Waits, between_key_results, between_linked, between_tickets
from hub.model.okr import LinkState, Okrs
from hub.model.typed import same

_LABELS = {ACCEPT: Answer.ACCEPTED, DECLINE: Answer.DECLINED, LATER: Answer.LATER}
_COMMANDS = {Verb.ACCEPT: Answer.ACCEPTED, Verb.DECLINE: Answer.DECLINED, Verb.LATER: Answer.LATER}
# A no outweighs a yes. `later` comes first: it is a no, and puts off what the ticket itself waits for.
_FIRST = (Answer.LATER, Answer.DECLINED, Answer.ACCEPTED)


def answers(
    initiatives: Iterable[Initiative], spoken: Mapping[Ref, Sequence[Command]] | None = None
) -> dict[Ref, Answer]:
    """What the team of a ticket said by label or by command; where both say something, a no outweighs a yes."""
    said: dict[Ref, set[Answer]] = defaultdict(set)
    for ref, ones in (spoken or {}).items():
        said[ref] |= {_COMMANDS[one.verb] for one in ones if one.verb in _COMMANDS}
    for one in initiatives:
        if one.labels:
            found = {_LABELS[word] for label in one.labels if (word := same(label)) in _LABELS}
            if found:
                said[one.ref] |= found
    return {ref: next(one for one in _FIRST if one in found) for ref, found in said.items() if found}


def begun_on(okrs: Okrs, memory: Memory | None, today: date) -> dict[Waits, date]:
    """Since when each key result is there, and each objective is shared, by names such as `("kr", "2026-Q4/dau")`.

    What the state's first run sees was there when the cycle began; what a later run sees first, began that day.
    """
    names = [("kr", f"{okrs.cycle.id}/{id_}") for id_ in okrs.key_results]
    names += [("shared", f"{okrs.cycle.id}/{one.id}") for one in okrs.objectives.values() if one.shared]
    seen = {} if memory is None else memory.first_seen
    this_cycle = f"{okrs.cycle.id}/"
    begun_before = any(kind == "kr" and name.startswith(this_cycle) for kind, name in seen)
    otherwise = today if begun_before else okrs.cycle.start
    return {name: seen.get(name, otherwise) for name in names}


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
    """Since when each need and vertical link that is only proposed is known: by the file, else by earlier runs."""
    found = {}
    for key_result in okrs.key_results.values():
        for need in key_result.depends_on:
            key = between_key_results(key_result, need)
            if need.state is LinkState.PROPOSED and (need.since is not None or memory is not None):
                seen = today if memory is None else memory.first_seen.get(key, today)
                found[key] = need.since or seen
        for link in key_result.aligns_to:
            key = between_linked(key_result, link)
            if link.state is LinkState.PROPOSED and (link.since is not None or memory is not None):
                seen = today if memory is None else memory.first_seen.get(key, today)
                found[key] = link.since or seen
    return found


def _younger(one: Initiative, other: Initiative, today: date) -> date:
    if one.created is None or other.created is None:
        return today
    return max(one.created, other.created).date()
