"""A comment's text as a short hash, to notice that somebody changed it; and whether a later one speaks of it."""

import hashlib
from collections.abc import Iterable

from hub.model.action import Comment

HEADLINE = "OKR check:"
"""What every comment of the hub begins with for people's eyes, and so what a quotation of it holds."""


def form_of(text: str) -> str:
    """The hash of a text, whatever its white space: trackers trim and re-wrap what they are given."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def speaks_of_us(text: str, names: tuple[str, ...]) -> bool:
    """Whether a person's comment quotes the hub's or calls its account by one of the names."""
    return HEADLINE in text or any(name and name in text for name in names)


def newest(ours: Iterable[Comment], after: str = "") -> Comment | None:
    """The newest of our comments, or the newest that came after the one of that id: ids grow on both trackers."""
    since = int(after) if after.isdecimal() else 0
    return max((one for one in ours if _number(one) > since), key=_number, default=None)


def _number(comment: Comment) -> int:
    return int(comment.id) if comment.id.isdecimal() else 0
