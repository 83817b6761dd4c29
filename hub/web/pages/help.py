"""The help page that every comment's footer links to: what the comments are and how to answer them."""

from hub.model.labels import MEANINGS
from hub.web.page import Page, PageParams
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

COMMANDS: tuple[tuple[str, str], ...] = (
    ("/okr kr <id>", "Links the ticket to that key result. /okr kr none takes the link back."),
    ("/okr exempt <reason>", "This is not OKR work: no checks. /okr exempt none takes that back."),
    ("/okr accept", "Your team delivers what others need from this ticket."),
    ("/okr decline <reason>", "Your team doesn't. Waiting teams are informed on their ticket."),
    ("/okr later", "Not this cycle: waiting teams are informed; on a waiting ticket, its work is postponed."),
    ("/okr mute", "The comment shrinks to one line until something new or worse comes up. Labels stay."),
    ("/okr unmute", "Shows the points again."),
    ("/okr recheck", "Has the ticket read again in the next run."),
)


def help_page(_snapshot: PortfolioSnapshot, _viewer: Viewer, _params: PageParams) -> Page:
    """The commands, the labels, and how to opt out."""
    return Page("help.html", "Comments on tickets", {"commands": COMMANDS, "labels": tuple(MEANINGS.items())})
