"""What people may say about a Jira site in the configuration."""

from typing import Literal, Self

from pydantic import ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator

from connectors.shared.settings import CommandSettings, KeyResultMentions, NetworkSettings, OkrSettings, WorkSettings
from connectors.shared.vocabulary import Waiting
from hub.model.urls import UNSENDABLE, is_jira_cloud, is_sendable, is_site

_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)
CLOUD_NEEDS_EMAIL = (
    "a Jira Cloud token works only with the e-mail address of its account: set `email` beside it, "
    "or `cloud_id` for an OAuth 2.0 access token"
)
# Scoped tokens work there alone: support.atlassian.com/user-management/docs/manage-api-tokens-for-service-accounts/
GATEWAY = "https://api.atlassian.com"


class JiraOkrs(OkrSettings):
    """OKRs that are kept as tickets; without a `query` they are looked for in the projects of the site's own query."""

    query: str | None = Field(default=None, min_length=1)


class JiraSettings(WorkSettings, NetworkSettings):
    """One Jira site: which tickets are read, how its fields are called, and who we are.

    `cloud_id` is for scoped tokens and OAuth 2.0 access tokens, which work through Atlassian's `gateway` alone;
    without an `email` the token is sent as a bearer token, as Data Center's personal access tokens are. There,
    `email` may hold a user's name and `token` the password. Field names are looked up; ids such as
    `customfield_10015` are fine as well. `default_priority` is the one that nobody chose: the site tells it unless
    people name it, and an empty text says that there is none.
    """

    model_config = _STRICT

    kind: Literal["jira"] = "jira"
    url: str
    query: str = Field(min_length=1)
    cloud_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]{1,64}$")
    email: str | None = Field(default=None, validate_default=True)
    token: SecretStr = Field(min_length=1)
    webhook_secret: SecretStr | None = None
    gateway: str = GATEWAY
    key_results: KeyResultMentions = KeyResultMentions()
    commands: CommandSettings = CommandSettings()
    okrs: JiraOkrs | None = None
    start_field: str | None = None
    due_field: str | None = None
    default_priority: str | None = None
    links: dict[str, Waiting] = Field(default_factory=dict)
    writes_per_minute: float = Field(default=60.0, ge=0)
    writes_per_hour: int = Field(default=450, ge=0)
    reads_per_second: float = Field(default=0.0, ge=0)
    max_concurrent_requests: int = Field(default=16, ge=1, le=16)
    max_wait_seconds: float = Field(default=60.0, ge=1)
    read_timeout: float = Field(default=30.0, gt=0)
    id_page_size: int = Field(default=5000, ge=1, le=5000)
    page_size: int = Field(default=100, ge=1, le=100)
    lookback_seconds: float = Field(default=300.0, ge=0)
    full_resync_hours: float = Field(default=24.0, ge=0)

    @field_validator("url", "gateway")
    @classmethod
    def _require_address(cls, url: str) -> str:
        if not is_site(url):
            raise ValueError("write the site's address, such as https://acme.atlassian.net")
        return url.rstrip("/")

    @field_validator("email")
    @classmethod
    def _require_account_on_cloud(cls, email: str | None, info: ValidationInfo) -> str | None:
        # https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/
        cloud = is_jira_cloud(str(info.data.get("url", "")))
        if cloud and not (email or "").strip() and not info.data.get("cloud_id"):
            raise ValueError(CLOUD_NEEDS_EMAIL)
        return email

    @model_validator(mode="after")
    def _require_sendable_token(self) -> Self:
        # With an account the pair is encoded, and may hold any letter.
        if self.email is None and not is_sendable(self.token.get_secret_value()):
            raise ValueError(f"token {UNSENDABLE}")
        return self

    @property
    def api_url(self) -> str:
        """Where requests go: the site, or the gateway for a scoped token."""
        return f"{self.gateway}/ex/jira/{self.cloud_id}" if self.cloud_id else self.url
