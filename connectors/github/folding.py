"""Folds a comment of ours away as resolved, or shows it again."""

from collections.abc import Callable

from connectors.github import comment_api
from connectors.github.api import Issue
from connectors.wire import Request, Response, content_of
from hub.model.errors import RetryLater, SourceError

Send = Callable[[Request], Response]


def fold(rest: Send, graphql: Send, issue: Issue, comment_id: str, *, folded: bool) -> None:
    """What may go another time is raised; an account that may not do it leaves the comment as it is."""
    try:
        found = content_of(rest(comment_api.read_comment(issue, comment_id)))
        already = isinstance(found, dict) and "minimized" in found and bool(found["minimized"]) == folded
        if isinstance(found, dict) and found.get("node_id") and not already:
            graphql(comment_api.fold_comment(str(found["node_id"]), folded=folded))
    except RetryLater:
        raise
    except SourceError:
        return
