"""The contract of a connector that writes: one comment of the hub's own, and nothing of anybody else's touched."""

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.base import Capabilities, SupportsComments
from connectors.capabilities import SupportsLabels
from connectors.shared.comment_commands import parse_commands
from hub.model.action import Comment, Target
from hub.model.errors import CredentialsRefused, OutcomeUnknown, TicketNotFound
from hub.model.message import HEADLINE, Code, Link, Message, Point, Strong, Text
from hub.model.ticket_input import Command, Verb
from hub.testing.reading import ReadingContract, connected, pull, read
from hub.testing.tracker import (
    Fault,
    PersonEdit,
    SeenComment,
    TicketDraft,
    TrackerUnderTest,
    a_message,
    not_here,
    require,
)

OURS, TEAM_LABEL = "okr-unaligned", "team-red"
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


class ConnectorContract(ReadingContract):
    """Reading and writing; subclass it in your tests with a pytest fixture `tracker`."""

    def test_a_comment_is_seen_once_and_found_again(self, tracker: TrackerUnderTest) -> None:
        """By this connection and by the next one, with our account as its author."""
        target = tracker.make_ticket(TicketDraft("Commented"))
        posted = create(tracker, target, a_message())
        (seen,) = ours_as_seen(tracker, target, posted)
        require(HEADLINE in seen.text, f"the headline is not in the comment: {seen.text!r}")
        with commenting(tracker) as connector:
            (found,) = connector.find_comments(target)
            require(found.id == posted.id, f"created as {posted.id}, found as {found.id}")
            require(found.author == connector.whoami().id, f"the author is {found.author}, and we are another")
            require(connector.read_comment(target, posted.id) == found, "read_comment shows another comment")

    def test_a_second_run_has_nothing_to_write(self, tracker: TrackerUnderTest) -> None:
        """What stands there reads as what would be written: else every run edits it."""
        target = tracker.make_ticket(TicketDraft("Silent"))
        for message in (a_message(), _long_message(), *map(a_message, HOSTILE)):
            posted = create(tracker, target, message)
            with commenting(tracker) as connector:
                found = connector.read_comment(target, posted.id)
                wanted = connector.rendered_text(target, message)
                require(found is not None, "the comment is gone")
                require(found and found.rendered_text == wanted, f"every run would edit {message!r} again")
                connector.delete_comment(target, posted.id)

    def test_an_edit_keeps_the_comment(self, tracker: TrackerUnderTest) -> None:
        """One comment a ticket, edited in place."""
        target = tracker.make_ticket(TicketDraft("Edited"))
        posted = create(tracker, target, a_message())
        with commenting(tracker) as connector:
            edited = connector.update_comment(target, posted.id, a_message("Another point."))
        (seen,) = ours_as_seen(tracker, target, posted)
        require(edited.id == posted.id, "the edit made another comment")
        require("Another point" in seen.text, f"the comment still says {seen.text!r}")

    def test_a_closed_comment_is_known_as_closed(self, tracker: TrackerUnderTest) -> None:
        """Another goes on from it: it must not be taken for the live one, whatever other comments say."""
        target = tracker.make_ticket(TicketDraft("Closed"))
        posted = create(tracker, target, a_message())
        with commenting(tracker) as connector:
            require(not found_as(connector, target, posted).closed, "a live comment counts as closed")
            connector.update_comment(target, posted.id, a_message(closed=True))
            require(found_as(connector, target, posted).closed, "a closed comment counts as live")

    def test_deleting_leaves_nothing_and_may_be_repeated(self, tracker: TrackerUnderTest) -> None:
        """A person may be faster."""
        target = tracker.make_ticket(TicketDraft("Deleted"))
        posted = create(tracker, target, a_message())
        with commenting(tracker) as connector:
            connector.delete_comment(target, posted.id)
            connector.delete_comment(target, posted.id)
            require(not connector.find_comments(target), "a deleted comment is found")
            require(connector.read_comment(target, posted.id) is None, "a deleted comment is read")
        require(not ours_as_seen(tracker, target, posted), "people still see the deleted comment")

    def test_editing_what_a_person_deleted_says_so(self, tracker: TrackerUnderTest) -> None:
        """The hub takes it as an answer, and must not write anew."""
        target = tracker.make_ticket(TicketDraft("Deleted by a person"))
        posted = create(tracker, target, a_message())
        tracker.edit_as_person(target, PersonEdit(delete_comment=posted.id))
        with commenting(tracker) as connector:
            try:
                connector.update_comment(target, posted.id, a_message("Again."))
            except TicketNotFound:
                return
        require(False, "editing a deleted comment raises no TicketNotFound")

    def test_a_lost_answer_leaves_one_comment(self, tracker: TrackerUnderTest) -> None:
        """The write arrived and its answer did not: it is not sent again, and found by its mark."""
        target = tracker.make_ticket(TicketDraft("Answer lost"))
        with tracker.inject_fault(Fault.ANSWER_LOST), commenting(tracker) as connector:
            try:
                connector.create_comment(target, a_message())
                raised = False
            except OutcomeUnknown:
                raised = True
        seen = [comment for comment in tracker.read_comments(target) if HEADLINE in comment.text]
        require(len(seen) == 1, f"the answer was lost once, and {len(seen)} comments stand there")
        require(raised, "a lost answer raises no OutcomeUnknown: the hub would think that nothing is known")
        with commenting(tracker) as connector:
            require([comment.id for comment in connector.find_comments(target)] == [seen[0].id], "it is not found")

    def test_refused_credentials_are_raised_by_writes(self, tracker: TrackerUnderTest) -> None:
        """And nothing is told of them."""
        target = tracker.make_ticket(TicketDraft("Refused"))
        with tracker.inject_fault(Fault.CREDENTIALS_REFUSED), commenting(tracker) as connector:
            try:
                connector.create_comment(target, a_message())
            except CredentialsRefused as error:
                told = [number for number, secret in enumerate(tracker.secrets) if secret in str(error)]
                require(not told, f"secret number {told} is told")
                return
        require(False, "refused credentials were not raised")

    def test_comments_of_people_stay_as_they_are(self, tracker: TrackerUnderTest) -> None:
        """Whatever the hub does, also to one who quotes or copies its comment whole."""
        target = tracker.make_ticket(TicketDraft("People talk"))
        tracker.edit_as_person(target, PersonEdit(comment="A thought of mine"))
        posted = create(tracker, target, a_message())
        (seen,) = ours_as_seen(tracker, target, posted)
        tracker.edit_as_person(target, PersonEdit(comment=f"> {HEADLINE} no key result linked\n\nWhy?"))
        tracker.edit_as_person(target, PersonEdit(comment=seen.text))
        before = [comment for comment in tracker.read_comments(target) if comment.id != posted.id]
        require(len(before) == 3, f"people wrote 3 comments, and {len(before)} stand there")
        with commenting(tracker) as connector:
            connector.update_comment(target, posted.id, a_message("Another point."))
            own = [comment.id for _, comment in connector.find_own_comments([target])]
            require(own == [posted.id], f"comments of people count as the hub's: {own}")
            connector.delete_comment(target, posted.id)
        require(list(tracker.read_comments(target)) == before, "a person's comment was touched")

    def test_hostile_words_give_no_command_and_no_other_state(self, tracker: TrackerUnderTest) -> None:
        """Titles of tickets and key results stand in comments: they are words, whatever is in them."""
        target = tracker.make_ticket(TicketDraft("Hostile"))
        for words in HOSTILE:
            posted = create(tracker, target, _hostile_message(words))
            with commenting(tracker) as connector:
                require(not found_as(connector, target, posted).closed, f"words close the comment: {words!r}")
                (seen,) = ours_as_seen(tracker, target, posted)
                given = {command.verb for command in parse_commands(seen.text)} - {Verb.UNCLEAR}
                require(not given, f"words became a command: {words!r} gives {given}")
                connector.delete_comment(target, posted.id)

    def test_a_long_message_is_taken(self, tracker: TrackerUnderTest) -> None:
        """However much is wrong; what finds no room is left out."""
        target = tracker.make_ticket(TicketDraft("Long"))
        posted = create(tracker, target, _long_message())
        with commenting(tracker) as connector:
            require(found_as(connector, target, posted).id == posted.id, "it is not found again")

    def test_retract_leaves_nothing(self, tracker: TrackerUnderTest) -> None:
        """Also where nothing is remembered: comments are found ticket by ticket, and labels removed."""
        targets = tracker.make_tickets()[:3]
        for target in targets:
            create(tracker, target, a_message())
        with commenting(tracker) as connector:
            labels = connector.capabilities.labels
            for target in targets if labels else ():
                set_labels(connector.capabilities, target, OURS)
            found = list(connector.find_own_comments(targets))
            require([target for target, _ in found] == list(targets), f"found on {[t.ref for t, _ in found]} only")
            for target, comment in found:
                connector.delete_comment(target, comment.id)
                if labels:
                    labels.update_labels(target, frozenset(), frozenset({OURS}))
        left = [target.ref for target in targets if tracker.read_comments(target)]
        require(not left, f"comments are left on {left}")
        labelled = [target.ref for target in targets if OURS in read(tracker, target).labels]
        require(not labelled, f"labels are left on {labelled}")

    def test_a_command_of_a_person_is_heard(self, tracker: TrackerUnderTest) -> None:
        """With its reason; not the one that is quoted, and not those in the hub's own comment."""
        target = tracker.make_ticket(TicketDraft("Commanded"))
        with connected(tracker) as connector:
            if not connector.wording.commands:
                not_here("no commands are read here")
        create(tracker, target, _offering("/okr mute"))
        tracker.edit_as_person(target, PersonEdit(comment="> /okr unmute\n\nNo!"))
        require(heard(tracker, target) == [], f"nobody commanded, and the hub heard {heard(tracker, target)}")
        tracker.edit_as_person(target, PersonEdit(comment="/okr exempt internal tool"))
        given = [(command.verb, command.argument) for command in heard(tracker, target)]
        require(given == [(Verb.EXEMPT, "internal tool")], f"`/okr exempt internal tool` was heard as {given}")

    def test_an_answer_of_a_person_is_seen(self, tracker: TrackerUnderTest) -> None:
        """A comment that people answered is closed and not deleted."""
        target = tracker.make_ticket(TicketDraft("Answered"))
        posted = create(tracker, target, a_message())
        with commenting(tracker) as connector:
            threads = connector.capabilities.threads
            if threads is None:
                not_here("answers cannot be told here")
            require(not threads.has_reply(target, posted.id), "nobody answered")
        tracker.edit_as_person(target, PersonEdit(comment=f"> {HEADLINE} no key result linked\n\nWhich one?"))
        with commenting(tracker) as connector:
            threads = connector.capabilities.threads
            require(threads and threads.has_reply(target, posted.id), "an answer that quotes the comment is not seen")

    def test_labels_change_by_delta(self, tracker: TrackerUnderTest) -> None:
        """Ours come and go, those of people stay; to repeat is fine."""
        target = tracker.make_ticket(TicketDraft("Labelled"))
        with commenting(tracker) as connector:
            labels = _labels_of(connector.capabilities)
            tracker.edit_as_person(target, PersonEdit(label=TEAM_LABEL))
            for _ in range(2):
                set_labels(connector.capabilities, target, OURS)
            require(read(tracker, target).labels >= {OURS, TEAM_LABEL}, "a label is missing after it was added")
            for _ in range(2):
                labels.update_labels(target, frozenset(), frozenset({OURS}))
        left = read(tracker, target).labels
        require(OURS not in left, "the label is still there after it was removed")
        require(TEAM_LABEL in left, "a person's label is gone")


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


