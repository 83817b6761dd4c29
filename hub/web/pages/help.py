"""What the comments on tickets are, and how people answer them: where every comment's footer leads."""

from hub.web.page import Page, PageParams
from hub.web.viewer import Viewer
from hub.web.window import PortfolioSnapshot

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
LABELS: tuple[tuple[str, str], ...] = (
    ("okr-unaligned", "Its link to the OKRs needs a look."),
    ("okr-dependency", "Another team is involved and something is open."),
    ("okr-stale", "This key result's check-ins need a look."),
    ("okr-exempt", "Set by people: this is not OKR work."),
    ("okr-accept", "Set by people: your team delivers what others need from this ticket."),
    ("okr-decline", "Set by people: your team doesn't."),
    ("okr-later", "Set by people: not this cycle."),
)


def help_page(_snapshot: PortfolioSnapshot, _viewer: Viewer, _params: PageParams) -> Page:
    """The commands, the labels, and how to opt out."""
    return Page("help.html", "Comments on tickets", {"commands": COMMANDS, "labels": LABELS})
