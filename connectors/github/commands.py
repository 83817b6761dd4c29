"""Listens for commands in the comments of whole repositories: one stream instead of a look at every issue."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from connectors.command_settings import CommandSettings
from connectors.commands import asked_in
from connectors.github.api import Issue
from connectors.github.comment_api import changed_comments, number_of
from connectors.github.cursor import stamp
from connectors.wire import Request
from hub.model.command import Command
from hub.model.errors import CredentialsRefused, SourceError, TicketGone
from hub.model.initiative import Extent, Gap, Initiative, Known, Pulled

Json = Mapping[str, Any]
MAY_EDIT = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
PAGES_AT_MOST = 10
FULL_PAGE = 100
LATE = timedelta(days=1)
"""How much further back is looked where something could not be read the last time."""


@dataclass(frozen=True, slots=True)
class Ear:
    """What listening needs: how to ask, who we are (asked only when somebody spoke), and whom to believe."""

    ask: Callable[[Request], Any]
    me: Callable[[], str]
    is_ours: Callable[[str], bool]
    settings: CommandSettings
    overlap: timedelta
    since: datetime


def listen(pulled: Pulled, known: Known | None, ear: Ear) -> Pulled:
    """The same with the commands of comments that are new, looked for only where issues changed.

    What could not be read is a gap of one ticket, and so is read again the next time.
    """
    if not ear.settings.enabled:
        return pulled
    heard: list[Command] = []
    gaps: list[Gap] = []
    for repository, tickets in _by_repository(pulled, known).items():
        try:
            heard += _spoken(repository, tickets, _since(repository, known, ear, pulled.extent), ear)
        except (CredentialsRefused, TicketGone):
            continue  # what may not be read holds no commands for us
        except SourceError as error:
            some = next(iter(tickets.values()))
            gaps.append(Gap(pulled.connector, f"comments of {repository}: {error.what}", some.id))
    return replace(pulled, commands=tuple(heard), gaps=(*pulled.gaps, *gaps))


def _by_repository(pulled: Pulled, known: Known | None) -> dict[str, dict[str, Initiative]]:
    """The issues of each repository in which anything was written since the last time, by key."""
    tickets = dict(known.tickets) if known else {}
    changed = [one for one in pulled.initiatives if not one.context and _may_say_more(one, known)]
    active = {_home(one) for one in changed}
    found: dict[str, dict[str, Initiative]] = {repository: {} for repository in sorted(active)}
    for one in {**tickets, **{one.id: one for one in pulled.initiatives}}.values():
        repository = _home(one)
        if repository in found and not one.context:
            found[repository][one.ref.key] = one
    return found


def _home(one: Initiative) -> str:
    return one.ref.key.partition("#")[0]


def _may_say_more(one: Initiative, known: Known | None) -> bool:
    before = known.tickets.get(one.id) if known else None
    named = known is not None and one.id in known.again | known.knocked
    return before is None or before.updated != one.updated or named


def _since(repository: str, known: Known | None, ear: Ear, extent: Extent) -> datetime:
    """From the last change that was seen in the repository; from the cycle's first day where nothing is known of it."""
    tickets = known.tickets.values() if known else ()
    here = [one for one in tickets if one.updated and _home(one) == repository]
    if known is None or not here:
        return ear.since
    late = LATE if extent is not Extent.CHANGES or any(one.id in known.again for one in here) else ear.overlap
    return max(one.updated for one in here if one.updated) - late


def _spoken(repository: str, tickets: Mapping[str, Initiative], since: datetime, ear: Ear) -> Iterator[Command]:
    for comment in _changed(repository, since, ear):
        ticket = tickets.get(Issue(repository, number_of(comment)).key)
        body = str(comment.get("body") or "")
        asked = asked_in(body) if ticket is not None else ()
        if ticket is None or not asked or not _believed(comment, body, ear):
            continue
        author = str((comment.get("user") or {}).get("login") or "somebody")
        at = datetime.fromisoformat(str(comment["updated_at"]))
        for one in asked:
            yield Command(ticket.id, str(comment["id"]), author, one.verb, one.argument, at)


def _changed(repository: str, since: datetime, ear: Ear) -> Iterator[Json]:
    """The latest first, so that the limit leaves out the oldest."""
    for page in range(1, PAGES_AT_MOST + 1):
        content = ear.ask(changed_comments(repository, stamp(since), page))
        if not isinstance(content, list):
            raise SourceError("", "comments in an unknown shape")
        yield from (each for each in content if isinstance(each, dict) and each.get("id"))
        if len(content) < FULL_PAGE:
            return


def _believed(comment: Json, body: str, ear: Ear) -> bool:
    """Whether the author may edit the ticket, and is neither the hub nor another program."""
    user = comment.get("user") or {}
    if ear.is_ours(body) or not user.get("id") or str(user["id"]) == ear.me():
        return False
    if ear.settings.allow:
        return bool({str(user["id"]), str(user.get("login"))} & set(ear.settings.allow))
    return user.get("type") != "Bot" and comment.get("author_association") in MAY_EDIT


def first_moment(since: date) -> datetime:
    """When a day begins."""
    return datetime.combine(since, time.min, UTC)
