"""From groups to what somebody may do: pure, and asked anew with each request, so that a change counts at once."""

import hmac
from collections.abc import Collection

from pydantic import SecretStr

from hub.config.sections import AccessSettings
from hub.web.viewer import Role, Viewer


def viewer_in(groups: Collection[str], name: str, settings: AccessSettings) -> Viewer | None:
    """Who somebody in these groups is here; None for somebody who may not look."""
    mine = frozenset(groups)
    admin = not mine.isdisjoint(settings.admins)
    if settings.viewers and not admin and mine.isdisjoint(settings.viewers):
        return None
    teams = frozenset(team for team, their in settings.teams.items() if not mine.isdisjoint(their))
    return Viewer(name, Role.ADMIN if admin else Role.VIEWER, teams)


def same(given: str, secret: SecretStr | None) -> bool:
    """Whether it is the secret, in a time that tells nothing of how much of it was right."""
    return secret is not None and hmac.compare_digest(given.encode(), secret.get_secret_value().encode())


def role_of_token(token: str, settings: AccessSettings) -> Role | None:
    """What a token lets its bearer do; both are compared in any case."""
    admin, viewer = same(token, settings.admin_token), same(token, settings.viewer_token)
    return Role.ADMIN if admin else Role.VIEWER if viewer else None


def bearer(header: str) -> str:
    """The token of an Authorization header, or nothing."""
    kind, _, token = header.partition(" ")
    return token.strip() if kind.casefold() == "bearer" else ""
