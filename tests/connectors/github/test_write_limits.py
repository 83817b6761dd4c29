"""Limits of writing belong to whoever writes: an account with all its tokens, an installation of an App."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from hub.model.host_limits import HostLimits
from hub.model.service_state import RateLimitStatus
from tests.connectors.github.served import TOKEN, a_site, served
from tests.fakes.connector_context import a_world


@dataclass
class Heard:
    """Hears which lane each write takes, and lets everybody go."""

    lanes: list[str] = field(default_factory=list)
    notes: list[RateLimitStatus] = field(default_factory=list)

    def reserve(self, lane: str, *_: object, **__: object) -> float:
        self.lanes.append(lane)
        return 0.0

    def save_status(self, spending: RateLimitStatus) -> None:
        self.notes.append(spending)

    def share_limits(self, _host: str, _learned: HostLimits, _now: datetime) -> HostLimits:
        return HostLimits()


def test_two_tokens_of_one_account_write_in_one_lane() -> None:
    site = a_site()
    site.add_issue("acme/app", "Work")
    site.add_token("ghp_another")
    heard = Heard()
    with served(site) as there:
        world = replace(a_world(there.time), rate_limit_store=heard)
        for token in (TOKEN, "ghp_another"):
            settings = GitHubSettings(url=there.url, token=token, repositories=["acme/app"])
            connector = GitHubConnector("github", settings, world)
            label = frozenset({"okr-unaligned"})
            list(connector.define_labels(there.target("acme/app#1"), label))
            connector.update_labels(there.target("acme/app#1"), label, frozenset())
            connector.close()
    # The first of them makes the label as well, and both put it on.
    assert len(heard.lanes) == 3
    assert len(set(heard.lanes)) == 1
    assert {note.bucket for note in heard.notes} >= set(heard.lanes)
    assert TOKEN not in repr(heard.notes)
