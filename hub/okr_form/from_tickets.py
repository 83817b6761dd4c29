"""OKRs that are kept in trackers, joined to those of the files; what is faulty is told and left out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hub.core.mapping.links_from_both_sides import with_links_of_both_sides
from hub.model.initiative import Gap, Ref
from hub.model.okr import Alignment, KeyResult, Need, Objective, Okrs
from hub.model.okr_row import OkrRow
from hub.okr_form.build import key_result_from, objective_from, of_other_cycles
from hub.okr_form.secret_rows import names_not_told, secret_rows
from hub.okr_form.ticket_table import Faulty, id_of, is_objective, key_result_shape, objective_shape
from hub.toml.document import did_you_mean

Name = tuple[str, str]
"""A cycle and an id in it."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The whole; what is wrong with tickets, each as a gap with its key; and what is only told, by connector."""

    okrs: Okrs
    gaps: tuple[Gap, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where an OKR stands: on a ticket, or in a file that is read together with a connector's tickets.

    Of a `secret` one, it is only told which of its words is at fault.
    """

    connector: str
    key: str
    place: str
    secret: bool = False


def with_tickets(okrs: Okrs, rows: Iterable[OkrRow], unread: str = "", keeper: str = "") -> Joined:
    """The OKRs of the files and of the tickets; `unread` says why tickets may be missing, if they may.

    Where links of a file lead nowhere, `keeper` is the connector under which that is told.
    """
    joining = _Joining(okrs, [row for row in rows if not _is_over(row, okrs)], keeper)
    return joining.joined(unread)


def _is_over(row: OkrRow, okrs: Okrs) -> bool:
    """Closed before the cycle began, and of no cycle that it names: an earlier quarter's."""
    return row.closed is not None and row.closed < okrs.cycle.start and not row.said("cycle")


class _Joining:
    """Collects objectives first, for key results stand under them; then looks where links lead."""

    def __init__(self, okrs: Okrs, rows: list[OkrRow], keeper: str) -> None:
        self.files = okrs
        self.keeper = keeper
        self.rows = sorted(rows, key=lambda row: (not is_objective(row), row.connector, len(row.key), row.key))
        self.objectives: dict[Name, Objective] = {(o.cycle, o.id): o for o in okrs.objectives.values()}
        self.objectives |= okrs.other_objectives
        self.key_results: dict[Name, KeyResult] = {(k.cycle, k.id): k for k in okrs.others.values()}
        self.key_results |= {(k.cycle, k.id): k for k in okrs.key_results.values()}
        for one in okrs.awaited:
            held: dict[Name, Any] = self.key_results if isinstance(one, KeyResult) else self.objectives
            held[one.cycle, one.id] = one
        self.secret = secret_rows(self.rows)
        self._places = frozenset(row.place for row in self.secret)
        self.of_files = frozenset((*self.objectives, *self.key_results))
        self.names: dict[Ref, Name] = {}
        self.made: dict[Name, OkrRow] = {}
        self.gaps: list[Gap] = []
        self.notes: list[tuple[str, str]] = []
        self.lost: dict[str, str] = {}

    def joined(self, unread: str) -> Joined:
        for row in self.rows:
            try:
                self._take(row)
            except Faulty as wrong:
                self._blame(self._ticket(row), str(wrong), wrong.word)
        for name, row in self.made.items():
            self._follow(name, self._ticket(row))
        # What was not read may be what a file's link leads to: that is no fault of the file's.
        before = len(self.gaps)
        for one in self.files.awaited:
            self._follow((one.cycle, one.id), self._in_file(one))
        if unread:
            del self.gaps[before:]
        why = unread or next(iter(self.lost.values()), "")
        okrs = self._okrs(why)
        names = names_not_told(okrs, self.secret)
        gaps = tuple(replace(gap, reason=names.redact(gap.reason)) for gap in self.gaps)
        return Joined(with_links_of_both_sides(okrs), gaps, tuple(self.notes))

    def _ticket(self, row: OkrRow) -> _Origin:
        return _Origin(row.connector, row.key, row.place, row.place in self._places)

    def _in_file(self, one: Objective | KeyResult) -> _Origin:
        place = str(one.place or one.id)
        return _Origin(self.keeper, place, place, isinstance(one, KeyResult) and one.private)

    def _take(self, row: OkrRow) -> None:
        id_, cycle = id_of(row), self._cycle(row)
        name = (cycle, id_)
        if name in self.of_files:
            self.names[Ref(row.connector, row.key)] = name
            self._note_twice(row, name)
            return
        if name in self.made:
            raise Faulty(f"`{id_}` is already the id of {self.made[name].place}", "id")
        if is_objective(row):
            objective = objective_from(objective_shape(row, id_, self.files.teams), cycle)
            self._must_know(row, objective.teams)
            self.objectives[name] = objective
        else:
            shape = key_result_shape(row, id_, self.files.teams)
            self.key_results[name] = key_result_from(shape, self._objective(row, cycle), cycle)
        self.names[Ref(row.connector, row.key)] = name
        self.made[name] = row

    def _cycle(self, row: OkrRow) -> str:
        """The cycle that the ticket names, else that of its objective, else the running one."""
        above = None if row.parent is None else self.names.get(Ref(row.connector, row.parent))
        said = row.said("cycle")
        cycle = said[-1].strip() if said else above[0] if above else self.files.cycle.id
        known = {id_.casefold(): id_ for id_ in self.files.cycles}
        if cycle.casefold() not in known:
            raise Faulty(f"no OKR file defines the cycle `{cycle}`", "cycle")
        return known[cycle.casefold()]

    def _objective(self, row: OkrRow, cycle: str) -> str:
        """The id of the objective above: as the ticket says, else its parent."""
        if said := row.said("objective"):
            name = (cycle, said[-1].strip().casefold())
            if name not in self.objectives:
                ids = [id_ for of, id_ in self.objectives if of == cycle]
                hint = did_you_mean(name[1], ids, noun="objective")
                raise Faulty(f"no objective has the id `{name[1]}`. {hint}", "objective")
            return name[1]
        above = None if row.parent is None else self.names.get(Ref(row.connector, row.parent))
        if above is None or above not in self.objectives:
            parent = f"{row.parent} is none that could be read" if row.parent else "it has no parent"
            raise Faulty(f"it stands under no objective: {parent}", "objective")
        return above[1]

    def _must_know(self, row: OkrRow, teams: Iterable[str]) -> None:
        for team in teams:
            if team not in self.files.teams:
                hint = did_you_mean(team, self.files.teams, noun="team")
                raise Faulty(f"no team has the id `{team}`. {hint}", "teams")

    def _note_twice(self, row: OkrRow, name: Name) -> None:
        """Told once a run and no fault: all is read, and what is shown to everybody names no private id."""
        place = (self.key_results.get(name) or self.objectives[name]).place
        at = f"at {place}" if place else "in the OKR files"
        self.notes.append(
            (row.connector, f"{row.place} stands {at} as well, and the file counts: keep it in one place")
        )

    def _follow(self, name: Name, row: _Origin) -> None:
        """Links that lead nowhere are told and left out, so that the rest of the ticket counts."""
        if name in self.objectives:
            known = {id_ for _, id_ in self.objectives}
            objective = self.objectives[name]
            kept = tuple(one for one in objective.aligns_to if self._leads(row, "aligns_to", one, known, "objective"))
            self.objectives[name] = replace(objective, aligns_to=kept)
            return
        known = {id_ for _, id_ in self.key_results}
        key_result = self.key_results[name]
        successor = key_result.replaced_by
        self.key_results[name] = replace(
            key_result,
            aligns_to=tuple(self._alignments(row, key_result, known)),
            depends_on=tuple(self._needs(row, key_result, known)),
            supports=tuple(one for one in key_result.supports if self._leads(row, "supports", one, known)),
            audience=tuple(self._readers(row, key_result)),
            replaced_by=successor if successor and self._leads(row, "replaced_by", successor, known) else None,
        )

    def _alignments(self, row: _Origin, key_result: KeyResult, known: set[str]) -> Iterator[Alignment]:
        yield from (one for one in key_result.aligns_to if self._leads(row, "aligns_to", one.key_result, known))

    def _needs(self, row: _Origin, key_result: KeyResult, known: set[str]) -> Iterator[Need]:
        for need in key_result.depends_on:
            if self._leads(row, "depends_on", need.team, self.files.teams, "team"):
                leads = need.key_result is None or self._leads(row, "depends_on", need.key_result, known)
                yield need if leads else replace(need, key_result=None)

    def _readers(self, row: _Origin, key_result: KeyResult) -> Iterator[str]:
        yield from (
            team for team in key_result.audience if self._leads(row, "audience", team, self.files.teams, "team")
        )

    def _leads(self, row: _Origin, word: str, id_: str, known: Iterable[str], noun: str = "key result") -> bool:
        if id_ in (ids := set(known)):
            return True
        private = {one.id for one in self.key_results.values() if one.private}
        near = did_you_mean(id_, ids - private, noun=noun)
        self._blame(row, f"points nowhere: no {noun} has the id `{id_}`. {near}", word)
        return False

    def _blame(self, row: _Origin, what: str, word: str) -> None:
        self.lost.setdefault(row.place, f"{row.place} is an OKR that could not be read whole")
        told = f"an OKR that could not be read: {word}" if row.secret else what
        self.gaps.append(Gap(row.connector, told.strip(" :"), row.key))

    def _okrs(self, unread: str) -> Okrs:
        cycle = self.files.cycle.id
        held = self._held()
        objectives = {name: replace(o, key_results=held.get(name, ())) for name, o in self.objectives.items()}
        return replace(
            self.files,
            objectives={id_: one for (of, id_), one in objectives.items() if of == cycle},
            other_objectives={name: one for name, one in objectives.items() if name[0] != cycle},
            key_results={id_: one for (of, id_), one in self.key_results.items() if of == cycle},
            others=of_other_cycles(self.key_results.values(), self.files.cycles, cycle),
            tickets={ref: id_ for ref, (_, id_) in self.names.items()},
            rows={Ref(row.connector, row.key): row for row in self.made.values()},
            moved_by=self._moved_by(),
            unread=unread,
            awaited=(),
        )

    def _held(self) -> Mapping[Name, tuple[str, ...]]:
        """Key results by objective: those of the files as they stand there, then those of tickets."""
        held: dict[Name, list[str]] = {name: list(o.key_results) for name, o in self.objectives.items()}
        for cycle, id_ in self.made:
            if (cycle, id_) in self.key_results:
                held[cycle, self.key_results[cycle, id_].objective].append(id_)
        return {name: tuple(ids) for name, ids in held.items()}

    def _moved_by(self) -> Mapping[Ref, tuple[str, ...]]:
        """Work that a key result's ticket is linked to; nothing certain where that ticket could not be read."""
        found: dict[Ref, tuple[str, ...]] = {}
        okrs = {Ref(row.connector, row.key) for row in self.rows}
        for row in self.rows:
            name = self.names.get(Ref(row.connector, row.key))
            ids = (name[1],) if name in self.key_results and name is not None else ()
            for ref in (Ref(row.connector, key) for key in row.links):
                if ref not in okrs and not is_objective(row):
                    found[ref] = (*found.get(ref, ()), *ids)
        return found
