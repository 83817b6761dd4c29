"""What may stand in `[access]`: who may look at the pages, and who sees which team's private key results."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from hub.config_form.shapes import Section, Words
from hub.model.sites import is_site

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$", description="the name of an HTTP header")]
Issuer = Annotated[
    str, Field(pattern=r"^(https?://\S+)?$", description="the address of an OpenID provider, or nothing")
]
LEAST_SECRET = 16
# What each way of signing in cannot do without.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "open": (),
    "token": ("viewer_token or admin_token",),
    "proxy": ("proxy_secret",),
    "oidc": ("issuer", "client_id", "client_secret"),
}


class AccessSettings(Section):
    """`[access]`: `open` is for loopback alone; the others ask for a token, trust a proxy, or an OpenID provider.

    `viewers` and `admins` are groups of the proxy or the provider; without `viewers` everybody who is signed in may
    look. `teams` names, for a team, the groups that see its private key results. `session_secret` keeps people signed
    in over a restart; without one they sign in again.
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
    groups_claim: Words = "groups"
    viewers: tuple[Words, ...] = ()
    admins: tuple[Words, ...] = ()
    teams: Mapping[str, tuple[Words, ...]] = {}
    session_secret: SecretStr | None = None
    session_hours: Annotated[int, Field(gt=0, le=24 * 31)] = 12
    metrics_token: SecretStr | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        for name in NEEDED[self.mode]:
            if not any(getattr(self, one) for one in name.split(" or ")):
                raise ValueError(f'mode = "{self.mode}" needs {name}')
        if self.issuer and not is_site(self.issuer):
            raise ValueError("issuer is no address of a site, such as https://login.acme.example")
        for name, value in self:
            ours = isinstance(value, SecretStr) and name != "client_secret"
            if ours and len(value.get_secret_value()) < LEAST_SECRET:
                raise ValueError(f"{name} is too short: expected {LEAST_SECRET} letters or more")
        return self

    @property
    def asks(self) -> bool:
        """Whether anybody is asked who they are."""
        return self.mode != "open"
