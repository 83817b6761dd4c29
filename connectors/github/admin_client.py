"""What is asked rarely, through PyGithub: the account, an App's tokens; label definitions, created and deleted."""

import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from threading import Lock, RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from connectors.base import Actor, ConnectorContext
from connectors.github.api import API_VERSION
from connectors.github.graphql import FeatureDetectingClient
from connectors.github.settings import GitHubSettings
from connectors.http.library_sessions import LibraryCalls, answer_from_error, error_of, install_connections
from connectors.http.messages import (
    MALFORMED,
    Answer,
    CallKind,
    Fail,
    Limits,
    NoResponse,
    Redactor,
    Request,
    Response,
    content_of,
)
from connectors.http.network import network_for
from hub.model.action import DEPENDENCY, MEANINGS, STALE, UNALIGNED
from hub.model.errors import CredentialsRefused, SourceError, TicketNotFound

if TYPE_CHECKING:
    from github import Github
    from github.Auth import AppAuth, AppInstallationAuth


T = TypeVar("T")

LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        UNALIGNED: ("d93f0b", MEANINGS[UNALIGNED]),
        DEPENDENCY: ("fbca04", MEANINGS[DEPENDENCY]),
        STALE: ("c5def5", MEANINGS[STALE]),
    }
)


class AdminClient:
    """The library with its own retries and pauses off and its errors, which carry the token, kept inside."""

    def __init__(self, name: str, settings: GitHubSettings, context: ConnectorContext, limits: Limits) -> None:
        """Opens no connection yet."""
        self._name = name
        self._settings = settings
        self._context = context
        self._limits = limits
        self._calls = LibraryCalls(name, limits, context)
        self._redact = Redactor(secrets_of(settings))
        self._lock = RLock()
        self._last_token = ""
        self._installation_auth: AppInstallationAuth | None = None
        self._github: Github | None = None
        self.network = network_for(settings.url, settings.ca_file)
        self._redact.add(*self.network.secrets)

    @property
    def requests(self) -> int:
        """How many were sent."""
        return self._calls.requests

    def token(self) -> str:
        """The token of now: as configured, or an App's for its installation, renewed before it expires."""
        if self._settings.token is not None:
            return self._settings.token.get_secret_value()
        with self._lock:
            path = f"/app/installations/{self._settings.installation_id}/access_tokens"
            token = self._ask(Request("POST", path), lambda: self._installation().token)
            if token == self._last_token:
                self._calls.requests -= 1  # it was still good: nothing was sent
            self._last_token = token
            self._redact.add(token)
            return token

    def renew(self, refused: str) -> bool:
        """Whether the next token is another one than that which was refused; a token of the configuration is not."""
        if self._settings.token is not None:
            return False
        with self._lock:
            if refused == self._last_token:
                # Many calls may come back with the same token refused: the first of them lets go of it.
                self._installation_auth = None
                self.close()
        return True

    def whoami(self) -> Actor:
        """The account that comments are written as; an App writes as its bot."""
        with self._lock:
            if self._settings.token is not None:
                return self._ask(Request("GET", "/user"), lambda: _actor(self._client().get_user()))
            login = self._ask(Request("GET", "/app"), self._bot_login)
            self.token()
            return self._ask(Request("GET", f"/users/{login}"), lambda: _actor(self._client().get_user(login)))

    def ensure_label(self, repository: str, label: str, wait_for_slot: Callable[[Request], None]) -> bool:
        """Make the label unless the repository has it; says whether it was made.

        Making it is a write like any other: it waits for its turn.
        """
        path = f"/repos/{repository}/labels"
        if self._ask(Request("GET", f"{path}/{label}"), lambda: self._has_label(repository, label)):
            return False
        make = Request("POST", path, kind=CallKind.WRITE)
        return self._ask(make, lambda: self._create_label(repository, label), wait_for_slot)

    def close(self) -> None:
        """Let go of connections."""
        if self._github is not None:
            self._github.close()
            self._github = None

    def _has_label(self, repository: str, label: str) -> bool:
        from github import UnknownObjectException  # noqa: PLC0415

        with suppress(UnknownObjectException):
            # Everything of a lazy repository is lazy: only reading something asks.
            return bool(self._client().get_repo(repository, lazy=True).get_label(label).color)
        return False

    def _create_label(self, repository: str, label: str) -> bool:
        from github import GithubException  # noqa: PLC0415

        colour, description = LABELS[label]
        try:
            self._client().get_repo(repository, lazy=True).create_label(label, colour, description)
        except GithubException as error:
            # Somebody was quicker; what matters is that it is there.
            if error.status == 422 and "already_exists" in json.dumps(error.data):
                return False
            raise
        return True

    def _ask(
        self, request: Request, ask: Callable[[], T], wait_for_slot: Callable[[Request], None] = lambda _request: None
    ) -> T:
        """Nothing of the library's exceptions gets out."""
        result = self._calls.ask(
            request,
            lambda: self._ask_once(ask),
            before=lambda: wait_for_slot(request),
            renew=lambda answer: self._is_token_expired(request, answer) and self.renew(self._last_token),
        )
        if isinstance(result, Fail):
            raise self._error(request, result)
        return result

    def _is_token_expired(self, request: Request, answer: Answer) -> bool:
        """Whether an installation's token was refused; where the App itself is, a new one will not help."""
        return isinstance(answer, Response) and answer.status == 401 and not request.path.startswith("/app")

    def _ask_once(self, ask: Callable[[], T]) -> tuple[list[T], Answer | None]:
        """What was asked for, or what stood in its way."""
        from github import GithubException  # noqa: PLC0415 - a third of a second, spent only when asked
        from requests.exceptions import RequestException  # noqa: PLC0415

        try:
            with self._lock:
                return [ask()], None
        except GithubException as error:
            headers = {str(name).lower(): str(value) for name, value in (error.headers or {}).items()}
            return [], Response(error.status, headers, json.dumps(error.data, default=str).encode())
        except RequestException as error:
            return [], answer_from_error(error, self.network)
        except (*MALFORMED, RuntimeError, AssertionError):
            return [], NoResponse.NO_ANSWER

    def _error(self, request: Request, refusal: Fail) -> SourceError:
        # An App or an installation that GitHub does not know is a matter of credentials as well.
        if request.path.startswith("/app") and refusal.error is SourceError:
            refusal = replace(refusal, error=CredentialsRefused)
        return error_of(refusal, self._name, self._redact(f"{request.method} {request.path}: {refusal.reason}"))

    def _client(self) -> "Github":
        from github import Auth, Github  # noqa: PLC0415

        if self._github is None:
            token = self._settings.token
            auth = Auth.Token(token.get_secret_value()) if token else self._installation()
            self._github = Github(auth=auth, **self._options())
        return self._github

    def _installation(self) -> "AppInstallationAuth":
        """An App's installation; its token comes with the first question."""
        from github import Github  # noqa: PLC0415

        if self._installation_auth is None:
            requester = Github(auth=self._app(), **self._options()).requester
            installation_id = self._settings.installation_id or 0
            self._installation_auth = self._app().get_installation_auth(installation_id, requester=requester)
        return self._installation_auth

    def _app(self) -> "AppAuth":
        from github import Auth  # noqa: PLC0415

        key, app_id = self._settings.private_key, self._settings.app_id
        # https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
        app = Auth.AppAuth(app_id or "", key.get_secret_value() if key else "")
        try:
            app.create_jwt()
        except Exception:  # noqa: BLE001 - whatever reads the key complains in its own way, perhaps with the key
            raise CredentialsRefused(self._name, "the App's private key cannot be read") from None
        return app

    def _bot_login(self) -> str:
        from github import GithubIntegration  # noqa: PLC0415

        return f"{GithubIntegration(auth=self._app(), **self._options()).get_app().slug}[bot]"

    def _options(self) -> dict[str, Any]:
        """The library asks once and at once: repeating and pacing are ours."""
        install_connections()
        return {
            "base_url": self._settings.url,
            "verify": self._settings.ca_file or True,
            "timeout": math.ceil(self._limits.read),
            "retry": None,
            "seconds_between_requests": 0,
            "seconds_between_writes": 0,
            "user_agent": "alignment-hub",
            "api_version": API_VERSION,
        }


