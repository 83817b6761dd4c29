"""Commands in comments on a Jira of any kind: what is listened to at first and later, and what is nobody's command."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.model.initiative import PullResult, PullState
from hub.model.message import Message as HubMessage
from hub.model.ticket_input import Verb
from hub.sandbox.jira.adf import verbatim
from tests.connectors.jira.deployments import CENTERS, WAYS, Stage, Way, staged
from tests.fakes.machine_zone import machine_zone
from tests.sandbox_support.faults import Fault

MANY = 60
OLD_CENTER = Way("center-9-untold", "Server", {"expands": False}, "login")
MESSAGE = HubMessage("OKR check: something")


@pytest.fixture(params=WAYS, ids=str)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(request.param) as made:
        for number in range(1, MANY + 1):
            made.site.add_issue(f"ACME-{number}", "A title")
        yield made


@pytest.fixture(params=CENTERS, ids=str)
def center(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(request.param) as made:
        made.site.add_issue("ACME-1", "A title")
        yield made


@pytest.fixture(params=[*WAYS, OLD_CENTER], ids=str)
def few(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(request.param) as made:
        made.site.add_issue("ACME-1", "A title")
        yield made


def said(pulled: PullResult) -> list[tuple[Verb, str]]:
    return [(command.verb, command.argument) for command in pulled.commands]


def comment_reads(stage: Stage) -> int:
    """How many tickets were asked for their comments alone."""
    return sum(seen.path.endswith("/comment") for seen in stage.sandbox.traffic.log if seen.method == "GET")


def known(pulled: PullResult) -> PullState:
    assert pulled.cursor is not None
    return PullState(pulled.cursor, {ticket.id: ticket for ticket in pulled.initiatives}, frozenset())


def test_the_first_read_of_a_big_site_listens_where_the_word_was_written(stage: Stage) -> None:
    stage.site.comment("ACME-7", "/okr exempt upkeep")
    stage.site.comment("ACME-8", "our OKR is fine")
    stage.site.comment("ACME-9", "lunch?")
    pulled = stage.connector().pull()
    assert said(pulled) == [(Verb.EXEMPT, "upkeep")]
    assert pulled.complete
    assert comment_reads(stage) == 0


def test_the_first_read_of_a_big_site_where_nobody_spoke_reads_no_comments(stage: Stage) -> None:
    assert stage.connector().pull().commands == ()
    assert comment_reads(stage) == 0


def test_a_query_with_an_order_of_its_own_is_searched_all_the_same(stage: Stage) -> None:
    stage.site.comment("ACME-7", "/okr recheck")
    pulled = stage.connector(query="project = ACME OR key = ACME-1 ORDER BY created").pull()
    assert said(pulled) == [(Verb.RECHECK, "")]


def refusing_comment_searches(app: ASGIApp) -> ASGIApp:
    """A site whose search knows no words of comments."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        body = await Request(scope, receive).body()
        if b"comment ~" in body:
            return await JSONResponse({"errorMessages": ["no"]}, 400)(scope, receive, send)

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        return await app(scope, again, send)

    return handle


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_site_that_does_not_search_comments_is_listened_to_where_it_changed_last(way: Way) -> None:
    with staged(way, refusing_comment_searches) as stage:
        for number in range(1, MANY + 1):
            stage.site.add_issue(f"ACME-{number}", "A title")
        stage.site.comment("ACME-7", "/okr recheck")
        pulled = stage.connector().pull()
        assert said(pulled) == [(Verb.RECHECK, "")]
        assert pulled.complete
        assert any(seen.status == 400 for seen in stage.sandbox.traffic.log)
        assert comment_reads(stage) == 0


def test_a_later_read_listens_to_tickets_that_changed_alone(stage: Stage) -> None:
    first = stage.connector().pull()
    stage.sandbox.traffic.clear()
    stage.site.comment("ACME-3", "/okr kr launch-dau")
    pulled = stage.connector().pull(known(first))
    assert said(pulled) == [(Verb.KR, "launch-dau")]
    assert comment_reads(stage) == 1


@pytest.mark.parametrize("how", [{"internal": True}, {"role": "Administrators"}], ids=["internal", "for a role"])
@pytest.mark.parametrize("kind", ["service_desk", "software"])
def test_what_not_everybody_reads_commands_nothing_and_is_repeated_nowhere(
    few: Stage, how: dict[str, Any], kind: str
) -> None:
    few.site.projects["ACME"] = replace(few.site.projects["ACME"], kind=kind)
    few.site.comment("ACME-1", "/okr exempt the secret merger", **how)
    few.site.comment("ACME-1", "our OKR is fine", **how)
    pulled = few.connector().pull()
    heard = kind == "software" and "internal" in how
    assert said(pulled) == ([(Verb.EXEMPT, "the secret merger")] if heard else [])
    assert pulled.complete
    assert "merger" not in str(pulled.notes)
    if not pulled.commands:
        (note,) = pulled.notes
        assert note.startswith("jira:ACME-1: a command in a comment that is internal or for a role or group")


