"""Maps groups to roles: pure, and evaluated on each request, so that a change takes effect at once."""

import hmac
from collections.abc import Collection

from pydantic import SecretStr

from hub.config.sections import AuthSettings
from hub.web.viewer import Role, Viewer


def viewer_in(groups: Collection[str], name: str, settings: AuthSettings) -> Viewer | None:
    """The viewer with these groups; None without access."""
    own_groups = frozenset(groups)
    is_admin = not own_groups.isdisjoint(settings.admins)
    if settings.viewers and not is_admin and own_groups.isdisjoint(settings.viewers):
        return None
    teams = frozenset(team for team, team_groups in settings.teams.items() if not own_groups.isdisjoint(team_groups))
    return Viewer(name, Role.ADMIN if is_admin else Role.VIEWER, teams)


def is_same_secret(value: str, secret: SecretStr | None) -> bool:
    """Whether it is the secret, compared in constant time."""
    return secret is not None and hmac.compare_digest(value.encode(), secret.get_secret_value().encode())


def role_of_token(token: str, settings: AuthSettings) -> Role | None:
    """What a token lets its bearer do; both are compared in any case."""
    is_admin, is_viewer = is_same_secret(token, settings.admin_token), is_same_secret(token, settings.viewer_token)
    return Role.ADMIN if is_admin else Role.VIEWER if is_viewer else None


def bearer_token(header: str) -> str:
    """The token of an Authorization header, or nothing."""
    kind, _, token = header.partition(" ")
    return token.strip() if kind.casefold() == "bearer" else ""
