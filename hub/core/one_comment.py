"""Which of the comments with the hub's mark on a ticket is the one that stays, and which are there beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile

from hub.model.action import Comment, LedgerEntry


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