def test_a_comment_for_everybody_beside_one_that_is_not_commands(few: Stage) -> None:
    few.site.comment("ACME-1", "/okr exempt the secret merger", role="Administrators")
    few.site.comment("ACME-1", "/okr accept")
    assert said(few.connector().pull()) == [(Verb.ACCEPT, "")]


def test_the_hub_writes_for_no_customer_of_a_service_project(few: Stage) -> None:
    few.site.projects["ACME"] = replace(few.site.projects["ACME"], kind="service_desk")
    connector, target = few.connector(), few.target("ACME-1")
    made = connector.create_comment(target, MESSAGE)
    few.site.comments[int(made.id)] = replace(few.site.comments[int(made.id)], properties=of_an_earlier_edition(few))
    connector.update_comment(target, made.id, MESSAGE)
    (ours,) = few.site.comments_of("ACME-1")
    assert ours.properties["sd.public.comment"] == {"internal": True}
    assert [find_comment.id for find_comment in connector.find_comments(target)] == [made.id]


def of_an_earlier_edition(few: Stage) -> dict[str, Any]:
    """The properties of a comment of ours that is not internal yet."""
    (ours,) = few.site.comments_of("ACME-1")
    assert ours.properties["sd.public.comment"] == {"internal": True}
    return {key: value for key, value in ours.properties.items() if key != "sd.public.comment"}


@pytest.mark.parametrize(
    "markup",
    [
        "bq. /okr exempt upkeep",
        "{quote}\n/okr exempt upkeep\n{quote}",
        "{quote}/okr exempt upkeep{quote}",
        "{code}\n/okr exempt upkeep\n{code}",
        "{code:title=a|lang=b}\n/okr exempt upkeep\n{code}",
        "{noformat}\n/okr exempt upkeep\n{noformat}",
        "{panel:title=x}\n{quote}\n/okr exempt upkeep\n{quote}\n{panel}",
        "Robin wrote:\n{quote}\nSee below\n/okr exempt upkeep\n{quote}\n\nNo.",
        "please type /okr exempt upkeep",
        "|/okr exempt upkeep|",
        "{{/okr exempt upkeep}}",
        "{quote}\n/okr exempt upkeep",
    ],
)
def test_quoted_markup_on_data_center_is_no_command(center: Stage, markup: str) -> None:
    center.site.comment("ACME-1", verbatim(markup))
    assert center.connector().pull().commands == ()


def test_a_command_in_a_list_on_data_center_is_heard(center: Stage) -> None:
    center.site.comment("ACME-1", verbatim("* /okr exempt upkeep"))
    assert said(center.connector().pull()) == [(Verb.EXEMPT, "upkeep")]


def test_a_line_of_ones_own_beside_a_quote_on_data_center_is_a_command(center: Stage) -> None:
    center.site.comment("ACME-1", verbatim("{quote}\n/okr decline no\n{quote}\n\n/okr exempt upkeep"))
    center.site.comment("ACME-1", verbatim("bq. /okr decline no\n\n/okr accept"))
    assert sorted(said(center.connector().pull())) == [(Verb.ACCEPT, ""), (Verb.EXEMPT, "upkeep")]


def test_what_kind_of_project_it_is_is_asked_once_and_in_doubt_no_customer_reads_it(few: Stage) -> None:
    connector, target = few.connector(), few.target("ACME-1")
    few.sandbox.faults.add(Fault("status", path="/project/ACME", status=404, times=1))
    for _ in range(2):
        connector.create_comment(target, MESSAGE)
    assert all(comment.properties["sd.public.comment"] for comment in few.site.comments_of("ACME-1"))
    assert sum(seen.path.endswith("/project/ACME") for seen in few.sandbox.traffic.log) == 1
    other = few.connector()
    made = other.create_comment(target, MESSAGE)
    assert "sd.public.comment" not in few.site.comments[int(made.id)].properties


def test_a_command_is_of_the_day_of_the_calendar_that_the_hub_goes_by(few: Stage) -> None:
    few.site.comment("ACME-1", "/okr later")
    offsets = []
    for zone in ("Asia/Tokyo", "America/Los_Angeles"):
        with machine_zone(zone):
            (command,) = few.connector().pull().commands
        offsets.append(command.at.utcoffset())
    assert offsets in ([timedelta(hours=9), timedelta(hours=-8)], [timedelta(hours=9), timedelta(hours=-7)])
