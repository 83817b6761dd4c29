"""The tiny tracker: one project, tickets, comments and labels over HTTP, all in memory."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit

PROJECT = "books"
TOKEN = "tiny-token-5f2e"
HUB, PERSON = {"id": "u1", "name": "hub"}, {"id": "u2", "name": "Ana"}


@dataclass
class Comment:
    """A comment; `author` has `id` and `name`."""

    id: int
    ticket: int
    author: dict[str, str]
    text: str
    written: float


@dataclass
class Ticket:
    """A ticket; `changed` grows with every change of anything on it."""

    id: int
    title: str
    text: str
    state: str = "doing"
    labels: list[str] = field(default_factory=list)
    changed: int = 0
    comments: int = 0
    url: str = ""


class TinyTracker:
    """What the tracker holds, and what people do there."""

    def __init__(self) -> None:
        self.tickets: dict[int, Ticket] = {}
        self.comments: dict[int, Comment] = {}
        self.lock = Lock()
        self._ids, self._changes = count(1), count(1)

    def add_ticket(self, title: str, text: str = "", labels: tuple[str, ...] = ()) -> Ticket:
        ticket = Ticket(next(self._ids), title, text, labels=list(labels))
        ticket.url = f"https://tiny.example.org/{PROJECT}/{ticket.id}"
        self.tickets[ticket.id] = ticket
        self.touch(ticket)
        return ticket

    def add_comment(self, ticket: int, text: str, author: dict[str, str] = PERSON) -> Comment:
        comment = Comment(next(self._ids), ticket, author, text, time.time())
        self.comments[comment.id] = comment
        self.touch(self.tickets[ticket])
        return comment

    def edit_comment(self, comment: int, text: str) -> Comment:
        found = self.comments[comment]
        found.text, found.written = text, time.time()
        self.touch(self.tickets[found.ticket])
        return found

    def delete_comment(self, comment: int) -> None:
        self.touch(self.tickets[self.comments.pop(comment).ticket])

    def change_labels(self, ticket: int, add: list[str], remove: list[str]) -> None:
        found = self.tickets[ticket]
        found.labels = sorted({*found.labels, *add} - {*remove})
        self.touch(found)

    def comments_on(self, ticket: int) -> list[Comment]:
        return [comment for comment in self.comments.values() if comment.ticket == ticket]

    def touch(self, ticket: Ticket) -> None:
        ticket.changed, ticket.comments = next(self._changes), len(self.comments_on(ticket.id))

    def page(self, after: int, limit: int) -> dict[str, object]:
        newer = sorted((t for t in self.tickets.values() if t.changed > after), key=lambda ticket: ticket.changed)
        return {"tickets": [asdict(ticket) for ticket in newer[:limit]], "more": len(newer) > limit}

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, object]) -> object:
        """The answer to one request; KeyError for what is not there."""
        ids = [int(part) for part in re.findall(r"\d+", path)]
        if path == f"/api/projects/{PROJECT}/tickets":
            return self.page(int(query["after"]), int(query["limit"]))
        match method, re.sub(r"\d+", "N", path):
            case "GET", "/api/me":
                return HUB
            case "GET", "/api/tickets/N":
                return asdict(self.tickets[ids[0]])
            case "GET", "/api/tickets/N/comments":
                return {"comments": [asdict(comment) for comment in self.comments_on(self.tickets[ids[0]].id)]}
            case "POST", "/api/tickets/N/comments":
                return asdict(self.add_comment(self.tickets[ids[0]].id, str(body["text"]), HUB))
            case "PUT", "/api/comments/N":
                return asdict(self.edit_comment(ids[0], str(body["text"])))
            case "DELETE", "/api/comments/N":
                return self.delete_comment(ids[0])
            case "POST", "/api/tickets/N/labels":
                add, remove = body.get("add"), body.get("remove")
                assert isinstance(add, list)
                assert isinstance(remove, list)
                return self.change_labels(ids[0], add, remove)
        raise KeyError(path)


@contextmanager
def serve(tracker: TinyTracker) -> Iterator[str]:
    """The tracker's address on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.headers.get("authorization") != f"Bearer {TOKEN}":
                return self.reply(401, {"message": "unknown token"})
            try:
                with tracker.lock:
                    body = json.loads(content) if content else {}
                    return self.reply(200, tracker.answer(self.command, parts.path, query, body))
            except KeyError as missing:
                return self.reply(404, {"message": f"there is no {missing}"})

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def reply(self, status: int, content: object) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
