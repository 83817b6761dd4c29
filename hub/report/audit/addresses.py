"""Which addresses a document may link to: plain web addresses, whatever a tracker or an export says."""

import re

_WEB = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x1f\x7f]{1,1000}")


def safe_url(url: str) -> str | None:
    """The address; None where it is not plain http(s), for then only the words are shown."""
    return url if _WEB.fullmatch(url) else None
