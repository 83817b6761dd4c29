"""Which addresses the service may listen on."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address; a name but `localhost` may lead anywhere."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_bind_allowed(host: str, auth_configured: bool) -> bool:
    """Others may reach the service only where somebody is at the door."""
    return auth_configured or is_loopback(host)
