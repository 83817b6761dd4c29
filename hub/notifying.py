"""Sends a title and a few lines of Markdown to a channel, by whatever service the address names (Apprise)."""

import logging
from typing import TYPE_CHECKING

from hub.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from apprise import Apprise


def notify(address: str, title: str, text: str) -> bool:
    """Whether the channel took it; Apprise turns the Markdown into what the service shows."""
    from apprise import NotifyFormat

    channel = _channel()
    return bool(channel.add(address) and channel.notify(body=text, title=title, body_format=NotifyFormat.MARKDOWN))


def understood(address: str) -> bool:
    """Whether a service is known for the address; nothing is sent."""
    return bool(_channel().add(address))


def _channel() -> "Apprise":
    try:
        from apprise import Apprise, AppriseAsset
    except ModuleNotFoundError:
        remedy = "pip install 'alignment-hub[digests]'"
        raise ConfigError([Problem("[digests.channels]", "", "Apprise is not installed", remedy)]) from None
    # Its log tells parts of addresses, which are keys.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return Apprise(asset=AppriseAsset(app_id="Alignment Hub", async_mode=False))
