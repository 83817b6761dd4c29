"""A GitHub as a connector: joins the pure parts with the HTTP client."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connectors.base import Actor, Capabilities, ConnectorContext, ConnectorPlugin, Setup
from connectors.capabilities import Delivery
from connectors.gc_pause import gc_paused
from connectors.github import api, comments
from connectors.github.admin_client import AdminClient, LabelCreator, delete_label_definition, limits_of, secrets_of
from connectors.github.comments import CommandReader, minimize, read_commands, start_of_day
from connectors.github.graphql import FeatureDetectingClient
from connectors.github.markdown import body, is_marked, rendered_text
from connectors.github.okrs import with_okrs
from connectors.github.pull import Reader
from connectors.github.settings import GitHubSettings
from connectors.github.webhook import read_delivery
from connectors.http.client import Limits
from connectors.http.messages import Request, Response, content_of
from connectors.shared.comment_commands import mentions_hub
from connectors.shared.settings import wording_of
from hub.model.action import Comment, Target
from hub.model.errors import Check, OutcomeUnknown, SourceError, TicketNotFound
from hub.model.initiative import PullResult, PullState
from hub.model.measure import Measure
from hub.model.message import HEADLINE, Message
from hub.model.survey import Place, Setting, Survey

if TYPE_CHECKING:
    from connectors.github.diagnose import GitHubSite


class GitHubConnector:
    """Reads repositories and projects, and keeps one comment and the hub's labels on their issues."""

    def __init__(self, name: str, settings: GitHubSettings, context: ConnectorContext) -> None:
        """Opens no connection yet."""
        self.name = name
        self.wording = wording_of(settings.key_results, settings.commands, reacts=True)
        self.accepted_gaps = settings.accepted_gaps
        self.has_okrs = settings.okrs is not None
        self._settings = settings
        self._context = context
        self._addresses = api.Addresses.of(settings.url)
        limits = limits_of(settings)
        self._admin_client = AdminClient(name, settings, context, limits)
        self._client = self._build_client(limits)
        self._actor: Actor | None = None
        self._label_creator = LabelCreator(self._admin_client, self._client)

    @property
    def capabilities(self) -> Capabilities:
        """All but the tickets of a query."""
        return Capabilities(
            comments=self,
            labels=self,
            label_definitions=self,
            threads=self,
            minimize=self,
            reactions=self,
            webhooks=self,
            lookup=self,
            survey=self,
            measures=self,
        )

    def whoami(self) -> Actor:
        """The account; asked once and remembered."""
        if self._actor is None:
            self._actor = self._admin_client.whoami()
        return self._actor

    def pull(self, known: PullState | None = None) -> PullResult:
        """Read what changed since what is known; every configured repository and project where that does not do."""
        before = self._admin_client.requests + self._client.requests
        with gc_paused():
            pulled = Reader(self.name, self._settings, self._client, self._context).read(known)
            pulled = with_okrs(pulled, known, self._settings, self._client, self._context)
            pulled = read_commands(pulled, known, self._command_reader)
        requests = self._admin_client.requests + self._client.requests - before
        return replace(pulled, requests=requests, gaps=self._client.redact.in_gaps(pulled.gaps))

    def look_up(self, missing: PullState) -> PullResult:
        """See `connectors.capabilities.SupportsLookup`."""
        return Reader(self.name, self._settings, self._client, self._context).look_up(missing)

    @property
    def _command_reader(self) -> CommandReader:
        settings, workspace = self._settings, self._context.workspace
        return CommandReader(
            ask=lambda request: content_of(self._send_to_api(request)),
            account_id=lambda: self.whoami().id,
            is_own_comment=lambda text: is_marked(text, workspace),
            settings=settings.commands,
            lookback=timedelta(seconds=settings.lookback_seconds),
            since=start_of_day(self._context.cycle_start),
        )

    def measure(self, measure: Measure) -> float:
        """See `connectors.capabilities.SupportsMeasures`."""
        from connectors.github.measure import measure as read_measure  # noqa: PLC0415 - few workspaces measure

        places = (*self._settings.repositories, *self._settings.projects)
        return read_measure(measure, self._send_to_api, self._client, self.name, places)

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """The ticket's comments that begin with the mark; others than ours only where they read like ours."""
        return [self._comment(comment, target) for comment in self._comments(target) if self._is_hub_comment(comment)]

    def rendered_text(self, target: Target, message: Message) -> str:
        """See `connectors.base.SupportsComments.rendered_text`."""
        return rendered_text(body(message, self._context.workspace, target.ref.key))

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """The comment as it stands now."""
        try:
            comment = content_of(self._send_to_api(comments.read_comment(self._issue(target), comment_id)))
        except TicketNotFound:
            return None
        return self._comment(comment, target)

    def has_reply(self, target: Target, comment_id: str) -> bool:
        """Whether somebody quoted the comment or called our account after it; GitHub's issues have no threads."""
        account, is_after = self.whoami(), False
        names = (f"@{account.name.removesuffix('[bot]')}",)
        for comment in self._comments(target):
            if (
                is_after
                and comments.author_id(comment) != account.id
                and mentions_hub(str(comment.get("body") or ""), names)
            ):
                return True
            is_after = is_after or str(comment.get("id")) == comment_id
        return False

    def find_own_comments(self, targets: Sequence[Target]) -> Iterator[tuple[Target, Comment]]:
        """The comments of whole repositories: one stream instead of a look at every issue."""
        issues = {self._issue(target): target for target in targets}
        for repository in sorted({issue.repository for issue in issues}):
            for comment in self._pages(lambda page, name=repository: comments.list_all_comments(name, page)):  # type: ignore[misc]
                target = issues.get(api.Issue(repository, comments.number_of(comment)))
                if target is not None and self._is_own_comment(comment):
                    yield target, self._comment(comment, target)

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Send once, mark and all."""
        text = body(message, self._context.workspace, target.ref.key)
        return self._comment(content_of(self._send_to_api(api.create_comment(self._issue(target), text))), target)

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place, which tells nobody."""
        text = body(message, self._context.workspace, target.ref.key)
        return self._comment(
            content_of(self._send_to_api(api.update_comment(self._issue(target), comment_id, text))), target
        )

    def minimize_comment(self, target: Target, comment_id: str, *, minimized: bool) -> None:
        """Minimise as resolved, or show again; an account that may not do that leaves the comment as it is."""
        minimize(self._send_to_api, self._client.send, self._issue(target), comment_id, minimized=minimized)

    def react(self, target: Target, comment_id: str, *, applied: bool) -> None:
        """See `connectors.capabilities.SupportsReactions`."""
        self._send_if_present(comments.react(self._issue(target), comment_id, "+1" if applied else "confused"))

    def delete_label_definition(self, definition: str) -> bool:
        """See `connectors.capabilities.SupportsLabelDefinitions`."""
        return delete_label_definition(self._send_to_api, definition)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Remove our comment; one that is gone already is fine."""
        self._send_if_present(api.delete_comment(self._issue(target), comment_id))

    def define_labels(self, target: Target, labels: frozenset[str]) -> Iterator[str]:
        """A label of ours gets its colour in the repository before its first use."""
        repository = self._issue(target).repository
        return (f"{repository}:{label}" for label in sorted(labels) if self._label_creator.ensure(repository, label))

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Add in one request, remove one by one."""
        issue = self._issue(target)
        if add:
            self._send_to_api(api.add_labels(issue, sorted(add)))
        for label in sorted(remove):
            self._send_if_present(api.remove_label(issue, label))

    def diagnose(self) -> Iterable[Check]:
        """What works at this GitHub and what does not."""
        from connectors.github.diagnose import GitHubSite, diagnose  # noqa: PLC0415 - a sync never needs it

        return diagnose(self._site(GitHubSite))

    def survey(self, places: Sequence[str] = ()) -> Survey:
        """See `connectors.capabilities.SupportsSurvey`."""
        from connectors.github.diagnose import GitHubSite  # noqa: PLC0415 - a sync never needs it
        from connectors.github.survey import survey  # noqa: PLC0415

        return survey(self._site(GitHubSite), places)

    def propose(self, survey: Survey, places: Sequence[Place]) -> tuple[Setting, ...]:
        """See `connectors.capabilities.SupportsSurvey`."""
        from connectors.github.survey import propose  # noqa: PLC0415 - a sync never needs it

        return propose(survey, places)

    def _site(self, kind: "type[GitHubSite]") -> "GitHubSite":
        return kind(self.name, self._settings, self._client, self._addresses, self._context, self.whoami)

    def read_delivery(self, headers: Mapping[str, str], body: bytes, path_secret: str = "") -> Delivery:
        """See `SupportsWebhooks.read_delivery`."""
        return read_delivery(headers, body, self._settings.webhook_secret, self._actor.id if self._actor else "")

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()
        self._admin_client.close()

    def _build_client(self, limits: Limits) -> FeatureDetectingClient:
        return FeatureDetectingClient(
            *(self.name, self._addresses.base),
            sign=self._sign,
            renew=self._renew,
            writer=self._writer,
            context=self._context,
            limits=limits,
            secrets=secrets_of(self._settings),
            network=self._admin_client.network,
        )

    def _sign(self) -> Mapping[str, str]:
        return api.headers(self._admin_client.token())

    def _writer(self) -> str:
        """An installation of an App has limits of its own; people have theirs, however many tokens they use."""
        app, installation = self._settings.app_id, self._settings.installation_id
        return f"app {app}/{installation}" if self._settings.token is None else self.whoami().id

    def _renew(self, refused: Mapping[str, str]) -> bool:
        return self._admin_client.renew(refused.get("Authorization", "").removeprefix("Bearer "))

    def _send_to_api(self, request: Request) -> Response:
        return self._client.send(replace(request, path=f"{self._addresses.api_prefix}{request.path}"))

    def _send_if_present(self, request: Request) -> None:
        with suppress(TicketNotFound):
            self._send_to_api(request)

    def _issue(self, target: Target) -> api.Issue:
        try:
            return api.Issue.of(target.ref.key)
        except ValueError as error:
            raise SourceError(self.name, str(error), key=target.ref.key) from None

    def _is_own_comment(self, row: Mapping[str, Any]) -> bool:
        return comments.author_id(row) == self.whoami().id and self._is_marked(row)

    def _is_hub_comment(self, row: Mapping[str, Any]) -> bool:
        """A mark that a person copied alone makes their words no comment of a hub."""
        return self._is_own_comment(row) or (self._is_marked(row) and HEADLINE in str(row["body"]))

    def _is_marked(self, row: Mapping[str, Any]) -> bool:
        return is_marked(str(row.get("body") or ""), self._context.workspace)

    def _comments(self, target: Target) -> Iterator[dict[str, Any]]:
        """Every comment of the issue, oldest first."""
        issue = self._issue(target)
        return self._pages(lambda page: api.list_comments(issue, page))

    def _pages(self, ask: Callable[[int], Request]) -> Iterator[dict[str, Any]]:
        """The comments of every page; a page may lack hidden ones, so that the link tells whether more follow."""
        number, has_more = 1, True
        while has_more:
            answer = self._send_to_api(request := ask(number))
            content = content_of(answer)
            if not isinstance(content, list):
                raise SourceError(self.name, "comments in an unknown shape", key=request.ticket)
            yield from (comment for comment in content if isinstance(comment, dict))
            number, has_more = number + 1, bool(content) and api.has_next(answer, len(content))

    def _comment(self, content: Any, target: Target) -> Comment:
        if not isinstance(content, dict) or not content.get("id"):
            raise OutcomeUnknown(self.name, "the answer names no comment", key=target.ref.key)
        return comments.comment_in(content)


def _setup() -> Setup:
    from connectors.github.app_manifest import register  # noqa: PLC0415 - only `hub init` needs it
    from connectors.github.survey import SurveySettings, guide  # noqa: PLC0415

    return Setup(SurveySettings, guide, register)


PLUGIN = ConnectorPlugin("github", GitHubSettings, GitHubConnector, _setup)
