"""The contract of a connector that writes: one comment of the hub's own, and nothing of anybody else's touched."""

from connectors.shared.comment_commands import parse_commands
from hub.model.action import UNALIGNED
from hub.model.errors import CredentialsRefused, OutcomeUnknown, TicketNotFound
from hub.model.message import HEADLINE
from hub.model.ticket_input import Verb
from hub.testing.posting import (
    HOSTILE,
    TEAM_LABEL,
    commands_read,
    commenting,
    create,
    found_as,
    hostile_message,
    labels_of,
    long_message,
    message_with_command,
    posted_as_seen,
    set_labels,
)
from hub.testing.reading import ReadingContract, connected, read
from hub.testing.tracker import Fault, PersonEdit, TicketDraft, TrackerUnderTest, a_message, not_here, require


class ConnectorContract(ReadingContract):
    """Reading and writing; subclass it in your tests with a pytest fixture `tracker`."""

    def test_a_comment_is_seen_once_and_found_again(self, tracker: TrackerUnderTest) -> None:
        """By this connection and by the next one, with our account as its author."""
        target = tracker.make_ticket(TicketDraft("Commented"))
        posted = create(tracker, target, a_message())
        (seen,) = posted_as_seen(tracker, target, posted)
        require(HEADLINE in seen.text, f"the headline is not in the comment: {seen.text!r}")
        with commenting(tracker) as connector:
            (found,) = connector.find_comments(target)
            require(found.id == posted.id, f"created as {posted.id}, found as {found.id}")
            require(found.author == connector.whoami().id, f"the author is {found.author}, and we are another")
            require(connector.read_comment(target, posted.id) == found, "read_comment shows another comment")

    def test_a_second_run_has_nothing_to_write(self, tracker: TrackerUnderTest) -> None:
        """What stands there reads as what would be written: else every run edits it."""
        target = tracker.make_ticket(TicketDraft("Silent"))
        for message in (a_message(), long_message(), *map(a_message, HOSTILE)):
            posted = create(tracker, target, message)
            with commenting(tracker) as connector:
                found = connector.read_comment(target, posted.id)
                expected_text = connector.rendered_text(target, message)
                require(found is not None, "the comment is gone")
                require(found and found.rendered_text == expected_text, f"every run would edit {message!r} again")
                connector.delete_comment(target, posted.id)

    def test_an_edit_keeps_the_comment(self, tracker: TrackerUnderTest) -> None:
        """One comment a ticket, edited in place."""
        target = tracker.make_ticket(TicketDraft("Edited"))
        posted = create(tracker, target, a_message())
        with commenting(tracker) as connector:
            edited = connector.update_comment(target, posted.id, a_message("Another point."))
        (seen,) = posted_as_seen(tracker, target, posted)
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
        require(not posted_as_seen(tracker, target, posted), "people still see the deleted comment")

    def test_editing_what_a_person_deleted_raises(self, tracker: TrackerUnderTest) -> None:
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
        """And no error holds them."""
        target = tracker.make_ticket(TicketDraft("Refused"))
        with tracker.inject_fault(Fault.CREDENTIALS_REFUSED), commenting(tracker) as connector:
            try:
                connector.create_comment(target, a_message())
            except CredentialsRefused as error:
                leaked_secrets = [number for number, secret in enumerate(tracker.secrets) if secret in str(error)]
                require(not leaked_secrets, f"secret number {leaked_secrets} is in an error")
                return
        require(False, "refused credentials were not raised")

    def test_comments_of_people_stay_as_they_are(self, tracker: TrackerUnderTest) -> None:
        """Whatever the hub does, also to one who quotes or copies its comment whole."""
        target = tracker.make_ticket(TicketDraft("People talk"))
        tracker.edit_as_person(target, PersonEdit(comment="A thought of mine"))
        posted = create(tracker, target, a_message())
        (seen,) = posted_as_seen(tracker, target, posted)
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
            posted = create(tracker, target, hostile_message(words))
            with commenting(tracker) as connector:
                require(not found_as(connector, target, posted).closed, f"words close the comment: {words!r}")
                (seen,) = posted_as_seen(tracker, target, posted)
                given = {command.verb for command in parse_commands(seen.text)} - {Verb.UNCLEAR}
                require(not given, f"words became a command: {words!r} gives {given}")
                connector.delete_comment(target, posted.id)

    def test_a_long_message_is_posted(self, tracker: TrackerUnderTest) -> None:
        """However much is wrong; what finds no room is left out."""
        target = tracker.make_ticket(TicketDraft("Long"))
        posted = create(tracker, target, long_message())
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
                set_labels(connector.capabilities, target, UNALIGNED)
            found = list(connector.find_own_comments(targets))
            require([target for target, _ in found] == list(targets), f"found on {[t.ref for t, _ in found]} only")
            for target, comment in found:
                connector.delete_comment(target, comment.id)
                if labels:
                    labels.update_labels(target, frozenset(), frozenset({UNALIGNED}))
        left = [target.ref for target in targets if tracker.read_comments(target)]
        require(not left, f"comments are left on {left}")
        labelled = [target.ref for target in targets if UNALIGNED in read(tracker, target).labels]
        require(not labelled, f"labels are left on {labelled}")

    def test_a_command_of_a_person_is_read(self, tracker: TrackerUnderTest) -> None:
        """With its reason; not the one that is quoted, and not those in the hub's own comment."""
        target = tracker.make_ticket(TicketDraft("Commanded"))
        with connected(tracker) as connector:
            if not connector.wording.commands:
                not_here("no commands are read here")
        create(tracker, target, message_with_command("/okr mute"))
        tracker.edit_as_person(target, PersonEdit(comment="> /okr unmute\n\nNo!"))
        require(
            commands_read(tracker, target) == [],
            f"nobody commanded, and these were read: {commands_read(tracker, target)}",
        )
        tracker.edit_as_person(target, PersonEdit(comment="/okr exempt internal tool"))
        given = [(command.verb, command.argument) for command in commands_read(tracker, target)]
        require(given == [(Verb.EXEMPT, "internal tool")], f"`/okr exempt internal tool` was read as {given}")

    def test_an_answer_of_a_person_is_seen(self, tracker: TrackerUnderTest) -> None:
        """A comment that people answered is closed and not deleted."""
        target = tracker.make_ticket(TicketDraft("Answered"))
        posted = create(tracker, target, a_message())
        with commenting(tracker) as connector:
            threads = connector.capabilities.threads
            if threads is None:
                not_here("answers cannot be recognized here")
            require(not threads.has_reply(target, posted.id), "nobody answered")
        tracker.edit_as_person(target, PersonEdit(comment=f"> {HEADLINE} no key result linked\n\nWhich one?"))
        with commenting(tracker) as connector:
            threads = connector.capabilities.threads
            require(threads and threads.has_reply(target, posted.id), "an answer that quotes the comment is not seen")

    def test_labels_change_by_delta(self, tracker: TrackerUnderTest) -> None:
        """Ours come and go, those of people stay; to repeat is fine."""
        target = tracker.make_ticket(TicketDraft("Labelled"))
        with commenting(tracker) as connector:
            labels = labels_of(connector.capabilities)
            tracker.edit_as_person(target, PersonEdit(label=TEAM_LABEL))
            for _ in range(2):
                set_labels(connector.capabilities, target, UNALIGNED)
            require(read(tracker, target).labels >= {UNALIGNED, TEAM_LABEL}, "a label is missing after it was added")
            for _ in range(2):
                labels.update_labels(target, frozenset(), frozenset({UNALIGNED}))
        left = read(tracker, target).labels
        require(UNALIGNED not in left, "the label is still there after it was removed")
        require(TEAM_LABEL in left, "a person's label is gone")
