"""What only Data Center does to a connector: windows, caps, rows that shift, lists without properties, buckets."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.jira.api import MAX_OFFSET, without_order
from hub.model.errors import CredentialsRefused
from hub.model.message import Message, Text
from tests.connectors.jira.deployments import CENTERS, Stage, staged

CENTER = CENTERS[0]
MESSAGE = Message("OKR check", footer=(Text("words"),))
SEARCH = "/rest/api/2/search"
BORN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(CENTER) as stage:
        stage.site.add_issue("ACME-1", "Launch the product", created=BORN)
        yield stage


def many(stage: Stage, count: int, *, apart: float = 1.0) -> None:
    for number in range(2, count + 1):
        stage.site.add_issue(f"ACME-{number}", created=BORN + timedelta(seconds=apart * number))


def keys(stage: Stage, **settings: Any) -> list[str]:
    pulled = stage.connector(**settings).pull()
    assert pulled.gaps == ()
    return sorted((ticket.ref.key for ticket in pulled.initiatives), key=lambda key: int(key[5:]))


def windows(stage: Stage) -> int:
    """How many pages of ids were asked for: those that came before tickets were fetched by their ids."""
    return sum(seen.path.endswith("/search") for seen in stage.sandbox.traffic.log)


def test_server_that_gives_few_rows_at_once_is_believed() -> None:
    with staged(CENTER, page_cap=7) as stage:
        stage.site.add_issue("ACME-1", created=BORN)
        many(stage, 40)
        tickets = keys(stage, commands={"enabled": False})
        assert tickets == [f"ACME-{number}" for number in range(1, 41)]
        # Six pages of ids, and as many to fetch what they name.
        assert windows(stage) == 12


def test_more_tickets_than_a_window_holds_are_read_in_several(stage: Stage) -> None:
    many(stage, MAX_OFFSET + 300)
    pulled = stage.connector().pull()
    assert len({ticket.id for ticket in pulled.initiatives}) == len(pulled.initiatives) == MAX_OFFSET + 300
    assert pulled.gaps == ()


def test_window_that_cannot_be_left_is_a_gap(stage: Stage) -> None:
    many(stage, MAX_OFFSET + 50, apart=0)
    pulled = stage.connector().pull()
    assert len(pulled.initiatives) == MAX_OFFSET
    assert [gap.key for gap in pulled.gaps] == [None]
    assert "created at the same time" in pulled.gaps[0].reason


def test_page_on_which_a_row_was_lost_is_made_up_for(stage: Stage) -> None:
    many(stage, 3)
    first, second, third = (str(stage.site.issue(f"ACME-{number}").id) for number in (1, 2, 3))
    created = "2026-01-01T00:00:00.000+0000"

    def page(start: int, *ids: str) -> dict[str, Any]:
        rows = [{"id": id_, "key": id_, "fields": {"created": created}} for id_ in ids]
        return {"startAt": start, "maxResults": 2, "total": 3, "issues": rows}

    # A deletion has moved the rows up by one, so that the second page repeats none and misses one.
    stage.fail(SEARCH, status=200, body=page(0, first, second))
    stage.fail(SEARCH, status=200, body=page(2))
    assert third not in (first, second)
    assert keys(stage) == ["ACME-1", "ACME-2", "ACME-3"]


def test_rows_that_never_come_make_the_search_unreliable(stage: Stage) -> None:
    row = {"id": str(stage.site.issue("ACME-1").id), "fields": {"created": "2026-01-01T00:00:00.000+0000"}}
    body = {"startAt": 0, "maxResults": 1000, "total": 5, "issues": [row]}
    for _ in range(3):
        stage.fail(SEARCH, status=200, body=body)
    pulled = stage.connector().pull()
    assert "came and went between the pages" in pulled.gaps[0].reason
    assert not pulled.complete


@pytest.mark.parametrize("effect", ["drop", "truncate", "status"])
@pytest.mark.parametrize("path", [SEARCH, "serverInfo", "/field", "/myself"])
def test_fault_that_passes_leaves_no_trace(stage: Stage, path: str, effect: str) -> None:
    stage.fail(path, effect, status=502)
    assert keys(stage) == ["ACME-1"]


def test_page_that_fails_for_good_is_a_gap_of_the_whole_source() -> None:
    with staged(CENTER, page_cap=5) as stage:
        stage.site.add_issue("ACME-1", created=BORN)
        many(stage, 20)
        stage.fail(SEARCH, after=1, times=4, status=500)
        pulled = stage.connector(max_concurrent_requests=1).pull()
        assert not pulled.complete
        assert pulled.initiatives


def test_tickets_that_vanish_between_search_and_fetch_are_gaps_of_their_own(stage: Stage) -> None:
    row = {"id": "99", "fields": {"created": "2026-01-01T00:00:00.000+0000"}}
    stage.fail(SEARCH, status=200, body={"startAt": 0, "maxResults": 50, "total": 1, "issues": [row]})
    pulled = stage.connector().pull()
    assert pulled.initiatives == ()
    assert [gap.key for gap in pulled.gaps] == ["99"]


def test_mark_is_found_where_lists_come_without_properties() -> None:
    with staged(CENTER, expands=False) as stage:
        stage.site.add_issue("ACME-1")
        connector, other = stage.connector(), stage.connector(workspace="other")
        other.create_comment(stage.target(), MESSAGE)
        assert connector.find_comments(stage.target()) == []
        made = connector.create_comment(stage.target(), MESSAGE)
        assert connector.find_comments(stage.target()) == [made]


def test_comments_of_ours_without_any_mark_are_passed_over() -> None:
    with staged(CENTER, expands=False) as stage:
        stage.site.add_issue("ACME-1")
        stage.site.comment("ACME-1", "typed with the hub's account", author=stage.site.bot.name)
        assert stage.connector().find_comments(stage.target()) == []


def test_account_keeps_its_comments_when_its_name_changes(stage: Stage) -> None:
    made = stage.connector().create_comment(stage.target(), MESSAGE)
    assert made.author == stage.site.bot.id == "JIRAUSER10100"


def test_bucket_that_is_empty_is_waited_for(stage: Stage) -> None:
    many(stage, 30)
    limits = stage.sandbox.limits
    limits.enabled, limits.bucket, limits.fill = True, 4, 1000
    assert len(keys(stage, page_size=10, max_concurrent_requests=1)) == 30


def test_refusal_is_no_limit_where_every_answer_says_how_long_to_wait(stage: Stage) -> None:
    stage.fail("/myself", status=403, times=None, headers={"Retry-After": "0"}, body={"message": "no"})
    with pytest.raises(CredentialsRefused):
        stage.connector().whoami()
    assert stage.time.waits == []


@pytest.mark.parametrize(
    ("query", "bare"),
    [
        ("project = A ORDER BY rank", "project = A"),
        ("project = A order  by rank DESC, key", "project = A"),
        ('summary ~ "order by x" AND a = b', 'summary ~ "order by x" AND a = b'),
        ('summary ~ "order \\" by" ORDER BY key', 'summary ~ "order \\" by"'),
        ("reorder = 1", "reorder = 1"),
    ],
)
def test_order_of_a_query_is_left_to_the_window(query: str, bare: str) -> None:
    assert without_order(query) == bare
