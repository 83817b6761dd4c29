"""Others reach the service only where somebody is at the door."""

import pytest

from hub.service.main import is_bind_allowed


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_this_machine_alone_may_always_be_served(host: str) -> None:
    assert is_bind_allowed(host, auth_configured=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "okr.acme.test", "localhost.evil.test", ""])
def test_others_are_served_only_with_somebody_at_the_door(host: str) -> None:
    assert not is_bind_allowed(host, auth_configured=False)
    assert is_bind_allowed(host, auth_configured=True)
