"""The connector: who we are, what is read, the hub's comments and labels, and the checks of `hub doctor`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from connectors.base import Actor, Capabilities, ConnectorContext, ConnectorPlugin
from connectors.http.client import ApiClient
from connectors.http.messages import Limits, read_as
from connectors.shared.comment_commands import body_hash, mentions_hub
from connectors.shared.diagnosis import CheckReporter, catch_failures, clock_check, transport_check, work_checks
from connectors.shared.marked_text import mark_in, marked_text, words_of
from connectors.shared.settings import wording_of
from hub.model.action import Comment, Target
from hub.model.errors import Check, CredentialsRefused, OutcomeUnknown, QueryRefused, SourceError, TicketNotFound
from hub.model.initiative import Gap, PullResult, PullState
from hub.model.message import Message
from tiny_tracker_connector import api
from tiny_tracker_connector.pull import Reader
from tiny_tracker_connector.settings import TinySettings


class TinyConnector:
    """Satisfies `connectors.base.SupportsComments`, and declares its labels and threads."""

    has_okrs = False

    def __init__(self, name: str, settings: TinySettings, context: ConnectorContext) -> None:
        """Opens no connection yet."""
        self.name = name
        self.accepted_gaps = settings.accepted_gaps
        self.wording = wording_of(settings.key_results, settings.commands, lists=False)
        self._settings = settings
        self._context = context
        self._actor: Actor | None = None
        limits = Limits(writes_per_minute=settings.writes_per_minute)
        secrets = (settings.token.get_secret_value(),)
        self._client = ApiClient(name, settings.url, sign=self._sign, context=context, limits=limits, secrets=secrets)

    @property
    def capabilities(self) -> Capabilities:
        """The tracker has labels, and people answer comments by quoting them."""
        return Capabilities(comments=self, labels=self, threads=self)

    def whoami(self) -> Actor:
        """The account; asked once and remembered."""
        if self._actor is None:
            user = read_as(self._client.send(api.me()), api.User, self.name)
            self._actor = Actor(user.id, user.name)
        return self._actor

    def pull(self, known: PullState | None = None) -> PullResult:
        """What changed since what is known, or everything."""
        try:
            reader = Reader(self.name, self._settings, self._client, self._context, self.whoami().id)
            return reader.pull(known)
        except (CredentialsRefused, QueryRefused):
            raise
        except SourceError as error:
            return PullResult(self.name, gaps=(Gap(self.name, error.detail),))

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """The comments with our mark, whoever wrote them."""
        return [self._comment(comment) for comment in self._all_comments(target) if self._is_marked(comment)]

    def rendered_text(self, target: Target, message: Message) -> str:
        """What a comment says that holds this message."""
        return words_of(self._text(target, message))

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """The comment as it stands now."""
        return next((comment for comment in self.find_comments(target) if comment.id == comment_id), None)

    def find_own_comments(self, targets: Sequence[Target]) -> Iterator[tuple[Target, Comment]]:
        """Ticket by ticket."""
        for target in targets:
            with suppress(TicketNotFound):
                for comment in self.find_comments(target):
                    if comment.author == self.whoami().id:
                        yield target, comment

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Send once, mark and all."""
        request = api.create_comment(target.id, self._text(target, message))
        return self._comment(read_as(self._client.send(request), api.TrackerComment, self.name, OutcomeUnknown))

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place."""
        request = api.update_comment(target.id, comment_id, self._text(target, message))
        return self._comment(read_as(self._client.send(request), api.TrackerComment, self.name))

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Remove our comment; one that is gone already is fine."""
        with suppress(TicketNotFound):
            self._client.send(api.delete_comment(target.id, comment_id))

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """See `SupportsLabels`."""
        self._client.send(api.change_labels(target.id, sorted(add), sorted(remove)))

    def has_reply(self, target: Target, comment_id: str) -> bool:
        """See `SupportsThreads`."""
        me = self.whoami()
        later = [comment for comment in self._all_comments(target) if comment.id > int(comment_id)]
        return any(mentions_hub(comment.text, (f"@{me.name}",)) for comment in later if comment.author.id != me.id)

    def diagnose(self) -> Iterable[Check]:
        """What works and what does not."""
        report = CheckReporter(self.name)
        yield from transport_check(report, self._settings.url)
        yield from catch_failures(report, "account and tickets", self._checks(report))

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _checks(self, report: CheckReporter) -> Iterator[Check]:
        yield report.ok(f"works as {self.whoami().name}")
        yield clock_check(report, self._client.send(api.me()), self._context.now())
        pulled = self.pull()
        for gap in pulled.gaps:
            yield report.fail(f"not read: {gap.reason}", "Check the address and the tracker's answer")
        project, count = self._settings.project, len(pulled.initiatives)
        yield report.ok(f"{project}: {count} tickets are read", container=project)
        yield from work_checks(report, self._settings, pulled.initiatives)

    def _sign(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._settings.token.get_secret_value()}"}

    def _text(self, target: Target, message: Message) -> str:
        return marked_text(message, self._context.workspace, target.id)

    def _all_comments(self, target: Target) -> Sequence[api.TrackerComment]:
        return read_as(self._client.send(api.comments(target.id)), api.CommentList, self.name).comments

    def _is_marked(self, comment: api.TrackerComment) -> bool:
        return mark_in(comment.text, self._context.workspace) is not None

    def _comment(self, comment: api.TrackerComment) -> Comment:
        mark = mark_in(comment.text, self._context.workspace)
        return Comment(
            id=str(comment.id),
            author=comment.author.id,
            body_hash=body_hash(comment.text),
            name=comment.author.name,
            rendered_text=words_of(comment.text),
            closed=mark is not None and mark.closed,
        )


PLUGIN = ConnectorPlugin("tiny", TinySettings, TinyConnector)
