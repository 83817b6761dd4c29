"""Sends each team its weekly summary to its channel: when it is due, what it says, and that it was sent."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import structlog

from connectors.http.library_sessions import equip
from connectors.http.network import network_for
from hub import clock
from hub.config.settings import Config
from hub.core.insight.audit.rows import TeamCheck
from hub.core.insight.digest import Digest, build_digest
from hub.core.schedule import next_after, parse_schedule
from hub.model.errors import ConfigError, Problem
from hub.model.service_state import DigestBaseline
from hub.model.text import did_you_mean
from hub.report.digest import markdown_of, title_of
from hub.state import open_store
from hub.usecases.assess import Assessment, assess
from hub.wiring import clock_of

if TYPE_CHECKING:
    from apprise import Apprise


PROBLEMS: ContextVar[list[ConfigError]] = ContextVar("problems")


def notify(address: str, title: str, text: str) -> bool:
    """Whether the channel took it; Apprise turns the Markdown into what the service shows.

    Raises ConfigError where the environment names a way that cannot be gone.
    """
    from apprise import NotifyFormat

    _patch_requests()
    client, problems = _client(), list[ConfigError]()
    token = PROBLEMS.set(problems)
    try:
        is_added = client.add(address)
        arrived = is_added and client.notify(body=text, title=title, body_format=NotifyFormat.MARKDOWN)
    finally:
        PROBLEMS.reset(token)
    if problems:
        raise problems[0]
    return bool(arrived)


def is_supported_url(address: str) -> bool:
    """Whether a service is known for the address; nothing is sent."""
    return bool(_client().add(address))


@cache
def _patch_requests() -> None:
    """Apprise sends through the functions of requests, which make a session for each call: it is to be ours."""
    import requests.api

    class HubSession(requests.Session):
        """Goes the way of every other call, with its bounds."""

        def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
            try:
                equip(self, network_for(str(url)), verify=kwargs.get("verify") is not False)
            except ConfigError as error:
                # Apprise would take it for a channel that is away.
                PROBLEMS.get([]).append(error)
                raise
            return super().request(method, url, *args, **kwargs)

    requests.api.sessions = SimpleNamespace(Session=HubSession)  # type: ignore[attr-defined]


def _client() -> "Apprise":
    try:
        from apprise import Apprise, AppriseAsset
    except ModuleNotFoundError:
        remedy = "pip install 'alignment-hub[digests]'"
        raise ConfigError([Problem("[digests.channels]", "", "Apprise is not installed", remedy)]) from None
    # Its log tells parts of addresses, which are keys.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return Apprise(asset=AppriseAsset(app_id="Alignment Hub", async_mode=False))


Send = Callable[[str, str, str], bool]


@dataclass(frozen=True, slots=True)
class DigestSender:
    """`assess` reads what everybody may see; `send` takes address, title and text, and returns whether they arrived."""

    config: Config
    assess: Callable[[], Assessment]
    send: Send
    now: Callable[[], datetime]

    def after_each_run(self) -> None:
        """Send to each team whose time has come. A team that has just got a channel hears of changes from now on."""
        due = {team: last is None for team, last in self._last_digests().items() if last is None or self._is_due(last)}
        if due:
            assessment = self.assess()
            for team, first in due.items():
                self._send_digest(assessment, team, first=first)

    def preview(self) -> Iterator[Digest]:
        """What each team with a channel, or without any channel every team, would be told now."""
        assessment = self.assess()
        team_ids = self.config.digests.channels or assessment.portfolio.okrs.teams
        for check in assessment.audit.second:
            if check.team.id in team_ids:
                with closing(open_store(self.config, create=False)) as store:
                    last = store.last_digest(check.team.id)
                summary, _ = self._build_digest(assessment, check, last)
                if summary is not None:
                    yield summary

    def send_now(self) -> Iterator[tuple[str, bool | None]]:
        """Tell every team with a channel now; None for a team that has nothing new to hear."""
        if self.config.digests.channels:
            assessment = self.assess()
            for team in self.config.digests.channels:
                yield team, self._send_digest(assessment, team, first=False)

    def _last_digests(self) -> dict[str, tuple[datetime, DigestBaseline] | None]:
        with closing(open_store(self.config)) as store:
            return {team: store.last_digest(team) for team in self.config.digests.channels}

    def _is_due(self, last: tuple[datetime, DigestBaseline]) -> bool:
        due = next_after(
            parse_schedule(self.config.digests.schedule), last[0], clock.zone(self.config.service.timezone)
        )
        return due is not None and due <= self.now()

    def _send_digest(self, assessment: Assessment, team: str, *, first: bool) -> bool | None:
        """What was told is remembered before it is sent: a summary that may have arrived is never sent again."""
        check = next((team_check for team_check in assessment.audit.second if team_check.team.id == team), None)
        if check is None or not assessment.has_tickets:
            return None
        with closing(open_store(self.config)) as store:
            last = store.last_digest(team)
            summary, baseline = self._build_digest(assessment, check, last)
            if summary is None or first:
                # Lists that nobody has seen yet are news next time.
                store.record_digest(team, replace(baseline, to_do="", behind="") if first else baseline, self.now())
                return None
            store.record_digest(team, replace(baseline, introduced=True), self.now())
            address = self.config.digests.channels[team].apprise_url.get_secret_value()
            arrived = self.send(address, title_of(summary), markdown_of(summary))
            if arrived:
                store.record_digest_delivery(team, self.now())
        log = structlog.get_logger()
        (log.info if arrived else log.warning)("weekly summary", team=team, arrived=arrived)
        return arrived

    def _build_digest(
        self, assessment: Assessment, check: TeamCheck, last: tuple[datetime, DigestBaseline] | None
    ) -> tuple[Digest | None, DigestBaseline]:
        """The summary against the last one, dated as the workspace counts its days."""
        zone = clock.zone(self.config.service.timezone)
        return build_digest(
            check,
            assessment.key_result_statuses,
            last[1] if last else None,
            assessment.portfolio,
            hub_url=self.config.service.public_url,
            since=last[0].astimezone(zone).date() if last else None,
        )


def build_digest_sender(config: Config, today: date | None = None) -> DigestSender:
    """For a command: what the last run saw is read once. ConfigError where a channel is not right."""
    assessment = assess(config, today)
    check_channels(config, is_supported_url, tuple(assessment.portfolio.okrs.teams))
    return DigestSender(config, lambda: assessment, notify, clock_of(config))


def check_channels(config: Config, is_supported: Callable[[str], bool], teams: tuple[str, ...]) -> None:
    """Every channel belongs to a team and has an address that a service is known for; else a ConfigError."""
    problems = []
    for team, channel in config.digests.channels.items():
        path = ("digests", "channels", team)
        if team not in teams:
            remedy = did_you_mean(team, teams, noun="team")
            problems.append(Problem(config.location(*path), config.key(*path), f"there is no team {team!r}", remedy))
        elif not is_supported(channel.apprise_url.get_secret_value()):
            message = "no notification service is known for this address"
            remedy = "Expected an Apprise address, such as slack://…, msteams://… or mailtos://…"
            problems.append(Problem(config.location(*path, "apprise_url"), config.key(*path), message, remedy))
    if problems:
        raise ConfigError(problems)
