"""Listens for commands in the comments of whole repositories: one stream instead of a look at every issue."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from connectors.commands import asked_in
from connectors.flow import converse
from connectors.github.api import Issue
from connectors.github.comment_api import changed_comments, number_of
from connectors.github.cursor import Cursor, stamp
from connectors.shared.settings import CommandSettings
from connectors.wire import Request
from hub.model.command import Command
from hub.model.errors import CredentialsRefused, SourceError, TicketGone
from hub.model.initiative import Extent, Gap, Initiative, Known, Pulled
from hub.model.typed import folded

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
    places, since = _unread(pulled, known, ear)
    for repository, said in _listened(since, ear).items():
        heard += _spoken(repository, said.comments, places[repository], ear)
        if said.lost is not None:
            some = next(iter(places[repository].values()))
            gaps.append(Gap(pulled.connector, f"comments of {repository}: {said.lost}", some.id))
    return replace(pulled, commands=tuple(heard), gaps=(*pulled.gaps, *gaps))


def _unread(
    pulled: Pulled, known: Known | None, ear: Ear
) -> tuple[dict[str, dict[str, Initiative]], dict[str, datetime]]:
    """The issues of each repository in which anything was written since the last time, by key; and since when.

    Where no issue changed, only those count that a comment may have left with the time of their last change.
    """
    own = [one for one in pulled.initiatives if not one.context]
    active = {home_of(one) for one in own if _has_changed(one, known)}
    found: dict[str, dict[str, Initiative]] = {repository: {} for repository in sorted(active)}
    since = {repository: _since(repository, known, ear, pulled.extent) for repository in found}
    cursor = Cursor.parse(known.cursor) if known else None
    unsure = unsure_since(cursor) if cursor else None
    for one in own:
        if unsure and home_of(one) not in active and one.updated and one.updated >= unsure:
            found.setdefault(home_of(one), {})[one.ref.key] = one
            since[home_of(one)] = unsure
    # There may be very many tickets: they are looked at only where one of them changed.
    tickets = dict(known.tickets) if known and active else {}
    for one in {**tickets, **{one.id: one for one in own}}.values():
        if home_of(one) in active and not one.context:
            found[home_of(one)][one.ref.key] = one
    return found, since


def home_of(one: Initiative) -> str:
    """The repository that the issue belongs to."""
    return one.ref.key.partition("#")[0]


def unsure_since(cursor: Cursor) -> datetime:
    """From when on a comment may have come after the last pull and left the issue's time as it was: to the second."""
    return cursor.watermark.tracker_time.replace(microsecond=0)


def _has_changed(one: Initiative, known: Known | None) -> bool:
    before = known.tickets.get(one.id) if known else None
    named = known is not None and one.id in known.again | known.knocked
    return before is None or before.updated != one.updated or named


def _since(repository: str, known: Known | None, ear: Ear, extent: Extent) -> datetime:
    """From the last change that was seen in the repository; from the cycle's first day where nothing is known of it."""
    tickets = known.tickets.values() if known else ()
    here = [one for one in tickets if one.updated and home_of(one) == repository]
    if known is None or not here:
        return ear.since
    late = LATE if extent is not Extent.CHANGES or any(one.id in known.again for one in here) else ear.overlap
    return max(one.updated for one in here if one.updated) - late


def _spoken(
    repository: str, comments: Iterable[Json], tickets: Mapping[str, Initiative], ear: Ear
) -> Iterator[Command]:
    for comment in comments:
        ticket = tickets.get(Issue(repository, number_of(comment)).key)
        body = str(comment.get("body") or "")
        # Whose words they are comes first: reading them costs time, and anybody may write them.
        asked = asked_in(body) if ticket is not None and _believed(comment, body, ear) else ()
        if ticket is None or not asked:
            continue
        author = str((comment.get("user") or {}).get("login") or "somebody")
        at = datetime.fromisoformat(str(comment["updated_at"]))
        for one in asked:
            yield Command(ticket.id, str(comment["id"]), author, one.verb, one.argument, at)


@dataclass(slots=True)
class _Said:
    """The comments of a repository that may hold commands, and why there may be more of them."""

    comments: list[Json] = field(default_factory=list)
    lost: str | None = None


def _listened(since: Mapping[str, datetime], ear: Ear) -> dict[str, _Said]:
    """All repositories side by side, each with the latest first, so that the limit leaves out the oldest."""
    found = {repository: _Said() for repository in since}

    def asking(repository: str, page: int) -> Iterator[tuple[tuple[str, int], Request]]:
        if page <= PAGES_AT_MOST:
            yield (repository, page), changed_comments(repository, stamp(since[repository]), page)

    def reply(place: tuple[str, int], content: Any) -> Iterator[tuple[tuple[str, int], Request]]:
        (repository, page), said = place, found[place[0]]
        if isinstance(content, CredentialsRefused | TicketGone):
            return  # what may not be read holds no commands for us
        if not isinstance(content, list):
            said.lost = content.what if isinstance(content, SourceError) else "comments in an unknown shape"
            return
        if len(content) >= FULL_PAGE:
            yield from asking(repository, page + 1)
        said.comments += [one for one in content if isinstance(one, dict) and one.get("id") and _may_command(one, ear)]

    converse(ear.ask, (first for repository in since for first in asking(repository, 1)), reply)
    return found


def _may_command(comment: Json, ear: Ear) -> bool:
    """Most comments command nothing: those are not kept until all have come."""
    # Whose words they are comes first: reading them costs time, and anybody may write them.
    return _is_by_editor(comment, ear) and "/okr" in folded(str(comment.get("body") or "")).casefold()


def _believed(comment: Json, body: str, ear: Ear) -> bool:
    """Whether the author may edit the ticket, and is neither the hub nor another program."""
    return _is_by_editor(comment, ear) and not ear.is_ours(body) and str(comment["user"]["id"]) != ear.me()


def _is_by_editor(comment: Json, ear: Ear) -> bool:
    """What the comment itself tells of that, whoever the hub is."""
    user = comment.get("user") or {}
    can_edit = user.get("type") != "Bot" and comment.get("author_association") in MAY_EDIT
    names = (str(user.get("id")), str(user.get("login")))
    return bool(user.get("id")) and ear.settings.trusts(*names, can_edit=can_edit)


def first_moment(since: date) -> datetime:
    """When a day begins."""
    return datetime.combine(since, time.min, UTC)
