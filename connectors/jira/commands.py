"""Listens for commands in the newest comments of tickets that changed; nothing is asked where nothing changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from connectors.commands import Asked, asked_by, asked_in
from connectors.http import Gate
from connectors.jira.adf_text import own_lines
from connectors.jira.api import object_in
from connectors.jira.comment_api import (
    INTERNAL,
    Newest,
    ask_property,
    ids_in,
    is_internal,
    newest_comments,
    newest_in,
    search_comments,
)
from connectors.jira.comment_words import words_in
from connectors.jira.cursor import Cursor, is_unsettled
from connectors.jira.wiki_text import words_of
from connectors.shared.settings import CommandSettings
from connectors.wire import MALFORMED, Response
from hub.model.action import Target
from hub.model.command import Command
from hub.model.errors import CredentialsRefused, SourceError, TicketGone
from hub.model.initiative import Gap, Initiative, Known, Pulled
from hub.model.typed import folded

FIRST_LOOK = 50
"""At first, on a site with more tickets than this, only those are listened to whose comments hold the word."""
FOUND_AT_MOST = 500
NOT_FOR_ALL = (
    "{ticket}: a command in a comment that is internal or for a role or group was not applied. "
    "Write it in a comment for everybody who sees the ticket, or set a label such as okr-exempt"
)
"""What such a comment says is repeated nowhere: the hub's own comments and pages have other readers."""


@dataclass(frozen=True, slots=True)
class Ear:
    """What listening needs: the gate, the root of paths, who we are (asked when somebody spoke), whom to believe.

    `query` is what the tickets are found by; `expand` has lists of comments tell what is internal.
    """

    gate: Gate
    root: str
    me: Callable[[], str]
    settings: CommandSettings
    query: str
    expand: str = ""


def listen(pulled: Pulled, known: Known | None, ear: Callable[[], Ear], settings: CommandSettings) -> Pulled:
    """The same with the commands that were found; a ticket that could not be listened to is a gap, and read again."""
    tickets = _worth_it(pulled, known, ear) if settings.enabled else ()
    if not tickets:
        return pulled
    listening = ear()
    requests = (newest_comments(Target(one.ref, one.id), listening.root, listening.expand) for one in tickets)
    heard: list[Command] = []
    gaps: list[Gap] = []
    notes: dict[str, None] = {}
    for one, answer in zip(tickets, listening.gate.send_all(requests), strict=True):
        try:
            for comment, asked in _spoken(answer, listening):
                if _is_restricted(comment, listening):
                    notes[NOT_FOR_ALL.format(ticket=one.ref)] = None
                    continue
                heard += (Command(one.id, comment.id, comment.name, a.verb, a.argument, comment.at) for a in asked)
        except (CredentialsRefused, TicketGone):
            continue  # what may not be read holds no commands for us
        except (SourceError, *MALFORMED) as wrong:
            why = wrong.what if isinstance(wrong, SourceError) else f"unreadable answer: {wrong}"
            gaps.append(Gap(pulled.connector, f"comments: {why}"[:200], one.id))
    return replace(pulled, commands=tuple(heard), gaps=(*pulled.gaps, *gaps), notes=(*pulled.notes, *notes))


def _worth_it(pulled: Pulled, known: Known | None, ear: Callable[[], Ear]) -> Sequence[Initiative]:
    """Tickets whose last change is not the one that is remembered: a comment is a change as well."""
    own = [one for one in pulled.initiatives if not one.context]
    if known is not None:
        cursor = Cursor.parse(known.cursor)
        again = known.again | known.knocked
        return [one for one in own if one.id in again or _may_say_more(one, known.tickets.get(one.id), cursor)]
    dated = sorted((one for one in own if one.updated), key=lambda one: (one.updated, one.ref), reverse=True)
    if len(dated) <= FIRST_LOOK:
        return dated
    found = _found(ear())
    return dated[:FIRST_LOOK] if found is None else [one for one in dated if one.id in found]


def _found(ear: Ear) -> frozenset[str] | None:
    """Tickets whose comments hold the word, by one search; None where the site does not answer it."""
    try:
        return ids_in(ear.gate.send(search_comments(ear.query, FOUND_AT_MOST, ear.root)))
    except (SourceError, *MALFORMED):
        return None


def _may_say_more(one: Initiative, before: Initiative | None, cursor: Cursor | None) -> bool:
    changed = (before.updated if before else None) != one.updated
    return changed or (cursor is not None and is_unsettled(before, cursor))


def _spoken(answer: Response | SourceError, ear: Ear) -> Iterator[tuple[Newest, tuple[Asked, ...]]]:
    """The comments of people who may command, with what they ask for."""
    if isinstance(answer, SourceError):
        raise answer
    for comment in newest_in(answer):
        # Whose words they are comes first: reading them costs time, and anybody may write them.
        may = _is_by_member(comment, ear) and "/okr" in words_in(comment.body).casefold()
        # Who the hub is takes a request, the first time.
        if may and comment.author != ear.me() and (asked := _read(comment.body)):
            yield comment, asked


def _is_restricted(comment: Newest, ear: Ear) -> bool:
    if comment.restricted is not None:
        return comment.restricted
    try:
        return is_internal(object_in(ear.gate.send(ask_property(comment.id, str(INTERNAL["key"])))))
    except TicketGone:
        return False


def _asked(markup: str) -> tuple[Asked, ...]:
    return asked_in(words_of(markup, quoted=">")) if "/okr" in folded(markup).casefold() else ()


def _read(body: object) -> tuple[Asked, ...]:
    return asked_by(own_lines(body)) if isinstance(body, dict) else _asked(str(body or ""))


def _is_by_member(comment: Newest, ear: Ear) -> bool:
    """Whether a person who is no customer wrote it; Data Center does not tell programs and customers apart."""
    can_edit = comment.kind in ("atlassian", "")
    return bool(comment.author) and ear.settings.trusts(comment.author, comment.name, can_edit=can_edit)