def limits_of(settings: GitHubSettings) -> Limits:
    """What the settings allow."""
    return Limits(
        max_concurrent_requests=settings.max_concurrent_requests,
        max_wait_seconds=settings.max_wait_seconds,
        read=settings.read_timeout,
        writes_per_minute=settings.writes_per_minute,
        writes_per_hour=settings.writes_per_hour,
    )


def secrets_of(settings: GitHubSettings) -> tuple[str, ...]:
    """What must not be shown."""
    secret_values = (settings.token, settings.private_key, settings.webhook_secret)
    return tuple(secret.get_secret_value() for secret in secret_values if secret is not None)


def _actor(user: Any) -> Actor:
    return Actor(str(user.id), str(user.login))


class LabelCreator:
    """Makes what is missing, once for each repository and label; any thread may ask."""

    def __init__(self, admin_client: AdminClient, client: FeatureDetectingClient) -> None:
        self._admin_client = admin_client
        self._client = client
        self._known: set[tuple[str, str]] = set()
        self._lock = Lock()

    def ensure(self, repository: str, label: str) -> bool:
        """Make the label where it is one of ours and the repository lacks it; returns whether it was made now."""
        with self._lock:
            if label not in LABELS or (repository, label) in self._known:
                return False
            made = self._admin_client.ensure_label(repository, label, self._client.wait_for_slot)
            self._known.add((repository, label))
            return made


def delete_label_definition(send: Callable[[Request], Response], definition: str) -> bool:
    """Whether `owner/name:label` is done with: gone, or changed by people and so theirs; not while it is in use."""
    repository, _, label = definition.partition(":")
    path = f"/repos/{repository}/labels/{quote(label, safe='')}"
    try:
        current = content_of(send(Request("GET", path, ticket=repository)))
    except TicketNotFound:
        return True
    if label not in LABELS or not _is_unedited(current, label):
        return True
    query: dict[str, str | int] = {"labels": label, "state": "all", "per_page": 1}
    if content_of(send(Request("GET", f"/repos/{repository}/issues", params=query))) != []:
        return False
    with suppress(TicketNotFound):
        send(Request("DELETE", path, kind=CallKind.WRITE, ticket=repository))
    return True


def _is_unedited(current: Any, label: str) -> bool:
    colour, description = LABELS[label]
    return isinstance(current, dict) and (current.get("color"), current.get("description")) == (colour, description)
