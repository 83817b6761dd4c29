"""A Jira site as a connector: the thin shell between the pure parts and the gate."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from connectors.base import Actor, World
from connectors.http import Gate, Limits
from connectors.jira import api
from connectors.jira.format import document
from connectors.jira.layout import find_layout
from connectors.jira.normalise import Reading, browse
from connectors.jira.reading import Pull
from connectors.jira.settings import JiraSettings
from connectors.jira.setup import ControlPlane
from connectors.wire import Request, Response
from hub.model.action import Comment, Target
from hub.model.errors import CredentialsRefused, OutcomeUnknown, QueryRefused, SourceError, TicketGone
from hub.model.initiative import Gap, Pulled
from hub.model.message import Message

T = TypeVar("T")
MARKS_AT_ONCE = 100


class JiraConnector:
    """Reads what the query finds, and keeps one comment and the hub's labels on its tickets."""

    publishes = True
    labels_created: tuple[str, ...] = ()

    def __init__(self, name: str, settings: JiraSettings, world: World) -> None:
        """Opens no connection yet."""
        self.name = name
        self._settings = settings
        self._world = world
        limits = Limits(
            in_flight=settings.in_flight,
            max_wait=settings.max_wait,
            writes_per_minute=settings.writes_per_minute,
            reads_per_second=settings.reads_per_second,
        )
        self._control = ControlPlane(name, settings, world, limits)
        token = settings.token.get_secret_value()
        secrets = (token, f"{settings.email}:{token}")
        self._gate = Gate(name, settings.api_url, sign=self._sign, world=world, limits=limits, secrets=secrets)
        self._actor: Actor | None = None
        self._edits_quietly: dict[str, bool] = {}

    def whoami(self) -> Actor:
        """The account; asked once and remembered."""
        if self._actor is None:
            me = self._control.myself()
            if not me.get("accountId"):
                raise CredentialsRefused(self.name, "the site took us for nobody: check e-mail and token")
            self._actor = Actor(str(me["accountId"]), str(me.get("displayName") or ""))
        return self._actor

    def pull(self) -> Pulled:
        """Read everything that the query finds."""
        before = self._requests
        try:
            pull = Pull(self._gate, self._prepare(), self._world)
            pull.run()
        except (CredentialsRefused, QueryRefused):
            raise
        except SourceError as error:
            return Pulled(self.name, gaps=(Gap(self.name, error.what),), requests=self._requests - before)
        return Pulled(self.name, tuple(pull.initiatives), tuple(pull.gaps), self._requests - before)

    def find_comment(self, target: Target) -> Comment | None:
        """Our own comment on the ticket: the oldest that carries the mark and that our account wrote."""
        mine = [id_ for id_, author in self._comments(target) if author == self.whoami().id]
        for start in range(0, len(mine), MARKS_AT_ONCE):
            some = mine[start : start + MARKS_AT_ONCE]
            marked = self._read(api.comment_marks(some), lambda answer: api.marked(answer, self._world.workspace))
            if found := next((id_ for id_ in some if id_ in marked), None):
                return self._comment(target, found)
        return None

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Send once, mark and all."""
        request = api.create_comment(target, document(message), self._world.workspace)
        created = self._gate.send(request).json()
        if not isinstance(created, dict) or not created.get("id"):
            raise OutcomeUnknown(self.name, "the answer names no comment", key=target.ref.key)
        return self._comment(target, str(created["id"]), api.author_of(created))

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place and silently."""
        self._gate.send(api.update_comment(target, comment_id, document(message)))
        return self._comment(target, comment_id)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Remove our comment; one that is gone already is fine."""
        try:
            self._gate.send(api.delete_comment(target, comment_id))
        except TicketGone:
            return

    def change_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """One edit; without mail where the account may do that, which is found out once for each project."""
        if not (add or remove):
            return
        project = target.ref.key.rpartition("-")[0]
        if self._edits_quietly.get(project, True) and self._edited_quietly(target, project, add, remove):
            return
        self._gate.send(api.change_labels(target, add, remove, quietly=False))

    def close(self) -> None:
        """Let go of connections."""
        self._gate.close()
        self._control.close()

    @property
    def _requests(self) -> int:
        return self._gate.requests + self._control.requests

    def _sign(self) -> Mapping[str, str]:
        token = self._settings.token.get_secret_value()
        if self._settings.email is None:
            return {"Authorization": f"Bearer {token}"}
        pair = base64.b64encode(f"{self._settings.email}:{token}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def _prepare(self) -> Reading:
        """Who we are and where the site keeps what: a wrong token can look like an empty site, so ask first."""
        kind = self._control.server_info().get("deploymentType")
        if kind != "Cloud":
            raise SourceError(self.name, f"the hub reads Jira Cloud, and this site is {kind}")
        self.whoami()
        settings = self._settings
        try:
            layout = find_layout(
                self._control.fields(),
                start=settings.start_field,
                due=settings.due_field,
                key_result=settings.key_results.field,
            )
        except LookupError as missing:
            raise QueryRefused(self.name, str(missing)) from None
        return Reading(self.name, settings, layout)

    def _comments(self, target: Target) -> Sequence[tuple[str, str]]:
        authors: list[tuple[str, str]] = []
        start: int | None = 0
        while start is not None:
            page = self._read(api.list_comments(target, start), api.comment_page)
            authors += page.authors
            start = page.next_start
        return authors

    def _read(self, request: Request, read: Callable[[Response], T]) -> T:
        try:
            return read(self._gate.send(request))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise SourceError(self.name, f"unreadable answer: {wrong}"[:200], key=request.ticket) from None

    def _comment(self, target: Target, comment_id: str, author: str = "") -> Comment:
        url = f"{browse(self._settings, target.ref.key)}?focusedCommentId={comment_id}"
        return Comment(comment_id, author or self.whoami().id, url)

    def _edited_quietly(self, target: Target, project: str, add: frozenset[str], remove: frozenset[str]) -> bool:
        """Jira lets only administrators edit without mail; others it refuses, or silently changes nothing."""
        try:
            self._gate.send(api.change_labels(target, add, remove, quietly=True))
        except CredentialsRefused:
            self._edits_quietly[project] = False
            return False
        if project not in self._edits_quietly:
            labels = self._read(api.read_labels(target), api.labels_of)
            self._edits_quietly[project] = add <= labels and not remove & labels
        return self._edits_quietly[project]
