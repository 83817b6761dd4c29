"""The gate's client: what it says of itself, whom it trusts and which way it takes."""

import logging

import httpx

from connectors.network import Network
from connectors.own_version import own_version


def new_client(network: Network) -> httpx.Client:
    """A client that follows nothing by itself and logs no address."""
    # httpx writes every full URL at INFO: queries belong in no log.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    agent = {"User-Agent": f"alignment-hub/{own_version()}", "Accept-Language": "en"}
    return httpx.Client(
        headers=agent, follow_redirects=False, verify=network.trust, proxy=network.proxy, trust_env=False
    )
