"""OKRs kept in trackers, merged with those of the files; faulty and private ones are reported and left out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hub.model.initiative import LINE_OF, Gap, Ref
from hub.model.okr import Alignment, KeyResult, Need, Objective, Okrs
from hub.model.text import did_you_mean
from hub.model.ticket_input import OkrOutcome, OkrTicket
from hub.okr_files.build import key_result_from, objective_from, of_other_cycles, with_mutual_links
from hub.okr_files.ticket_fields import (
    FIELDS_OF_OTHERS,
    InvalidLine,
    InvalidOkrTicket,
    parse_key_result,
    parse_objective,
)
from hub.okr_files.ticket_names import (
    CycleAndId,
    id_of,
    is_objective,
    known_names,
    redacted_names,
    secret_rows,
)


@dataclass(frozen=True, slots=True)
class MergedOkrs:
    """The whole; what is wrong with tickets, each as a gap with its key; and what is only told, by connector."""

    okrs: Okrs
    gaps: tuple[Gap, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where an OKR stands: on a ticket, or in a file that is read together with a connector's tickets.

    Of a `secret` one, it is only told which of its words is at fault; `of_line` where the rest of a ticket counts.
    """

    connector: str
    key: str
    location: str
    secret: bool = False
    of_line: bool = False


def merge_tickets(okrs: Okrs, rows: Iterable[OkrTicket], unread: str = "", source: str = "") -> MergedOkrs:
    """The OKRs of the files and of the tickets; `unread` says why tickets may be missing, if they may.

    Where links of a file lead nowhere, `source` is the connector under which that is told.
    """
    merger = _OkrMerger(okrs, [row for row in rows if not _is_over(row, okrs)], source)
    return merger.merge(unread)


def _is_over(row: OkrTicket, okrs: Okrs) -> bool:
    """Closed before the cycle began, and of no cycle that it names: an earlier quarter's."""
    return row.closed is not None and row.closed < okrs.cycle.start and not row.values_of("cycle")


def _fields(lines: Iterable[InvalidLine]) -> frozenset[str]:
    return frozenset(line.field for line in lines)


