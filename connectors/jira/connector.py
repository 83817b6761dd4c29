"""A Jira site as a connector: joins the pure parts with the HTTP client."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from connectors.base import Actor, Capabilities, ConnectorContext, ConnectorPlugin, Setup
from connectors.capabilities import Delivery
from connectors.gc_pause import gc_paused
from connectors.jira import comments_api, remote_links
from connectors.jira.admin_client import AdminClient, LabelEdits, ServiceProjects, authorization, limits_of
from connectors.jira.commands import CommandReader, begin_search, read_commands
from connectors.jira.comments import Comments
from connectors.jira.comments_api import rendered_text_of
from connectors.jira.fields import build_field_map
from connectors.jira.first_requests import begin_changes, begin_full_pull, is_password
from connectors.jira.pull import Reader
from connectors.jira.queries import tickets_by_query
from connectors.jira.server_info import CLOUD, Cursor, Dialect, ServerInfo, cursor_fingerprint, read_server_info
from connectors.jira.settings import JiraSettings
from connectors.jira.values import NormaliseContext
from connectors.jira.webhook import read_delivery
from connectors.shared.settings import wording_of
from hub.model.action import Comment, RemoteLink, Target
from hub.model.errors import Check, CredentialsRefused, QueryRefused, SourceError, TicketNotFound
from hub.model.initiative import Gap, PullResult, PullState
from hub.model.measure import Measure
from hub.model.message import Message
from hub.model.survey import Place, Setting, Survey


class JiraConnector:
    """Reads what the query finds, and keeps one comment and the hub's labels on its tickets."""

    def __init__(self, name: str, settings: JiraSettings, context: ConnectorContext) -> None:
        """Opens no connection yet."""
        self.name, self.accepted_gaps = name, settings.accepted_gaps
        self.has_okrs = settings.okrs is not None
        self.wording = wording_of(settings.key_results, settings.commands)
        self._settings = settings
        self._context = context
        self._admin_client = AdminClient(name, settings, context, limits_of(settings))
        self._client = self._admin_client.api_client(self._sign, self._writer)
        self._service_projects = ServiceProjects(self._client)
        self._actor: Actor | None = None
        self._server_info: ServerInfo | None = None
        self._label_edits = LabelEdits(name, self._client)

    @property
    def capabilities(self) -> Capabilities:
        """Jira takes labels without defining them, folds no comments, and has no reactions."""
        return Capabilities(
            comments=self,
            labels=self,
            threads=self,
            webhooks=self,
            lookup=self,
            work_queries=self,
            survey=self,
            measures=self,
            remote_links=self,
        )

    def whoami(self) -> Actor:
        """The account; asked once and remembered."""
        if self._actor is None:
            self._server()
            user = self._admin_client.myself()
            if not (account := comments_api.identity(user)):
                raise CredentialsRefused(self.name, "the site treats us as anonymous: check email and token")
            self._actor = Actor(account, str(user.get("displayName") or ""))
        return self._actor

    def pull(self, known: PullState | None = None) -> PullResult:
        """Read what changed since what is known; everything that the query finds where that does not do."""
        previous_requests, started_at = self._requests, self._context.now()
        open_reader = partial(self._command_reader, started_at)
        cursor = Cursor.parse(known.cursor) if known else None
        try:
            with gc_paused():
                pulled = self._pull_changes(known, cursor, started_at) if known and cursor else None
                pulled = pulled or self._pull_all(started_at, first=known is None)
                pulled = read_commands(pulled, known, open_reader, self._settings.commands)
        except (CredentialsRefused, QueryRefused):
            raise
        except SourceError as error:
            pulled = PullResult(self.name, gaps=(Gap(self.name, error.detail),))
        finally:
            self._client.forget_begun()
            self._admin_client.forget_begun()
        return replace(
            pulled, requests=self._requests - previous_requests, gaps=self._client.redact.in_gaps(pulled.gaps)
        )

    def look_up(self, missing: PullState) -> PullResult:
        """See `connectors.capabilities.SupportsLookup`."""
        context = self._normalise_context(server := self._server())
        return Reader(self._client, context, self._context, server).look_up(missing)

    def tickets_by_query(self, queries: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
        """See `connectors.capabilities.SupportsWorkQueries`."""
        return tickets_by_query(
            queries, self._client, self._settings, name=self.name, context=self._context, dialect=self._dialect
        )

    def measure(self, measure: Measure) -> float:
        """See `connectors.capabilities.SupportsMeasures`."""
        from connectors.jira.measure import measure as read_measure  # noqa: PLC0415 - few workspaces measure

        return read_measure(
            measure,
            self._client,
            self._settings,
            name=self.name,
            context=self._context,
            dialect=self._dialect,
            fields=self._admin_client.fields,
        )

    def _command_reader(self, started_at: datetime) -> CommandReader:
        settings = self._settings
        return CommandReader(
            self._client,
            self._dialect,
            self._writer,
            settings.commands,
            settings.query,
            self._is_service_project,
            settled=started_at - timedelta(seconds=settings.lookback_seconds),
        )

    def _pull_all(self, started_at: datetime, *, first: bool) -> PullResult:
        """Who we are first: a wrong token can look like an empty site."""
        if is_password(self._settings):
            self._server()
        has_account = self._actor is not None
        begin_full_pull(self._client, self._admin_client, self._settings, self._server_info, has_account=has_account)
        server = self._server()
        self.whoami()
        normalise_context = self._normalise_context(server)
        reader = Reader(self._client, normalise_context, self._context, server, started_at)
        listens = first and self._settings.commands.enabled
        return reader.pull_all(partial(begin_search, self._command_reader(started_at)) if listens else iter)

    def _pull_changes(self, known: PullState, cursor: Cursor, started_at: datetime) -> PullResult | None:
        """Only what changed; None where tickets are read otherwise than they were."""
        server = self._server_info or cursor.server
        if server is None:
            return None
        reconcile = cursor.is_due(started_at, self._settings.full_resync_hours)
        begin_changes(self._client, self._settings, server.dialect, known, cursor, reconcile=reconcile)
        normalise_context = self._normalise_context(server, cursor.default_priority)
        if cursor_fingerprint(normalise_context) != cursor.fingerprint:
            return None
        self._server_info = server
        reader = Reader(self._client, normalise_context, self._context, server, started_at)
        return reader.pull_changes(known, cursor)

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """The ticket's comments that carry the mark."""
        return self._comments.marked(target)

    def rendered_text(self, target: Target, message: Message) -> str:
        """See `connectors.base.SupportsComments.rendered_text`."""
        return rendered_text_of(self._dialect.body(message))

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """The comment as it stands now."""
        return self._comments.find(target, comment_id)

    def has_reply(self, target: Target, comment_id: str) -> bool:
        """Whether a person answered the comment."""
        return self._comments.replied(target, comment_id)

    def find_own_comments(self, targets: Sequence[Target]) -> Iterator[tuple[Target, Comment]]:
        """Ticket by ticket: no search of Jira's knows the mark."""
        for target in targets:
            with suppress(TicketNotFound):
                yield from ((target, comment) for comment in self._comments.own(target))

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Send once, mark and all."""
        return self._comments.create(target, message)

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place: silently, unless something got worse."""
        return self._comments.update(target, comment_id, message)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Remove our comment; one that is gone already is fine."""
        self._comments.delete(target, comment_id)

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """One edit; without mail where the account may do that, which is found out once for each project."""
        if add or remove:
            self._label_edits.change(target, add, remove, self._dialect.root)

    def set_remote_link(self, target: Target, link: RemoteLink) -> None:
        """See `connectors.capabilities.SupportsRemoteLinks`."""
        self._client.send(remote_links.set_remote_link(target, link, self._dialect.root))

    def remove_remote_link(self, target: Target, global_id: str) -> None:
        """See `connectors.capabilities.SupportsRemoteLinks`."""
        self._client.send(remote_links.remove_remote_link(target, global_id, self._dialect.root))

    def remote_link_ids(self, target: Target) -> Sequence[str]:
        """See `connectors.capabilities.SupportsRemoteLinks`."""
        return remote_links.read_link_ids(self._client, self.name, target, self._dialect.root)

    def diagnose(self) -> Iterable[Check]:
        """What works at this site and what does not."""
        from connectors.jira.diagnose import Site, diagnose  # noqa: PLC0415 - a sync never needs it

        return diagnose(Site(self.name, self._settings, self._client, self._admin_client, self._context, self.whoami))

    def survey(self, places: Sequence[str] = ()) -> Survey:
        """See `connectors.capabilities.SupportsSurvey`."""
        from connectors.jira.survey import SurveySite, cloud_id_of, survey  # noqa: PLC0415 - a sync never needs it

        try:
            actor, cloud = self.whoami(), self._dialect is CLOUD
        except CredentialsRefused:
            # A token with scopes is refused at the site itself, and works through the gateway.
            if not (cloud_id := cloud_id_of(self.name, self._settings, self._context)):
                raise
            settings = self._settings.model_copy(update={"cloud_id": cloud_id})
            with closing(JiraConnector(self.name, settings, self._context)) as connector:
                return connector.survey(places)
        return survey(SurveySite(self.name, self._settings, self._client, self._admin_client, cloud), actor, places)

    def propose(self, survey: Survey, places: Sequence[Place]) -> tuple[Setting, ...]:
        """See `connectors.capabilities.SupportsSurvey`."""
        from connectors.jira.survey import propose  # noqa: PLC0415 - a sync never needs it

        return propose(survey, places)

    def read_delivery(self, headers: Mapping[str, str], body: bytes, path_secret: str = "") -> Delivery:
        """See `SupportsWebhooks.read_delivery`."""
        return read_delivery(headers, body, path_secret, self._settings, self._actor.id if self._actor else "")

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()
        self._admin_client.close()

    @property
    def _requests(self) -> int:
        return self._client.requests + self._admin_client.requests

    def _writer(self) -> str:
        return self.whoami().id

    def _sign(self) -> Mapping[str, str]:
        return authorization(self._settings)

    def _normalise_context(self, server: ServerInfo, default_priority: str | None = None) -> NormaliseContext:
        """Where the site keeps what."""
        settings, dialect = self._settings, server.dialect
        field_map = build_field_map(self._admin_client.fields(), settings, legacy_parents=dialect.legacy_parents)
        if default_priority is None and settings.default_priority is None and dialect is CLOUD:
            default_priority = self._admin_client.default_priority()
        return NormaliseContext(self.name, settings, field_map, server.url, default_priority or "")

    def _server(self) -> ServerInfo:
        """Which site answers, and so how it is spoken to; asked once and remembered."""
        if self._server_info is None:
            info = self._admin_client.server_info()
            self._server_info = read_server_info(info, self._settings)
            if self._server_info is None:
                raise SourceError(self.name, f"this site is {info.get('deploymentType')}, no Jira Cloud or Data Center")
        return self._server_info

    @property
    def _dialect(self) -> Dialect:
        return self._server().dialect

    @property
    def _comments(self) -> Comments:
        return Comments(
            self.name,
            self._client,
            self._server(),
            self._context.workspace,
            self.whoami(),
            is_service_project=self._is_service_project,
        )

    def _is_service_project(self, target: Target) -> bool:
        return self._service_projects.includes(target, self._dialect.root)


def _setup() -> Setup:
    from connectors.jira.survey import SurveySettings, guide  # noqa: PLC0415 - only `hub init` needs it

    return Setup(SurveySettings, guide)


PLUGIN = ConnectorPlugin("jira", JiraSettings, JiraConnector, _setup)
