"""What Prometheus reads: its own parser understands it, the numbers are right, and nobody is named."""

from collections.abc import Mapping

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from connectors.base import RequestRecord
from hub.core.checking.check import check
from hub.core.insight.run_summary import RunResult
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.planning.plan import plan
from hub.model.initiative import PullResult, Snapshot, SyncMode
from hub.model.service_state import (
    FinishedRun,
    RateLimitBudget,
    RateLimitStatus,
    ReplicaState,
    RunRequest,
    SchedulerState,
)
from hub.usecases.assess import StoredState
from hub.web.monitoring import Metrics, metrics_route
from tests.builders import TODAY, acme_okrs, an_initiative
from tests.hub.web.served_snapshot import NOW, RULES, FakeSnapshotSource, a_run, a_site, read_of, reading

TICKETS = (an_initiative("jira:ACME-1", serves="dau"), an_initiative("jira:ACME-2"), an_initiative("jira:ACME-3"))
LEFT = RateLimitStatus(
    "jira", "acme.test", NOW, (RateLimitBudget("core", 5000, 4100, NOW.replace(hour=10)),), "", 60.0, 450, 7, 9
)
Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(reader: httpx.Client, **headers: str) -> Samples:
    answer = reader.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, tuple(sorted(labels.items()))))


def an_outcome() -> RunResult:
    pulled = PullResult("jira", TICKETS, mode=SyncMode.RECONCILE, missed_by_cursor=2)
    snapshot = Snapshot((pulled,), NOW, (pulled,))
    portfolio = build_portfolio(snapshot, acme_okrs(), TODAY)
    judgement = check(portfolio, RULES)
    wanted = plan(portfolio, judgement, {}, frozenset({"jira"}))
    return RunResult(1, snapshot, portfolio, judgement, wanted, (), seconds={"pull": 0.7, "check": 0.02})


def test_everything_that_was_counted_is_told_in_words_that_prometheus_reads() -> None:
    metrics = Metrics()
    looks = FakeSnapshotSource(
        remembered=StoredState(read_of(*TICKETS), runs=(a_run(3, counts={"deferred": 4, "done": 2}),))
    )
    site = a_site(looks)
    site.snapshots.snapshot()
    metrics.on_request(RequestRecord("jira", "acme.test", "read", "200", 0.2, 1.5))
    metrics.on_request(RequestRecord("jira", "acme.test", "read", "429", 0.1, 3.0))
    metrics.on_run_end(FinishedRun(RunRequest(frozenset({"jira"})), NOW, NOW, "done", 3), an_outcome())
    metrics.on_run_end(FinishedRun(RunRequest(frozenset({"jira"}), full=True), NOW, NOW, "error", 4), None)
    metrics.on_delivery("github", "accepted")
    metrics.on_snapshot(0.4)
    with reading(site, metrics_route(site, metrics, lambda: (LEFT,))) as reader:
        told = scraped(reader)
    at = {"connector": "jira", "host": "acme.test", "kind": "read"}
    assert value(told, "hub_requests_total", **at, status="429") == 1
    assert value(told, "hub_request_queue_seconds_total", **at) == 4.5
    assert value(told, "hub_request_seconds_count", **at) == 2
    assert value(told, "hub_runs_total", status="done", reason="schedule") == 1
    assert value(told, "hub_runs_total", status="error", reason="full") == 1
    assert value(told, "hub_run_stage_seconds_sum", stage="pull") == 0.7
    assert value(told, "hub_incremental_missed_total", connector="jira") == 2
    assert value(told, "hub_incremental_changes_total", connector="jira") == 3
    assert value(told, "hub_webhook_deliveries_total", connector="github", outcome="accepted") == 1
    assert value(told, "hub_snapshot_build_seconds_count") == 1
    assert value(told, "hub_findings", rule="initiative-without-key-result", severity="error") == 2
    assert value(told, "hub_source_age_seconds", connector="jira") == 0
    assert value(told, "hub_rate_limit_remaining", connector="jira", host="acme.test", kind="core") == 4100
    assert value(told, "hub_rate_limit_remaining", connector="jira", host="acme.test", kind="writes a minute") == 53
    assert value(told, "hub_last_run_writes", status="deferred") == 4
    assert value(told, "hub_last_run_ended_timestamp_seconds", status="done") == NOW.timestamp()


@pytest.mark.parametrize("is_leader", [True, False])
def test_metrics_say_whether_this_replica_does_the_runs(is_leader: bool) -> None:
    state = SchedulerState(NOW, replica=ReplicaState(is_leader=is_leader))
    site = a_site(FakeSnapshotSource(), scheduler_state=lambda: state)
    with reading(site, metrics_route(site, Metrics(), lambda: ())) as reader:
        assert value(scraped(reader), "hub_leader") == int(is_leader)


def test_no_metric_is_labelled_by_ticket_person_or_goal() -> None:
    metrics = Metrics()
    site = a_site(FakeSnapshotSource(remembered=StoredState(read_of(*TICKETS))))
    site.snapshots.snapshot()
    with reading(site, metrics_route(site, metrics, lambda: (LEFT,))) as reader:
        labels = {name for _, pairs in scraped(reader) for name, _ in pairs}
        text = reader.get("/metrics").text
    assert labels <= {"connector", "host", "kind", "status", "reason", "stage", "rule", "severity", "outcome", "le"}
    assert "ACME-" not in text


def test_metrics_are_for_those_who_may_look_and_for_their_own_token() -> None:
    site, metrics = a_site(FakeSnapshotSource()), Metrics()
    route = metrics_route(site, metrics, lambda: (), SecretStr("a-token-for-metrics"))
    with reading(site, route, role=None) as nobody:
        assert nobody.get("/metrics").status_code == 401
        assert nobody.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert scraped(nobody, Authorization="Bearer a-token-for-metrics")
        assert nobody.get("/api/runs", headers={"Authorization": "Bearer a-token-for-metrics"}).status_code == 401


def test_two_services_in_one_process_do_not_mix() -> None:
    metrics, other = Metrics(), Metrics()
    metrics.on_delivery("jira", "accepted")
    sites = (a_site(FakeSnapshotSource()), a_site(FakeSnapshotSource()))
    with (
        reading(sites[0], metrics_route(sites[0], metrics, lambda: ())) as first,
        reading(sites[1], metrics_route(sites[1], other, lambda: ())) as second,
    ):
        name = {"connector": "jira", "outcome": "accepted"}
        assert value(scraped(first), "hub_webhook_deliveries_total", **name) == 1
        assert value(scraped(second), "hub_webhook_deliveries_total", **name) is None
