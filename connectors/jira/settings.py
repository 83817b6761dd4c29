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
    """JQL that finds the OKR tickets; left out, they are looked for in the projects of the main query."""


class JiraSettings(WorkSettings, NetworkSettings):
    """One Jira site: which tickets are read, how its fields are called, and the hub's account.

    On Data Center, where personal access tokens are switched off, `email` may hold a user's name and `token` the
    password. Field names are looked up; ids such as `customfield_10015` are fine as well.
    """

    model_config = _STRICT

    kind: Literal["jira"] = "jira"
    """The connector that reads and writes the tracker."""
    url: str
    """The site's address; on Data Center with its context path, if it has one."""
    query: str = Field(min_length=1)
    """JQL that finds the initiatives."""
    cloud_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]{1,64}$")
    """The site's id, needed for scoped tokens and OAuth 2.0 access tokens."""
    email: str | None = Field(default=None, validate_default=True)
    """The account of the API token; without it the token is sent as a bearer token."""
    token: SecretStr = Field(min_length=1)
    """The API token, OAuth 2.0 access token, or (Data Center) personal access token."""
    webhook_secret: SecretStr | None = None
    """The secret that the site signs its webhooks with; without one webhooks are refused."""
    gateway: str = GATEWAY
    """Atlassian's gateway, used with `cloud_id` only."""
    key_results: KeyResultMentions = KeyResultMentions()
    """Where a ticket names its key results; every place that matches counts."""
    commands: CommandSettings = CommandSettings()
    """Lines such as `/okr kr launch-dau` in comments."""
    okrs: JiraOkrs | None = None
    """OKRs that are kept as Jira tickets; without this table they are read from files only."""
    start_field: str | None = None
    """The field with a ticket's first day, by name or id; left out, the hub finds it."""
    due_field: str | None = None
    """The field with a ticket's last day, by name or id; left out, it is Jira's own."""
    default_priority: str | None = None
    """The priority that counts as not set; left out, it is the site's default, and `""` means none."""
    links: dict[str, Waiting] = Field(default_factory=dict)
    """What link types of your own mean, such as `{ "Enables" = "inward waits" }`."""
    writes_per_minute: float = Field(default=60.0, ge=0)
    """How many writes the account makes in a minute at most."""
    writes_per_hour: int = Field(default=450, ge=0)
    """How many writes the account makes in an hour at most, over all processes that share the state."""
    reads_per_second: float = Field(default=0.0, ge=0)
    """How many reads the account makes in a second at most; 0 sets no limit of the hub's own."""
    max_concurrent_requests: int = Field(default=16, ge=1, le=16)
    """How many requests are made at the same time."""
    max_wait_seconds: float = Field(default=60.0, ge=1)
    """The longest wait for a rate limit within a run; work that must wait longer goes to the next run."""
    read_timeout: float = Field(default=30.0, gt=0)
    """Seconds without any data after which a request is given up."""
    id_page_size: int = Field(default=5000, ge=1, le=5000)
    """How many ids are read with one search request."""
    page_size: int = Field(default=100, ge=1, le=100)
    """How many tickets are read with one request."""
    lookback_seconds: float = Field(default=300.0, ge=0)
    """How far back each sync reads again, for tickets that the search shows late."""
    full_resync_hours: float = Field(default=24.0, ge=0)
    """How often the tickets are counted, to find what was deleted or missed."""

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
