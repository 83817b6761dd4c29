"""The one comment of a ticket: at most two points in view, the rest folded; and which of several comments stays."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile

from hub.core.display_names import Names, line
from hub.core.planning.points import in_order, point_of
from hub.core.planning.receipts import has_refused_request, resolution_reason
from hub.model.action import EARLIER, Comment, LedgerEntry, PostedFinding
from hub.model.finding import Finding, Severity
from hub.model.message import HEADLINE, Code, Line, Link, Message, Point, Span, Table, Text
from hub.model.urls import HELP_PAGE

POINTS_IN_VIEW = 2
WORDS_IN_VIEW = 120
WORDS_OF_A_TITLE = 6
RESERVED_WORDS = 20
"""Headline, numbers, footer."""

FOOTER_TEXT = "Kept up to date by Alignment Hub"
CLOSED = Message(f"{HEADLINE} closed.", lead=(Text("Alignment Hub no longer checks this ticket."),))
SUPERSEDED = Message(f"{HEADLINE} closed.", lead=(Text("A newer comment below goes on from here."),), closed=True)
DUPLICATE = Message(f"{HEADLINE} closed.", lead=(Text("Another comment of Alignment Hub goes on here."),), closed=True)
WITHDRAWN = Message(
    f"{HEADLINE} withdrawn.", lead=(Text("Alignment Hub no longer comments on this ticket."),), closed=True
)


def message_of(points: Sequence[Point], names: Names, recorded: tuple[Line, ...] = ()) -> Message:
    """What is open on this ticket, for its readers; `recorded` says which commands count there."""
    visible_count = _in_view(points)
    folded = tuple(points[visible_count:])
    headline = f"{HEADLINE} {points[0].topic}" if len(points) == 1 else f"{HEADLINE} {len(points)} open points"
    return Message(
        headline,
        tuple(points[:visible_count]),
        folded,
        recorded,
        _footer(names),
        folded_summary=_folded_line(folded, names) if folded else (),
    )


def points_of(findings: Sequence[Finding], names: Names) -> list[Point]:
    """Each point once: findings that say the same to this reader are one."""
    return list(dict.fromkeys(point_of(finding, names) for finding in in_order(findings, names.own_team())))


def resolved_message(
    before: Collection[str], names: Names, recorded: tuple[Line, ...] = (), labels: Sequence[str] = ()
) -> Message:
    """Said when nothing is open any more, in place of what stood there; `before` are the rules that spoke, `labels`
    those of ours that stay.
    """
    headline = f"{HEADLINE} answered." if has_refused_request(names) else f"{HEADLINE} resolved."
    return Message(
        headline,
        recorded=recorded,
        footer=_footer(names, with_help=False),
        lead=resolution_reason(before, names, labels),
    )


def mute_message(count: int, names: Names, recorded: tuple[Line, ...] = ()) -> Message:
    """One line for a ticket whose people asked for silence."""
    points = f"{count} open point{'s' if count != 1 else ''}; "
    lead = line(points, Code("/okr unmute"), f" shows {'them' if count != 1 else 'it'}.")
    footer = _footer(names, with_help=False)
    return Message(f"{HEADLINE} muted.", recorded=recorded, footer=footer, lead=lead, is_mute=True)


def is_worse(findings: Sequence[Finding], before: Sequence[PostedFinding]) -> bool:
    """Whether anything is new, or more severe than what was said of it before."""
    known = {_finding_key(posted_finding): Severity[posted_finding.severity.upper()] for posted_finding in before}

    def severity_before(finding: Finding) -> Severity | None:
        return known.get(finding.fingerprint, known.get(f"{EARLIER} {finding.rule}"))

    return any((previous := severity_before(finding)) is None or finding.severity > previous for finding in findings)


def message_digest(message: Message) -> str:
    """The hash that tells whether a message changed; taken of the value, not of any markup.

    Why something was resolved is told once: it is no reason to write again.
    """
    return hashlib.sha256(_digest_text(message).encode()).hexdigest()[:32]


def count_words(point: Point, title: int = WORDS_OF_A_TITLE) -> int:
    """How many words the point has: `title` at most for a link, and none for addresses and what is folded."""
    lines = (point.what, point.step, point.alternative)
    titles = sum(min(len(span.text.split()), title) for item in lines for span in item if isinstance(span, Link))
    other_text = " ".join("".join(" " if isinstance(span, Link) else span.text for span in item) for item in lines)
    answers = sum(len(name.split()) + len(command.split()) for name, command in point.commands)
    return titles + answers + sum(any(char.isalnum() for char in word) for word in other_text.split())


def _in_view(points: Sequence[Point]) -> int:
    """How many points are shown: the first always, the second where it finds room."""
    if len(points) < POINTS_IN_VIEW:
        return len(points)
    words = sum(count_words(point, WORDS_IN_VIEW) + len(point.topic.split()) for point in points[:POINTS_IN_VIEW])
    return POINTS_IN_VIEW if words <= WORDS_IN_VIEW - RESERVED_WORDS else 1


def _folded_line(folded: Sequence[Point], names: Names) -> Line:
    """Where the folded points stand, for a tracker that cannot fold."""
    topics = ", ".join(point.topic for point in folded)
    page = names.details()
    location: Line = line(" on ", Link("the hub's page", page)) if page else ()
    return line(f"{len(folded)} more", *location, f": {topics}")


def _footer(names: Names, *, with_help: bool = True) -> Line:
    links: list[Span] = []
    if page := names.details():
        links = [Link("Details", page), Text(" · ")]
        if with_help:
            links += [Link("Commands and muting", names.page(HELP_PAGE)), Text(" · ")]
    return (*links, Text(FOOTER_TEXT))


def _finding_key(posted_finding: PostedFinding) -> str:
    return f"{EARLIER} {posted_finding.rule}" if posted_finding.fingerprint == EARLIER else posted_finding.fingerprint


def _digest_text(message: Message) -> str:
    """All that a message holds as Python writes tuples and lists of it, put together part by part: that is faster.

    The ledger holds hashes of it, so it stays as it is to the letter.
    """
    points = ", ".join(map(_point_text, message.points + message.folded))
    lead = _line_text(message.lead) if message.is_mute or message.checkboxes else "[]"
    rare = _rare_text(message) if message.recorded or message.tables or message.checkboxes or message.fold else ""
    return f"({message.headline!r}, {lead}, {len(message.points)}, [{points}], {_line_text(message.footer)}{rare})"


def _rare_text(message: Message) -> str:
    """What most messages lack: all of it, or nothing."""
    tables = _list_text(map(_table_text, message.tables))
    text = f", {_lines_text(message.recorded)}, {tables}, {_lines_text(message.checkboxes)}"
    fold = message.fold
    if fold is None:
        return text
    parts = [repr(fold.title), *map(_table_text, fold.tables), *map(_line_text, fold.lines)]
    return f"{text}, ({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _table_text(table: Table) -> str:
    return f"({table.head!r}, {_list_text(map(_lines_text, table.rows))}, {table.omitted_rows})"


def _point_text(point: Point) -> str:
    own = f"{_line_text(point.what)}, {_line_text(point.step)}, {_line_text(point.alternative)}"
    listing = _listing_text(point.listing) if point.listing else ""
    return f"({point.topic!r}, {point.commands!r}, {point.listing_title!r}, [{own}{listing}])"


# The same list of a team's key results stands on very many tickets, and so do most instructions.
@lru_cache(maxsize=1024)
def _listing_text(listing: tuple[Line, ...]) -> str:
    return "".join([f", {_line_text(item)}" for item in listing])


def _lines_text(lines: Iterable[Line]) -> str:
    return _list_text(map(_line_text, lines))


@lru_cache(maxsize=4096)
def _line_text(spans: Line) -> str:
    return _list_text([_span_text(span) for span in spans])


def _span_text(span: Span) -> str:
    return (
        f"('Link', {span.text!r}, {span.url!r})"
        if isinstance(span, Link)
        else f"({type(span).__name__!r}, {span.text!r})"
    )


def _list_text(parts: Iterable[str]) -> str:
    return f"[{', '.join(parts)}]"


@dataclass(frozen=True, slots=True)
class OwnComments:
    """Our comment that stays, if any, our others that are to go, and the first one that another account wrote.

    `arrived` says that the one that stays is the new comment of a replacement, whether or not its receipt came.
    """

    primary: Comment | None = None
    duplicates: tuple[Comment, ...] = ()
    other_account_comment: Comment | None = None
    arrived: bool = False


def classify_comments(comments: Sequence[Comment], account_id: str, known: LedgerEntry | None = None) -> OwnComments:
    """Of all comments with our mark, the oldest first: the one that an unfinished replacement made, else the oldest.

    So several hubs that know nothing of each other keep the same one. A closed comment is none, unless it is the one
    that the ledger knows. The old comment of a replacement is neither kept nor a double: the replacement ends with it.
    """
    known_id = known.comment_id if known else None
    live = [comment for comment in comments if not comment.closed or comment.id == known_id]
    own = [comment for comment in live if comment.author == account_id]
    other_account_comment = next((comment for comment in live if comment.author != account_id), None)
    old_id = known.replaces if known else None
    replacements = (
        _posted_after(own, old_id)
        if old_id is not None and old_id == known_id
        else [comment for comment in own if comment.id == known_id and old_id]
    )
    remaining = [comment for comment in own if old_id is None or old_id == known_id or comment.id != old_id]
    primary = next(iter((*replacements, *remaining)), None)
    duplicates = tuple(
        comment for comment in remaining if comment != primary and (primary is None or comment.id != old_id)
    )
    return OwnComments(primary, duplicates, other_account_comment, arrived=bool(replacements))


def _posted_after(own: Sequence[Comment], old_id: str) -> list[Comment]:
    """Those that came after the one of that id; all of them where it is gone."""
    later = list(dropwhile(lambda comment: comment.id != old_id, own))[1:]
    return later if any(comment.id == old_id for comment in own) else list(own)


def other_account_reason(comment: Comment) -> str:
    """Why nothing is posted beside a comment with our mark that another account wrote, and what to do."""
    author = f"{comment.name} ({comment.author})" if comment.name else comment.author or "an account that is gone"
    alternative = ", or run the hub as that account" if comment.author else ""
    return f"{author} posted a comment with this hub's mark there: delete that comment{alternative}"
