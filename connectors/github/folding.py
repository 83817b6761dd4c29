"""Folds a comment of ours away as resolved, or shows it again."""

from collections.abc import Callable

from connectors.github import comment_api
from connectors.github.api import Issue
from connectors.wire import Request, Response, content_of
from hub.model.errors import RetryLater, SourceError

Send = Callable[[Request], Response]


def minimize(send: Send, send_graphql: Send, issue: Issue, comment_id: str, *, minimized: bool) -> None:
    """What may go another time is raised; an account that may not do it leaves the comment as it is."""
    try:
        comment = content_of(send(comment_api.read_comment(issue, comment_id)))
        is_up_to_date = isinstance(comment, dict) and "minimized" in comment and bool(comment["minimized"]) == minimized
        if isinstance(comment, dict) and comment.get("node_id") and not is_up_to_date:
            send_graphql(comment_api.minimize_comment(str(comment["node_id"]), minimized=minimized))
    except RetryLater:
        raise
    except SourceError:
        return
