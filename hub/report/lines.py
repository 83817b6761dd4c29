"""A line of a report for people: what it says and what it is, without the colours that a terminal gives it."""

from dataclasses import dataclass

COMMAND = "command"
"""The style of a line that the build is to read as a command."""


@dataclass(frozen=True, slots=True)
class StyledLine:
    """A line and what it is: heading, error, warning, info, good, dim, command or plain."""

    text: str = ""
    style: str = "plain"
