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
    """The names of the project fields; the first one that an item carries is used."""

    model_config = _STRICT

    status: tuple[str, ...] = ("Status",)
    start: tuple[str, ...] = ("Start date", "Start")
    target: tuple[str, ...] = ("Target date", "Target", "Due date", "Due")
    iteration: tuple[str, ...] = ("Iteration", "Sprint")
    priority: tuple[str, ...] = ("Priority",)


class GitHubOkrs(OkrSettings):
    """OKRs that are kept as issues; without `repositories` they are looked for in all that are read."""

    repositories: tuple[Repository, ...] = ()


class GitHubSettings(WorkSettings, NetworkSettings):
    """One GitHub: which projects and repositories are read, how their fields are called, and who we are."""

    model_config = _STRICT

    kind: Literal["github"] = "github"
    url: str = "https://api.github.com"
    projects: tuple[Project, ...] = ()
    repositories: tuple[Repository, ...] = ()
    labels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    key_results: KeyResultMentions = KeyResultMentions()
    commands: CommandSettings = CommandSettings()
    okrs: GitHubOkrs | None = None
    fields: Fields = Fields()
    statuses: dict[str, StatusCategory] = Field(default_factory=lambda: dict(STATUSES))
    exempt_authors: tuple[str, ...] = EXEMPT_AUTHORS
    in_progress: tuple[str, ...] = ()
    token: SecretStr | None = None
    app_id: str | None = None
    installation_id: int | None = None
    private_key: SecretStr | None = None
    webhook_secret: SecretStr | None = None
    writes_per_minute: float = Field(default=60.0, gt=0)
    writes_per_hour: int = Field(default=450, ge=0)
    max_concurrent_requests: int = Field(default=16, ge=1, le=16)
    max_wait_seconds: float = Field(default=60.0, ge=1)
    read_timeout: float = Field(default=30.0, gt=0)
    page_size: int = Field(default=100, ge=10, le=100)
    lookback_seconds: float = Field(default=300.0, ge=0)
    full_resync_hours: float = Field(default=24.0, ge=0)

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
