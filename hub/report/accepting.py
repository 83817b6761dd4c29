"""How to accept recurring gaps: the line for the configuration."""

from collections.abc import Iterable

from hub.model.initiative import Gap
from hub.toml.write import array, quoted

HOW_TO_ACCEPT = "give the account access, or accept it in the configuration:"


def acceptance_line(connector: str, gaps: Iterable[Gap], accepted: Iterable[Gap]) -> str:
    """What to write so that these gaps are accepted, too; empty where none of them may be."""
    new = [gap.name for gap in gaps if gap.acceptable]
    names = dict.fromkeys((*(gap.name for gap in accepted), *new))
    return f"[connectors.{connector}] accepted_gaps = {array([quoted(name) for name in names])}" if new else ""
