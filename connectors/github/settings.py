"""What people may say about a GitHub tracker in the configuration."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from connectors.shared.settings import (
    EXEMPT_AUTHORS,
    CommandSettings,
    KeyResultMentions,
    NetworkSettings,
    OkrSettings,
    WorkSettings,
)
from connectors.shared.vocabulary import is_cancelled, plain_name, plain_names
from hub.model.initiative import StatusCategory
from hub.model.urls import UNSENDABLE, is_sendable, is_site

_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}/[1-9][0-9]{0,9}")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}/[A-Za-z0-9._-]{1,100}")
T = TypeVar("T")
# What common names of statuses mean when the configuration says nothing.
STATUSES: dict[str, StatusCategory] = {
    **dict.fromkeys(
        ("Todo", "To do", "Backlog", "Ready", "New", "No status", "Planned", "Next", "Triage"), StatusCategory.TO_DO
    ),
    **dict.fromkeys(
        ("In progress", "In review", "Doing", "Started", "Blocked", "In development", "Testing", "Review"),
        StatusCategory.IN_PROGRESS,
    ),
    **dict.fromkeys(("Done", "Closed", "Complete", "Completed", "Shipped", "Released"), StatusCategory.DONE),
}
PERMISSIONS: dict[str, tuple[str, str]] = {
    "issues": ("Issues", "write"),
    "metadata": ("Metadata", "read"),
    "pull_requests": ("Pull requests", "read"),
    "organization_projects": ("Projects", "read"),
}
"""What an App or a fine-grained token must be allowed: by GitHub's name of the permission, its title and the access.

docs.github.com/en/rest/authentication/permissions-required-for-github-apps
"""
_ACCESS = {"read": "read", "write": "read and write"}
_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


def permissions_text() -> str:
    """The permissions as GitHub's pages title them."""
    return ", ".join(f"{title}: {_ACCESS[access]}" for title, access in PERMISSIONS.values())


def missing_permissions(granted: Mapping[str, object]) -> str:
    """Those that were not granted, as GitHub's pages title them; empty where none is missing."""
    missing = (
        f"{title}: {_ACCESS[access]}"
        for name, (title, access) in PERMISSIONS.items()
        if granted.get(name) not in {access, "write", "admin"}
    )
    return ", ".join(missing)


def _project(text: str) -> str:
    if not _PROJECT.fullmatch(text):
        raise ValueError("write a project as owner/number, such as acme/5")
    return text


def _repository(text: str) -> str:
    if not _REPOSITORY.fullmatch(text):
        raise ValueError("write a repository as owner/name, such as acme/app")
    return text


Project = Annotated[str, AfterValidator(_project)]
Repository = Annotated[str, AfterValidator(_repository)]


class Fields(BaseModel):
    """The names of columns of a project and of issue fields; the first that an issue carries is used.

    A project's own column counts before an issue field of the same name.
    """

    model_config = _STRICT

    status: tuple[str, ...] = ("Status",)
    """The project or issue field that says whether an issue is to do, in progress or done."""
    start: tuple[str, ...] = ("Start date", "Start")
    """The project or issue field with the first day."""
    target: tuple[str, ...] = ("Target date", "Target", "Due date", "Due")
    """The project or issue field with the last day."""
    iteration: tuple[str, ...] = ("Iteration", "Sprint")
    """The project field that says when an item is planned; issue fields have no iterations."""
    priority: tuple[str, ...] = ("Priority",)
    """The project or issue field with the priority."""


class GitHubOkrs(OkrSettings):
    """OKRs that are kept as issues; without `repositories` they are looked for in all that are read."""

    repositories: tuple[Repository, ...] = ()
    """The repositories that hold the OKR issues; empty for all that are read."""


