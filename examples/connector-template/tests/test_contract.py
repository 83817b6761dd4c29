"""The connector passes the hub's contract suite."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from pydantic import SecretStr
from tiny_tracker import PROJECT, TOKEN, TinyTracker, serve
from tiny_tracker_connector.connector import PLUGIN
from tiny_tracker_connector.settings import TinySettings

from connectors.base import Connector
from hub.model.action import Target
from hub.model.initiative import Ref
from hub.testing.commenting import ConnectorContract
from hub.testing.fault_proxy import BrokenAnswer, FaultProxy, fault_proxy
from hub.testing.tracker import Fault, PersonEdit, SeenComment, TicketDraft, TrackerUnderTest, contract_context


class Hands:
    """The four callables: make a ticket, read its comments, edit as a person, inject a fault."""

    def __init__(self, tracker: TinyTracker, proxy: FaultProxy) -> None:
        self.tracker, self.proxy = tracker, proxy

    def connect(self) -> Connector:
        token = SecretStr(TOKEN)
        settings = TinySettings(url=self.proxy.url, project=PROJECT, token=token, page_size=2, writes_per_minute=0)
        return PLUGIN.build("tiny", settings, contract_context())

    def make_ticket(self, draft: TicketDraft) -> Target:
        labels = (f"kr-{draft.key_result}",) if draft.key_result else ()
        ticket = self.tracker.add_ticket(draft.title, draft.text, labels)
        return Target(Ref("tiny", str(ticket.id)), str(ticket.id))

    def read_comments(self, target: Target) -> list[SeenComment]:
        return [SeenComment(str(comment.id), comment.text) for comment in self.tracker.comments_on(int(target.id))]

    def edit_as_person(self, target: Target, edit: PersonEdit) -> None:
        ticket = self.tracker.tickets[int(target.id)]
        if edit.title:
            ticket.title = edit.title
            self.tracker.touch(ticket)
        if edit.comment:
            self.tracker.add_comment(ticket.id, edit.comment)
        if edit.label:
            self.tracker.change_labels(ticket.id, [edit.label], [])
        if edit.delete_comment:
            self.tracker.delete_comment(int(edit.delete_comment))

    def inject_fault(self, fault: Fault) -> AbstractContextManager[None]:
        faults = {
            Fault.READ_FAILS: BrokenAnswer("GET", "/tickets", status=500),
            Fault.READ_ENDS_EARLY: BrokenAnswer("GET", "/tickets", status=500, after=1),
            Fault.ANSWER_LOST: BrokenAnswer("POST", "/comments$", times=1),
            Fault.CREDENTIALS_REFUSED: BrokenAnswer(status=401),
        }
        return self.proxy.breaking(faults[fault])


class TestTinyTracker(ConnectorContract):
    """Everything that the hub relies on."""

    @pytest.fixture
    def tracker(self) -> Iterator[TrackerUnderTest]:
        """A tracker of its own for each test."""
        site = TinyTracker()
        with serve(site) as url, fault_proxy(url) as proxy:
            hands = Hands(site, proxy)
            yield TrackerUnderTest(
                hands.connect,
                hands.make_ticket,
                hands.read_comments,
                hands.edit_as_person,
                hands.inject_fault,
                secrets=(TOKEN,),
            )
