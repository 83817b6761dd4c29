"""Links between tickets: which work waits for whom, since when, and what was answered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from hub.model.action import ACCEPT, DECLINE, LATER
from hub.model.initiative import Initiative, Ref
from hub.model.link import Answer, Dependency, DependencySource
from hub.model.okr import LinkState, Okrs
from hub.model.portfolio import (
    DependencyHistory,
    DependencyKey,
    alignment_key,
    need_key,
    promise_key,
    ticket_dependency_key,
)
from hub.model.text import match_key
from hub.model.ticket_input import Command, Verb


class TicketIndex:
    """Finds tickets by what people write; the index is made when it is first asked for."""

    def __init__(self, initiatives: Mapping[Ref, Initiative], incomplete_sources: frozenset[str]) -> None:
        self._by_word: dict[str, Ref] | None = None
        self._initiatives = initiatives
        self._incomplete_sources = sorted(incomplete_sources)

    def known(self, initiative: Initiative, text: str) -> Ref | None:
        """The ticket that was read and is meant; None when there is none."""
        if self._by_word is None:
            self._by_word = self._index()
        with_connector, word = possible_names(initiative, text)
        return self._by_word.get(with_connector) or self._by_word.get(word)

    def add(self, ticket: Initiative) -> None:
        """Find a ticket that is new among those that the index was made of."""
        words = words_of_ticket(ticket)
        if self._by_word is not None and self._by_word.keys().isdisjoint(words):
            self._by_word |= dict.fromkeys(words, ticket.ref)
        else:
            self.forget()

    def forget(self) -> None:
        """Look at the tickets anew: one is gone, or is called otherwise."""
        self._by_word = None

    def resolve(self, initiative: Initiative, text: str) -> Ref | None:
        """The ticket; one of a source that was not read when it may lie there; None when it means nothing."""
        ref = self.known(initiative, text)
        if ref is None and self._incomplete_sources:
            return Ref(self._incomplete_sources[0], text.strip())
        return ref

    def mentions(self, initiatives: Mapping[Ref, Initiative]) -> dict[Ref, tuple[Ref, ...]]:
        """For each ticket that names others anywhere in its text: those that were read."""
        mentioned: dict[Ref, tuple[Ref, ...]] = {}
        for ref, initiative in initiatives.items():
            if initiative.mentions:
                named = dict.fromkeys(self.known(initiative, text) for text in initiative.mentions)
                mentioned[ref] = tuple(each_ref for each_ref in named if each_ref is not None and each_ref != ref)
        return {ref: named for ref, named in mentioned.items() if named}

    def _index(self) -> dict[str, Ref]:
        """By address, by `connector:key`, and by key: of two trackers that share one, the first by name."""
        by_word = {i.url.rstrip("/").casefold(): ref for ref, i in self._initiatives.items()}
        by_word |= {str(ref).casefold(): ref for ref in self._initiatives}
        for ref in self._initiatives:
            word = ref.key.casefold()
            by_word[word] = min(ref, by_word.get(word, ref))
        for ref, initiative in self._initiatives.items():
            for word in _former(initiative):
                by_word.setdefault(word.casefold(), ref)
        return by_word


def possible_names(initiative: Initiative, text: str) -> tuple[str, str]:
    """How the ticket that a text means may be called: the connector's own first."""
    word = text.strip().rstrip("/").casefold()
    if word.startswith("#"):
        word = initiative.ref.key.partition("#")[0].casefold() + word
    return f"{initiative.ref.connector}:{word}".casefold(), word


def words_of_ticket(ticket: Initiative) -> tuple[str, ...]:
    """All that a ticket is called."""
    own = (ticket.url.rstrip("/"), str(ticket.ref), ticket.ref.key, *_former(ticket))
    return tuple(word.casefold() for word in own)


