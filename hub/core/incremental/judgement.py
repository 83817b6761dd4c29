"""What the rules say of the portfolio, brought up to date by judging what was touched alone."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from hub.core.checking.check import evaluate_all, judgement_of
from hub.core.checking.evaluate import CheckContext, Outcome, Settings, UnitKey, evaluate
from hub.core.incremental.shared_tables import SharedTables
from hub.core.incremental.ticket_findings import TicketFindings
from hub.core.mapping.incremental_portfolio import IncrementalPortfolio
from hub.core.mapping.touched import Touched
from hub.model.finding import Finding, Judgement, SubjectKind, Waiver
from hub.model.initiative import PullResult, Ref
from hub.model.portfolio import Focus, Portfolio
from rules.base import Rule, Unit
from rules.shared.dependencies import Link, links_by_teams
from rules.shared.key_results import keep
from rules.shared.work_counts import work_counts

Order = Callable[[UnitKey], Any]
ByUnit = dict[UnitKey, list[Outcome]]
Links = Mapping[tuple[str, str], tuple[Link, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """What an update came to: what was touched, and the tickets of all verdicts that are others now."""

    touched: Touched
    tickets: frozenset[Ref]


class IncrementalJudgement:
    """Mutable, as the portfolio that it judges; `judgement` is a value of its own.

    Where a rule failed, or findings are numbered for want of a key, `is_updatable` is false: the next run judges all.
    """

    def __init__(
        self, tickets: IncrementalPortfolio, rules: Sequence[Rule], settings: Settings, waivers: Iterable[Waiver]
    ) -> None:
        self.tickets, self._rules = tickets, rules
        self._shared = SharedTables(replace(tickets.portfolio))
        self._context = CheckContext.of(self._shared.portfolio, rules, settings, tuple(waivers))
        self._judge_all()

    def _judge_all(self) -> None:
        outcomes, self._failed = evaluate_all(self._rules, self._of(self._shared.portfolio))
        self._by_unit = {name: _by_unit(listed) for name, listed in outcomes.items()}
        self._ticket_findings = TicketFindings(outcomes)
        self._natural = {name: {key: at for at, key in enumerate(units)} for name, units in self._by_unit.items()}
        self._judgements = {name: judgement_of(listed) for name, listed in outcomes.items()}
        self._shared.keep_okr_tables()
        self._join()

    def _join(self) -> None:
        judgements = self._judgements.values()
        self.judgement = Judgement(
            tuple(chain.from_iterable(part.findings for part in judgements)),
            tuple(chain.from_iterable(part.not_judged for part in judgements)),
            tuple(chain.from_iterable(part.waived for part in judgements)),
            self._failed,
        )

    def _of(self, portfolio: Portfolio) -> CheckContext:
        return replace(self._context, portfolio=portfolio)

    @property
    def portfolio(self) -> Portfolio:
        """What was judged, with what rules work out together."""
        return self._shared.portfolio

    def keep_tables(self, portfolio: Portfolio) -> None:
        """Have the same portfolio as it may be shown say what rules worked out together of this one."""
        keep(portfolio, links_by_teams, links_by_teams(self._shared.portfolio))
        keep(portfolio, work_counts, Counter(work_counts(self._shared.portfolio)))

    @property
    def is_updatable(self) -> bool:
        """Whether the next changes can be judged alone."""
        return not self._failed and bool(self._context.fingerprints.key or not self.tickets.okrs.private)

    def update(self, delta: Sequence[PullResult]) -> Change | None:
        """Judge what these changes touch; None where all has to be judged, and this object is of no use any more."""
        update = self.tickets.prepare(delta) if self.is_updatable else None
        if update is None:
            return None
        self._shared.forget(update.trees)
        touched = self.tickets.apply(update)
        if not self._shared.learn(self.tickets, update.trees, touched):
            return None
        changed: set[Ref] = set()
        for rule in self._rules:
            changed |= self._update_rule(rule, touched)
        self._join()
        return Change(touched, frozenset(changed))

    def _update_rule(self, rule: Rule, touched: Touched) -> set[Ref]:
        """The tickets of what the rule says otherwise now, as it stood and as it stands."""
        units = self._by_unit[rule.name]
        match rule.unit:
            case Unit.OKRS:
                return set()
            case Unit.PORTFOLIO:
                keys, new = set(units), evaluate(rule, self._of(self._shared.view()))
                keys |= {outcome.key for outcome in new}
            case Unit.TICKET_GROUP:
                keys, new = self._groups(rule, touched)
            case _:
                keys = _keys(rule.unit, touched)
                new = evaluate(rule, self._of(self._view(rule, touched, keys)))
        return self._replace(rule, keys, _by_unit(outcome for outcome in new if outcome.key in keys))

    def _replace(self, rule: Rule, keys: set[UnitKey], new: ByUnit) -> set[Ref]:
        units = self._by_unit[rule.name]
        others = {key for key in keys if units.get(key, []) != new.get(key, [])}
        changed = {ref for key in others for side in (units, new) for x in side.get(key, ()) for ref in _tickets(x)}
        if others:
            for key in others:
                self._ticket_findings.replace(rule.name, key, units.get(key, ()), new.get(key, ()))
            units = {key: listed for key, listed in units.items() if key not in others}
            units |= {key: new[key] for key in others if key in new}
            order = new if rule.unit is Unit.PORTFOLIO else sorted(units, key=self._order(rule))
            self._by_unit[rule.name] = {key: units[key] for key in order}
            self._judgements[rule.name] = judgement_of(chain.from_iterable(self._by_unit[rule.name].values()))
        return changed

    def findings_on(self, ref: Ref) -> list[Finding]:
        """What the ticket shows, in the order of the judgement."""
        found: list[Finding] = []
        for rule in self._rules:
            if keys := self._ticket_findings.keys(rule.name, ref):
                units = self._by_unit[rule.name]
                order = list(units).index if rule.unit is Unit.PORTFOLIO else self._order(rule)
                listed = chain.from_iterable(units[key] for key in sorted(keys, key=order))
                found += (x for outcome in listed for x in outcome.findings if not x.waiver and ref in x.on_tickets)
        return found

    def _order(self, rule: Rule) -> Order:
        """As a whole judgement has it: by the order of tickets or OKRs; what never changes stays where it is."""
        okrs, natural = self.tickets.okrs, self._natural[rule.name]
        orders: dict[Unit, tuple[str, Any]] = {
            Unit.TICKET: (SubjectKind.INITIATIVE, self.tickets.position),
            Unit.KEY_RESULT: (SubjectKind.KEY_RESULT, self._shared.key_result_order),
            Unit.OBJECTIVE: (SubjectKind.OBJECTIVE, {id_: at for at, id_ in enumerate(okrs.objectives)}),
            Unit.TEAM: (SubjectKind.TEAM, {id_: at for at, id_ in enumerate((*okrs.teams, ""))}),
        }
        if rule.unit not in orders:
            return lambda key: key
        kind, order = orders[rule.unit]
        return lambda key: (0, order[key.name]) if key.kind == kind else (1, natural[key])

    def _view(self, rule: Rule, touched: Touched, keys: set[UnitKey]) -> Portfolio:
        shared = self._shared
        if rule.unit is Unit.TEAM_PAIR:
            return shared.view_of_links(lambda link: link.teams in touched.pairs)
        if rule.unit is Unit.PROVIDER:
            return shared.view_of_links(lambda link: link.providing in touched.providers)
        tickets = touched.tickets | touched.nearby
        if rule.unit is Unit.TEAM:
            tickets |= self._current_tickets(rule, keys)
        focus = Focus((), touched.key_results, touched.objectives, touched.teams)
        return self._view_of(tickets, focus)

    def _view_of(self, tickets: Iterable[Ref], focus: Focus) -> Portfolio:
        position = self.tickets.position
        refs = tuple(sorted((ref for ref in tickets if ref in position), key=position.__getitem__))
        tops = self.tickets.portfolio.active_tops
        return self._shared.view(active=tuple(ref for ref in refs if ref in tops), focus=replace(focus, tickets=refs))

    def _current_tickets(self, rule: Rule, keys: Iterable[UnitKey]) -> set[Ref]:
        """The tickets of what the rule says of these."""
        units = self._by_unit[rule.name]
        return {ref for key in keys for outcome in units.get(key, ()) for ref in _tickets(outcome)}

    def _groups(self, rule: Rule, touched: Touched) -> tuple[set[UnitKey], list[Outcome]]:
        """Groups in which a touched ticket stands or stood: judged once more by all tickets that do."""
        tickets, units, focus = touched.tickets | touched.nearby, self._by_unit[rule.name], Focus()
        if any(not self._current_tickets(rule, (key,)) for key in units):
            # What could not be judged does not tell its tickets.
            new = evaluate(rule, self._of(self._shared.view()))
            return {*units, *(outcome.key for outcome in new)}, new
        keys = {key for key in units if not tickets.isdisjoint(self._current_tickets(rule, (key,)))}
        keys |= {outcome.key for outcome in evaluate(rule, self._of(self._view_of(tickets, focus)))}
        if not keys:
            return keys, []
        return keys, evaluate(rule, self._of(self._view_of(tickets | self._current_tickets(rule, keys), focus)))


def _by_unit(outcomes: Iterable[Outcome]) -> ByUnit:
    units: ByUnit = {}
    for outcome in outcomes:
        units.setdefault(outcome.key, []).append(outcome)
    return units


def _keys(unit: Unit, touched: Touched) -> set[UnitKey]:
    names: Iterable[str]
    match unit:
        case Unit.TICKET:
            kind, names = SubjectKind.INITIATIVE, touched.tickets | touched.nearby
        case Unit.PROVIDER:
            kind, names = SubjectKind.INITIATIVE, touched.providers
        case Unit.TEAM_PAIR:
            kind, names = SubjectKind.DEPENDENCY, (" -> ".join(pair) for pair in touched.pairs)
        case Unit.KEY_RESULT:
            kind, names = SubjectKind.KEY_RESULT, touched.key_results
        case Unit.OBJECTIVE:
            kind, names = SubjectKind.OBJECTIVE, touched.objectives
        case _:
            kind, names = SubjectKind.TEAM, touched.teams
    return {UnitKey(kind, name) for name in names}


def _tickets(outcome: Outcome) -> Iterable[Ref]:
    if outcome.not_judged is not None:
        return outcome.not_judged.tickets
    return [ref for finding in outcome.findings for ref in finding.tickets]
