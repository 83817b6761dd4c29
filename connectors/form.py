"""A comment's text as a short hash, to notice that somebody changed it; and whether a later one speaks of it."""

import hashlib

from hub.model.message import HEADLINE


def body_hash(text: str) -> str:
    """The hash of a text, whatever its white space: trackers trim and re-wrap what they are given."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def without_whitespace(text: str) -> str:
    """A text without any white space: trackers trim and re-wrap what they are given."""
    return "".join(text.split())


def mentions_hub(text: str, names: tuple[str, ...]) -> bool:
    """Whether a person's comment quotes the hub's or calls its account by one of the names."""
    return HEADLINE in text or any(name and name in text for name in names)