def ours_as_seen(tracker: TrackerUnderTest, target: Target, posted: Comment) -> list[SeenComment]:
    """The comment as people see it; more than one where it stands there twice."""
    return [comment for comment in tracker.read_comments(target) if comment.id == posted.id]


def heard(tracker: TrackerUnderTest, target: Target) -> list[Command]:
    """What a full pull hears on the ticket."""
    return [command for command in pull(tracker).commands if command.ticket == target.id]


def set_labels(offered: Capabilities, target: Target, label: str) -> None:
    """As a run does: defined before the first use where the tracker wants that."""
    if offered.label_definitions is not None:
        list(offered.label_definitions.define_labels(target, frozenset({label})))
    _labels_of(offered).update_labels(target, frozenset({label}), frozenset())


def _labels_of(offered: Capabilities) -> SupportsLabels:
    return offered.labels or not_here("this tracker has no labels")


def _offering(command: str) -> Message:
    return Message(f"{HEADLINE} muted.", (Point("a topic", (Text("Words."),), commands=(("", command),)),))


def _hostile_message(words: str) -> Message:
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


def _long_message() -> Message:
    """More than the hub ever says on one ticket."""
    points = tuple(Point(f"topic {n}", (Text(f"{n} words " * 50),), (Text("A step. " * 20),)) for n in range(20))
    return Message(f"{HEADLINE} 20 open points", points[:2], folded=points[2:], footer=(Text("End"),))
