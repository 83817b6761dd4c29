"""Which Jira answers, as it says itself: how it is spoken to, and where people open its tickets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.jira.dialect import Dialect, dialect_of
from connectors.jira.settings import JiraSettings

_PAGE = re.compile(r"https?://[^\s?#@]+")


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """A site that said what it is; `url` is what the addresses of its tickets begin with."""

    dialect: Dialect
    url: str


def read_server_info(info: Mapping[str, Any], settings: JiraSettings) -> ServerInfo | None:
    """The site that gave this information about itself; None for a kind that the hub does not know."""
    dialect = dialect_of(info.get("deploymentType"))
    if dialect is None:
        return None
    base_url = str(info.get("baseUrl") or "")
    # Requests to the gateway lead to a site whose own address only the site knows for sure.
    uses_gateway = settings.cloud_id is not None and _PAGE.fullmatch(base_url)
    return ServerInfo(dialect, base_url.rstrip("/") if uses_gateway else settings.url)
