"""What tickets and earlier runs tell about dependencies: answers, since when they stand, how long work takes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from hub.model.command import Command, Verb
from hub.model.initiative import Initiative, Ref
from hub.model.labels import ACCEPT, DECLINE, LATER
from hub.model.link import Answer, Dependency
from hub.model.memory import DependencyHistory, DependencyKey, alignment_key, need_key, ticket_dependency_key
from hub.model.okr import LinkState, Okrs
from hub.model.typed import match_key

_LABELS = {ACCEPT: Answer.ACCEPTED, DECLINE: Answer.DECLINED, LATER: Answer.LATER}
_COMMANDS = {Verb.ACCEPT: Answer.ACCEPTED, Verb.DECLINE: Answer.DECLINED, Verb.LATER: Answer.LATER}
# A no outweighs a yes. `later` comes first: it is a no, and puts off what the ticket itself waits for.
_FIRST = (Answer.LATER, Answer.DECLINED, Answer.ACCEPTED)


def answers(
    initiatives: Iterable[Initiative], commands: Mapping[Ref, Sequence[Command]] | None = None
) -> dict[Ref, Answer]:
    """What the team of a ticket said by label or by command; where both say something, a no outweighs a yes."""
    answers_by_ticket: dict[Ref, set[Answer]] = defaultdict(set)
    for ref, ticket_commands in (commands or {}).items():
        answers_by_ticket[ref] |= {_COMMANDS[command.verb] for command in ticket_commands if command.verb in _COMMANDS}
    for ticket in initiatives:
        if ticket.labels:
            ticket_answers = {_LABELS[word] for label in ticket.labels if (word := match_key(label)) in _LABELS}
            if ticket_answers:
                answers_by_ticket[ticket.ref] |= ticket_answers
    return {
        ref: next(answer for answer in _FIRST if answer in ticket_answers)
        for ref, ticket_answers in answers_by_ticket.items()
        if ticket_answers
    }


def existing_since(okrs: Okrs, history: DependencyHistory | None, today: date) -> dict[DependencyKey, date]:
    """Since when each key result is there, and each objective is shared, by names such as `("kr", "2026-Q4/dau")`.

    What the state's first run sees was there when the cycle began; what a later run sees first, began that day.
    """
    names = [("kr", f"{okrs.cycle.id}/{id_}") for id_ in okrs.key_results]
    names += [
        ("shared", f"{okrs.cycle.id}/{objective.id}") for objective in okrs.objectives.values() if objective.shared
    ]
    known_dates = {} if history is None else history.first_seen
    this_cycle = f"{okrs.cycle.id}/"
    has_history = any(kind == "kr" and name.startswith(this_cycle) for kind, name in known_dates)
    default = today if has_history else okrs.cycle.start
    return {name: known_dates.get(name, default) for name in names}


def first_seen(
    waits: Sequence[Dependency],
    initiatives: Mapping[Ref, Initiative],
    team_of: Mapping[Ref, str],
    history: DependencyHistory | None,
    today: date,
) -> dict[DependencyKey, date]:
    """Since when each dependency between two teams is known; without a memory, since both tickets are there."""
    dates = {}
    for dependency in waits:
        teams = team_of.get(dependency.waiting), team_of.get(dependency.providing)
        if (
            None in teams
            or teams[0] == teams[1]
            or not {dependency.waiting, dependency.providing} <= initiatives.keys()
        ):
            continue
        ends = initiatives[dependency.waiting], initiatives[dependency.providing]
        key = ticket_dependency_key(*ends)
        dates[key] = _later_creation(*ends, today) if history is None else history.first_seen.get(key, today)
    return dates


def proposed_since(okrs: Okrs, history: DependencyHistory | None, today: date) -> dict[DependencyKey, date]:
    """Since when each need and vertical link that is only proposed is known: by the file, else by earlier runs."""
    dates = {}
    for key_result in okrs.key_results.values():
        for need in key_result.depends_on:
            key = need_key(key_result, need)
            if need.state is LinkState.PROPOSED and (need.since is not None or history is not None):
                known_date = today if history is None else history.first_seen.get(key, today)
                dates[key] = need.since or known_date
        for link in key_result.aligns_to:
            key = alignment_key(key_result, link)
            if link.state is LinkState.PROPOSED and (link.since is not None or history is not None):
                known_date = today if history is None else history.first_seen.get(key, today)
                dates[key] = link.since or known_date
    return dates


def _later_creation(ticket: Initiative, other: Initiative, today: date) -> date:
    if ticket.created is None or other.created is None:
        return today
    return max(ticket.created, other.created).date()
