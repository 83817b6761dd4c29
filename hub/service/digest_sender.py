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
from hub.report.digest import markdown_of, title_of
from hub.service.notifier import notify, understood
from hub.usecases.assess import Assessment, assess
from hub.wiring import open_store

Send = Callable[[str, str, str], bool]


@dataclass(frozen=True, slots=True)
class Digester:
    """`assess` reads what everybody may see; `send` takes address, title and text, and returns whether they arrived."""

    config: Config
    assess: Callable[[], Assessment]
    send: Send
    now: Callable[[], datetime]

    def turn(self) -> None:
        """Send to each team whose time has come. A team that has just got a channel hears of changes from now on."""
        due = {team: last is None for team, last in self._last_digests().items() if last is None or self._is_due(last)}
        if due:
            assessment = self.assess()
            for team, first in due.items():
                self._tell(assessment, team, first=first)

    def preview(self) -> Iterator[Digest]:
        """What each team with a channel, or without any channel every team, would be told now."""
        assessment = self.assess()
        chosen = self.config.digests.channels or assessment.portfolio.okrs.teams
        for check in assessment.audit.second:
            if check.team.id in chosen:
                with closing(open_store(self.config, create=False)) as store:
                    last = store.last_digest(check.team.id)
                made, _ = self._made(assessment, check, last)
                if made is not None:
                    yield made

    def send_now(self) -> Iterator[tuple[str, bool | None]]:
        """Tell every team with a channel now; None for a team that has nothing new to hear."""
        if self.config.digests.channels:
            assessment = self.assess()
            for team in self.config.digests.channels:
                yield team, self._tell(assessment, team, first=False)

    def _last_digests(self) -> dict[str, tuple[datetime, Told] | None]:
        with closing(open_store(self.config)) as store:
            return {team: store.last_digest(team) for team in self.config.digests.channels}

    def _is_due(self, last: tuple[datetime, Told]) -> bool:
        due = next_after(rhythm(self.config.digests.schedule), last[0], clock.zone(self.config.service.timezone))
        return due is not None and due <= self.now()

    def _tell(self, assessment: Assessment, team: str, *, first: bool) -> bool | None:
        """What was told is remembered before it is sent: a summary that may have arrived is never sent again."""
        check = next((one for one in assessment.audit.second if one.team.id == team), None)
        if check is None or not assessment.has_tickets:
            return None
        with closing(open_store(self.config)) as store:
            last = store.last_digest(team)
            made, told = self._made(assessment, check, last)
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

    def _made(
        self, assessment: Assessment, check: TeamCheck, last: tuple[datetime, Told] | None
    ) -> tuple[Digest | None, Told]:
        """The summary against the last one, dated as the workspace counts its days."""
        zone = clock.zone(self.config.service.timezone)
        return digest(
            check,
            assessment.standings,
            last[1] if last else None,
            assessment.portfolio,
            hub_url=self.config.service.public_url,
            since=last[0].astimezone(zone).date() if last else None,
        )


def digester(config: Config, today: date | None = None) -> Digester:
    """For a command: what the last run saw is read once. ConfigError where a channel is not right."""
    assessment = assess(config, today)
    check_channels(config, understood, tuple(assessment.portfolio.okrs.teams))
    return Digester(config, lambda: assessment, notify, clock.now)


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
