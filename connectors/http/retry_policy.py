"""Decides what a response, or the lack of one, means: use it, retry or fail. One pure table, tested row by row."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from connectors.http.messages import (
    Answer,
    CallKind,
    Fail,
    Limits,
    NoResponse,
    Request,
    Response,
    Retry,
    RetryDecision,
    Success,
    Unreachable,
    Unusable,
    content_of,
    error_text,
)
from connectors.http.rate_limit import endpoint_of, ticket_bucket
from hub.model.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    QueryRefused,
    RetryLater,
    SourceError,
    TicketNotFound,
    Unwritable,
)

REDIRECTS = (301, 302, 303, 307, 308)
PERMANENT_REDIRECTS = (301, 308)
MISSING_STATUS = 404
PAGE_TYPES = ("text/html", "application/xhtml+xml")
PAGE_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
SNIFF_BYTES = 1000
ADVICE = "a login page? Check the address, and how the token is to be sent"
PAGE = f"the address answered with a web page, not with the tracker's API: {ADVICE}"
NO_API = "a web page, not the tracker's API: check the address"


def is_page(answer: Response) -> bool:
    """Whether the answer is a page for people."""
    if not answer.body:
        return False
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() in PAGE_TYPES:
        return content_of(answer) is None
    start = answer.body[:SNIFF_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(PAGE_STARTS)


def page_hint(answer: Response) -> str:
    """What to say of a refusal that came as a page; empty where there is nothing to add."""
    return NO_API if answer.status == MISSING_STATUS and is_page(answer) else ""


def with_absolute_location(url: str, headers: dict[str, str]) -> dict[str, str]:
    """The headers of an answer from this address, with the new address in full; empty where it is none."""
    if "location" not in headers:
        return headers
    try:
        location = urljoin(url, headers["location"])
        same = urlsplit(location)[:4] == urlsplit(url)[:4]
    except ValueError:
        location, same = "", True
    return {**headers, "location": "" if same else location}


def same_host_redirect(url: str, answer: Response) -> str | None:
    """Where the same host moved what was asked for; None where it is no redirect, or one to another host."""
    if answer.status not in REDIRECTS:
        return None
    location = answer.headers.get("location", "")
    requested, moved = urlsplit(url), urlsplit(location)
    return location if (requested.scheme, requested.netloc) == (moved.scheme, moved.netloc) else None


def describe_redirect(path: str, answer: Response) -> str:
    """What a redirect means for whoever asked for this path; its query may hold secrets and is left out.

    Where the new address ends with the same path, the rest of it is what people have to write.
    """
    scheme, host, target, _, _ = urlsplit(answer.headers.get("location", ""))
    if not host:
        return f"HTTP {answer.status} without a new address"
    host = host.rpartition("@")[2]
    if path and target.endswith(path):
        site = urlunsplit((scheme, host, target.removesuffix(path), "", ""))
        return f"the site has moved to {site}: write that in `url`"
    address = urlunsplit((scheme, host, target, "", ""))
    if answer.status in PERMANENT_REDIRECTS:
        return f"HTTP {answer.status}: moved to {address}; write the new address or the new name in the configuration"
    return f"HTTP {answer.status}: sent on to {address}: {ADVICE}"


ERRORS_BY_STATUS = {400: QueryRefused, 401: CredentialsRefused, 403: CredentialsRefused, 422: QueryRefused}
MISSING_STATUSES = (404, 410)
# What trackers say of a ticket that takes no such write for now, whoever sends it, in whichever of these answers.
UNWRITABLE_STATUSES = (400, 403, 404, 405, 410, 422, 423, 451)
UNWRITABLE_TEXT = re.compile(
    r"\b(locked|archived|read-only"
    r"|not editable|(can ?not|can't|may not) be (edited|modified|changed)"
    r"|(maximum|limit|too many|more than)\b.{0,40}\bcomments?|comments? limit"
    r"|comment(s|ing)? (is|are|was|were|has been|have been) (disabled|closed|turned off)"
    r"|issues (are|were|have been) (disabled|turned off)"
    r"|permission to (add |edit |make )?(a )?comments?|not allowed to (add |make )?(a )?comments?)\b",
    re.IGNORECASE,
)
# A conflict and a server's own timeout pass by themselves, like any 5xx.
TRANSIENT_STATUSES = (408, 409, 425)
LIMIT_PHRASES = ("rate limit", "abuse detection")
# These two limits of Jira concern one endpoint or one ticket; everything else may go on:
# developer.atlassian.com/cloud/jira/platform/rate-limiting/
PER_ENDPOINT, PER_TICKET = "jira-burst-based", "jira-per-issue-on-write"
# GitHub asks for a minute at least:
# docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
UNSTATED_LIMIT_WAIT = 60.0
NARROW_LIMIT_WAIT = 5.0
MAX_BACKOFF = 30.0


def decide(request: Request, answer: Answer, attempt: int, limits: Limits, now: datetime) -> RetryDecision:
    """What to do about an answer, or about none; `attempt` counts from 1."""
    decision = _classify(request, answer, attempt, now)
    if isinstance(decision, Retry) and (attempt >= limits.tries or decision.wait > limits.max_wait_seconds):
        return Fail(RetryLater, decision.reason, decision.wait, decision.host_wide, decision.bucket)
    return decision


def _classify(request: Request, answer: Answer, attempt: int, now: datetime) -> RetryDecision:
    """The table, first line that fits; only a write that may have happened is never sent twice."""
    if isinstance(answer, NoResponse | Unreachable | Unusable):
        return _decide_unanswered(request, answer, _backoff(attempt))
    if (limit := _rate_limit_retry(request, answer, attempt, now)) is not None:
        return limit
    if answer.status // 100 == 2:
        return (
            Success(answer) if is_readable(request, answer) else _decide_unreadable(request, answer, _backoff(attempt))
        )
    if answer.status in REDIRECTS:
        return Fail(SourceError, describe_redirect(request.path, answer))
    reason = f"HTTP {answer.status}"
    if answer.status >= 500 or (answer.status in TRANSIENT_STATUSES and request.idempotent):
        retry_after = _retry_after(answer.headers, now)
        return _decide_unknown_outcome(
            request, reason, max(retry_after or 0.0, _backoff(attempt)), host_wide=retry_after is not None
        )
    text = error_text(answer) or page_hint(answer)
    return Fail(_error_type(request, answer.status, text), f"{reason}: {text}" if text else reason)


def _decide_unanswered(request: Request, outcome: NoResponse | Unreachable | Unusable, wait: float) -> RetryDecision:
    if isinstance(outcome, Unusable):
        return Fail(SourceError if request.idempotent else OutcomeUnknown, outcome.value)
    if isinstance(outcome, Unreachable):
        return Fail(SourceError, outcome.value)
    return (
        Retry(wait, outcome.value)
        if outcome is NoResponse.NOT_SENT
        else _decide_unknown_outcome(request, outcome.value, wait)
    )


def _decide_unreadable(request: Request, answer: Response, wait: float) -> RetryDecision:
    """A page comes again however often one asks; whether a write arrived is to be looked up all the same."""
    if is_page(answer):
        return Fail(SourceError if request.idempotent else OutcomeUnknown, PAGE)
    return _decide_unknown_outcome(request, "unreadable answer", wait)


def _decide_unknown_outcome(request: Request, reason: str, wait: float, *, host_wide: bool = False) -> RetryDecision:
    """Nobody knows whether it happened: repeat what does no harm, look before repeating the rest."""
    if request.idempotent:
        return Retry(wait, reason, host_wide)
    return Fail(OutcomeUnknown, reason, wait if host_wide else 0.0, host_wide)


def _error_type(request: Request, status: int, text: str) -> type[SourceError]:
    # An account that is locked is no matter of the ticket.
    if (
        request.kind is CallKind.WRITE
        and status in UNWRITABLE_STATUSES
        and UNWRITABLE_TEXT.search(text)
        and "account" not in text.lower()
    ):
        return Unwritable
    if status in MISSING_STATUSES and request.ticket:
        return TicketNotFound
    return ERRORS_BY_STATUS.get(status, SourceError)


def _rate_limit_retry(request: Request, answer: Response, attempt: int, now: datetime) -> Retry | None:
    """A limit refuses before anything happens, so even a POST may be sent again afterwards."""
    requested_wait = _requested_wait(answer, now)
    if not _is_rate_limited(request, answer, requested_wait):
        return None
    reason = answer.headers.get("ratelimit-reason", "")
    unstated = NARROW_LIMIT_WAIT if reason else UNSTATED_LIMIT_WAIT
    wait = requested_wait if requested_wait is not None else unstated * 2 ** (attempt - 1)
    message = f"rate limit reached ({reason})" if reason else "rate limit reached"
    if reason == PER_ENDPOINT:
        return Retry(wait, message, bucket=endpoint_of(request))
    if reason == PER_TICKET:
        return Retry(wait, message, bucket=ticket_bucket(request))
    return Retry(wait, message, host_wide=True)


def _is_rate_limited(request: Request, answer: Response, requested_wait: float | None) -> bool:
    match answer.status:
        case 429:
            return True
        case 403:
            # Data Center says with every answer how long to wait: nothing, while it is content.
            is_throttled = requested_wait is not None and answer.headers.get("retry-after", "").strip() != "0"
            return is_throttled or any(phrase in error_text(answer).lower() for phrase in LIMIT_PHRASES)
        case 200 if request.kind is CallKind.GRAPHQL:
            return any(
                error.get("type") in ("RATE_LIMITED", "RATE_LIMIT")
                or any(phrase in str(error.get("message", "")).lower() for phrase in LIMIT_PHRASES)
                for error in _errors(answer)
            )
    return False


def _errors(answer: Response) -> Iterator[Mapping[str, Any]]:
    content = content_of(answer)
    errors = content.get("errors") if isinstance(content, dict) else None
    yield from (error for error in (errors if isinstance(errors, list) else ()) if isinstance(error, dict))


def is_readable(request: Request, answer: Response) -> bool:
    """Trackers answer some writes with nothing; a page that is nothing was cut off on its way."""
    if not answer.body:
        return request.kind is CallKind.WRITE or answer.status == 204
    return content_of(answer) is not None or answer.body.strip() == b"null"


def _requested_wait(answer: Response, now: datetime) -> float | None:
    """The longest wait that the headers ask for; None where they ask for none."""
    waits = [_retry_after(answer.headers, now), _wait_until_reset(answer.headers, now)]
    return max((wait for wait in waits if wait is not None), default=None)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is None and value:
        try:
            seconds = (_aware(parsedate_to_datetime(value)) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return None if seconds is None else max(1.0, seconds)


def _wait_until_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """GitHub's reset counts only when nothing remains; Jira's is a date and comes with the refusal alone."""
    value = headers.get("x-ratelimit-reset", "").strip()
    epoch = _number(value)
    if epoch is not None:
        is_exhausted = headers.get("x-ratelimit-remaining") == "0"
        return max(1.0, epoch - now.timestamp() + 1.0) if is_exhausted else None
    try:
        return max(1.0, (_aware(datetime.fromisoformat(value)) - now).total_seconds()) if value else None
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _aware(timestamp: datetime) -> datetime:
    return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)


def _backoff(attempt: int) -> float:
    return min(MAX_BACKOFF, 2.0 ** (attempt - 1))
