"""A Jira site as a connector: the thin shell between the pure parts and the gate."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from connectors.base import Actor, World
from connectors.http import Gate, Limits
from connectors.jira import api, comment_api
from connectors.jira.cursor import Cursor, print_of
from connectors.jira.dialect import Dialect
from connectors.jira.host import Host, host_of
from connectors.jira.layout import find_layout
from connectors.jira.normalise import Reading
from connectors.jira.reader import Reader
from connectors.jira.settings import JiraSettings
from connectors.jira.setup import ControlPlane
from connectors.wire import Request, Response
from hub.model.action import Comment, Target
from hub.model.check_up import Check
from hub.model.errors import CredentialsRefused, OutcomeUnknown, QueryRefused, SourceError, TicketGone
from hub.model.initiative import Gap, Known, Pulled
from hub.model.message import Message

T = TypeVar("T")


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
            read=settings.read_timeout,
            max_wait=settings.max_wait,
            writes_per_hour=settings.writes_per_hour,
            writes_per_minute=settings.writes_per_minute,
            reads_per_second=settings.reads_per_second,
        )
        self._control = ControlPlane(name, settings, world, limits)
        token = settings.token.get_secret_value()
        secrets = (token, f"{settings.email}:{token}")
        self._gate = Gate(name, settings.api_url, sign=self._sign, world=world, limits=limits, secrets=secrets)
        self._actor: Actor | None = None
        self._answers: Host | None = None
        self._edits_quietly: dict[str, bool] = {}

    def whoami(self) -> Actor:
        """The account; asked once and remembered."""
        if self._actor is None:
            self._host()
            me = self._control.myself()
            if not (account := comment_api.identity(me)):
                raise CredentialsRefused(self.name, "the site took us for nobody: check e-mail and token")
            self._actor = Actor(account, str(me.get("displayName") or ""))
        return self._actor

    def pull(self, known: Known | None = None) -> Pulled:
        """Read what changed since what is known; everything that the query finds where that does not do."""
        before = self._requests
        cursor = Cursor.read(known.cursor) if known else None
        try:
            pulled = self._changes(known, cursor) if known and cursor else None
            pulled = pulled or self._everything()
        except (CredentialsRefused, QueryRefused):
            raise
        except SourceError as error:
            pulled = Pulled(self.name, gaps=(Gap(self.name, error.what),))
        return replace(pulled, requests=self._requests - before)

    def _everything(self) -> Pulled:
        """Who we are first: a wrong token can look like an empty site."""
        host = self._host()
        self.whoami()
        return Reader(self._gate, self._reading(host), self._world, host).everything()

    def _changes(self, known: Known, cursor: Cursor) -> Pulled | None:
        """Only what changed; None where tickets are read otherwise than they were."""
        host = self._answers or cursor.host
        if host is None:
            return None
        reading = self._reading(host)
        if print_of(reading) != cursor.print:
            return None
        self._answers = host
        return Reader(self._gate, reading, self._world, host).changes(known, cursor)

    def find_comment(self, target: Target) -> Comment | None:
        """Our own comment on the ticket: the oldest that carries the mark and that our account wrote."""
        me, step = self.whoami().id, self._dialect.marks_at_once
        mine = [one for one in self._comments(target) if one.author == me]
        for start in range(0, len(mine), step):
            some = mine[start : start + step]
            marked = self._marked(some)
            if found := next((one.id for one in some if one.id in marked), None):
                return self._comment(target, found)
        return None

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Send once, mark and all."""
        dialect = self._dialect
        request = comment_api.create_comment(target, dialect.body(message), self._world.workspace, dialect.root)
        created = self._gate.send(request).json()
        if not isinstance(created, dict) or not created.get("id"):
            raise OutcomeUnknown(self.name, "the answer names no comment", key=target.ref.key)
        return self._comment(target, str(created["id"]), comment_api.author_of(created))

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place and silently."""
        dialect = self._dialect
        body = dialect.body(message)
        self._gate.send(comment_api.update_comment(target, comment_id, body, dialect.root, dialect.edit_params))
        return self._comment(target, comment_id)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Remove our comment; one that is gone already is fine."""
        try:
            self._gate.send(comment_api.delete_comment(target, comment_id, self._dialect.root))
        except TicketGone:
            return

    def change_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """One edit; without mail where the account may do that, which is found out once for each project."""
        if not (add or remove):
            return
        project = target.ref.key.rpartition("-")[0]
        if self._edits_quietly.get(project, True) and self._edited_quietly(target, project, add, remove):
            return
        self._gate.send(api.change_labels(target, add, remove, quietly=False, root=self._dialect.root))

    def diagnose(self) -> Iterable[Check]:
        """What works at this site and what does not."""
        from connectors.jira.diagnose import Site, diagnose  # noqa: PLC0415 - a sync never needs it

        return diagnose(Site(self.name, self._settings, self._gate, self._control, self._world, self.whoami))

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

    def _reading(self, host: Host) -> Reading:
        """Where the site keeps what."""
        self._control.version = host.dialect.version
        layout = find_layout(self._control.fields(), self._settings, links_up=host.dialect.links_up)
        return Reading(self.name, self._settings, layout, host.url)

    def _host(self) -> Host:
        """Which site answers, and so how it is spoken to; asked once and remembered."""
        if self._answers is None:
            info = self._control.server_info()
            self._answers = host_of(info, self._settings)
            if self._answers is None:
                kind = info.get("deploymentType")
                raise SourceError(self.name, f"the hub reads Jira Cloud and Data Center, and this site is {kind}")
        return self._answers

    @property
    def _dialect(self) -> Dialect:
        return self._host().dialect

    def _comments(self, target: Target) -> Sequence[comment_api.Listed]:
        dialect, listed = self._dialect, list[comment_api.Listed]()
        start: int | None = 0
        while start is not None:
            request = comment_api.list_comments(target, start, dialect.root, dialect.expand)
            page = self._read(request, comment_api.comment_page)
            listed += page.comments
            start = page.next_start
        return listed

    def _marked(self, some: Sequence[comment_api.Listed]) -> frozenset[str]:
        """Which of the comments carry our mark; those that came without their properties are asked for them."""
        workspace = self._world.workspace
        told = ((one.id, one.properties) for one in some if one.properties is not None)
        ours = frozenset(id_ for id_, properties in told if comment_api.is_ours(properties, workspace))
        untold = [one.id for one in some if one.properties is None]
        if not untold:
            return ours
        marked = self._dialect.marked
        try:
            return ours | self._read(self._dialect.ask_marks(untold), lambda answer: marked(answer, untold, workspace))
        except TicketGone:
            return ours

    def _read(self, request: Request, read: Callable[[Response], T]) -> T:
        try:
            return read(self._gate.send(request))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise SourceError(self.name, f"unreadable answer: {wrong}"[:200], key=request.ticket) from None

    def _comment(self, target: Target, comment_id: str, author: str = "") -> Comment:
        url = f"{self._host().url}/browse/{target.ref.key}?focusedCommentId={comment_id}"
        return Comment(comment_id, author or self.whoami().id, url)

    def _edited_quietly(self, target: Target, project: str, add: frozenset[str], remove: frozenset[str]) -> bool:
        """Jira lets only administrators edit without mail; others it refuses, or silently changes nothing."""
        try:
            self._gate.send(api.change_labels(target, add, remove, quietly=True, root=self._dialect.root))
        except CredentialsRefused:
            self._edits_quietly[project] = False
            return False
        if project not in self._edits_quietly:
            labels = self._read(api.read_labels(target, self._dialect.root), api.labels_of)
            self._edits_quietly[project] = add <= labels and not remove & labels
        return self._edits_quietly[project]
