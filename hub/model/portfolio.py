"""The portfolio: tickets, OKRs and how they are joined, indexed once; what earlier runs know of dependencies."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.model.finding import KeyResultId
from hub.model.initiative import Gap, Initiative, Ref
from hub.model.link import Answer, Candidate, Dependency, KeyResultLink, UnresolvedName
from hub.model.okr import Alignment, Cycle, KeyResult, Need, Objective, Okrs, Phase, Team
from hub.model.ticket_input import Command

DependencyKey = tuple[str, str]
"""Who waits and who is to provide, by names that survive renames and moves."""


@dataclass(frozen=True, slots=True)
class DependencyHistory:
    """Since when earlier runs have seen each dependency, and the commands that they heard, by connector.

    `first_seen` also holds for what day work was promised, where somebody commented a yes: see `promise_key`.

    `key` is a secret of the state: what is hashed with it can be guessed by nobody who does not hold the state.
    """

    first_seen: Mapping[DependencyKey, date] = field(default_factory=dict)
    commands: Mapping[str, tuple[Command, ...]] = field(default_factory=dict)
    key: bytes = field(default=b"", repr=False, compare=False)


def ticket_dependency_key(waiting: Initiative, providing: Initiative) -> DependencyKey:
    """The name of a dependency between two tickets: the trackers' own ids."""
    return f"{waiting.ref.connector}:{waiting.id}", f"{providing.ref.connector}:{providing.id}"


def promise_key(dependency: DependencyKey, comment: str) -> DependencyKey:
    """The name of a yes to a dependency; its day is when the waiting work was due as the yes was first read."""
    return dependency[0], f"{dependency[1]} {comment}"


def need_key(waiting: KeyResult, need: Need) -> DependencyKey:
    """The name of a need that stands in the OKR files, apart from all tickets."""
    return f"kr/{waiting.cycle}/{waiting.id}", f"kr/{need.team}/{need.key_result or ''}"


def alignment_key(key_result: KeyResult, link: Alignment) -> DependencyKey:
    """The name of a vertical link."""
    return "link", f"{key_result.cycle}/{key_result.id} -> {link.key_result}"


def no_candidates(_: Initiative) -> tuple[Candidate, ...]:
    """Offers nothing; stands in where nobody asks for suggestions."""
    return ()


