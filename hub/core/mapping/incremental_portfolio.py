"""The portfolio of the last run, brought up to date where a few tickets changed instead of being built again.

Trees of tickets in which something changed are mapped anew by the same functions as all tickets, with their neighbours
and what these functions have to know of all; of the tables, the rows of these trees are replaced.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hub.core.mapping.build_portfolio import Surroundings, map_tickets
from hub.core.mapping.links import words_of_ticket
from hub.core.mapping.portfolio_tables import PortfolioTables, Position, is_above_base
from hub.core.mapping.scope import Project, project_of
from hub.core.mapping.touched import Changes, Touched, relations, touched_by, touched_trees, upward
from hub.core.mapping.updatable_ranking import UpdatableRanking
from hub.model.initiative import Initiative, PullResult, Ref, Snapshot, SyncMode
from hub.model.link import Dependency
from hub.model.okr import Okrs
from hub.model.portfolio import DependencyHistory, DependencyKey
from hub.model.ticket_input import Command

MIN_LIMIT, PART = 200, 4
"""Where more than so many tickets, and more than a quarter of all, may be different, all are mapped anew."""
Key = tuple[str, str]
"""A connector's name and the tracker's id of a ticket."""


@dataclass(frozen=True, slots=True)
class Update:
    """What is about to change: tickets as they were read, by connector and id, and the trees that they touch."""

    raw: Mapping[Key, Initiative | None]
    changes: Changes
    trees: frozenset[Ref]
    commands: Mapping[Key, tuple[Command, ...]]


class IncrementalPortfolio:
    """Mutable: `portfolio` is that of the last update, and its tables change with the next one."""

    @classmethod
    def of(
        cls, snapshot: Snapshot, okrs: Okrs, today: date, history: DependencyHistory, workspace: str = ""
    ) -> "IncrementalPortfolio | None":
        """None where something was not read, so that absence means nothing: only a whole run tells what follows then.

        As well where two tickets have one name.
        """
        is_incomplete = not is_complete(snapshot) or okrs.incomplete_reason or okrs.undetermined_connectors
        refs = [ticket.ref for pulled in snapshot.pulled for ticket in pulled.initiatives]
        return None if is_incomplete or len(set(refs)) < len(refs) else cls(snapshot, okrs, today, history, workspace)

    def __init__(
        self, snapshot: Snapshot, okrs: Okrs, today: date, history: DependencyHistory, workspace: str = ""
    ) -> None:
        """Of a snapshot that is complete."""
        mapped = map_tickets(snapshot, okrs, today, history, workspace)
        self.okrs, self.today, self.workspace, self._key = okrs, today, workspace, history.key
        self._raw = {(pulled.connector, i.id): i for pulled in snapshot.pulled for i in pulled.initiatives}
        self._connectors = {pulled.connector: at for at, pulled in enumerate(snapshot.pulled)}
        self.position: dict[Ref, Position] = {
            ticket.ref: self._position_of(name, ticket) for (name, _), ticket in self._raw.items()
        }
        self._pulled_at = snapshot.pulled_at
        self._commands = _commands_by_ticket(snapshot, history)
        # A comment says what it first said, also where it came along with its ticket to another place.
        self._known_comments = {
            (key[0], command.comment) for key, commands in self._commands.items() for command in commands
        }
        self._okr_tables = mapped.okr_tables
        self.tables = tables = PortfolioTables(mapped.portfolio, mapped.named, self.position)
        self._ranking = UpdatableRanking(okrs, tables.team_of, tables.initiatives, tables.named, tables.children)
        self.portfolio = tables.current(candidates=self._ranking.candidates)
        self._ranking.remember_asking(ref for ref in self.portfolio.active if not tables.serves.get(ref))
        self._upward = upward(self.portfolio)

    def commands(self) -> dict[str, tuple[Command, ...]]:
        """All that were ever read, by connector."""
        by_connector: dict[str, list[Command]] = {}
        for (name, _), commands in self._commands.items():
            by_connector.setdefault(name, []).extend(commands)
        return {name: tuple(commands) for name, commands in by_connector.items()}

    def prepare(self, delta: Sequence[PullResult]) -> Update | None:
        """What the changes touch, while all is as it was; None where everything has to be mapped anew."""
        if not all(_is_change(pulled) and pulled.connector in self._connectors for pulled in delta):
            return None
        commands = {key: new for pulled in delta for key, new in self._new_commands(pulled)}
        raw: dict[Key, Initiative | None] = {key: self._raw[key] for key in commands if key in self._raw}
        for pulled in delta:
            raw |= {(pulled.connector, ticket.id): ticket for ticket in pulled.initiatives}
            raw |= {(pulled.connector, id_): None for id_ in pulled.deleted if (pulled.connector, id_) in self._raw}
        changes = self._changes_by_ref(raw)
        if changes is None or self._changes_levels(changes):
            return None
        initiatives = self.tables.initiatives
        meant = {ref for word in self._changed_words(changes) for ref in self.tables.named_in_texts.get(word, ())}
        changes |= {ref: initiatives[ref] for ref in meant if ref not in changes}
        trees = touched_trees(changes, initiatives, self.tables.children, max(MIN_LIMIT, len(initiatives) // PART))
        return None if trees is None else Update(raw, changes, trees, commands)

    def _changes_by_ref(self, raw: Mapping[Key, Initiative | None]) -> dict[Ref, Initiative | None] | None:
        """None where a ticket is called otherwise now, or by a name that was another's."""
        changes: dict[Ref, Initiative | None] = {}
        for key, ticket in raw.items():
            known = self._raw.get(key)
            either = known if ticket is None else ticket
            if either is None:
                continue
            is_duplicate = known is None and either.ref in self.position
            if either.ref in changes or is_duplicate or (known is not None and known.ref != either.ref):
                return None
            changes[either.ref] = ticket
        return changes

    def _changes_levels(self, changes: Changes) -> bool:
        """Whether a project begins or ceases to hold tickets above the base level: all others hang on that."""
        steps: Counter[Project] = Counter()
        for ref, ticket in changes.items():
            for version, step in ((self.tables.initiatives.get(ref), -1), (ticket, 1)):
                if version is not None and is_above_base(version):
                    steps[project_of(version)] += step
        known = self.tables.above_base
        return any((known[at] > 0) != (known[at] + step > 0) for at, step in steps.items())

    def _changed_words(self, changes: Changes) -> set[str]:
        """What tickets began or ceased to be called: texts of others may mean another ticket now."""
        words: set[str] = set()
        for ref, ticket in changes.items():
            versions = (self.tables.initiatives.get(ref), ticket)
            before, after = (set[str]() if x is None else {*words_of_ticket(x)} for x in versions)
            words |= before ^ after
        return words

    def _new_commands(self, pulled: PullResult) -> Iterator[tuple[Key, tuple[Command, ...]]]:
        by_ticket: dict[Key, list[Command]] = {}
        for command in pulled.commands:
            if (pulled.connector, command.comment) not in self._known_comments:
                by_ticket.setdefault((pulled.connector, command.ticket), []).append(command)
        yield from ((key, tuple(new)) for key, new in by_ticket.items())

    def apply(self, update: Update) -> Touched:
        """Bring everything up to date; after an error this object is of no use any more."""
        tables, trees = self.tables, update.trees
        before, dependencies = relations(tables, trees), tables.dependencies_at(trees)
        words = self._forget(update)
        history = self._history(dependencies)
        self._replace_tickets(update)
        part, commands = self._part(update)
        above_base = {at for at, count in tables.above_base.items() if count}
        mapped = map_tickets(
            part,
            self.okrs,
            self.today,
            replace(history, commands=commands),
            self.workspace,
            surroundings=Surroundings(self._okr_tables, tables.index, above_base),
        )
        moved = tables.replace_rows(trees, mapped.portfolio, mapped.named)
        tables.replace_dependencies(trees, mapped.portfolio, dependencies)
        asking = self._learn(update, words)
        self.portfolio = tables.current()
        for ref in update.changes:
            if ref not in tables.initiatives:
                del self.position[ref]
        now = relations(tables, trees | moved)
        return touched_by(self.portfolio, self._upward, trees | moved, (before, now), asking)

    def _forget(self, update: Update) -> dict[str, frozenset[str]]:
        """By team: the words of the changed tickets that were linked."""
        words: dict[str, frozenset[str]] = {}
        for ref in update.changes:
            team = self.tables.team_of.get(ref, "")
            words[team] = words.get(team, frozenset()) | self._ranking.remove(ref)
        self._ranking.forget_asking(update.trees)
        return words

    def _learn(self, update: Update, words: dict[str, frozenset[str]]) -> frozenset[Ref]:
        """The tickets to which something else may be offered, since linked tickets that say the same words changed."""
        tables, tops = self.tables, self.portfolio.active_tops
        for ref in update.changes:
            if ref in tables.initiatives:
                team = tables.team_of.get(ref, "")
                words[team] = words.get(team, frozenset()) | self._ranking.add(ref)
        self._ranking.remember_asking(ref for ref in update.trees if ref in tops and not tables.serves.get(ref))
        return frozenset(
            ref
            for team, words_of_team in words.items()
            if words_of_team
            for ref in self._ranking.asking(team, words_of_team)
        )

    def _history(self, dependencies: Iterable[Dependency]) -> DependencyHistory:
        """What the state knows after the last run; of the dependencies that are read anew, the tables forget it."""
        known: dict[DependencyKey, date] = dict(self.portfolio.first_seen)
        self.tables.forget_dates(dependencies)
        return DependencyHistory(known, {}, self._key)

    def _replace_tickets(self, update: Update) -> None:
        tables = self.tables
        for key, ticket in update.raw.items():
            known = self._raw.get(key)
            if known is not None:
                tables.leave(tables.initiatives[known.ref])
            if ticket is None:
                del self._raw[key]
                if known is not None:
                    del tables.initiatives[known.ref]
            else:
                self._raw[key] = tables.initiatives[ticket.ref] = ticket
                tables.enter(ticket)
            self._reindex(known, ticket)
            if known is None and ticket is not None:
                self.position[ticket.ref] = self._position_of(key[0], ticket)
        for key, commands in update.commands.items():
            self._commands[key] = (*self._commands.get(key, ()), *commands)
            self._known_comments |= {(key[0], command.comment) for command in commands}

    def _position_of(self, connector: str, ticket: Initiative) -> Position:
        return self._connectors[connector], ticket.id

    def _reindex(self, known: Initiative | None, ticket: Initiative | None) -> None:
        if known is None and ticket is not None:
            self.tables.index.add(ticket)
        elif known is None or ticket is None or words_of_ticket(known) != words_of_ticket(ticket):
            self.tables.index.forget()

    def _part(self, update: Update) -> tuple[Snapshot, dict[str, tuple[Command, ...]]]:
        """The trees with their neighbours, in the order of all tickets, and the commands on them."""
        tables = self.tables
        refs = set(update.trees).union(*(tables.linked.get(ref, ()) for ref in update.trees))
        for ticket in [tables.initiatives[ref] for ref in update.trees if ref in tables.initiatives]:
            refs |= {*ticket.blocked_by, *ticket.blocks}
            refs |= {ref for text in ticket.depends_on_text if (ref := tables.index.known(ticket, text)) is not None}
        known = sorted((ref for ref in refs if ref in tables.initiatives), key=self.position.__getitem__)
        pulled, commands = [], {}
        for name in self._connectors:
            tickets = tuple(self._raw[name, tables.initiatives[ref].id] for ref in known if ref.connector == name)
            pulled.append(PullResult(name, tickets))
            words_of_team = (command for ticket in tickets for command in self._commands.get((name, ticket.id), ()))
            commands[name] = tuple(words_of_team)
        return Snapshot(tuple(pulled), self._pulled_at), commands


def is_complete(snapshot: Snapshot) -> bool:
    """Whether all was read: tickets, OKRs kept as tickets, queries for work and values."""
    return not any(pulled.gaps or pulled.absent or pulled.unreadable for pulled in snapshot.pulled)


def _is_change(pulled: PullResult) -> bool:
    """Whether only changes were read, all of them."""
    return pulled.mode is SyncMode.INCREMENTAL and not (pulled.gaps or pulled.absent or pulled.unreadable)


def _commands_by_ticket(snapshot: Snapshot, history: DependencyHistory) -> dict[Key, tuple[Command, ...]]:
    """Those that were recorded before, and those that were read now for the first time."""
    by_ticket: dict[Key, list[Command]] = {}
    for pulled in snapshot.pulled:
        earlier = history.commands.get(pulled.connector, ())
        known = {command.comment for command in earlier}
        for command in (*earlier, *(command for command in pulled.commands if command.comment not in known)):
            by_ticket.setdefault((pulled.connector, command.ticket), []).append(command)
    return {key: tuple(commands) for key, commands in by_ticket.items()}
