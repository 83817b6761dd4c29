"""Which projects have customers who read tickets: what the hub writes there is not for them."""

from connectors.http import ApiClient
from connectors.jira.api import object_in
from connectors.wire import Request
from hub.model.action import Target
from hub.model.errors import CredentialsRefused, QueryRefused, TicketNotFound

SERVICE = "service_desk"


class ServiceProjects:
    """Asks for each project once."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._known: dict[str, bool] = {}

    def includes(self, target: Target, root: str) -> bool:
        """Whether the ticket is in one; so it is taken to be where the account may not see the project."""
        key = target.ref.key.rpartition("-")[0]
        if key not in self._known:
            self._known[key] = self._is_service_project(key, target, root)
        return self._known[key]

    def _is_service_project(self, key: str, target: Target, root: str) -> bool:
        try:
            answer = self._client.send(Request("GET", f"{root}/project/{key}", ticket=target.ref.key))
            kind = object_in(answer).get("projectTypeKey")
        except (CredentialsRefused, QueryRefused, TicketNotFound, ValueError):
            return True
        return kind is None or kind == SERVICE
