"""The connector passes the hub's contract suite on a real Redmine."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from pydantic import SecretStr
from real_redmine import Redmine
from redmine_connector.api import IssueWithHistory
from redmine_connector.connector import PLUGIN
from redmine_connector.settings import RedmineSettings

from connectors.base import Connector
from hub.model.action import Target
from hub.model.initiative import Ref
from hub.testing.commenting import ConnectorContract
from hub.testing.fault_proxy import BrokenAnswer, FaultProxy, fault_proxy
from hub.testing.tracker import Fault, PersonEdit, SeenComment, TicketDraft, TrackerUnderTest, contract_context


class Hands:
    """What people do in one project."""

    def __init__(self, redmine: Redmine, project: str, proxy: FaultProxy) -> None:
        self.redmine, self.project, self.proxy = redmine, project, proxy

    def connect(self) -> Connector:
        settings = RedmineSettings(
            url=self.proxy.url,
            projects=(self.project,),
            api_key=SecretStr(self.redmine.made["hub"]),
            page_size=2,
            writes_per_minute=0,
        )
        return PLUGIN.build("redmine", settings, contract_context())

    def make_ticket(self, draft: TicketDraft) -> Target:
        fields = [{"id": self.redmine.made["field"], "value": draft.key_result}] if draft.key_result else []
        text = draft.text.encode("utf-8", "replace").decode()
        number = self.redmine.add_issue(self.project, draft.title, description=text, custom_fields=fields)
        return Target(Ref("redmine", f"#{number}"), str(number))

    def read_comments(self, target: Target) -> list[SeenComment]:
        answer = self.redmine.call("GET", f"/issues/{target.id}.json?include=journals")
        journals = IssueWithHistory.model_validate(answer).issue.journals
        return [SeenComment(str(journal.id), journal.notes) for journal in journals if journal.notes]

    def edit_as_person(self, target: Target, edit: PersonEdit) -> None:
        change = {"subject": edit.title} if edit.title else {}
        change |= {"notes": edit.comment} if edit.comment else {}
        if change:
            self.redmine.call("PUT", f"/issues/{target.id}.json", {"issue": change})
        if edit.delete_comment:
            self.redmine.call("PUT", f"/journals/{edit.delete_comment}.json", {"journal": {"notes": ""}})

    def inject_fault(self, fault: Fault) -> AbstractContextManager[None]:
        faults = {
            Fault.READ_FAILS: BrokenAnswer("GET", r"^/issues\.json", status=500),
            Fault.READ_ENDS_EARLY: BrokenAnswer("GET", r"^/issues\.json", status=500, after=1),
            Fault.ANSWER_LOST: BrokenAnswer("PUT", r"^/issues/\d+\.json", times=1),
            Fault.CREDENTIALS_REFUSED: BrokenAnswer(status=401),
        }
        return self.proxy.breaking(faults[fault])


class TestRedmine(ConnectorContract):
    """Everything that the hub relies on."""

    @pytest.fixture
    def tracker(self, redmine: Redmine, project: str) -> Iterator[TrackerUnderTest]:
        with fault_proxy(redmine.url) as proxy:
            hands = Hands(redmine, project, proxy)
            yield TrackerUnderTest(
                hands.connect,
                hands.make_ticket,
                hands.read_comments,
                hands.edit_as_person,
                hands.inject_fault,
                secrets=(redmine.made["hub"],),
            )
