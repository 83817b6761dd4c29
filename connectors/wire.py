"""Requests, answers, and what an answer means: pure, so that the table of retries can be read and tested."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a call is counted as: trackers limit these apart."""

    READ = "read"
    SEARCH = "search"
    GRAPHQL = "graphql"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Request:
    """One call: `path` is joined to the gate's base URL, `body` is sent as JSON.

    `repeatable` says whether sending it twice does no harm: reads, PUT, DELETE, and POSTs that only read.
    `ticket` names the ticket that a write or a read is about, for errors and per-ticket limits.
    """

    method: str
    path: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: Any = None
    kind: Kind = Kind.READ
    repeatable: bool = True
    ticket: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body read as JSON; raises ValueError where it is not."""
        return json.loads(self.body)