def _former(ticket: Initiative) -> Iterator[str]:
    """The key and the address of a ticket by the other names of its place: a repository may have been renamed."""
    container, at, number = ticket.ref.key.rpartition("#")
    for other in ticket.containers[1:] if at and ticket.containers[0] == container else ():
        yield from (f"{other}#{number}", f"{ticket.ref.connector}:{other}#{number}")
        yield ticket.url.rstrip("/").replace(f"/{container}/", f"/{other}/")


_STRENGTH = {DependencySource.LINK: 0, DependencySource.TEXT: 1, DependencySource.SUB_ISSUE: 2}


def dependencies(
    initiatives: Mapping[Ref, Initiative], team_of: Mapping[Ref, str], index: TicketIndex
) -> tuple[Dependency, ...]:
    """Each pair of tickets once, by its strongest sign, in order; the other end may be a ticket that was not read."""
    best: dict[tuple[Ref, Ref], DependencySource] = {}
    for waiting, providing, source in _dependency_sources(initiatives, team_of, index):
        pair = (waiting, providing)
        if waiting != providing and (pair not in best or _STRENGTH[source] < _STRENGTH[best[pair]]):
            best[pair] = source
    return tuple(Dependency(*pair, best[pair]) for pair in sorted(best))


def _dependency_sources(
    initiatives: Mapping[Ref, Initiative], team_of: Mapping[Ref, str], index: TicketIndex
) -> Iterator[tuple[Ref, Ref, DependencySource]]:
    for ref, initiative in initiatives.items():
        for other in initiative.blocked_by:
            yield ref, other, DependencySource.LINK
        for other in initiative.blocks:
            yield other, ref, DependencySource.LINK
        for text in initiative.depends_on_text:
            if (named := index.resolve(initiative, text)) is not None:
                yield ref, named, DependencySource.TEXT
        parent = initiative.parent
        if parent is not None and ref in team_of and team_of.get(parent, team_of[ref]) != team_of[ref]:
            yield parent, ref, DependencySource.SUB_ISSUE


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
    by_labels: dict[frozenset[str], set[Answer]] = {frozenset(): set()}
    for ticket in initiatives:
        labels = ticket.labels
        if labels not in by_labels:
            by_labels[labels] = {_LABELS[word] for label in labels if (word := match_key(label)) in _LABELS}
        if by_labels[labels]:
            answers_by_ticket[ticket.ref] |= by_labels[labels]
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
    *,
    put_off: Mapping[Ref, date] | None = None,
) -> dict[DependencyKey, date]:
    """Since when each dependency between two teams is known; without a memory, since both tickets are there.

    `put_off` are tickets that were put off to a later cycle, which has begun, with the last day before it: what was
    known by then is asked anew, once.
    """
    dates, last_days = {}, put_off or {}
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
        since = _later_creation(*ends, today) if history is None else history.first_seen.get(key, today)
        is_new = any(since <= last_days.get(ref, date.min) for ref in (dependency.waiting, dependency.providing))
        dates[key] = today if is_new else since
    return dates


def promised_days(
    waits: Sequence[Dependency],
    initiatives: Mapping[Ref, Initiative],
    commands: Mapping[Ref, tuple[Command, ...]],
    history: DependencyHistory | None,
) -> dict[DependencyKey, date]:
    """The due date of the waiting work as it was when a comment said yes; the last of all days where it had none.

    Nothing is promised to work that had ended by then.
    """
    comments = {ref: command.comment for ref, known in commands.items() if (command := acceptance(known)) is not None}
    if not comments:
        return {}
    known_days = {} if history is None else history.first_seen
    days = {}
    for dependency in waits:
        if (comment := comments.get(dependency.providing)) is not None and dependency.waiting in initiatives:
            waiting = initiatives[dependency.waiting]
            key = promise_key(ticket_dependency_key(waiting, initiatives[dependency.providing]), comment)
            if key in known_days or not waiting.status.ended:
                days[key] = known_days.get(key, waiting.due or date.max)
    return days


def acceptance(commands: Sequence[Command]) -> Command | None:
    """The `/okr accept` among a ticket's commands that count."""
    return next((command for command in commands if command.verb is Verb.ACCEPT), None)


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
