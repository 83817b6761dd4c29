"""Allows only http and https links, whatever a tracker or an export says."""

import re

_WEB = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x1f\x7f]{1,1000}")


def safe_url(url: str) -> str | None:
    """The URL, or None where it isn't http(s); then only the text is shown."""
    return url if _WEB.fullmatch(url) else None
