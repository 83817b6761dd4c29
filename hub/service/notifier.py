"""Sends a title and a few lines of Markdown to a channel, by whatever service the address names (Apprise)."""

import logging
from contextvars import ContextVar
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from connectors.network import network_for
from connectors.sessions import equip
from hub.model.errors import ConfigError, Problem

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
