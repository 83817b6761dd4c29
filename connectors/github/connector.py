"""A GitHub as a connector: the thin shell between the pure parts and the gate."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors.base import Actor, ConnectorPlugin, Delivery, World
from connectors.form import speaks_of_us
from connectors.github import api, comment_api
from connectors.github.capable import Capable
from connectors.github.commands import Ear, first_moment, listen
from connectors.github.folding import fold
from connectors.github.format import body, is_marked, says
from connectors.github.labelling import Labelling
from connectors.github.okrs import with_okrs
from connectors.github.reader import Reader
from connectors.github.settings import GitHubSettings
from connectors.github.setup import ControlPlane, limits_of, secrets_of
from connectors.github.unmaking import unmake
from connectors.github.webhook import read_delivery
from connectors.http import Limits
from connectors.shared.settings import wording_of
from connectors.wire import Request, Response, content_of
from hub.model.action import Comment, Target
from hub.model.check_up import Check
from hub.model.errors import OutcomeUnknown, SourceError, TicketGone
from hub.model.initiative import Known, Pulled
from hub.model.message import HEADLINE, Message


class GitHubConnector:
    """Reads repositories and projects, and keeps one comment and the hub's labels on their issues."""

    publishes = True

    def __init__(self, name: str, settings: GitHubSettings, world: World) -> None:
        """Opens no connection yet."""
        self.name = name
        self.wording = wording_of(settings.key_results, settings.commands, reacts=True)
        self.accepted_gaps = settings.accepted_gaps
        self.keeps_okrs = settings.okrs is not None
        self._settings = settings
        self._world = world
        self._at = api.Addresses.of(settings.url)
        limits = limits_of(settings)
        self._control = ControlPlane(name, settings, world, limits)
        self._gate = self._opened(limits)
        self._actor: Actor | None = None
        self._labelling = Labelling(self._control, self._gate)

    def whoami(self) -> Actor:
        """The account; asked once and remembered."""
        if self._actor is None:
            self._actor = self._control.whoami()
        return self._actor

    def pull(self, known: Known | None = None) -> Pulled:
        """Read what changed since what is known; every configured repository and project where that does not do."""
        before = self._control.requests + self._gate.requests
        pulled = Reader(self.name, self._settings, self._gate, self._world).read(known)
        pulled = with_okrs(pulled, known, self._settings, self._gate, self._world)
        pulled = listen(pulled, known, self._ear)
        requests = self._control.requests + self._gate.requests - before
        return replace(pulled, requests=requests, gaps=self._gate.redact.in_gaps(pulled.gaps))

    def look_up(self, missing: Known) -> Pulled:
        """See `connectors.base.LooksUp`."""
        return Reader(self.name, self._settings, self._gate, self._world).look_up(missing)

    @property
    def _ear(self) -> Ear:
        chosen, workspace = self._settings, self._world.workspace
        return Ear(
            ask=lambda request: content_of(self._rest(request)),
            me=lambda: self.whoami().id,
            is_ours=lambda text: is_marked(text, workspace),
            settings=chosen.commands,
            overlap=timedelta(seconds=chosen.overlap_seconds),
            since=first_moment(self._world.since),
        )

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """The ticket's comments that begin with the mark; others than ours only where they read like ours."""
        return [self._comment(one, target) for one in self._comments(target) if self._may_be_hubs(one)]

    def says(self, target: Target, message: Message) -> str:
        """See `connectors.base.Connector.says`."""
        return says(body(message, self._world.workspace, target.ref.key))

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """The comment as it stands now."""
        try:
            found = content_of(self._rest(comment_api.read_comment(self._issue(target), comment_id)))
        except TicketGone:
            return None
        return self._comment(found, target)

    def replied(self, target: Target, comment_id: str) -> bool:
        """Whether somebody quoted the comment or called our account after it; GitHub's issues have no threads."""
        me, later = self.whoami(), False
        names = (f"@{me.name.removesuffix('[bot]')}",)
        for comment in self._comments(target):
            if (
                later
                and comment_api.author_of(comment) != me.id
                and speaks_of_us(str(comment.get("body") or ""), names)
            ):
                return True
            later = later or str(comment.get("id")) == comment_id
        return False

    def search_comments(self, targets: Sequence[Target]) -> Iterator[tuple[Target, Comment]]:
        """The comments of whole repositories: one stream instead of a look at every issue."""
        issues = {self._issue(target): target for target in targets}
        for repository in sorted({issue.repository for issue in issues}):
            for comment in self._pages(lambda page, place=repository: comment_api.list_all_comments(place, page)):  # type: ignore[misc]
                target = issues.get(api.Issue(repository, comment_api.number_of(comment)))
                if target is not None and self._is_ours(comment):
                    yield target, self._comment(comment, target)

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Send once, mark and all."""
        text = body(message, self._world.workspace, target.ref.key)
        return self._comment(content_of(self._rest(api.create_comment(self._issue(target), text))), target)

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place, which tells nobody."""
        text = body(message, self._world.workspace, target.ref.key)
        return self._comment(content_of(self._rest(api.update_comment(self._issue(target), comment_id, text))), target)

    def fold_comment(self, target: Target, comment_id: str, *, folded: bool) -> None:
        """Minimise as resolved, or show again; an account that may not do that leaves the comment as it is."""
        fold(self._rest, self._gate.send, self._issue(target), comment_id, folded=folded)

    def react(self, target: Target, comment_id: str, *, applied: bool) -> None:
        """See `connectors.base.Reacts`."""
        self._unless_gone(comment_api.react(self._issue(target), comment_id, "+1" if applied else "confused"))

    def unmake_label(self, made: str) -> bool:
        """See `connectors.base.Unmakes`."""
        return unmake(self._rest, made)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Remove our comment; one that is gone already is fine."""
        self._unless_gone(api.delete_comment(self._issue(target), comment_id))

    def define_labels(self, target: Target, labels: frozenset[str]) -> Iterator[str]:
        """A label of ours gets its colour in the repository before its first use."""
        repository = self._issue(target).repository
        return (f"{repository}:{label}" for label in sorted(labels) if self._labelling.ensure(repository, label))

    def change_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Add in one request, remove one by one."""
        issue = self._issue(target)
        if add:
            self._rest(api.add_labels(issue, sorted(add)))
        for label in sorted(remove):
            self._unless_gone(api.remove_label(issue, label))

    def diagnose(self) -> Iterable[Check]:
        """What works at this GitHub and what does not."""
        from connectors.github.diagnose import Place, diagnose  # noqa: PLC0415 - a sync never needs it

        return diagnose(Place(self.name, self._settings, self._gate, self._at, self._world, self.whoami))

    def read_delivery(self, headers: Mapping[str, str], body: bytes, path_secret: str = "") -> Delivery:
        """See `Listens.read_delivery`."""
        return read_delivery(headers, body, self._settings.webhook_secret, self._actor.id if self._actor else "")

    def close(self) -> None:
        """Let go of connections."""
        self._gate.close()
        self._control.close()

    def _opened(self, limits: Limits) -> Capable:
        return Capable(
            *(self.name, self._at.base),
            sign=self._sign,
            renew=self._renew,
            writer=self._writer,
            world=self._world,
            limits=limits,
            secrets=secrets_of(self._settings),
            network=self._control.network,
        )

    def _sign(self) -> Mapping[str, str]:
        return api.headers(self._control.token())

    def _writer(self) -> str:
        """An installation of an App has limits of its own; people have theirs, however many tokens they use."""
        app, installation = self._settings.app_id, self._settings.installation_id
        return f"app {app}/{installation}" if self._settings.token is None else self.whoami().id

    def _renew(self, refused: Mapping[str, str]) -> bool:
        return self._control.renew(refused.get("Authorization", "").removeprefix("Bearer "))

    def _rest(self, request: Request) -> Response:
        return self._gate.send(replace(request, path=f"{self._at.rest}{request.path}"))

    def _unless_gone(self, request: Request) -> None:
        with suppress(TicketGone):
            self._rest(request)

    def _issue(self, target: Target) -> api.Issue:
        try:
            return api.Issue.of(target.ref.key)
        except ValueError as wrong:
            raise SourceError(self.name, str(wrong), key=target.ref.key) from None

    def _is_ours(self, one: Mapping[str, Any]) -> bool:
        return comment_api.author_of(one) == self.whoami().id and self._is_marked(one)

    def _may_be_hubs(self, one: Mapping[str, Any]) -> bool:
        """A mark that a person copied alone makes their words no comment of a hub."""
        return self._is_ours(one) or (self._is_marked(one) and HEADLINE in str(one["body"]))

    def _is_marked(self, one: Mapping[str, Any]) -> bool:
        return is_marked(str(one.get("body") or ""), self._world.workspace)

    def _comments(self, target: Target) -> Iterator[dict[str, Any]]:
        """Every comment of the issue, oldest first."""
        issue = self._issue(target)
        return self._pages(lambda page: api.list_comments(issue, page))

    def _pages(self, ask: Callable[[int], Request]) -> Iterator[dict[str, Any]]:
        """The comments of every page; a page may lack hidden ones, so that the link tells whether more follow."""
        number, more = 1, True
        while more:
            answer = self._rest(request := ask(number))
            content = content_of(answer)
            if not isinstance(content, list):
                raise SourceError(self.name, "comments in an unknown shape", key=request.ticket)
            yield from (each for each in content if isinstance(each, dict))
            number, more = number + 1, bool(content) and api.has_next(answer, len(content))

    def _comment(self, content: Any, target: Target) -> Comment:
        if not isinstance(content, dict) or not content.get("id"):
            raise OutcomeUnknown(self.name, "the answer names no comment", key=target.ref.key)
        return comment_api.comment_in(content)


PLUGIN = ConnectorPlugin("github", GitHubSettings, GitHubConnector)
