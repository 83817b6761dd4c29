"""What is asked rarely, mostly through the jira library: account, site, fields, service projects; edits of labels."""

import base64
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from connectors.base import ConnectorContext
from connectors.http.ahead import Ahead
from connectors.http.client import ApiClient
from connectors.http.library_sessions import LibraryCalls, answer_from_error, answer_of, error_of, prepare
from connectors.http.messages import MALFORMED, Answer, Fail, Limits, NoResponse, Redactor, Request
from connectors.http.network import network_for
from connectors.jira import api
from connectors.jira.api import object_in
from connectors.jira.settings import JiraSettings
from hub.model.action import Target
from hub.model.errors import (
    CredentialsRefused,
    LabelsNotOnScreen,
    QueryRefused,
    SourceError,
    TicketNotFound,
)

if TYPE_CHECKING:
    from jira import JIRA


# Cloud answers in the language of the account's profile unless it is told twice.
LANGUAGE: Mapping[str, str] = MappingProxyType({"Accept-Language": "en", "X-Force-Accept-Language": "true"})


def secrets_of(settings: JiraSettings) -> tuple[str, ...]:
    """What must never be printed: the token, and the pair that is sent with it."""
    token, hook = settings.token.get_secret_value(), settings.webhook_secret
    return (token, f"{settings.email}:{token}", hook.get_secret_value() if hook else "")


