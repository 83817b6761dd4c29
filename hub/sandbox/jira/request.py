"""One call of the API: who calls, what they sent, and how they are refused."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.sandbox.jira.issue_json import IssueJson
from hub.sandbox.jira.records import Account, Comment, Issue
from hub.sandbox.jira.rows import Rows
from hub.sandbox.jira.shapes import Shapes, View

NO_ISSUE = "Issue does not exist or you do not have permission to see it."


class ApiError(Exception):
    """The call is refused with the vendor's two kinds of messages: general ones, and ones per field."""

    def __init__(self, status: int, *messages: str, **errors: str) -> None:
        self.status = status
        self.body = {"errorMessages": list(messages), "errors": errors}
        super().__init__(messages or errors)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was let in; `path` and `query` hold the parameters, `body` what the JSON said."""

    site: Rows
    writer: IssueJson
    account: Account
    view: View
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: Any = None

    @property
    def shapes(self) -> Shapes:
        """The shapes as this caller sees them."""
        return self.writer.shapes(self.view)

    def sees(self, issue: Issue) -> bool:
        """Whether the caller may browse the issue's project."""
        return self.account.projects is None or issue.project in self.account.projects

    def issue(self) -> Issue:
        """The issue in the path; refused with 404 where the caller does not see it."""
        issue = self.site.find(self.path["issue"])
        if issue is None or not self.sees(issue):
            raise ApiError(404, NO_ISSUE)
        return issue

    def comment(self, issue: Issue | None = None) -> Comment:
        """The comment in the path, which stands on that issue when one is given."""
        text = self.path["comment"]
        comment = self.site.comments.get(int(text)) if text.isdigit() else None
        if comment is None or (issue is not None and comment.issue != issue.id):
            raise ApiError(404, f"Can not find a comment for the id: {text}.")
        if not self.sees(self.site.issues[comment.issue]):
            raise ApiError(404, NO_ISSUE)
        return comment

    def require(self, permission: str, status: int, message: str) -> None:
        """Refuse a caller without the permission."""
        if permission not in self.account.permissions:
            raise ApiError(status, message)

    def number(self, name: str, default: int) -> int:
        """A whole number among the query's parameters."""
        text = self.query.get(name, "")
        if text and not text.isdigit():
            raise ApiError(400, f"'{text}' is not a valid value for '{name}'.")
        return int(text) if text else default

    def object(self) -> dict[str, Any]:
        """The body, which must be a JSON object."""
        if not isinstance(self.body, dict):
            raise ApiError(400, "Invalid request payload. Refer to the REST API documentation and try again.")
        return self.body


def answer(content: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return JSONResponse(content, status)


def raw(content: bytes, status: int = 200) -> Response:
    """An answer whose JSON has been written already."""
    return Response(content, status, media_type="application/json")


def no_content() -> Response:
    """The answer to a write that has nothing to say."""
    return Response(status_code=204)


async def body_of(request: Request) -> Any:
    """The request's JSON; None when there is no body."""
    sent = await request.body()
    if not sent:
        return None
    if "json" not in request.headers.get("content-type", ""):
        raise ApiError(415, "Unsupported Media Type")
    try:
        return json.loads(sent)
    except ValueError as error:
        raise ApiError(400, f"Unexpected character in the request body: {error}") from None
