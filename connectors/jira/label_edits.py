"""Edits of a Jira ticket's labels: without mail where the account may do that."""

from connectors.http import ApiClient
from connectors.jira import api
from connectors.wire import MALFORMED
from hub.model.action import Target
from hub.model.errors import CredentialsRefused, LabelsNotOnScreen, QueryRefused, SourceError

OFF_SCREEN = "the Labels field is not on the ticket's edit screen: ask an administrator to put it there"


class LabelEdits:
    """Finds out once for each project whether labels can be edited quietly."""

    def __init__(self, connector: str, client: ApiClient) -> None:
        self._connector = connector
        self._client = client
        self._can_suppress: dict[str, bool] = {}

    def change(self, target: Target, add: frozenset[str], remove: frozenset[str], root: str) -> None:
        """One edit; NotOnScreen where the ticket's screen lacks the field."""
        project = target.ref.key.rpartition("-")[0]
        try:
            if not (
                self._can_suppress.get(project, True)
                and self._edit_without_notifications(target, project, add, remove, root)
            ):
                self._client.send(api.update_labels(target, add, remove, suppress_notifications=False, root=root))
        except QueryRefused as error:
            if not api.is_off_screen(error.detail):
                raise
            raise LabelsNotOnScreen(self._connector, OFF_SCREEN, key=target.ref.key) from None

    def _edit_without_notifications(
        self, target: Target, project: str, add: frozenset[str], remove: frozenset[str], root: str
    ) -> bool:
        """Jira lets only administrators edit without mail; others it refuses, or silently changes nothing."""
        try:
            self._client.send(api.update_labels(target, add, remove, suppress_notifications=True, root=root))
        except CredentialsRefused:
            self._can_suppress[project] = False
            return False
        if project not in self._can_suppress:
            labels = self._labels(target, root)
            self._can_suppress[project] = add <= labels and not remove & labels
        return self._can_suppress[project]

    def _labels(self, target: Target, root: str) -> frozenset[str]:
        try:
            return frozenset(api.labels_of(self._client.send(api.read_labels(target, root))))
        except MALFORMED as error:
            message = self._client.redact(f"unreadable answer: {error}")
            raise SourceError(self._connector, message, key=target.ref.key) from None
