"""What may be in the configuration, section by section."""

from collections.abc import Mapping
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from hub.core.schedule import parse_schedule
from hub.model.finding import Waiver
from hub.model.text import did_you_mean
from hub.model.urls import is_site

LOOPBACK, PORT = "127.0.0.1", 8080
MIN_SECRET_LENGTH = 16
# What each way of signing in cannot do without.
REQUIRED_KEYS: Mapping[str, tuple[str, ...]] = {
    "open": (),
    "token": ("viewer_token or admin_token",),
    "proxy": ("proxy_secret",),
    "oidc": ("issuer", "client_id", "client_secret"),
}

NonBlank = Annotated[str, Field(pattern=r"\S", description="words, not an empty text")]
Container = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*:\S+$", description='connector:name, such as "jira:ACME"')]
Count = Annotated[int, Field(ge=0)]
Ticket = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*:\S+$", description='connector:key, such as "jira:ACME-99"')]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$", description="the name of an HTTP header")]
Issuer = Annotated[
    str, Field(pattern=r"^(https?://\S+)?$", description="the address of an OpenID provider, or nothing")
]


def _network(text: object) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(str(text).strip(), strict=False)
    except ValueError:
        raise ValueError(f"expected an address or a range such as 10.0.0.0/8, not {str(text)[:100]!r}") from None
    if network.prefixlen == 0:
        raise ValueError(f"{network} is everybody: name the addresses of your proxies alone")
    return network


def _validate_schedule(text: str) -> str:
    parse_schedule(text)
    return text


def _validate_zone(name: str) -> str:
    try:
        return name and ZoneInfo(name).key
    except (OSError, ValueError, LookupError):
        remedy = did_you_mean(name, available_timezones())
        raise ValueError(f"no time zone is called {name!r}: expected one such as Europe/Berlin. {remedy}") from None


Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
ScheduleExpression = Annotated[str, AfterValidator(_validate_schedule)]
Zone = Annotated[str, AfterValidator(_validate_zone)]
Seconds = Annotated[float, Field(ge=0, le=3600)]
Address = Annotated[str, Field(pattern=r"^(https?://\S+)?$", description="an http address, or nothing")]


class Section(BaseModel):
    """A table of the configuration: no other keys, nothing changes later, no value in an error's text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)


class PublishSettings(Section):
    """`[publish]`: whether anything is written to the trackers, and how much at once."""

    enabled: bool = False
    """Whether comments and labels are written; `false` plans and shows them only."""
    max_share: Annotated[float, Field(gt=0, le=1)] = 0.3
    """The share of a connector's tickets that a run may touch without `--yes`, from 5 tickets on."""
    max_resolved_share: Annotated[float, Field(gt=0, le=1)] = 0.3
    """The share of the hub's comments that a run may withdraw without `--yes`, from 5 tickets on."""
    max_new_comments: Count = 200
    """How many new comments a run writes; the rest waits for the next run."""
    max_new_comments_per_project: Count = 50
    """How many new comments a run writes in one project or repository."""
    first_run_confirm_above: Count = 20
    """How many tickets a connector's first run may touch without `--yes`."""
    include: tuple[Container, ...] = ()
    """Places to write to, such as `["jira:ACME"]`; empty means everywhere."""
    dashboard: Ticket | None = None
    """The ticket with one comment on the state of all teams, such as `"jira:ACME-99"`."""
    dry_run_connectors: tuple[NonBlank, ...] = ()
    """Connectors that are planned and shown and never written to, such as `["jira"]`."""


class ServiceSettings(Section):
    """`[service]`: what `hub serve` does by itself."""

    schedule: ScheduleExpression = "every 15m"
    """When changes are read: `"every 15m"` (s, m, h or d), five cron fields, or `"never"`."""
    schedules: Mapping[str, ScheduleExpression] = {}
    """Another schedule for a connector, by its name."""
    full_sync_schedule: ScheduleExpression = "0 3 * * *"
    """When everything is read again, to find what was deleted or missed."""
    timezone: Zone = ""
    """The time zone of the cron fields, such as `Europe/Berlin`; empty for the machine's."""
    webhook_debounce_seconds: Seconds = 0.5
    """How long webhook deliveries are collected after a run that answered some; the first one starts a run at once."""
    shutdown_timeout_seconds: Seconds = 20.0
    """How long a run may finish its current ticket when the service stops."""
    host: Annotated[str, Field(min_length=1)] = LOOPBACK
    """The address to listen on; any other than this machine's own needs a sign-in under `[auth]`."""
    port: Annotated[int, Field(ge=0, le=65_535)] = PORT
    """The port to listen on; 0 takes a free one."""
    public_url: Address = ""
    """The address of the pages in links, such as `"https://okr.acme.test"`."""
    log_format: Literal["text", "json"] = "text"
    """How log lines are written."""


