"""What somebody asked of the hub in a comment: `/okr kr ID` and the like."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Verb(StrEnum):
    """What can be asked for; UNCLEAR stands for a line that begins like a command and is none."""

    KR = "kr"
    EXEMPT = "exempt"
    ACCEPT = "accept"
    DECLINE = "decline"
    LATER = "later"
    MUTE = "mute"
    UNMUTE = "unmute"
    RECHECK = "recheck"
    UNCLEAR = "unclear"


COMMAND_GROUPS = {
    Verb.KR: "serves",
    Verb.EXEMPT: "serves",
    Verb.ACCEPT: "answers",
    Verb.DECLINE: "answers",
    Verb.LATER: "answers",
    Verb.MUTE: "mutes",
    Verb.UNMUTE: "mutes",
    Verb.RECHECK: "asks",
    Verb.UNCLEAR: "asks",
}
"""Commands of one family answer one question, so that the latest of them counts."""


@dataclass(frozen=True, slots=True)
class Command:
    """One line of a comment on a ticket (the tracker's id), from somebody who may edit the ticket.

    `author` is a name for people; `at` is when the comment was last changed as it was first seen. A `quiet` one was
    said before everything was taken back: it counts, and no comment is written only to acknowledge it.
    """

    ticket: str
    comment: str
    author: str
    verb: Verb
    argument: str
    at: datetime
    predates_retraction: bool = field(default=False, compare=False)

    @property
    def order(self) -> tuple[datetime, int, str]:
        """Sorts commands as they were written: trackers tell whole seconds, and their comments are numbered."""
        return self.at, int(self.comment) if self.comment.isdecimal() else 0, self.comment

    @property
    def group(self) -> str:
        """The question that it answers."""
        return COMMAND_GROUPS[self.verb]
