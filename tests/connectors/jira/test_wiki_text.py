"""What people wrote in wiki markup, as plain lines; and sprints as lines of text."""

from datetime import date

import pytest

from connectors.jira.values import planned_span
from connectors.jira.wiki import wiki_to_text
from connectors.shared.ticket_text import depends_on, named_in_text

LINE = (
    "com.atlassian.greenhopper.service.sprint.Sprint@4f2a[id=7,rapidViewId=3,state={state},name={name},"
    "startDate={start},endDate={end},completeDate=<null>,activatedDate=<null>,sequence=7,goal={goal}]"
)


def a_sprint(state: str = "ACTIVE", **parts: str) -> str:
    given = {"name": "Two", "start": "2026-11-02T09:00:00.000+01:00", "end": "2026-11-13T09:00:00.000Z", "goal": ""}
    return LINE.format(state=state, **(given | parts))


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("*KR:* dau", ("dau",)),
        ("* KR: dau", ("dau",)),
        ("** KR: dau", ("dau",)),
        ("h2. KR: dau", ("dau",)),
        ("{panel:title=Plan}\r\nKR: dau\r\n{panel}", ("dau",)),
        ("{quote}\nKR: dau\n{quote}\nKR: p99", ("p99",)),
        ("{code:java}\nKR: dau\n{code}", ()),
        ("{noformat}\nKR: dau", ()),
        ("bq. KR: dau", ()),
        ("KR: launch\\-dau", ("launch-dau",)),
    ],
)
def test_key_results_are_named_in_markup_as_in_plain_text(written: str, keys: tuple[str, ...]) -> None:
    assert named_in_text(wiki_to_text(written), "KR: {id}") == keys


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("Depends on [ACME-2|https://jira.test/browse/ACME-2]", ("ACME-2",)),
        ("Depends on [the scale work|https://jira.test/browse/ACME-2]", ("https://jira.test/browse/ACME-2",)),
        ("Depends on [https://jira.test/browse/ACME-2]", ("https://jira.test/browse/ACME-2",)),
        ("Depends on [ACME-2|https://jira.test/browse/ACME-2|smart-link]", ("ACME-2",)),
        ("*Depends on:* ACME-2, ACME-3", ("ACME-2", "ACME-3")),
        ("{color:red}Depends on{color} ACME-2", ("ACME-2",)),
    ],
)
def test_links_are_followed_by_their_key_or_address(written: str, keys: tuple[str, ...]) -> None:
    assert depends_on(wiki_to_text(written)) == keys


def test_markup_that_never_closes_is_read_in_good_time() -> None:
    assert wiki_to_text("{quote}" + "[" * 50_000 + "*" * 50_000) == ""
    assert len(wiki_to_text("[" * 20_000 + "* " * 20_000 + "\\" * 20_000)) > 40_000


def test_sprint_in_a_line_of_text_has_dates() -> None:
    assert planned_span([a_sprint()]) == (date(2026, 11, 2), date(2026, 11, 13))


def test_only_sprints_that_are_not_over_count() -> None:
    over, coming = a_sprint("CLOSED", start="2026-01-01T09:00Z"), a_sprint("FUTURE", start="<null>", end="<null>")
    assert planned_span([over, coming]) is None
    assert planned_span([over, a_sprint("FUTURE", end="2026-12-01T00:00Z")]) == (date(2026, 11, 2), date(2026, 12, 1))


@pytest.mark.parametrize("name", ["Two, state=CLOSED", "a[b]", "x,startDate=soon,endDate=later", "]"])
def test_names_that_people_give_to_sprints_do_no_harm(name: str) -> None:
    assert planned_span([a_sprint(name=name)]) == (date(2026, 11, 2), date(2026, 11, 13))
    assert planned_span([a_sprint(goal=name)]) == (date(2026, 11, 2), date(2026, 11, 13))


def test_no_sprint_and_no_sense_are_no_dates() -> None:
    assert planned_span(None) is planned_span([]) is planned_span(["", "Sprint@1", 7, {"state": None}]) is None
