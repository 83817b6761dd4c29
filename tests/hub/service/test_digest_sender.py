"""Each team with a channel gets one summary a week, whatever happens in between, and a channel that fails is logged."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.cli.main import main
from hub.config.settings import Config, load
from hub.model.errors import ConfigError
from hub.model.initiative import Initiative
from hub.sandbox.server import serve
from hub.service.digest_sender import DigestSender, check_channels, is_supported_url, notify
from hub.service.main import validate_channels
from hub.store.base import StoredSource
from hub.usecases.assess import Assessment, RuleContext, StoredState, build_assessment
from rules.registry import ALL_RULES
from tests.builders import TODAY, acme_okrs, an_initiative

CONFIG = """
cycle = "2026-Q4"
okrs = ["okrs.toml"]
[service]
timezone = "UTC"
"""
TITLE = "Product: 1 thing to do this week (OKR check, 16 Nov 2026)"
TEXT = "1. **Link 1 ticket to a key result:** [ACME-1](https://tracker.test/ACME-1)"
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@dataclass
class World:
    """A workspace with one channel; rooms that hear everything; a clock that is turned by hand."""

    config: Config
    work: list[Initiative] = field(default_factory=lambda: [an_initiative("jira:ACME-1")])
    now: datetime = MONDAY - timedelta(days=4)
    heard: list[tuple[str, str, str]] = field(default_factory=list)
    takes: bool = True

    def assess(self) -> Assessment:
        stored = StoredState((StoredSource("jira", self.now, tuple(self.work), ()),))
        return build_assessment(acme_okrs(), stored, RuleContext(self.now, TODAY, ALL_RULES))

    def send(self, address: str, title: str, text: str) -> bool:
        self.heard.append((address, title, text))
        return self.takes

    def turn(self, **later: int) -> None:
        self.now += timedelta(**later)
        DigestSender(self.config, self.assess, self.send, lambda: self.now).after_each_run()


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "config.toml").write_text(CONFIG)
    environ = {"HUB_DIGESTS__CHANNELS__PRODUCT__APPRISE_URL": "slack://TOKENA/TOKENB/TOKENC"}
    return World(load(tmp_path / "config.toml", environ))


def test_a_new_channel_hears_nothing_at_first_and_then_what_changed(world: World) -> None:
    world.turn()
    world.turn(days=1)
    assert world.heard == []
    world.work.append(an_initiative("jira:ACME-2"))
    world.turn(days=3, minutes=1)
    [(address, title, text)] = world.heard
    assert address == "slack://TOKENA/TOKENB/TOKENC"
    assert title == "Product: 1 thing to do this week (OKR check, 16 Nov 2026)"
    assert text.startswith(
        "1. **Link 2 tickets to a key result:** [ACME-1](https://tracker.test/ACME-1) and "
        "[ACME-2](https://tracker.test/ACME-2)\n"
    )
    assert "**Since 12 Nov:** 0 resolved, 1 new, " in text


def test_a_week_has_one_summary_however_often_the_engine_turns(world: World) -> None:
    world.turn()
    for _ in range(4):
        world.work.append(an_initiative(f"jira:ACME-{len(world.work) + 1}"))
        for hours in (96, 1, 1, 70):
            world.turn(hours=hours)
    assert len(world.heard) == 4


def test_a_new_channel_hears_once_of_what_was_to_be_done_before(world: World) -> None:
    world.turn()
    world.turn(days=5)
    [(_, _, text)] = world.heard
    assert "ACME-1" in text


def test_a_week_without_a_change_is_passed_over(world: World) -> None:
    world.turn()
    world.turn(days=5)
    world.turn(days=7)
    world.turn(days=7)
    assert len(world.heard) == 1


def test_a_new_channel_with_nothing_to_do_hears_nothing(world: World) -> None:
    world.work[:] = []
    world.turn()
    world.turn(days=5)
    assert world.heard == []


def test_help_is_offered_once(world: World) -> None:
    service = world.config.service.model_copy(update={"public_url": "https://hub.acme.example"})
    world.config = world.config.model_copy(update={"service": service})
    world.turn()
    for _ in range(2):
        world.work.append(an_initiative(f"jira:ACME-{len(world.work) + 1}"))
        world.turn(days=7)
    first, second = (text for _, _, text in world.heard)
    assert "New here? [What these checks are](https://hub.acme.example/help/comments)" in first
    assert "New here?" not in second
    assert second.endswith("[Team page](https://hub.acme.example/teams/product)")


def test_a_list_that_stays_is_sent_once(world: World) -> None:
    world.turn()
    world.turn(days=5)
    world.work.append(an_initiative("jira:ACME-2", serves="no-such-key-result"))
    world.turn(days=7)
    world.turn(days=7)
    assert [text.partition("\n")[0] for _, _, text in world.heard] == [
        "1. **Link 1 ticket to a key result:** [ACME-1 Work ACME-1](https://tracker.test/ACME-1)",
        (
            "1. **Link 2 tickets to a key result:** [ACME-1](https://tracker.test/ACME-1) and "
            "[ACME-2](https://tracker.test/ACME-2)"
        ),
    ]


def test_a_service_that_slept_over_weeks_tells_once(world: World) -> None:
    world.turn()
    world.work.append(an_initiative("jira:ACME-2"))
    world.turn(days=40)
    world.turn(hours=1)
    assert len(world.heard) == 1


def test_a_room_that_fails_is_not_told_twice_the_same(world: World) -> None:
    world.turn()
    world.work.append(an_initiative("jira:ACME-2"))
    world.takes = False
    world.turn(days=5)
    world.takes = True
    world.turn(hours=1)
    assert len(world.heard) == 1


def test_a_channel_of_no_team_or_of_no_service_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    environ = {
        "HUB_DIGESTS__CHANNELS__PRODUKT__APPRISE_URL": "slack://a/b/c",
        "HUB_DIGESTS__CHANNELS__PLATFORM__APPRISE_URL": "no-such-service://secret-key",
    }
    with pytest.raises(ConfigError) as caught:
        check_channels(load(tmp_path / "config.toml", environ), is_supported_url, ("product", "platform"))
    assert "Did you mean `product`?" in str(caught.value)
    assert "no notification service" in str(caught.value)
    assert "secret-key" not in str(caught.value)


def test_the_service_does_not_start_with_a_channel_that_is_no_teams(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "okrs.toml").write_text(
        '[cycle]\nid = "2026-Q4"\nstart = 2026-10-01\nend = 2026-12-31\n[[team]]\nid = "product"\nname = "Product"\n'
    )
    environ = {"HUB_DIGESTS__CHANNELS__PRODUKT__APPRISE_URL": "slack://a/b/c"}
    with pytest.raises(ConfigError, match="there is no team 'produkt'"):
        validate_channels(load(tmp_path / "config.toml", environ))


def test_an_address_in_the_file_is_refused_as_every_secret(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG + '[digests.channels.product]\napprise_url = "slack://a/b/c"\n')
    with pytest.raises(ConfigError, match="a secret has no place in this file"):
        load(tmp_path / "config.toml", {})


@contextmanager
def a_room(status: int = 200) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A web service that takes JSON, as Apprise sends it."""
    got: list[dict[str, str]] = []

    async def take(request: Request) -> Response:
        got.append(await request.json())
        return Response(status_code=status)

    with serve(Starlette(routes=[Route("/room", take, methods=["POST"])])) as running:
        yield running.url.replace("http://", "json://") + "/room", got