@dataclass(frozen=True, slots=True)
class Focus:
    """What a rule is to judge where only a part of the portfolio changed: see `rules.base.Unit`."""

    tickets: tuple[Ref, ...] = ()
    key_results: AbstractSet[str] = frozenset()
    objectives: AbstractSet[str] = frozenset()
    teams: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Built by `hub.core.mapping.build_portfolio`; every look-up is one step, so no rule scans all for each ticket.

    `active` holds the initiatives that rules judge, in a stable order: the topmost active one of each tree.
    `descendants` lists for each of them the active tickets of its tree, its work; `top_of` is the way back.
    `active_set` are all active tickets that are not exempt, initiatives and their work; `at_work` those that are active
    by status and dates, exempt or not; `exempt` those kept out, with the reason. `organization` are the organization's
    key results of every cycle that contains today, `reaching` the key results that lead to one of them, those included.
    `overlapping_key_results` are the key results of other cycles that links may lead to: open ones that overlap the
    running cycle. `other_cycle_links` holds, for a ticket, the key results that it names itself of cycles that do not
    overlap the running one. `supports` lists, for a providing key result, who waits for it: (waiting key result, the
    need). `answers` is what the team of a ticket said by label or command; `first_seen` since when a dependency, a
    proposed link or a key result is known; `mentions` are the tickets that a ticket names anywhere.
    `effective_commands` are the comment commands on a ticket that count, the latest of each family. `fingerprint_key`
    is the state's: with it, fingerprints that rest on private names are made. `cache` keeps what several rules ask,
    worked out once. `absent` are tickets that the last full read did not show: judged as they were last read, and left
    as they are. `incomplete_sources` names connectors whose enumeration did not end: absence there means nothing.
    `partial` tells whether one of them failed, so that nothing new may follow from how tickets stand to each other.
    `active_tops` are those of `active` as a set; `partly_read` are the tickets of which fields are missing. With a
    `focus`, rules judge this part alone: `active` holds no others then, and look-ups are as whole as ever.
    """

    today: date
    okrs: Okrs
    workspace: str = ""
    initiatives: Mapping[Ref, Initiative] = field(default_factory=dict)
    team_of: Mapping[Ref, str] = field(default_factory=dict)
    exempt: Mapping[Ref, str] = field(default_factory=dict)
    active: tuple[Ref, ...] = ()
    active_tops: AbstractSet[Ref] = frozenset()
    active_set: AbstractSet[Ref] = frozenset()
    at_work: AbstractSet[Ref] = frozenset()
    partly_read: Mapping[Ref, Initiative] = field(default_factory=dict)
    descendants: Mapping[Ref, tuple[Ref, ...]] = field(default_factory=dict)
    top_of: Mapping[Ref, Ref] = field(default_factory=dict)
    serves: Mapping[Ref, tuple[KeyResultLink, ...]] = field(default_factory=dict)
    served_by: Mapping[str, tuple[KeyResultLink, ...]] = field(default_factory=dict)
    unresolved_names: Mapping[Ref, tuple[UnresolvedName, ...]] = field(default_factory=dict)
    other_cycle_links: Mapping[Ref, tuple[KeyResultLink, ...]] = field(default_factory=dict)
    undetermined: Mapping[Ref, str] = field(default_factory=dict)
    dependencies: tuple[Dependency, ...] = ()
    answers: Mapping[Ref, Answer] = field(default_factory=dict)
    first_seen: Mapping[DependencyKey, date] = field(default_factory=dict)
    mentions: Mapping[Ref, tuple[Ref, ...]] = field(default_factory=dict)
    key_results_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    overlapping_key_results: Mapping[str, KeyResult] = field(default_factory=dict)
    organization: tuple[KeyResult, ...] = ()
    reaching: frozenset[str] = frozenset()
    supports: Mapping[str, tuple[tuple[str, Need], ...]] = field(default_factory=dict)
    priorities: Mapping[Ref, int] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    incomplete_sources: frozenset[str] = frozenset()
    incomplete_tickets: frozenset[Ref] = frozenset()
    absent: frozenset[Ref] = frozenset()
    partial: bool = False
    effective_commands: Mapping[Ref, tuple[Command, ...]] = field(default_factory=dict)
    candidates: Callable[[Initiative], tuple[Candidate, ...]] = no_candidates
    fingerprint_key: bytes = field(default=b"", repr=False, compare=False)
    focus: Focus | None = None
    cache: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def cycle(self) -> Cycle:
        """The running cycle."""
        return self.okrs.cycle

    def active_initiatives(self) -> Iterator[Initiative]:
        """The initiatives that rules judge: the topmost active one of each tree that is not exempt."""
        for ref in self.active:
            yield self.initiatives[ref]

    def judged_tickets(self) -> Iterable[Ref]:
        """Every ticket that is to be judged, active or not, in the order of the tickets."""
        return self.initiatives if self.focus is None else filter(self.initiatives.__contains__, self.focus.tickets)

    def judged_key_results(self) -> Iterator[KeyResult]:
        """The key results of the running cycle that are to be judged, in file order."""
        return (key_result for id_, key_result in self.okrs.key_results.items() if self.judges_key_result(id_))

    def judges_key_result(self, key_result: str) -> bool:
        """Whether the key result is to be judged."""
        return self.focus is None or key_result in self.focus.key_results

    def judged_objectives(self) -> Iterator[Objective]:
        """The objectives that are to be judged, in file order."""
        focus, objectives = self.focus, self.okrs.objectives.values()
        return (objective for objective in objectives if focus is None or objective.id in focus.objectives)

    def judged_teams(self) -> Iterator[Team]:
        """The teams that are to be judged, in file order."""
        return (team for team in self.okrs.teams.values() if self.focus is None or team.id in self.focus.teams)

    def is_active(self, ref: Ref) -> bool:
        """Whether the ticket, initiative or work below one, was read, is active in the cycle and not exempt."""
        return ref in self.active_set

    def key_result(self, key_result: str) -> KeyResult:
        """The key result of that id in the running cycle, else in one alongside; KeyError if there is none."""
        running = self.okrs.key_results.get(key_result)
        return self.overlapping_key_results[key_result] if running is None else running

    def linked(self, key_result: str) -> KeyResult | None:
        """The key result that a link means: the running cycle's, else one of a cycle alongside, if there is one."""
        return self.okrs.key_results.get(key_result) or self.overlapping_key_results.get(key_result)

    @property
    def outdated(self) -> bool:
        """Whether the configured cycle has ended, or was closed, and was not moved on: nothing about work or check-ins
        is judged then.
        """
        return self.cycle.phase is Phase.CLOSED or self.cycle.end < self.today

    def has_ended(self, key_result: KeyResult) -> bool:
        """Whether the cycle of the key result is over."""
        cycle = self.okrs.cycles[key_result.cycle]
        return cycle.phase is Phase.CLOSED or cycle.end < self.today

    def key_result_since(self, key_result: str) -> date:
        """Since when the key result of the running cycle is there; the cycle's start where nothing else is known."""
        return self.first_seen.get(("kr", f"{self.cycle.id}/{key_result}"), self.cycle.start)

    def shared_since(self, objective: str) -> date:
        """Since when the objective of the running cycle is shared; the cycle's start where nothing else is known."""
        return self.first_seen.get(("shared", f"{self.cycle.id}/{objective}"), self.cycle.start)

    def objective_of(self, key_result: str) -> Objective:
        """The objective that the key result stands under, in the running cycle or in one alongside."""
        running = self.okrs.key_results.get(key_result)
        if running is not None:
            return self.okrs.objectives[running.objective]
        other = self.overlapping_key_results[key_result]
        return self.okrs.other_objectives[other.cycle, other.objective]

    def teams_of(self, key_result: str) -> tuple[str, ...]:
        """The teams that hold the key result: none for the organization's, two or more for a shared one."""
        return self.objective_of(key_result).teams

    def team(self, ref: Ref) -> Team | None:
        """The team whose place the ticket lies in."""
        name = self.team_of.get(ref)
        return None if name is None else self.okrs.teams.get(name)

    def aligned(self, key_result: str) -> bool:
        """Whether the key result leads to an organization key result, or its objective stands alone with a reason."""
        return key_result in self.reaching or self.objective_of(key_result).standalone is not None

    def key_result_fact(self, key_result: str) -> KeyResultId:
        """The id as a fact: it is veiled later if the key result is private."""
        return KeyResultId(key_result)

    def readable(self, ref: Ref) -> bool:
        """Whether the absence of this ticket from the picture would mean that it is not there."""
        return ref.connector not in self.incomplete_sources and ref not in self.incomplete_tickets
