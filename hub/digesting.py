"""Sends each team its weekly summary: when it is due, what it says, and that it was sent."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from hub import clock
from hub.config.settings import Config
from hub.core.audit.values import TeamCheck
from hub.core.digest import Digest, Told, digest
from hub.core.rhythm import next_after, rhythm
from hub.model.errors import ConfigError, Problem
from hub.model.similarity import did_you_mean
from hub.notifying import notify, understood
from hub.report.digest import markdown_of, title_of
from hub.web.window import Window
from hub.windows import FromState
from hub.wiring import local_day, open_store

Send = Callable[[str, str, str], bool]


@dataclass(frozen=True, slots=True)
class Digester:
    """`window` shows what everybody may see; `send` takes address, title and text, and tells whether they arrived."""

    config: Config
    window: Callable[[], Window]
    send: Send
    now: Callable[[], datetime]

    def turn(self) -> None:
        """Whoever's time has come is told. A team that has just got a channel hears of what changes from now on."""
        how, zone = rhythm(self.config.digests.schedule), clock.zone(self.config.service.timezone)
        for team in self.config.digests.channels:
            with closing(open_store(self.config)) as store:
                last = store.last_digest(team)
            due = None if last is None else next_after(how, last[0], zone)
            if last is None or (due is not None and due <= self.now()):
                self._tell(team, first=last is None)

    def preview(self) -> Iterator[Digest]:
        """What each team with a channel, or without any channel every team, would be told now."""
        window = self.window()
        chosen = self.config.digests.channels or window.portfolio.okrs.teams
        for check in window.audit.second:
            if check.team.id in chosen:
                with closing(open_store(self.config, create=False)) as store:
                    last = store.last_digest(check.team.id)
                made, _ = self._made(window, check, last)
                if made is not None:
                    yield made

    def send_now(self) -> Iterator[tuple[str, bool | None]]:
        """Tell every team with a channel now; None for a team that has nothing new to hear."""
        for team in self.config.digests.channels:
            yield team, self._tell(team, first=False)

    def _tell(self, team: str, *, first: bool) -> bool | None:
        """What was told is remembered before it is sent: a summary that may have arrived is never sent again."""
        window = self.window()
        check = next((one for one in window.audit.second if one.team.id == team), None)
        if check is None or not window.synced:
            return None
        with closing(open_store(self.config)) as store:
            last = store.last_digest(team)
            made, told = self._made(window, check, last)
            if made is None or first:
                # Lists that nobody has seen yet are news next time.
                store.digested(team, replace(told, to_do="", behind="") if first else told, self.now())
                return None
            store.digested(team, replace(told, introduced=True), self.now())
            address = self.config.digests.channels[team].apprise_url.get_secret_value()
            arrived = self.send(address, title_of(made), markdown_of(made))
            if arrived:
                store.digest_arrived(team, self.now())
        log = structlog.get_logger()
        (log.info if arrived else log.warning)("weekly summary", team=team, arrived=arrived)
        return arrived

    def _made(self, window: Window, check: TeamCheck, last: tuple[datetime, Told] | None) -> tuple[Digest | None, Told]:
        """The summary against the last one, dated as the workspace counts its days."""
        zone = clock.zone(self.config.service.timezone)
        return digest(
            check,
            window.standings,
            last[1] if last else None,
            window.portfolio,
            hub_url=self.config.service.public_url,
            since=last[0].astimezone(zone).date() if last else None,
        )


def digester(config: Config, today: date | None = None) -> Digester:
    """For a command: looks once, at what the last run saw. ConfigError where a channel is not right."""
    looks = FromState(config, clock.now, lambda: today or local_day())
    window = looks.look(frozenset(), "")
    check_channels(config, understood, tuple(window.portfolio.okrs.teams))
    return Digester(config, lambda: window, notify, clock.now)


def check_channels(config: Config, understood: Callable[[str], bool], teams: tuple[str, ...]) -> None:
    """Every channel belongs to a team and has an address that a service is known for; else a ConfigError."""
    problems = []
    for team, channel in config.digests.channels.items():
        path = ("digests", "channels", team)
        if team not in teams:
            remedy = did_you_mean(team, teams, noun="team")
            problems.append(Problem(config.place(*path), config.key(*path), f"there is no team {team!r}", remedy))
        elif not understood(channel.apprise_url.get_secret_value()):
            what = "no notification service is known for this address"
            remedy = "Expected an Apprise address, such as slack://…, msteams://… or mailtos://…"
            problems.append(Problem(config.place(*path, "apprise_url"), config.key(*path), what, remedy))
    if problems:
        raise ConfigError(problems)
