"""Values of key results, read from a site over HTTP in every dialect: whole, or not at all."""

from collections.abc import Iterator

import pytest

from connectors.measures import MAX_SUMMED
from hub.model.errors import QueryRefused, SourceError
from hub.model.measure import Measure
from tests.connectors.jira.deployments import WAYS, Stage, staged
from tests.sandbox_support.faults import Fault


@pytest.fixture(params=WAYS, ids=str)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(request.param) as made:
        made.site.add_field("Story points", "number")
        made.site.add_field("Quarter", "text")
        for number in range(1, 6):
            points = {"Story points": number * 1.5} if number < 4 else {}
            made.site.add_issue(f"ACME-{number}", labels=["growth"] if number < 5 else [], fields=points)
        yield made


def a_measure(query: str = "labels = growth", **how: str) -> Measure:
    return Measure("jira", query, **how)


def test_tickets_that_a_query_finds_are_counted(stage: Stage) -> None:
    connector = stage.connector()
    assert connector.capabilities.measures is not None
    assert connector.measure(a_measure()) == 4
    assert connector.measure(a_measure("labels = nobody")) == 0


def test_a_field_is_added_up_and_an_empty_one_adds_nothing(stage: Stage) -> None:
    connector = stage.connector()
    assert connector.measure(a_measure(sum="story points")) == 9.0
    assert connector.measure(a_measure("labels = nobody", sum="Story points")) == 0


def test_a_sum_that_no_number_holds_is_not_read(stage: Stage) -> None:
    for number in (6, 7):
        stage.site.add_issue(f"ACME-{number}", labels=["vast"], fields={"Story points": 1.5e308})
    with pytest.raises(SourceError, match="the field Story points add up to no number"):
        stage.connector().measure(a_measure("labels = vast", sum="Story points"))


def test_a_field_of_the_only_ticket_is_its_value(stage: Stage) -> None:
    assert stage.connector().measure(a_measure("key = ACME-2", field="Story points")) == 3.0


@pytest.mark.parametrize(
    ("query", "how", "reason"),
    [
        ("labels = growth", {"field": "Story points"}, "reads one ticket, and the query finds 4"),
        ("labels = nobody", {"field": "Story points"}, "reads one ticket, and the query finds 0"),
        ("key = ACME-4", {"field": "Story points"}, "the field Story points of the ticket is empty"),
        ("labels = growth", {"sum": "Storey points"}, "the field 'Storey points' is not on the site"),
        ("labels = growth", {"sum": "Quarter"}, "the field 'Quarter' holds no numbers"),
    ],
)
def test_what_is_no_value_is_not_read(stage: Stage, query: str, how: dict[str, str], reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        stage.connector().measure(a_measure(query, **how))


def test_a_query_that_the_site_refuses_is_refused(stage: Stage) -> None:
    with pytest.raises(QueryRefused):
        stage.connector().measure(a_measure("labels ="))


@pytest.mark.parametrize("how", [{}, {"sum": "Story points"}])
def test_a_search_that_does_not_end_gives_no_value(stage: Stage, how: dict[str, str]) -> None:
    connector = stage.connector()
    connector.whoami()
    stage.sandbox.faults.add(Fault("status", path="/search", status=200, body={"nonsense": True}, times=99))
    with pytest.raises(SourceError):
        connector.measure(a_measure(**how))


def test_a_ticket_that_cannot_be_read_takes_the_whole_sum_with_it(stage: Stage) -> None:
    connector = stage.connector()
    connector.whoami()
    path = "/search" if stage.way.center else "/issue/bulkfetch"
    stage.sandbox.faults.add(Fault("status", path=path, status=200, body={"issues": []}, times=99))
    with pytest.raises(SourceError):
        connector.measure(a_measure(sum="Story points"))


def test_a_count_takes_few_requests(stage: Stage) -> None:
    for number in range(6, 306):
        stage.site.add_issue(f"ACME-{number}", labels=["growth"])
    connector = stage.connector()
    connector.whoami()
    before = stage.sandbox.traffic.requests
    assert connector.measure(a_measure()) == 304
    assert stage.sandbox.traffic.requests - before <= 2
    assert MAX_SUMMED >= 304
