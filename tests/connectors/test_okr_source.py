"""A source of OKRs alone runs beside trackers: its rows are OKRs, and one that fails is no empty list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from connectors.base import Capabilities, Connector
from connectors.okr_source import OkrSource, OkrSourceConnector
from hub.core.insight.run_summary import RunResult
from hub.model.errors import Check, SourceError
from hub.model.ticket_input import OkrKind, OkrTicket
from hub.pipeline.pull import Source
from hub.pipeline.sync import sync
from tests.builders import an_initiative
from tests.hub.pipeline.workspace import Desk, a_desk

OBJECTIVE = OkrTicket(
    OkrKind.OBJECTIVE, "goals", "O1", "1", "Grow", "https://goals.test/1", values=(("id", "grow"), ("teams", "product"))
)
KEY_RESULT = OkrTicket(
    OkrKind.KEY_RESULT,
    "goals",
    "K1",
    "2",
    "500 daily users",
    "https://goals.test/2",
    parent="O1",
    values=(("id", "users"), ("start", "0"), ("target", "500"), ("aligns_to", "revenue")),
)


@dataclass
class Goals:
    """An OKR product in memory."""

    rows: Sequence[OkrTicket] = (OBJECTIVE, KEY_RESULT)
    error: SourceError | None = None
    closed: list[bool] = field(default_factory=list)

    def read_okrs(self) -> Sequence[OkrTicket]:
        if self.error is not None:
            raise self.error
        return self.rows

    def diagnose(self) -> Iterable[Check]:
        return ()

    def close(self) -> None:
        self.closed.append(True)


def a_connector(goals: Goals) -> Connector:
    source: OkrSource = goals
    connector: Connector = OkrSourceConnector("goals", source)
    return connector


def run(desk: Desk, goals: Goals) -> RunResult:
    desk.clock.wait(seconds=60)
    job = desk.job()
    job = replace(job, sources=[*job.sources, Source(a_connector(goals))])
    return sync(job, lambda _: {})


def test_its_rows_are_okrs_that_tickets_may_serve() -> None:
    desk = a_desk(an_initiative("jira:ACME-1", serves="users"))
    outcome = run(desk, Goals())
    users = outcome.portfolio.okrs.key_results["users"]
    assert (users.title, users.objective, users.target) == ("500 daily users", "grow", 500)
    assert [link.key_result for link in users.aligns_to] == ["revenue"]
    assert [link.initiative for link in outcome.portfolio.served_by["users"]] == ["jira:ACME-1"]
    assert outcome.failures == ()


def test_a_source_that_fails_keeps_what_it_said_last_and_is_named() -> None:
    desk, goals = a_desk(an_initiative("jira:ACME-1", serves="users")), Goals()
    run(desk, goals)
    goals.error = SourceError("goals", "is down")
    outcome = run(desk, goals)
    assert "users" in outcome.portfolio.okrs.key_results
    assert "is down" in outcome.portfolio.okrs.incomplete_reason
    assert [gap.reason for gap in outcome.failures] == ["is down"]


def test_a_row_that_two_whole_reads_lack_is_gone() -> None:
    desk, goals = a_desk(an_initiative("jira:ACME-1")), Goals()
    run(desk, goals)
    goals.rows = (OBJECTIVE,)
    assert "users" in run(desk, goals).portfolio.okrs.key_results
    assert "users" not in run(desk, goals).portfolio.okrs.key_results


def test_nothing_is_ever_written_to_it_and_it_is_closed() -> None:
    goals = Goals()
    connector = a_connector(goals)
    assert (connector.capabilities, connector.has_okrs) == (Capabilities(), True)
    connector.close()
    assert goals.closed == [True]
