"""Which of the comments with the hub's mark on a ticket is the one that stays, and which are there beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile

from hub.model.action import Comment, Published


@dataclass(frozen=True, slots=True)
class Found:
    """Our comment that stays, if any, our others that are to go, and the first one that another account wrote.

    `arrived` says that the one that stays is the new comment of a replacement, whether or not its receipt came.
    """

    kept: Comment | None = None
    doubles: tuple[Comment, ...] = ()
    foreign: Comment | None = None
    arrived: bool = False


def sort_out(found: Sequence[Comment], me: str, known: Published | None = None) -> Found:
    """Of all comments with our mark, the oldest first: the one that an unfinished replacement made, else the oldest.

    So several hubs that know nothing of each other keep the same one. A closed comment is none, unless it is the one
    that the ledger knows. The old comment of a replacement is neither kept nor a double: the replacement ends with it.
    """
    mine = known.comment_id if known else None
    live = [one for one in found if not one.closed or one.id == mine]
    ours = [one for one in live if one.author == me]
    foreign = next((one for one in live if one.author != me), None)
    old = known.replaces if known else None
    made = _later(ours, old) if old is not None and old == mine else [one for one in ours if one.id == mine and old]
    rest = [one for one in ours if old is None or old == mine or one.id != old]
    kept = next(iter((*made, *rest)), None)
    doubles = tuple(one for one in rest if one != kept and (kept is None or one.id != old))
    return Found(kept, doubles, foreign, arrived=bool(made))


def _later(ours: Sequence[Comment], old: str) -> list[Comment]:
    """Those that came after the one of that id; all of them where it is gone."""
    behind = list(dropwhile(lambda one: one.id != old, ours))[1:]
    return behind if any(one.id == old for one in ours) else list(ours)


def not_ours(one: Comment) -> str:
    """Why nothing is posted beside a comment with our mark that another account wrote, and what to do."""
    who = f"{one.name} ({one.author})" if one.name else one.author or "an account that is gone"
    other_way = ", or run the hub as that account" if one.author else ""
    return f"{who} posted a comment with this hub's mark there: delete that comment{other_way}"
