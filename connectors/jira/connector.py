"""A Jira site as a connector: the thin shell between the pure parts and the gate."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from connectors.base import Actor, ConnectorPlugin, Delivery, World
from connectors.http import Limits
from connectors.jira import comment_api
from connectors.jira.commands import Ear, listen
from connectors.jira.comment_words import says_in
from connectors.jira.comments import Comments
from connectors.jira.cursor import Cursor, print_of
from connectors.jira.dialect import Dialect
from connectors.jira.host import Host, host_of
from connectors.jira.label_edits import LabelEdits
from connectors.jira.layout import find_layout
from connectors.jira.okrs import with_okrs
from connectors.jira.reader import Reader
from connectors.jira.service_projects import ServiceProjects
from connectors.jira.settings import JiraSettings
from connectors.jira.setup import ControlPlane, authorization
from connectors.jira.terms import Reading
from connectors.jira.webhook import read_delivery
from connectors.jira.work_queries import served_by_query
from connectors.shared.settings import wording_of
from connectors.wire import MALFORMED
from hub.model.action import Comment, Target
from hub.model.check_up import Check
from hub.model.errors import CredentialsRefused, OutcomeUnknown, QueryRefused, SourceError, TicketGone
from hub.model.initiative import Gap, Known, Pulled
from hub.model.message import Message


class JiraConnector:
    """Reads what the query finds, and keeps one comment and the hub's labels on its tickets."""

    publishes = True

    def __init__(self, name: str, settings: JiraSettings, world: World) -> None:
        """Opens no connection yet."""
        self.name, self.accepted_gaps = name, settings.accepted_gaps
        self.keeps_okrs = settings.okrs is not None
        self.wording = wording_of(settings.key_results, settings.commands)
        self._settings = settings
        self._world = world
        limits = Limits(
            in_flight=settings.in_flight,
            max_wait=settings.max_wait,
            read=settings.read_timeout,
            writes_per_minute=settings.writes_per_minute,
            writes_per_hour=settings.writes_per_hour,
            reads_per_second=settings.reads_per_second,
        )
        self._control = ControlPlane(name, settings, world, limits)
        self._gate = self._control.gate(self._sign, self._writer)
        self._service_projects = ServiceProjects(self._gate)
        self._actor: Actor | None = None
        self._answers: Host | None = None
        self._label_edits = LabelEdits(name, self._gate)

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
        cursor = Cursor.parse(known.cursor) if known else None
        try:
            pulled = self._changes(known, cursor) if known and cursor else None
            pulled = listen(pulled or self._everything(), known, self._ear, self._settings.commands)
        except (CredentialsRefused, QueryRefused):
            raise
        except SourceError as error:
            pulled = Pulled(self.name, gaps=(Gap(self.name, error.what),))
        return replace(pulled, requests=self._requests - before, gaps=self._gate.redact.in_gaps(pulled.gaps))

    def look_up(self, missing: Known) -> Pulled:
        """See `connectors.base.LooksUp`."""
        return Reader(self._gate, self._reading(host := self._host()), self._world, host).look_up(missing)

    def served_by_query(self, queries: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
        """See `connectors.base.AnswersQueries`."""
        return served_by_query(
            queries, self._gate, self._settings, name=self.name, world=self._world, dialect=self._dialect
        )

    def _ear(self) -> Ear:
        chosen, dialect = self._settings, self._dialect
        return Ear(self._gate, dialect.root, self._writer, chosen.commands, chosen.query, dialect.expand)

    def _everything(self) -> Pulled:
        """Who we are first: a wrong token can look like an empty site."""
        host = self._host()
        self.whoami()
        reading = self._reading(host)
        pulled = Reader(self._gate, reading, self._world, host).everything()
        return self._with_okrs(pulled, None, reading, host)

    def _changes(self, known: Known, cursor: Cursor) -> Pulled | None:
        """Only what changed; None where tickets are read otherwise than they were."""
        host = self._answers or cursor.host
        if host is None:
            return None
        reading = self._reading(host, cursor.default_priority)
        if print_of(reading) != cursor.fingerprint:
            return None
        self._answers = host
        pulled = Reader(self._gate, reading, self._world, host).changes(known, cursor)
        return self._with_okrs(pulled, known, reading, host)

    def _with_okrs(self, pulled: Pulled, known: Known | None, reading: Reading, host: Host) -> Pulled:
        return with_okrs(pulled, known, gate=self._gate, reading=reading, world=self._world, dialect=host.dialect)

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """The ticket's comments that carry the mark."""
        return [replace(self._comment(target, one), author=one.author) for one in self._comments.marked(target)]

    def says(self, target: Target, message: Message) -> str:
        """See `connectors.base.Connector.says`."""
        return says_in(self._dialect.body(message))

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """The comment as it stands now."""
        found = self._comments.one(target, comment_id)
        return None if found is None else self._comment(target, found)

    def replied(self, target: Target, comment_id: str) -> bool:
        """Whether a person answered the comment."""
        return self._comments.replied(target, comment_id)

    def search_comments(self, targets: Sequence[Target]) -> Iterator[tuple[Target, Comment]]:
        """Ticket by ticket: no search of Jira's knows the mark."""
        for target in targets:
            with suppress(TicketGone):
                yield from ((target, self._comment(target, one)) for one in self._comments.ours(target))

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Send once, mark and all."""
        content = self._content(target, message)
        request = comment_api.create_comment(target, content, self._dialect.root)
        try:
            return self._comment(target, comment_api.comment_in(self._gate.send(request)))
        except MALFORMED:
            raise OutcomeUnknown(self.name, "the answer names no comment", key=target.ref.key) from None

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place: silently, unless something got worse."""
        params = None if message.loud else self._dialect.edit_params
        content = self._content(target, message)
        request = comment_api.update_comment(target, comment_id, content, self._dialect.root, params)
        return self._comment(target, self._comments.read(request, comment_api.comment_in))

    def _content(self, target: Target, message: Message) -> comment_api.Json:
        internal = self._service_projects.have(target, self._dialect.root)
        return self._comments.content(target, message, internal=internal)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Remove our comment; one that is gone already is fine."""
        with suppress(TicketGone):
            self._gate.send(comment_api.delete_comment(target, comment_id, self._dialect.root))

    def change_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """One edit; without mail where the account may do that, which is found out once for each project."""
        if add or remove:
            self._label_edits.change(target, add, remove, self._dialect.root)

    def diagnose(self) -> Iterable[Check]:
        """What works at this site and what does not."""
        from connectors.jira.diagnose import Site, diagnose  # noqa: PLC0415 - a sync never needs it

        return diagnose(Site(self.name, self._settings, self._gate, self._control, self._world, self.whoami))

    def read_delivery(self, headers: Mapping[str, str], body: bytes, path_secret: str = "") -> Delivery:
        """See `Listens.read_delivery`."""
        return read_delivery(headers, body, path_secret, self._settings, self._actor.id if self._actor else "")

    def close(self) -> None:
        """Let go of connections."""
        self._gate.close()
        self._control.close()

    @property
    def _requests(self) -> int:
        return self._gate.requests + self._control.requests

    def _writer(self) -> str:
        return self.whoami().id

    def _sign(self) -> Mapping[str, str]:
        return authorization(self._settings)

    def _reading(self, host: Host, default_priority: str | None = None) -> Reading:
        """Where the site keeps what."""
        self._control.version = host.dialect.version
        layout = find_layout(self._control.fields(), self._settings, links_up=host.dialect.links_up)
        return Reading(self.name, self._settings, layout, host.url, self._control.default_priority(default_priority))

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

    @property
    def _comments(self) -> Comments:
        return Comments(self.name, self._gate, self._dialect, self._world.workspace, self.whoami())

    def _comment(self, target: Target, found: comment_api.Listed) -> Comment:
        return comment_api.shown(found, f"{self._host().url}/browse/{target.ref.key}", found.author or self.whoami().id)


PLUGIN = ConnectorPlugin("jira", JiraSettings, JiraConnector)