def authorization(settings: JiraSettings) -> dict[str, str]:
    """What every call carries: the token alone, or with the account that it is for."""
    token = settings.token.get_secret_value()
    if settings.email is None:
        # developer.atlassian.com/server/jira/platform/personal-access-token/
        return {"Authorization": f"Bearer {token}"}
    pair = base64.b64encode(f"{settings.email}:{token}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def limits_of(settings: JiraSettings) -> Limits:
    """What the configuration allows the connector."""
    return Limits(
        max_concurrent_requests=settings.max_concurrent_requests,
        max_wait_seconds=settings.max_wait_seconds,
        read=settings.read_timeout,
        writes_per_minute=settings.writes_per_minute,
        writes_per_hour=settings.writes_per_hour,
        reads_per_second=settings.reads_per_second,
    )


def default_of(priorities: Iterable[Mapping[str, Any]]) -> str:
    """The name of the default priority; empty where the site does not tell."""
    return next((str(priority.get("name") or "") for priority in priorities if priority.get("isDefault") is True), "")


# Every kind of site knows this version, so that no call waits for another one to tell which site answers.
VERSION = "2"
SERVER_INFO, MYSELF, FIELDS, LINK_TYPES, PRIORITIES = "serverInfo", "myself", "field", "issueLinkType", "priority"
_CALLS: Mapping[str, Callable[["JIRA"], Any]] = MappingProxyType(
    {
        SERVER_INFO: lambda client: client.server_info(),
        MYSELF: lambda client: client.myself(),
        FIELDS: lambda client: client.fields(),
        LINK_TYPES: lambda client: [kind.raw for kind in client.issue_link_types()],
        PRIORITIES: lambda client: [kind.raw for kind in client.priorities()],
    }
)


class AdminClient:
    """The library with its own retries off and its errors, which carry the token, kept inside."""

    def __init__(self, name: str, settings: JiraSettings, context: ConnectorContext, limits: Limits) -> None:
        """Opens no connection yet."""
        self._name = name
        self._settings = settings
        self._context = context
        self._limits = limits
        self._calls = LibraryCalls(name, limits, context)
        self._redact = Redactor(secrets_of(settings))
        self._ahead: Ahead[str, Any] = Ahead()
        # A session of the library serves one call at a time.
        self._idle: list[JIRA] = []
        self._network = network_for(settings.api_url, settings.ca_file)
        self._redact.add(*self._network.secrets)

    def api_client(self, sign: Callable[[], Mapping[str, str]], writer: Callable[[], str]) -> ApiClient:
        """The gate to the same site, on the same way."""
        return ApiClient(
            self._name,
            self._settings.api_url,
            sign=lambda: {**LANGUAGE, **sign()},
            writer=writer,
            context=self._context,
            limits=self._limits,
            secrets=secrets_of(self._settings),
            network=self._network,
        )

    @property
    def requests(self) -> int:
        """How many were sent."""
        return self._calls.requests

    def begin(self, *paths: str) -> None:
        """Ask from now on what will be wanted soon, all at once; what is asked then gives these answers."""
        for path in paths:
            self._ahead.begin(path, partial(self._ask_now, path))

    def forget_begun(self) -> None:
        """Let go of answers that nobody wanted."""
        self._ahead.forget()

    def server_info(self) -> Mapping[str, Any]:
        """What kind of site answers, and at which address."""
        return self._object(SERVER_INFO)

    def myself(self) -> Mapping[str, Any]:
        """The account that the credentials belong to."""
        return self._object(MYSELF)

    def fields(self) -> list[Mapping[str, Any]]:
        """Every field of the site, with its schema."""
        return self._list(FIELDS)

    def link_types(self) -> list[Mapping[str, Any]]:
        """The kinds of links between tickets, by name and both readings."""
        return self._list(LINK_TYPES)

    def priorities(self) -> list[Mapping[str, Any]]:
        """The site's priorities; Cloud says which is the default."""
        return self._list(PRIORITIES)

    def default_priority(self) -> str:
        """The priority that nobody chose, as Cloud tells it; empty where the site does not tell."""
        with suppress(SourceError):
            return default_of(self.priorities())
        return ""

    def close(self) -> None:
        """Let go of connections."""
        while self._idle:
            self._idle.pop().close()  # type: ignore[no-untyped-call]

    def _object(self, path: str) -> Mapping[str, Any]:
        content = self._ask(path)
        if not isinstance(content, Mapping):
            raise SourceError(self._name, f"GET {path}: unreadable answer")
        return content

    def _list(self, path: str) -> list[Mapping[str, Any]]:
        content = self._ask(path)
        if not isinstance(content, list) or not all(isinstance(item, Mapping) for item in content):
            raise SourceError(self._name, f"GET {path}: unreadable answer")
        return content

    def _ask(self, path: str) -> Any:
        begun = self._ahead.take(path)
        return self._ask_now(path) if begun is None else begun.result()

    def _ask_now(self, path: str) -> Any:
        """Nothing of the library's exceptions gets out."""
        content = self._calls.ask(Request("GET", f"/rest/api/{VERSION}/{path}"), lambda: self._ask_once(path))
        if isinstance(content, Fail):
            raise error_of(content, self._name, self._redact(f"GET {path}: {content.reason}"))
        return content

    def _ask_once(self, path: str) -> tuple[list[Any], Answer | None]:
        """The content, or what stood in its way."""
        from jira.exceptions import JIRAError  # noqa: PLC0415 - a third of a second, spent only when asked
        from requests.exceptions import RequestException  # noqa: PLC0415

        client = self._client()
        try:
            return [_CALLS[path](client)], None
        except JIRAError as error:
            return [], NoResponse.NO_ANSWER if error.response is None else answer_of(error.response)
        except RequestException as error:
            return [], answer_from_error(error, self._network)
        except MALFORMED:
            return [], NoResponse.NO_ANSWER
        finally:
            self._idle.append(client)

    def _client(self) -> "JIRA":
        from jira import JIRA  # noqa: PLC0415 - a third of a second, spent only when asked

        with suppress(IndexError):
            return self._idle.pop()
        # The library would write an account's name and password in Latin letters alone.
        headers = {**LANGUAGE, **authorization(self._settings)}
        client = JIRA(
            self._settings.api_url,
            options={"rest_api_version": VERSION, "headers": headers},
            get_server_info=False,
            logging=False,
            max_retries=0,
            timeout=(self._limits.connect, self._limits.read),
        )
        prepare(client._session, self._network)  # noqa: SLF001 - the library offers no other way to its answers
        return client


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


OFF_SCREEN = "the Labels field is not on the ticket's edit screen: ask an administrator to put it there"


class LabelEdits:
    """Finds out once for each project whether labels can be edited quietly."""

    def __init__(self, connector: str, client: ApiClient) -> None:
        self._connector = connector
        self._client = client
        self._can_suppress: dict[str, bool] = {}

    def change(self, target: Target, add: frozenset[str], remove: frozenset[str], root: str) -> None:
        """One edit; LabelsNotOnScreen where the ticket's screen lacks the field."""
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
