"""The gate's client: what it says of itself, and whom it trusts."""

import logging
import ssl
from functools import cache

import httpx

from connectors.own_version import own_version


def new_client() -> httpx.Client:
    """A client that follows nothing by itself and logs no address."""
    # httpx writes every full URL at INFO: queries belong in no log.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    agent = {"User-Agent": f"alignment-hub/{own_version()}", "Accept-Language": "en"}
    return httpx.Client(headers=agent, follow_redirects=False, verify=_trust())


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # read once, for that takes as long as a small sync
