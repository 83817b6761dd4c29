"""What may stand in `[auth]`: who may look at the pages, and who sees which team's private key results."""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from hub.config_form.shapes import NonBlank, Section
from hub.model.sites import is_site

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


Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
MIN_SECRET_LENGTH = 16
# What each way of signing in cannot do without.
REQUIRED_KEYS: Mapping[str, tuple[str, ...]] = {
    "open": (),
    "token": ("viewer_token or admin_token",),
    "proxy": ("proxy_secret",),
    "oidc": ("issuer", "client_id", "client_secret"),
}


class AuthSettings(Section):
    """`[auth]`: `open` is for loopback alone; the others ask for a token, trust a proxy, or an OpenID provider.

    `viewers` and `admins` are groups of the proxy or the provider; without `viewers` everybody who is signed in may
    look. `teams` names, for a team, the groups that see its private key results. `session_secret` keeps people signed
    in over a restart; without one they sign in again. `trusted_proxies` are the addresses that are believed about
    whom they pass on (`X-Forwarded-For`, `Forwarded`).
    """

    mode: Literal["open", "token", "proxy", "oidc"] = "open"
    viewer_token: SecretStr | None = None
    admin_token: SecretStr | None = None
    proxy_secret: SecretStr | None = None
    proxy_header: HeaderName = "X-Hub-Proxy-Secret"
    user_header: HeaderName = "X-Forwarded-User"
    groups_header: HeaderName = "X-Forwarded-Groups"
    issuer: Issuer = ""
    client_id: str = ""
    client_secret: SecretStr | None = None
    groups_claim: NonBlank = "groups"
    viewers: tuple[NonBlank, ...] = ()
    admins: tuple[NonBlank, ...] = ()
    teams: Mapping[str, tuple[NonBlank, ...]] = {}
    session_secret: SecretStr | None = None
    session_hours: Annotated[int, Field(gt=0, le=24 * 31)] = 12
    metrics_token: SecretStr | None = None
    trusted_proxies: tuple[Network, ...] = ()

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
