"""CSRF check: browsers state the origin of a form in headers that a page cannot change."""

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_cross_site(headers: Mapping[str, str]) -> bool:
    """True for a form of another site. Programs send neither header, and bring no cookie either.

    `Sec-Fetch-Site` where the browser sends it, else `Origin` against `Host`, without the scheme: a proxy may end TLS.
    """
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site != "same-origin"
    origin = headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc.casefold() != headers.get("host", "").casefold()
    except ValueError:
        return True