class _OkrMerger:
    """Collects objectives first, for key results stand under them; then looks where links lead."""

    def __init__(self, okrs: Okrs, rows: list[OkrTicket], source: str) -> None:
        self.files = okrs
        self.source = source
        self.rows = sorted(rows, key=lambda row: (not is_objective(row), row.connector, len(row.key), row.key))
        self.objectives: dict[CycleAndId, Objective] = {(o.cycle, o.id): o for o in okrs.objectives.values()}
        self.objectives |= okrs.other_objectives
        self.key_results: dict[CycleAndId, KeyResult] = {(k.cycle, k.id): k for k in okrs.other_key_results.values()}
        self.key_results |= {(k.cycle, k.id): k for k in okrs.key_results.values()}
        for item in okrs.forward_links:
            target: dict[CycleAndId, Any] = self.key_results if isinstance(item, KeyResult) else self.objectives
            target[item.cycle, item.id] = item
        self.secret = secret_rows(self.rows)
        self._secret_locations = frozenset(row.ticket_ref for row in self.secret)
        self.of_files = frozenset((*self.objectives, *self.key_results))
        self.known = known_names(okrs, {**self.objectives, **self.key_results}, self.rows, self.secret)
        self.closed: set[CycleAndId] = set()
        self.names: dict[Ref, CycleAndId] = {}
        self.rows_by_name: dict[CycleAndId, OkrTicket] = {}
        self.gaps, self.notes = list[Gap](), list[tuple[str, str]]()
        self.incomplete, self.unread = dict[str, str](), dict[str, str]()

    def merge(self, unread: str) -> MergedOkrs:
        for row in self.rows:
            try:
                self._add(row)
            except InvalidOkrTicket as error:
                self._report(replace(self._ticket_origin(row), of_line=False), str(error), error.field)
                self.unread[id_of(row)] = f"`{id_of(row)}` stands on {row.ticket_ref}, which could not be read"
        for name, row in self.rows_by_name.items():
            self._validate_links(name, self._ticket_origin(row))
        # What was not read may be what a file's link leads to: that is no fault of the file's.
        before = len(self.gaps)
        for item in self.files.forward_links:
            self._validate_links((item.cycle, item.id), self._file_origin(item))
        if unread:
            del self.gaps[before:]
        reason = unread or next(iter(self.incomplete.values()), "")
        okrs = self._okrs(reason)
        names = redacted_names(okrs, self.secret)
        gaps = tuple(replace(gap, reason=names.redact(gap.reason)) for gap in self.gaps)
        return MergedOkrs(with_mutual_links(okrs), gaps, tuple(self.notes))

    def _ticket_origin(self, row: OkrTicket) -> _Origin:
        return _Origin(row.connector, row.key, row.ticket_ref, row.ticket_ref in self._secret_locations, of_line=True)

    def _file_origin(self, item: Objective | KeyResult) -> _Origin:
        location = str(item.location or item.id)
        return _Origin(self.source, location, location, isinstance(item, KeyResult) and item.private)

    def _add(self, row: OkrTicket) -> None:
        id_, cycle = id_of(row), self._cycle(row)
        name = (cycle, id_)
        if name in self.of_files:
            self.names[Ref(row.connector, row.key)] = name
            self._note_duplicate(row, name)
            return
        if name in self.rows_by_name:
            raise InvalidOkrTicket(f"`{id_}` is already the id of {self.rows_by_name[name].ticket_ref}", "id")
        if is_objective(row):
            objective_table, invalid = parse_objective(row, id_, self.known)
            objective = objective_from(objective_table, cycle)
            self._require_teams(row, objective.teams)
            self.objectives[name] = replace(objective, not_understood=_fields(invalid))
        else:
            table, invalid = parse_key_result(row, id_, self.known)
            key_result = key_result_from(table, self._objective(row, cycle), cycle)
            self._add_key_result(name, replace(key_result, not_understood=_fields(invalid)), row)
        for line in invalid:
            self._report_line(self._ticket_origin(row), line)
        self.names[Ref(row.connector, row.key)] = name
        self.rows_by_name[name] = row

    def _add_key_result(self, name: CycleAndId, key_result: KeyResult, row: OkrTicket) -> None:
        """A ticket that was closed without a result is none any more, unless its target was reached all the same."""
        cycle = self.files.cycles[name[0]]
        if row.outcome is OkrOutcome.CANCELLED and not key_result.is_met:
            if self.files.cycle.overlaps(cycle.start, cycle.end):
                self.closed.add(name)
        elif row.outcome is not None:
            key_result = replace(key_result, done=True)
        self.key_results[name] = key_result

    def _cycle(self, row: OkrTicket) -> str:
        """The cycle that the ticket names, else that of its objective, else the running one."""
        parent_name = None if row.parent is None else self.names.get(Ref(row.connector, row.parent))
        stated = row.values_of("cycle")
        cycle = stated[-1].strip() if stated else parent_name[0] if parent_name else self.files.cycle.id
        known = {id_.casefold(): id_ for id_ in self.files.cycles}
        if cycle.casefold() not in known:
            raise InvalidOkrTicket(f"no OKR file defines the cycle `{cycle}`", "cycle")
        return known[cycle.casefold()]

    def _objective(self, row: OkrTicket, cycle: str) -> str:
        """The id of the objective above: as the ticket says, else its parent."""
        if stated := row.values_of("objective"):
            try:
                name = (cycle, self.known.objectives.id_of(stated[-1]))
            except ValueError as error:
                raise InvalidOkrTicket(str(error), "objective") from None
            if name not in self.objectives:
                ids = [id_ for of, id_ in self.objectives if of == cycle]
                hint = did_you_mean(name[1], ids, noun="objective")
                raise InvalidOkrTicket(f"no objective has the id `{name[1]}`. {hint}", "objective")
            return name[1]
        parent_name = None if row.parent is None else self.names.get(Ref(row.connector, row.parent))
        if parent_name is None or parent_name not in self.objectives:
            parent = f"{row.parent} is none that could be read" if row.parent else "it has no parent"
            raise InvalidOkrTicket(f"it stands under no objective: {parent}", "objective")
        return parent_name[1]

    def _require_teams(self, row: OkrTicket, teams: Iterable[str]) -> None:
        for team in teams:
            if team not in self.files.teams:
                hint = did_you_mean(team, self.files.teams, noun="team")
                raise InvalidOkrTicket(f"no team has the id `{team}`. {hint}", "teams")

    def _note_duplicate(self, row: OkrTicket, name: CycleAndId) -> None:
        """Told once a run and no fault: all is read, and what is shown to everybody names no private id."""
        location = (self.key_results.get(name) or self.objectives[name]).location
        at = f"at {location}" if location else "in the OKR files"
        self.notes.append(
            (row.connector, f"{row.ticket_ref} stands {at} as well, and the file counts: keep it in one place")
        )

    def _validate_links(self, name: CycleAndId, row: _Origin) -> None:
        """Links that lead nowhere are told and left out, so that the rest of the ticket counts."""
        if name in self.objectives:
            known = {id_ for _, id_ in self.objectives}
            objective = self.objectives[name]
            aligned = tuple(
                text for text in objective.aligns_to if self._resolves(row, "aligns_to", text, known, "objective")
            )
            self.objectives[name] = replace(objective, aligns_to=aligned)
            return
        known = {id_ for _, id_ in self.key_results}
        key_result = self.key_results[name]
        successor = key_result.replaced_by
        self.key_results[name] = replace(
            key_result,
            aligns_to=tuple(self._alignments(row, key_result, known)),
            depends_on=tuple(self._needs(row, key_result, known)),
            supports=tuple(
                support for support in key_result.supports if self._resolves(row, "supports", support, known)
            ),
            audience=tuple(self._audience(row, key_result)),
            replaced_by=successor if successor and self._resolves(row, "replaced_by", successor, known) else None,
        )

    def _alignments(self, row: _Origin, key_result: KeyResult, known: set[str]) -> Iterator[Alignment]:
        yield from (
            alignment
            for alignment in key_result.aligns_to
            if self._resolves(row, "aligns_to", alignment.key_result, known)
        )

    def _needs(self, row: _Origin, key_result: KeyResult, known: set[str]) -> Iterator[Need]:
        objective = self.objectives.get((key_result.cycle, key_result.objective))
        own = (objective.teams if objective else ()) or key_result.owners
        for need in key_result.depends_on:
            if own == (need.team,):
                self._report(row, f"`{need.team}` holds this key result itself: name another team", "depends_on")
            elif self._resolves(row, "depends_on", need.team, self.files.teams, "team"):
                leads = need.key_result is None or self._resolves(row, "depends_on", need.key_result, known)
                yield need if leads else replace(need, key_result=None)

    def _audience(self, row: _Origin, key_result: KeyResult) -> Iterator[str]:
        yield from (
            team for team in key_result.audience if self._resolves(row, "audience", team, self.files.teams, "team")
        )

    def _resolves(self, row: _Origin, field: str, id_: str, known: Iterable[str], noun: str = "key result") -> bool:
        if id_ in (ids := set(known)):
            return True
        private = {key_result.id for key_result in self.key_results.values() if key_result.private}
        message = f"points nowhere: no {noun} has the id `{id_}`. {did_you_mean(id_, ids - private, noun=noun)}"
        self._report(row, self.unread.get(id_) or message, field)
        return False

    def _report_line(self, row: _Origin, line: InvalidLine) -> None:
        """What does not count of a ticket whose rest does; what others are judged by makes all OKRs incomplete."""
        if line.field in FIELDS_OF_OTHERS:
            self.incomplete.setdefault(row.location, f"{row.location} says something that was not understood")
        reason = f"a value that was not understood: {line.field}" if row.secret else str(line)
        self.gaps.append(Gap(row.connector, reason, LINE_OF + row.key))

    def _report(self, row: _Origin, message: str, field: str) -> None:
        self.incomplete.setdefault(row.location, f"{row.location} is an OKR that could not be read whole")
        reason = f"an OKR that could not be read: {field}" if row.secret else message
        self.gaps.append(Gap(row.connector, reason.strip(" :"), (LINE_OF if row.of_line else "") + row.key))

    def _okrs(self, unread: str) -> Okrs:
        cycle = self.files.cycle.id
        by_objective = self._key_results_by_objective()
        open_key_results = {name: k for name, k in self.key_results.items() if name not in self.closed}
        objectives = {name: replace(o, key_results=by_objective.get(name, ())) for name, o in self.objectives.items()}
        return replace(
            self.files,
            objectives={id_: objective for (of, id_), objective in objectives.items() if of == cycle},
            other_objectives={name: objective for name, objective in objectives.items() if name[0] != cycle},
            key_results={id_: key_result for (of, id_), key_result in open_key_results.items() if of == cycle},
            other_key_results=of_other_cycles(open_key_results.values(), self.files.cycles, cycle),
            closed_key_results={name[1]: self.key_results[name] for name in self.rows_by_name if name in self.closed},
            okr_id_by_ticket={ref: id_ for ref, (_, id_) in self.names.items()},
            okr_tickets={Ref(row.connector, row.key): row for row in self.rows_by_name.values()},
            linked_key_results=self._moved_by(),
            incomplete_reason=unread,
            forward_links=(),
        )

    def _key_results_by_objective(self) -> Mapping[CycleAndId, tuple[str, ...]]:
        """Key results by objective: those of the files as they stand there, then those of tickets."""
        by_objective: dict[CycleAndId, list[str]] = {name: list(o.key_results) for name, o in self.objectives.items()}
        for cycle, id_ in self.rows_by_name:
            if (cycle, id_) in self.key_results and (cycle, id_) not in self.closed:
                by_objective[cycle, self.key_results[cycle, id_].objective].append(id_)
        return {name: tuple(ids) for name, ids in by_objective.items()}

    def _moved_by(self) -> Mapping[Ref, tuple[str, ...]]:
        """Work that a key result's ticket is linked to; nothing certain where that ticket could not be read."""
        moved_by: dict[Ref, tuple[str, ...]] = {}
        okrs = {Ref(row.connector, row.key) for row in self.rows}
        for row in self.rows:
            name = self.names.get(Ref(row.connector, row.key))
            ids = (name[1],) if name in self.key_results and name is not None else ()
            for ref in (Ref(row.connector, key) for key in row.links):
                if ref not in okrs and not is_objective(row):
                    moved_by[ref] = (*moved_by.get(ref, ()), *ids)
        return moved_by
