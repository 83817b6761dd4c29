"""The tracker's requests and answers; nothing here touches the network."""

from pydantic import BaseModel

from connectors.http.messages import CallKind, Request


class User(BaseModel):
    """An account."""

    id: str
    name: str


class Ticket(BaseModel):
    """A ticket; `changed` grows with every change of anything on it, comments included."""

    id: int
    title: str
    text: str
    state: str
    labels: list[str]
    changed: int
    comments: int
    url: str


class TicketPage(BaseModel):
    """Tickets by their last change, the oldest first; `more` says whether others follow."""

    tickets: list[Ticket]
    more: bool


class TrackerComment(BaseModel):
    """A comment; `written` is when it was last changed, in seconds since 1970."""

    id: int
    author: User
    text: str
    written: float


class CommentList(BaseModel):
    """The comments of a ticket, the oldest first."""

    comments: list[TrackerComment]


def me() -> Request:
    """Who we are."""
    return Request("GET", "/api/me")


def tickets(project: str, after: int, limit: int) -> Request:
    """What changed after this number; 0 for all tickets."""
    return Request("GET", f"/api/projects/{project}/tickets", {"after": after, "limit": limit})


def ticket(id_: str) -> Request:
    """One ticket."""
    return Request("GET", f"/api/tickets/{id_}", ticket=id_)


def comments(ticket_id: str) -> Request:
    """All comments of a ticket."""
    return Request("GET", f"/api/tickets/{ticket_id}/comments", ticket=ticket_id)


def create_comment(ticket_id: str, text: str) -> Request:
    """A new comment; it must not be sent twice."""
    path = f"/api/tickets/{ticket_id}/comments"
    return Request("POST", path, body={"text": text}, kind=CallKind.WRITE, idempotent=False, ticket=ticket_id)


def update_comment(ticket_id: str, comment_id: str, text: str) -> Request:
    """Another text for a comment."""
    return Request("PUT", f"/api/comments/{comment_id}", body={"text": text}, kind=CallKind.WRITE, ticket=ticket_id)


def delete_comment(ticket_id: str, comment_id: str) -> Request:
    """A comment less."""
    return Request("DELETE", f"/api/comments/{comment_id}", kind=CallKind.WRITE, ticket=ticket_id)


def change_labels(ticket_id: str, add: list[str], remove: list[str]) -> Request:
    """Labels by delta."""
    body = {"add": add, "remove": remove}
    return Request("POST", f"/api/tickets/{ticket_id}/labels", body=body, kind=CallKind.WRITE, ticket=ticket_id)
