"""What several rules work out together, brought up to date with the portfolio, and the views that rules are given."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from hub.core.mapping.incremental_portfolio import IncrementalPortfolio
from hub.core.mapping.touched import Touched
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from rules.shared.completeness import unread
from rules.shared.dependencies import Link, links_by_teams
from rules.shared.key_results import OkrTable, keep, unaligned_work
from rules.shared.tickets import children_of, linked_tickets, mentioned_by
from rules.shared.work_counts import work_counts

Links = dict[tuple[str, str], tuple[Link, ...]]


class SharedTables:
    """Mutable; `portfolio` has all of it at hand."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self._okr_tables: dict[object, Any] = {}
        self._links: Links = dict(links_by_teams(portfolio))
        self._work = dict(unaligned_work(portfolio))
        self._counts = work_counts(portfolio)
        self._unread = unread(portfolio)
        every = (*portfolio.okrs.key_results, *portfolio.overlapping_key_results)
        self.key_result_order = {id_: at for at, id_ in enumerate(every)}

    def keep_okr_tables(self) -> None:
        """What was worked out of the OKRs alone goes on to hold."""
        self._okr_tables = {name: value for name, value in self.portfolio.cache.items() if isinstance(name, OkrTable)}

    def forget(self, trees: Collection[Ref]) -> None:
        """Take off what the tickets of these trees add to sums, while they are as they were."""
        self._counts.subtract(work_counts(self._part(trees)))

    def learn(self, updated: IncrementalPortfolio, trees: Collection[Ref], touched: Touched) -> bool:
        """Bring all of it up to date; False where absence means something else now, for everything."""
        self.portfolio = replace(updated.portfolio)
        self._prepare(self.portfolio)
        keep(self.portfolio, children_of, updated.tables.children)
        keep(self.portfolio, linked_tickets, updated.tables.linked)
        keep(self.portfolio, mentioned_by, updated.tables.mentioned_by)
        self._counts.update(work_counts(self._part(trees)))
        self._update_links(updated, touched)
        self._update_work(touched)
        keep(self.portfolio, links_by_teams, self._links)
        keep(self.portfolio, unaligned_work, self._work)
        keep(self.portfolio, work_counts, self._counts)
        return unread(self.portfolio) == self._unread

    def view(self, **parts: Any) -> Portfolio:
        """The portfolio with other parts, and the same at hand."""
        view = replace(self.portfolio, **parts)
        view.cache.update(self.portfolio.cache)
        return view

    def view_of_links(self, is_touched: Callable[[Link], bool]) -> Portfolio:
        """The portfolio with no other dependencies between teams than these."""
        links = {teams: tuple(filter(is_touched, links)) for teams, links in self._links.items()}
        view = self.view(dependencies=())
        keep(view, links_by_teams, {teams: touched_links for teams, touched_links in links.items() if touched_links})
        return view

    def _prepare(self, portfolio: Portfolio) -> None:
        portfolio.cache.update(self._okr_tables)

    def _part(self, trees: Collection[Ref]) -> Portfolio:
        """The portfolio of these trees alone, as far as sums go."""
        portfolio = self.portfolio
        tops, exempt = portfolio.active_tops, portfolio.exempt
        active = tuple(ref for ref in trees if ref in tops)
        part = replace(portfolio, active=active, exempt={ref: exempt[ref] for ref in trees if ref in exempt})
        self._prepare(part)
        return part

    def _update_links(self, updated: IncrementalPortfolio, touched: Touched) -> None:
        at_tickets = replace(self.portfolio, dependencies=tuple(updated.tables.dependencies_at(touched.tickets)))
        self._prepare(at_tickets)
        new = links_by_teams(at_tickets)
        for teams in touched.pairs | new.keys():
            links = [link for link in self._links.get(teams, ()) if touched.tickets.isdisjoint(link[:2])]
            self._links[teams] = tuple(sorted((*links, *new.get(teams, ()))))
        self._links = {teams: self._links[teams] for teams in sorted(self._links) if self._links[teams]}

    def _update_work(self, touched: Touched) -> None:
        served = self.portfolio.served_by
        part = replace(self.portfolio, served_by={id_: served[id_] for id_ in touched.key_results if id_ in served})
        self._prepare(part)
        new = unaligned_work(part)
        for id_ in touched.key_results:
            self._work.pop(id_, None)
        self._work |= new