class GitHubSettings(WorkSettings, NetworkSettings):
    """One GitHub: which projects and repositories are read, how their fields are called, and who we are."""

    model_config = _STRICT

    kind: Literal["github"] = "github"
    """The connector that reads and writes the tracker."""
    url: str = "https://api.github.com"
    """The address of the API; on an Enterprise Server `https://HOST/api/v3`."""
    projects: tuple[Project, ...] = ()
    """Projects whose items are read, as owner/number."""
    repositories: tuple[Repository, ...] = ()
    """Repositories whose issues are read, as owner/name."""
    labels: tuple[str, ...] = ()
    """Only issues with one of these labels; empty for all."""
    types: tuple[str, ...] = ()
    """Only issues of one of these types; empty for all."""
    key_results: KeyResultMentions = KeyResultMentions()
    """Where an issue names its key results; every place that matches counts."""
    commands: CommandSettings = CommandSettings()
    """Lines such as `/okr kr launch-dau` in comments."""
    okrs: GitHubOkrs | None = None
    """OKRs that are kept as issues; without this table they are read from files only."""
    fields: Fields = Fields()
    """The names of project and issue fields; a project's own column counts before an issue field."""
    statuses: dict[str, StatusCategory] = Field(default_factory=lambda: dict(STATUSES))
    """What status options of your own mean: `"to do"`, `"in progress"`, `"done"` or `"cancelled"`."""
    exempt_authors: tuple[str, ...] = EXEMPT_AUTHORS
    """Programs whose issues are not OKR work."""
    in_progress: tuple[str, ...] = ()
    """Labels that say that an issue without a status is in progress, such as `["wip"]`."""
    token: SecretStr | None = None
    """A fine-grained or classic personal access token."""
    app_id: str | None = None
    """The id or client id of a GitHub App, in place of a token."""
    installation_id: int | None = None
    """The id of the App's installation."""
    private_key: SecretStr | None = None
    """The App's private key."""
    webhook_secret: SecretStr | None = None
    """The secret that GitHub signs its webhooks with; without one webhooks are refused."""
    writes_per_minute: float = Field(default=60.0, gt=0)
    """How many writes the account makes in a minute at most."""
    writes_per_hour: int = Field(default=450, ge=0)
    """How many writes the account makes in an hour at most, over all processes that share the state."""
    max_concurrent_requests: int = Field(default=16, ge=1, le=16)
    """How many requests are made at the same time."""
    max_wait_seconds: float = Field(default=60.0, ge=1)
    """The longest wait for a rate limit within a run; work that must wait longer goes to the next run."""
    read_timeout: float = Field(default=30.0, gt=0)
    """Seconds without any data after which a request is given up."""
    page_size: int = Field(default=100, ge=10, le=100)
    """How many items are read with one request; halved when GitHub runs out of time."""
    lookback_seconds: float = Field(default=300.0, ge=0)
    """How far back each sync reads again, for issues that show late."""
    full_resync_hours: float = Field(default=24.0, ge=0)
    """How often everything is read again, to find what was deleted or missed."""

    @field_validator("url")
    @classmethod
    def _require_address(cls, url: str) -> str:
        if not is_site(url):
            raise ValueError("write the API's address, such as https://api.github.com or https://HOST/api/v3")
        return url.rstrip("/")

    @field_validator("app_id", mode="before")
    @classmethod
    def _app_id_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _require_sendable_token(self) -> Self:
        if self.token is not None and not is_sendable(self.token.get_secret_value()):
            raise ValueError(f"token {UNSENDABLE}")
        return self

    @model_validator(mode="after")
    def _require_sources(self) -> Self:
        if not (self.projects or self.repositories):
            raise ValueError("name at least one of projects or repositories")
        return self

    @model_validator(mode="after")
    def _require_okr_repositories(self) -> Self:
        if self.okrs is not None and not (self.okrs.repositories or self.repositories):
            raise ValueError("name the repositories that hold the OKRs, in okrs.repositories")
        return self

    @model_validator(mode="after")
    def _require_credentials(self) -> Self:
        app = (self.app_id, self.installation_id, self.private_key)
        if self.token is None and not all(app):
            raise ValueError("a credential is missing: set token, or app_id, installation_id and private_key")
        if self.token is not None and any(app):
            raise ValueError("two credentials: set token, or app_id, installation_id and private_key, not both")
        return self

    def category_of(self, option: str) -> StatusCategory:
        """The category that a status option stands for; one that nobody mapped is still to do."""
        return _category(self, option) or StatusCategory.TO_DO

    def is_in_progress(self, labels: Iterable[str]) -> bool:
        """Whether one of the labels says that an issue is in progress."""
        progress_labels = plain_names(self.in_progress)
        return bool(progress_labels) and any(plain_name(label) in progress_labels for label in labels)

    def exempt_author(self, login: str) -> str:
        """Why an issue of this author is exempt; empty where it is not."""
        name = login.removesuffix("[bot]")
        return (
            f"author {name}"
            if name and name.casefold() in {exempt_author.casefold() for exempt_author in self.exempt_authors}
            else ""
        )


def is_known_status(settings: GitHubSettings, option: str) -> bool:
    """Whether a status option stands for a category, by the configuration or by its usual name."""
    return _category(settings, option) is not None


def _category(settings: GitHubSettings, option: str) -> StatusCategory | None:
    """By the configuration, by the usual names, then by words that say that work was ended without a result."""
    category = _look_up(settings.statuses, option) or _look_up(STATUSES, option)
    return category or (StatusCategory.CANCELLED if is_cancelled(option) else None)


def _look_up(names: dict[str, T], text: str) -> T | None:
    word = plain_name(text)
    return next((value for name, value in names.items() if plain_name(name) == word), None)
