"""What a tracker offers, asked through whatever stands before it."""

from dataclasses import fields, replace
from typing import Any

from connectors.base import Capabilities


def offered_through(offered: Capabilities, proxy: Any) -> Capabilities:
    """The same capabilities, each provided by the proxy."""
    names = [item.name for item in fields(offered) if getattr(offered, item.name) is not None]
    return replace(offered, **dict.fromkeys(names, proxy))
