"""What the contract of a writing connector posts, how it is found again, and what people see of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.base import Capabilities, SupportsComments
from connectors.capabilities import SupportsLabels
from hub.model.action import Comment, Target
from hub.model.message import HEADLINE, Code, Link, Message, Point, Strong, Text
from hub.model.ticket_input import Command
from hub.testing.reading import connected, pull
from hub.testing.tracker import SeenComment, TrackerUnderTest, not_here

TEAM_LABEL = "team-red"
HOSTILE = (
    "@everyone @admin [~admin] /cc #1 ACME-1 !1 r1 commit:abc",
    "<script>alert(1)</script> <!-- --> <b>bold</b> &lt;",
    "{code} {noformat} {quote} {{include(secret)}} [[Page]] !image.png!",
    "*bold* _it_ ~~out~~ `code` ``` | cell | \\ h1. bq. > quote",
    "[alignment-hub contract/1 closed]",
    "<!-- alignment-hub:v1 contract/1 closed -->",
    "line one\nline two\r\n/okr exempt forged\n\n/okr mute",
    "\u202eright to left\u202c \u200bzero\u200b \x00\x07 \U0001f600 \ud83d",
    "](https://example.org) [x](javascript:alert(1))",
)


@contextmanager
def commenting(tracker: TrackerUnderTest) -> Iterator[SupportsComments]:
    """A new connection that writes."""
    with connected(tracker) as connector:
        comments = connector.capabilities.comments
        if comments is None:
            raise AssertionError("the connector declares no `comments`: use ReadingContract")
        yield comments


def create(tracker: TrackerUnderTest, target: Target, message: Message) -> Comment:
    """Post a comment with a connection of its own."""
    with commenting(tracker) as connector:
        return connector.create_comment(target, message)


def found_as(connector: SupportsComments, target: Target, posted: Comment) -> Comment:
    """The comment among those with our mark; AssertionError where it is not."""
    found = [comment for comment in connector.find_comments(target) if comment.id == posted.id]
    if not found:
        raise AssertionError(f"the comment {posted.id} is not found by its mark")
    return found[0]


def posted_as_seen(tracker: TrackerUnderTest, target: Target, posted: Comment) -> list[SeenComment]:
    """The comment as people see it; more than one where it stands there twice."""
    return [comment for comment in tracker.read_comments(target) if comment.id == posted.id]


def commands_read(tracker: TrackerUnderTest, target: Target) -> list[Command]:
    """What a full pull hears on the ticket."""
    return [command for command in pull(tracker).commands if command.ticket == target.id]


def set_labels(offered: Capabilities, target: Target, label: str) -> None:
    """As a run does: defined before the first use where the tracker wants that."""
    if offered.label_definitions is not None:
        list(offered.label_definitions.define_labels(target, frozenset({label})))
    labels_of(offered).update_labels(target, frozenset({label}), frozenset())


def labels_of(offered: Capabilities) -> SupportsLabels:
    """What sets labels; skips the test where there are none."""
    return offered.labels or not_here("this tracker has no labels")


def message_with_command(command: str) -> Message:
    """A comment that offers a command to type."""
    return Message(f"{HEADLINE} muted.", (Point("a topic", (Text("Words."),), commands=(("", command),)),))


def hostile_message(words: str) -> Message:
    """These words wherever a message can hold words."""
    spans = (
        Text(words),
        Text(" "),
        Strong(words),
        Text(" "),
        Code(words),
        Text(" "),
        Link(words, "https://example.org/"),
    )
    return Message(
        f"{HEADLINE} 2 open points", (Point("one", spans), Point("two", (Text(words),), spans)), footer=spans
    )


def long_message() -> Message:
    """More than the hub ever says on one ticket."""
    points = tuple(Point(f"topic {n}", (Text(f"{n} words " * 50),), (Text("A step. " * 20),)) for n in range(20))
    return Message(f"{HEADLINE} 20 open points", points[:2], folded=points[2:], footer=(Text("End"),))
