"""Key results that declare a query are served by what it finds on the site."""

from collections.abc import Iterator

import pytest

from hub.model.errors import QueryRefused, SourceError
from tests.connectors.jira.deployments import WAYS, Stage, staged
from tests.sandbox_support.faults import Fault


@pytest.fixture(params=WAYS, ids=str)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(request.param) as made:
        for number in range(1, 4):
            made.site.add_issue(f"ACME-{number}", labels=["growth"] if number < 3 else [])
        yield made


def ids(stage: Stage, *keys: str) -> frozenset[str]:
    return frozenset(str(stage.site.issue(key).id) for key in keys)


def test_each_key_result_is_served_by_what_its_query_finds(stage: Stage) -> None:
    connector = stage.connector()
    assert connector.capabilities.work_queries is connector
    queries = {"dau": "labels = growth", "nps": "labels = growth", "p99": "key = ACME-3", "none": "labels = nobody"}
    assert connector.tickets_by_query(queries) == {
        "dau": ids(stage, "ACME-1", "ACME-2"),
        "nps": ids(stage, "ACME-1", "ACME-2"),
        "p99": ids(stage, "ACME-3"),
        "none": frozenset(),
    }


def test_a_query_that_the_site_refuses_names_its_key_result(stage: Stage) -> None:
    with pytest.raises(QueryRefused, match="the work query of dau: "):
        stage.connector().tickets_by_query({"dau": "labels ="})


def test_a_search_that_does_not_end_tells_nothing(stage: Stage) -> None:
    connector = stage.connector()
    connector.whoami()
    stage.sandbox.faults.add(Fault("status", path="/search", status=200, body={"nonsense": True}, times=99))
    with pytest.raises(SourceError, match="the work query of dau: "):
        connector.tickets_by_query({"dau": "labels = growth"})
