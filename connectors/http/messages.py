"""Requests to a tracker and the responses that come back, as plain values; and text with its secrets redacted."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from hub.model.errors import SourceError
from hub.model.initiative import Gap
from hub.model.redaction import redacted, secret_variants

M = TypeVar("M", bound=BaseModel)
# Longer ones are read as the nearest number, as most programs do.
MAX_DIGITS = 19
# What an answer in another shape than expected, or of strange depth or size, ends in.
MALFORMED = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)


MAX_ERROR_TEXT, MAX_ERROR_TEXTS = 300, 20


class CallKind(StrEnum):
    """What a call is counted as: trackers limit these apart."""

    READ = "read"
    SEARCH = "search"
    GRAPHQL = "graphql"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Request:
    """One call: `path` is joined to the gate's base URL, `body` is sent as JSON.

    `idempotent` says whether sending it twice does no harm: reads, PUT, DELETE, and POSTs that only read.
    `ticket` names the ticket that a write or a read is about, for errors and per-ticket limits.
    """

    method: str
    path: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: object = None
    kind: CallKind = CallKind.READ
    idempotent: bool = True
    ticket: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    _read: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    def json(self) -> Any:
        """The body read as JSON, once; raises ValueError where it is not."""
        if not self._read:
            self._read.append(_parse_body(self.body))
        return self._read[0]


def _parse_body(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # What is allowed but odd, such as half a character where a tracker cut a text: the slow way knows it.
        return json.loads(body, parse_int=_parse_int, parse_float=_parse_float, parse_constant=_parse_float)


def _parse_int(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else _parse_float(digits)


def _parse_float(text: str) -> float:
    """A number that can be counted with, as the quick way has it; ValueError for any other."""
    if not math.isfinite(number := float(text)):
        raise ValueError("a number out of range")
    return number


class NoResponse(StrEnum):
    """Why there is no answer: nothing left this machine, or something did and nothing readable came back."""

    NOT_SENT = "could not connect"
    NO_ANSWER = "the connection broke before an answer came"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nothing was sent, for a reason that trying again does not change: a certificate, a proxy that refuses."""

    value: str
    name: str = "unreachable"


@dataclass(frozen=True, slots=True)
class Unusable:
    """An answer came and cannot be taken, for a reason that asking again does not change: its size, its packing."""

    value: str
    name: str = "unusable"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a gate allows itself; seconds throughout, 0 for a pace means unpaced.

    `total` is the deadline over all tries of one call; a wait longer than `max_wait_seconds` is handed back as
    `RetryLater` instead of being slept. Writes are counted for each host and account.
    """

    max_concurrent_requests: int = 16
    connect: float = 5.0
    read: float = 30.0
    total: float = 120.0
    tries: int = 4
    max_wait_seconds: float = 60.0
    # Below GitHub's 80 a minute and 500 an hour: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    writes_per_minute: float = 60.0
    writes_per_hour: int = 450
    reads_per_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Success:
    """The answer is good."""

    response: Response


@dataclass(frozen=True, slots=True)
class Retry:
    """Send it again after `wait` seconds; `host_wide` asks everybody who talks to that host to wait as well.

    `bucket` names what else has to wait where the limit is narrower: one endpoint, or writes to one ticket.
    """

    wait: float
    reason: str
    host_wide: bool = False
    bucket: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    """Give up with this error; `wait` is when it may be worth coming back."""

    error: type[SourceError]
    reason: str
    wait: float = 0.0
    host_wide: bool = False
    bucket: str = ""


Answer = Response | NoResponse | Unreachable | Unusable
RetryDecision = Success | Retry | Fail


def content_of(answer: Response) -> Any:
    """The body read as JSON; None where it cannot be read."""
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def read_as(answer: Response, shape: type[M], connector: str, error: type[SourceError] = SourceError) -> M:
    """The body as a pydantic model; the error where it has another shape: OutcomeUnknown for what was created."""
    try:
        return shape.model_validate_json(answer.body)
    except ValidationError as invalid:
        detail = invalid.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, detail["loc"]))
        raise error(connector, f"unexpected answer: {place or 'body'}: {detail['msg']}") from None


def error_text(answer: Response) -> str:
    """The tracker's own words about a refusal, whichever of its shapes they come in; empty for a page of HTML.

    The mark of what was cut off stays at its place: whoever shows the words redacts half a secret before it as well.
    """
    content = content_of(answer)
    if not isinstance(content, dict):
        return ""
    joined = " ".join(dict.fromkeys(_shortened(text) for text in islice(_error_texts(content), MAX_ERROR_TEXTS)))
    return _shortened(" ".join("".join(c if c.isprintable() else " " for c in joined).split()))


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_ERROR_TEXT else f"{text[:MAX_ERROR_TEXT]}…"


def _error_texts(content: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(message := content.get("message"), str):
        yield message
    messages = content.get("errorMessages")
    yield from (text for text in (messages if isinstance(messages, list) else ()) if isinstance(text, str))
    errors = content.get("errors")
    if isinstance(errors, dict):
        yield from (f"{field}: {text}" for field, text in errors.items())
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, str):
            yield error
        elif isinstance(error, dict):
            yield str(error.get("message") or " ".join(str(error[k]) for k in ("field", "code") if k in error))


MAX_TEXT_LENGTH = 500


class Redactor:
    """Knows the secrets of one connector and shows none."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Empty secrets are none."""
        self._known: frozenset[str] = frozenset()
        self._variants: tuple[str, ...] = ()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Another secret, such as a token that was issued meanwhile."""
        if not self._known.issuperset(secrets):
            self._known = self._known.union(secrets)
            self._variants = secret_variants(self._known)

    def __call__(self, text: str) -> str:
        """The text with every secret redacted, and no longer than people read."""
        safe = redacted(text, self._variants)
        return safe if len(safe) <= MAX_TEXT_LENGTH else safe[:MAX_TEXT_LENGTH] + "…"

    def in_gaps(self, gaps: Iterable[Gap]) -> tuple[Gap, ...]:
        """Gaps that hold no secret: they repeat what an answer said."""
        return tuple(replace(gap, reason=self(gap.reason)) for gap in gaps)
