"""What is said of a query that failed: nothing of a private key result's, whatever the tracker repeats."""

import pytest

from hub.core.mapping.measures import measure_gaps, with_measured
from hub.core.mapping.query_errors import error_text, private_queries
from hub.core.mapping.scope import query_gaps
from hub.model.errors import CredentialsRefused, QueryRefused, RetryLater, SourceError
from hub.model.initiative import WorkAnswer
from hub.model.measure import Measure, MeasureAnswer
from hub.model.okr import Okrs, Visibility, WorkQuery
from tests.builders import a_key_result, some_okrs

QUERY = "project = BIRDCO"
ECHO = "HTTP 400: The value 'BIRDCO' does not exist for the field 'project'"


def okrs(visibility: Visibility, other: str = "project = OTHER") -> Okrs:
    """One key result that asks, and a public one that asks `other`."""
    asking = a_key_result(
        "deal", visibility=visibility, measure=Measure("jira", QUERY), work=(WorkQuery("jira", QUERY),)
    )
    return some_okrs(key_results=(asking, a_key_result("open", measure=Measure("jira", other))))


@pytest.mark.parametrize("kind", [SourceError, QueryRefused, CredentialsRefused, RetryLater])
def test_only_the_kind_of_an_error_is_stored_where_a_private_key_result_asks(kind: type[SourceError]) -> None:
    error = kind("jira", ECHO)
    private = private_queries(okrs(Visibility.PRIVATE))
    assert "BIRDCO" not in error_text(error, ("jira", QUERY), private)
    assert error_text(error, ("jira", QUERY), private_queries(okrs(Visibility.PUBLIC))) == ECHO


@pytest.mark.parametrize(("visibility", "is_shown"), [(Visibility.PUBLIC, True), (Visibility.PRIVATE, False)])
def test_what_was_stored_while_it_was_public_is_shown_no_more(visibility: Visibility, *, is_shown: bool) -> None:
    known = okrs(visibility)
    (gap,) = measure_gaps(known, "jira", [MeasureAnswer(Measure("jira", QUERY), error=ECHO)])
    (of_work,) = query_gaps(known, "jira", [WorkAnswer(QUERY, None, ECHO)])
    assert ["BIRDCO" in text for text in (gap.reason, of_work.reason)] == [is_shown, is_shown]


def test_a_public_key_result_that_asks_the_same_tells_nothing_either() -> None:
    known = okrs(Visibility.PRIVATE, other=QUERY)
    answer = MeasureAnswer(Measure("jira", QUERY), error=ECHO)
    assert "BIRDCO" not in with_measured(known, {"jira": [answer]}, {"jira"}).measured["open"].error
    assert all("BIRDCO" not in gap.reason for gap in measure_gaps(known, "jira", [answer]))