def test_a_summary_arrives_over_http() -> None:
    with a_room() as (address, got):
        assert notify(address, TITLE, TEXT)
    assert got[0]["title"] == TITLE
    assert got[0]["message"] == TEXT


def test_a_mail_shows_links_and_slack_its_own() -> None:
    """What Apprise makes of the Markdown."""
    from apprise import NotifyFormat
    from apprise.conversion import convert_between
    from apprise.plugins.slack import NotifySlack

    html = convert_between(NotifyFormat.MARKDOWN, NotifyFormat.HTML, TEXT)
    assert '<strong>Link 1 ticket to a key result:</strong> <a href="https://tracker.test/ACME-1">ACME-1</a>' in html
    slack = NotifySlack(token_a="T1JJ3T3L2", token_b="A1BRTD4JD", token_c="TIiajkdnlazkcOXrIdevi7FQ")
    said = slack.dialect_convert(TEXT, NotifyFormat.MARKDOWN)
    assert said == "1. *Link 1 ticket to a key result:* <https://tracker.test/ACME-1|ACME-1>"


def test_a_room_that_refuses_or_is_away_is_a_failure() -> None:
    with a_room(500) as (address, got):
        assert notify(address, "t", "x") is False
    assert len(got) == 1
    assert notify(address, "t", "x") is False


def test_the_command_says_that_no_team_has_a_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "okrs.toml").write_text('[cycle]\nid = "2026-Q4"\nstart = 2026-10-01\nend = 2026-12-31\n')
    with pytest.raises(SystemExit) as ended:
        main(["digest", "--send", "--config", str(tmp_path / "config.toml")])
    assert ended.value.code in (0, None)
    assert "No team has a channel" in capsys.readouterr().err