class AuthSettings(Section):
    """`[auth]`: who may open the pages, and how people sign in."""

    mode: Literal["open", "token", "proxy", "oidc"] = "open"
    """How people sign in: not at all (this machine only), by token, through a proxy, or by OpenID Connect."""
    viewer_token: SecretStr | None = None
    """Mode `token`: the token that lets somebody read."""
    admin_token: SecretStr | None = None
    """Mode `token`: the token that also lets somebody start a sync."""
    proxy_secret: SecretStr | None = None
    """Mode `proxy`: the secret that the proxy sends in `proxy_header`."""
    proxy_header: HeaderName = "X-Hub-Proxy-Secret"
    """Mode `proxy`: the header with the shared secret."""
    user_header: HeaderName = "X-Forwarded-User"
    """Mode `proxy`: the header with the person's name."""
    groups_header: HeaderName = "X-Forwarded-Groups"
    """Mode `proxy`: the header with the person's groups, separated by commas."""
    issuer: Issuer = ""
    """Mode `oidc`: the address of the OpenID provider."""
    client_id: str = ""
    """Mode `oidc`: the id under which the provider knows the hub."""
    client_secret: SecretStr | None = None
    """Mode `oidc`: the secret that the provider gave the hub."""
    groups_claim: NonBlank = "groups"
    """Mode `oidc`: the claim with the person's groups."""
    viewers: tuple[NonBlank, ...] = ()
    """Groups that may read; empty for everybody who is signed in."""
    admins: tuple[NonBlank, ...] = ()
    """Groups that may also start a sync and see problems in OKR files."""
    teams: Mapping[str, tuple[NonBlank, ...]] = {}
    """The groups that see the private key results of a team, by the team's id."""
    session_secret: SecretStr | None = None
    """The key that signs sessions, so that people stay signed in over a restart."""
    session_hours: Annotated[int, Field(gt=0, le=24 * 31)] = 12
    """How many hours somebody stays signed in."""
    metrics_token: SecretStr | None = None
    """The bearer token that opens `/metrics` alone, for Prometheus."""
    trusted_proxies: tuple[Network, ...] = ()
    """Addresses or ranges of your proxies, such as `"10.0.0.0/8"`, whose forwarding headers count."""

    @model_validator(mode="after")
    def _require_mode_settings(self) -> Self:
        for name in REQUIRED_KEYS[self.mode]:
            if not any(getattr(self, text) for text in name.split(" or ")):
                raise ValueError(f'mode = "{self.mode}" needs {name}')
        if self.issuer and not is_site(self.issuer):
            raise ValueError("issuer is no address of a site, such as https://login.acme.example")
        for name, value in self:
            is_own_secret = isinstance(value, SecretStr) and name != "client_secret"
            if is_own_secret and len(value.get_secret_value()) < MIN_SECRET_LENGTH:
                raise ValueError(f"{name} is too short: expected {MIN_SECRET_LENGTH} letters or more")
        return self

    @property
    def named_groups(self) -> frozenset[str]:
        """Every group that decides anything."""
        return frozenset((*self.viewers, *self.admins, *(group for groups in self.teams.values() for group in groups)))

    @property
    def requires_sign_in(self) -> bool:
        """Whether anybody is asked who they are."""
        return self.mode != "open"


class ChannelSettings(Section):
    """`[digests.channels.TEAM]`: where the team reads. The address holds a key, so it is a secret."""

    apprise_url: SecretStr
    """The Apprise address that the team's summary is sent to."""


class DigestSettings(Section):
    """`[digests]`: a summary for each team that has a channel; without channels nothing is sent."""

    schedule: ScheduleExpression = "0 9 * * 1"
    """When summaries are sent, in the service's time zone."""
    channels: Mapping[str, ChannelSettings] = {}
    """Where a team reads its summary, by the team's id; a team without one gets none."""


class RuleSettings(BaseModel):
    """`[rules.NAME]`: another severity, and the rule's own thresholds as numbers."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, float]

    severity: Literal["info", "warning", "error", "off"] | None = None
    """The severity of the rule's findings, or `off`; left out, it is the rule's own."""

    @property
    def options(self) -> dict[str, float]:
        """The thresholds that were given."""
        return dict(self.__pydantic_extra__)


class WaiverSettings(Section):
    """One of `[[waivers]]`: a fault that somebody answers for until a day."""

    rule: NonBlank
    """The rule's name."""
    subject: NonBlank
    """The id or the ticket that the finding is about."""
    reason: NonBlank
    """Why the finding is accepted, for readers of the audit."""
    owner: NonBlank
    """Who is responsible for it."""
    until: date
    """The last day on which the waiver counts."""

    def to_waiver(self) -> Waiver:
        """The model's waiver."""
        return Waiver(self.rule, self.subject, self.reason, self.owner, self.until)
