"""Sends a few lines of plain text to a room, by whatever service the address names (Apprise)."""

import logging
from typing import TYPE_CHECKING

from hub.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from apprise import Apprise


def notify(address: str, title: str, text: str) -> bool:
    """Whether the room took it. An address that no service understands takes nothing."""
    from apprise import NotifyFormat

    room = _room()
    return bool(room.add(address) and room.notify(body=text, title=title, body_format=NotifyFormat.TEXT))


def understood(address: str) -> bool:
    """Whether a service is known for the address; nothing is sent."""
    return bool(_room().add(address))


def _room() -> "Apprise":
    try:
        from apprise import Apprise, AppriseAsset
    except ModuleNotFoundError:
        remedy = "pip install 'alignment-hub[digests]'"
        raise ConfigError([Problem("[digests.channels]", "", "Apprise is not installed", remedy)]) from None
    # Its log tells parts of addresses, which are keys.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return Apprise(asset=AppriseAsset(app_id="Alignment Hub", async_mode=False))
