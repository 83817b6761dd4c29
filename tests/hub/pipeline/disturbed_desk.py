"""A desk with all that a run may look at: OKRs kept as tickets, queries, values, links, a dashboard and webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.base import Capabilities
from hub.model.action import RemoteLink, Target
from hub.model.errors import SourceError, TicketNotFound
from hub.model.initiative import Initiative, PullResult, PullState, Ref
from hub.model.measure import Measure
from hub.model.okr import Okrs, WorkQuery
from hub.model.ticket_input import OkrKind, OkrTicket
from hub.pipeline.run_context import RunContext
from hub.pipeline.sync import sync_if_changed
from hub.pipeline.unchanged_run import UnchangedRun
from hub.report.run_json import run_document
from tests.hub.pipeline.test_previous_run import CursorConnector
from tests.hub.pipeline.workspace import Desk


def a_row(key: str, kind: OkrKind = OkrKind.KEY_RESULT, **says: str) -> OkrTicket:
    url = f"https://tracker.test/{key}"
    return OkrTicket(kind, "jira", key, f"id-{key}", f"Title of {key}", url, ("ACME",), values=tuple(says.items()))


ROWS = (
    a_row("ACME-801", OkrKind.OBJECTIVE, id="kept", teams="product"),
    a_row("ACME-802", id="kept-one", objective="kept", aligns_to="revenue"),
)
OTHER_ROWS: tuple[tuple[OkrTicket, ...], ...] = (
    ROWS,
    (*ROWS, a_row("ACME-803", id="faulty", objective="nowhere")),
    (*ROWS, a_row("ACME-803", id="adoption", objective="nowhere", visibility="private")),
    (ROWS[0], a_row("ACME-802", id="kept-one", objective="kept", aligns_to="reach")),
)


class Disturbed(CursorConnector):
    """Keeps OKRs, answers queries, takes links, and may fail in each."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.rows: tuple[OkrTicket, ...] | None = None
        self.links: dict[tuple[str, str], RemoteLink] = {}
        self.value, self.found = 3.0, frozenset({"00001"})
        self.answers_queries = True

    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, work_queries=self, measures=self, remote_links=self)

    def tickets(self) -> dict[str, Initiative]:
        return {id_: replace(kept.initiative, labels=frozenset(kept.labels)) for id_, kept in self._kept.items()}

    def remarks(self) -> list[object]:
        """What stands on each ticket."""
        return [(k.initiative.ref, [(x.author, x.message) for x in k.remarks], k.labels) for k in self._kept.values()]

    def pull(self, known: PullState | None = None) -> PullResult:
        pulled = super().pull(known)
        if known is not None and pulled.gaps:
            unread = {t for t, kept in self._kept.items() if kept.initiative.ref.key in self.trouble.unreadable}
            pulled = replace(
                pulled, deleted=pulled.deleted - unread, unreadable=frozenset(unread & known.tickets.keys())
            )
        return replace(pulled, okrs=self.rows)

    def measure(self, measure: Measure) -> float:
        if not self.answers_queries:
            raise SourceError(self.name, "no value today")
        return self.value

    def tickets_by_query(self, queries: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
        if not self.answers_queries:
            raise SourceError(self.name, "no answer today")
        return dict.fromkeys(queries, self.found)

    def set_remote_link(self, target: Target, link: RemoteLink) -> None:
        self._wait(target)
        self.links[target.id, link.global_id] = link

    def remove_remote_link(self, target: Target, global_id: str) -> None:
        if self.links.pop((target.id, global_id), None) is None:
            raise TicketNotFound(self.name, "no such link", key=target.ref.key)

    def remote_link_ids(self, target: Target) -> tuple[str, ...]:
        return tuple(global_id for id_, global_id in self.links if id_ == target.id)


def with_queries(known: Okrs, *, measured: bool) -> Okrs:
    """The same with work, or a value, that a query finds."""
    asked = replace(known.key_results["dau"], work=(WorkQuery("jira", "text ~ x"),))
    if measured:
        asked = replace(known.key_results["dau"], measure=Measure("jira", "text ~ x"))
    return replace(known, key_results={**known.key_results, "dau": asked})


@dataclass
class DisturbedDesk(Desk):
    """With links, a dashboard and webhooks."""

    remote_links: bool = False
    dashboard: Ref | None = None
    refresh: dict[str, frozenset[str]] = field(default_factory=dict)
    may_stop: bool = False

    def run(self, **how: Any) -> Any:
        """One sync; None where it may stop after its pull, and did."""
        if not self.may_stop:
            return super().run(**how)
        self.clock.wait(seconds=60)
        result = sync_if_changed(self.job(**how), run_document)
        return None if isinstance(result, UnchangedRun) else result

    def job(self, **how: Any) -> RunContext:
        return replace(
            super().job(**how),
            remote_links=self.remote_links,
            dashboard=self.dashboard,
            refresh=self.refresh,
            hub_url="https://hub.test",
            workspace="acme",
        )
