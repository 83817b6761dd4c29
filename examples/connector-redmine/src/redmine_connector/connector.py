"""The connector: who we are, what is read, and the hub's note on each issue. Redmine has no labels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from connectors.base import Actor, Capabilities, ConnectorContext, ConnectorPlugin
from connectors.http.client import ApiClient
from connectors.http.messages import Limits, read_as
from connectors.http.network import network_for
from connectors.shared.comment_commands import body_hash, mentions_hub
from connectors.shared.marked_text import mark_in, marked_text, words_of
from connectors.shared.settings import wording_of
from hub.model.action import Comment, Target
from hub.model.errors import Check, CredentialsRefused, OutcomeUnknown, QueryRefused, SourceError, TicketNotFound
from hub.model.initiative import Gap, PullResult, PullState
from hub.model.message import Message
from redmine_connector import api
from redmine_connector.diagnose import Diagnosis
from redmine_connector.markup import MARKUPS
from redmine_connector.pull import Reader
from redmine_connector.settings import RedmineSettings


class RedmineConnector:
    """Satisfies `connectors.base.SupportsComments`, and declares threads."""

    has_okrs = False

    def __init__(self, name: str, settings: RedmineSettings, context: ConnectorContext) -> None:
        """Opens no connection yet."""
        self.name = name
        self.accepted_gaps = settings.accepted_gaps
        self.wording = wording_of(settings.key_results, settings.commands, lists=False)
        self._settings = settings
        self._context = context
        self._actor: Actor | None = None
        url = settings.url.rstrip("/")
        self._client = ApiClient(
            name,
            url,
            sign=self._sign,
            context=context,
            limits=Limits(writes_per_minute=settings.writes_per_minute),
            secrets=(settings.api_key.get_secret_value(),),
            network=network_for(url, settings.ca_file),
        )

    @property
    def capabilities(self) -> Capabilities:
        """No labels: Redmine has none."""
        return Capabilities(comments=self, threads=self)

    def whoami(self) -> Actor:
        """The account; asked once and remembered."""
        if self._actor is None:
            user = read_as(self._client.send(api.me()), api.CurrentUser, self.name).user
            self._actor = Actor(str(user.id), f"{user.firstname} {user.lastname}".strip())
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
        """The notes with our mark, whoever wrote them."""
        return [self._comment(target, note) for note in self._notes(target) if self._is_marked(note)]

    def rendered_text(self, target: Target, message: Message) -> str:
        """What a note says that holds this message."""
        return words_of(self._text(target, message))

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """The note as it stands now."""
        try:
            return next((comment for comment in self.find_comments(target) if comment.id == comment_id), None)
        except TicketNotFound:
            return None

    def find_own_comments(self, targets: Sequence[Target]) -> Iterator[tuple[Target, Comment]]:
        """Issue by issue."""
        for target in targets:
            with suppress(TicketNotFound):
                for comment in self.find_comments(target):
                    if comment.author == self.whoami().id:
                        yield target, comment

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Send once; Redmine's answer is empty, so that the note is looked for: the last one with these words."""
        account, text = self.whoami().id, self._text(target, message)
        self._client.send(api.add_note(target.id, text))
        try:
            found = [comment for comment in self.find_comments(target) if comment.author == account]
        except SourceError as error:
            raise OutcomeUnknown(self.name, f"sent, and not looked up: {error.detail}", key=target.ref.key) from error
        if not found or found[-1].rendered_text != words_of(text):
            raise OutcomeUnknown(self.name, "sent, and not found among the notes", key=target.ref.key)
        return found[-1]

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place, which mails nobody."""
        if self.read_comment(target, comment_id) is None:
            raise TicketNotFound(self.name, "the note is not there", key=target.ref.key)
        self._client.send(api.edit_note(target.id, comment_id, self._text(target, message)))
        edited = self.read_comment(target, comment_id)
        if edited is None:
            raise TicketNotFound(self.name, "the note is not there", key=target.ref.key)
        return edited

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """A note without words is deleted; one that is gone already is fine."""
        with suppress(TicketNotFound):
            self._client.send(api.edit_note(target.id, comment_id, ""))

    def has_reply(self, target: Target, comment_id: str) -> bool:
        """Whether a later note of a person quotes ours or calls our account."""
        me = self.whoami()
        later = [note for note in self._notes(target) if note.id > int(comment_id) and str(note.user.id) != me.id]
        return any(mentions_hub(note.notes or "", (me.name,)) for note in later)

    def diagnose(self) -> Iterable[Check]:
        """What works at this Redmine and what does not."""
        return Diagnosis(self.name, self._settings, self._client, self._context, self.pull).checks()

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _sign(self) -> Mapping[str, str]:
        return {api.KEY_HEADER: self._settings.api_key.get_secret_value()}

    def _text(self, target: Target, message: Message) -> str:
        return marked_text(message, self._context.workspace, target.id, MARKUPS[self._settings.formatting])

    def _notes(self, target: Target) -> Sequence[api.Journal]:
        """All notes that the account sees, the oldest first, however it has them sorted."""
        answer = read_as(self._client.send(api.history(target.id)), api.IssueWithHistory, self.name)
        notes = {entry.id: entry for entry in answer.issue.journals if entry.notes}
        return [notes[id_] for id_ in sorted(notes)]

    def _is_marked(self, note: api.Journal) -> bool:
        return mark_in(note.notes or "", self._context.workspace) is not None

    def _comment(self, target: Target, note: api.Journal) -> Comment:
        text = note.notes or ""
        mark = mark_in(text, self._context.workspace)
        return Comment(
            id=str(note.id),
            author=str(note.user.id),
            url=f"{self._settings.url.rstrip('/')}/issues/{target.id}#change-{note.id}",
            body_hash=body_hash(text),
            name=note.user.name,
            rendered_text=words_of(text),
            closed=mark is not None and mark.closed,
        )


PLUGIN = ConnectorPlugin("redmine", RedmineSettings, RedmineConnector)
