"""What an answer means, or the lack of one: the one table of retries, pure, so that it can be read and tested."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.astray import PAGE, REDIRECTS, instead_of_words, is_page, moved
from connectors.budget import endpoint_of, ticket_lane
from connectors.wire import (
    Accept,
    Again,
    Answer,
    Barred,
    Kind,
    Limits,
    Lost,
    Refuse,
    Request,
    Response,
    Unusable,
    Verdict,
    content_of,
    said,
)
from hub.model.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    QueryRefused,
    RetryLater,
    SourceError,
    TicketNotFound,
    Unwritable,
)

REFUSED = {400: QueryRefused, 401: CredentialsRefused, 403: CredentialsRefused, 422: QueryRefused}
GONE = (404, 410)
# What trackers say of a ticket that takes no such write for now, whoever sends it, in whichever of these answers.
SHUT = (400, 403, 404, 405, 410, 422, 423, 451)
SHUT_WORDS = re.compile(
    r"\b(locked|archived|read-only"
    r"|not editable|(can ?not|can't|may not) be (edited|modified|changed)"
    r"|(maximum|limit|too many|more than)\b.{0,40}\bcomments?|comments? limit"
    r"|comment(s|ing)? (is|are|was|were|has been|have been) (disabled|closed|turned off)"
    r"|issues (are|were|have been) (disabled|turned off)"
    r"|permission to (add |edit |make )?(a )?comments?|not allowed to (add |make )?(a )?comments?)\b",
    re.IGNORECASE,
)
# A conflict and a server's own timeout pass by themselves, like any 5xx.
PASSING = (408, 409, 425)
LIMIT_WORDS = ("rate limit", "abuse detection")
# These two limits of Jira concern one endpoint or one ticket; everything else may go on.
PER_ENDPOINT, PER_TICKET = "jira-burst-based", "jira-per-issue-on-write"
UNSTATED_LIMIT_WAIT = 60.0
NARROW_LIMIT_WAIT = 5.0
LONGEST_BACKOFF = 30.0


def judge(request: Request, answer: Answer, attempt: int, limits: Limits, now: datetime) -> Verdict:
    """What to do about an answer, or about none; `attempt` counts from 1."""
    verdict = _meaning(request, answer, attempt, now)
    if isinstance(verdict, Again) and (attempt >= limits.tries or verdict.wait > limits.max_wait):
        return Refuse(RetryLater, verdict.why, verdict.wait, verdict.host_wide, verdict.lane)
    return verdict


def _meaning(request: Request, answer: Answer, attempt: int, now: datetime) -> Verdict:
    """The table, first line that fits; only a write that may have happened is never sent twice."""
    if isinstance(answer, Lost | Barred | Unusable):
        return _unanswered(request, answer, _backoff(attempt))
    if (limit := _limit(request, answer, attempt, now)) is not None:
        return limit
    if answer.status // 100 == 2:
        return Accept(answer) if readable(request, answer) else _unreadable(request, answer, _backoff(attempt))
    if answer.status in REDIRECTS:
        return Refuse(SourceError, moved(request.path, answer))
    why = f"HTTP {answer.status}"
    if answer.status >= 500 or (answer.status in PASSING and request.repeatable):
        asked = _retry_after(answer.headers, now)
        return _unclear(request, why, max(asked or 0.0, _backoff(attempt)), host_wide=asked is not None)
    words = said(answer) or instead_of_words(answer)
    return Refuse(_refusal(request, answer.status, words), f"{why}: {words}" if words else why)


def _unanswered(request: Request, lost: Lost | Barred | Unusable, wait: float) -> Verdict:
    if isinstance(lost, Unusable):
        return Refuse(SourceError if request.repeatable else OutcomeUnknown, lost.value)
    if isinstance(lost, Barred):
        return Refuse(SourceError, lost.value)
    return Again(wait, lost.value) if lost is Lost.NOT_SENT else _unclear(request, lost.value, wait)


def _unreadable(request: Request, answer: Response, wait: float) -> Verdict:
    """A page comes again however often one asks; whether a write arrived is to be looked up all the same."""
    if is_page(answer):
        return Refuse(SourceError if request.repeatable else OutcomeUnknown, PAGE)
    return _unclear(request, "unreadable answer", wait)


def _unclear(request: Request, why: str, wait: float, *, host_wide: bool = False) -> Verdict:
    """Nobody knows whether it happened: repeat what does no harm, look before repeating the rest."""
    if request.repeatable:
        return Again(wait, why, host_wide)
    return Refuse(OutcomeUnknown, why, wait if host_wide else 0.0, host_wide)


def _refusal(request: Request, status: int, words: str) -> type[SourceError]:
    # An account that is locked is no matter of the ticket.
    if request.kind is Kind.WRITE and status in SHUT and SHUT_WORDS.search(words) and "account" not in words.lower():
        return Unwritable
    if status in GONE and request.ticket:
        return TicketNotFound
    return REFUSED.get(status, SourceError)


def _limit(request: Request, answer: Response, attempt: int, now: datetime) -> Again | None:
    """A limit refuses before anything happens, so even a POST may be sent again afterwards."""
    asked = _asked_wait(answer, now)
    if not _limited(request, answer, asked):
        return None
    reason = answer.headers.get("ratelimit-reason", "")
    unstated = NARROW_LIMIT_WAIT if reason else UNSTATED_LIMIT_WAIT
    wait = asked if asked is not None else unstated * 2 ** (attempt - 1)
    why = f"rate limit reached ({reason})" if reason else "rate limit reached"
    if reason == PER_ENDPOINT:
        return Again(wait, why, lane=endpoint_of(request))
    if reason == PER_TICKET:
        return Again(wait, why, lane=ticket_lane(request))
    return Again(wait, why, host_wide=True)


def _limited(request: Request, answer: Response, asked: float | None) -> bool:
    match answer.status:
        case 429:
            return True
        case 403:
            # Data Center says with every answer how long to wait: nothing, while it is content.
            asks = asked is not None and answer.headers.get("retry-after", "").strip() != "0"
            return asks or any(words in said(answer).lower() for words in LIMIT_WORDS)
        case 200 if request.kind is Kind.GRAPHQL:
            return any(
                error.get("type") in ("RATE_LIMITED", "RATE_LIMIT")
                or any(words in str(error.get("message", "")).lower() for words in LIMIT_WORDS)
                for error in _errors(answer)
            )
    return False


def _errors(answer: Response) -> Iterator[Mapping[str, Any]]:
    content = content_of(answer)
    errors = content.get("errors") if isinstance(content, dict) else None
    yield from (error for error in (errors if isinstance(errors, list) else ()) if isinstance(error, dict))


def readable(request: Request, answer: Response) -> bool:
    """Trackers answer some writes with nothing; a page that is nothing was cut off on its way."""
    if not answer.body:
        return request.kind is Kind.WRITE or answer.status == 204
    return content_of(answer) is not None or answer.body.strip() == b"null"


def _asked_wait(answer: Response, now: datetime) -> float | None:
    """The longest wait that the headers ask for; None where they ask for none."""
    waits = [_retry_after(answer.headers, now), _until_reset(answer.headers, now)]
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


def _until_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """GitHub's reset counts only when nothing remains; Jira's is a date and comes with the refusal alone."""
    value = headers.get("x-ratelimit-reset", "").strip()
    epoch = _number(value)
    if epoch is not None:
        spent = headers.get("x-ratelimit-remaining") == "0"
        return max(1.0, epoch - now.timestamp() + 1.0) if spent else None
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


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _backoff(attempt: int) -> float:
    return min(LONGEST_BACKOFF, 2.0 ** (attempt - 1))
