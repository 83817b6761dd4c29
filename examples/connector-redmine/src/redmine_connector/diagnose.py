"""The checks of `hub doctor` for a Redmine."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from connectors.base import ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import read_as
from connectors.shared.diagnosis import CheckReporter, catch_failures, clock_check, transport_check, work_checks
from hub.model.errors import Check, SourceError
from hub.model.initiative import PullResult
from redmine_connector import api
from redmine_connector.settings import RedmineSettings

NEEDED = {
    "view_issues": "View issues",
    "add_issue_notes": "Add notes",
    "edit_own_issue_notes": "Edit own notes",
}
"""Permissions that the account's roles must have, by Redmine's name and by the words of its page."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Asks with a client; `pull` reads all issues."""

    name: str
    settings: RedmineSettings
    client: ApiClient
    context: ConnectorContext
    pull: Callable[[], PullResult]

    def checks(self) -> Iterator[Check]:
        """The account, its permissions in each project, and what is read."""
        report = CheckReporter(self.name)
        yield from transport_check(report, self.settings.url)
        yield from catch_failures(report, "the account", self._account(report))
        yield from catch_failures(report, "the issues", self._issues(report))

    def _account(self, report: CheckReporter) -> Iterator[Check]:
        answer = self.client.send(api.me())
        user = read_as(answer, api.CurrentUser, self.name).user
        yield report.ok(f"works as {user.login}")
        yield clock_check(report, answer, self.context.now())
        roles = {membership.project.id: membership.roles for membership in user.memberships}
        for identifier in self.settings.projects:
            yield from self._permissions(report, identifier, roles)

    def _permissions(
        self, report: CheckReporter, identifier: str, roles: dict[int, list[api.Named]]
    ) -> Iterator[Check]:
        try:
            project = read_as(self.client.send(api.project(identifier)), api.ProjectAnswer, self.name).project
        except SourceError as error:
            remedy = "Check its identifier in `projects`, and make the account a member of the project"
            yield report.fail(f"project {identifier}: {error.detail}", remedy, configured=True)
            return
        granted: set[str] = set()
        for role in roles.get(project.id, ()):
            granted.update(read_as(self.client.send(api.role(role.id)), api.RoleAnswer, self.name).role.permissions)
        if missing := [title for name, title in NEEDED.items() if name not in granted]:
            message = f"project {identifier}: the account lacks {', '.join(missing)}"
            yield report.fail(message, "Make it a member with a role that has these permissions")
        else:
            yield report.ok(f"project {identifier} ({project.name}): issues can be read and notes written")

    def _issues(self, report: CheckReporter) -> Iterator[Check]:
        pulled = self.pull()
        for gap in pulled.gaps:
            yield report.fail(f"not read: {gap.reason}", "Check the address, the key and Redmine's log")
        own = [ticket for ticket in pulled.initiatives if not ticket.reference_only]
        counts = Counter(ticket.containers[0] for ticket in own)
        for identifier in self.settings.projects:
            yield report.ok(f"{identifier}: {counts[identifier]} issues", container=identifier)
        yield from work_checks(report, self.settings, own)
        hours = self.settings.full_hours
        yield report.ok(f"deleted issues and new relations are noticed within {hours:g} hours (full_hours)")
