"""Repositories: under which name each is now, how far it was read (the cursor), and what the account may do there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote

from connectors.github import api
from connectors.github.queries import POINTS
from connectors.github.settings import GitHubSettings
from connectors.http.client import ApiClient
from connectors.http.messages import Request, Response
from connectors.shared.diagnosis import CheckReporter, suggest_names
from connectors.shared.incremental import SyncCursor, settings_fingerprint
from hub.model.errors import Check, SourceError, TicketNotFound
from hub.model.initiative import Initiative

AT_ONCE = 100


class RenamedRepositories:
    """The old names that are asked for, by today's; tickets keep both, so that whoever owns either owns them."""

    def __init__(self, configured: Iterable[str]) -> None:
        self._configured = {name.casefold(): name for name in configured}
        self._old: dict[str, str] = {}
        self._new: dict[str, str] = {}

    def learn(self, configured: str, current: str) -> None:
        """The repository `configured` is called `current` now; what it was called before is forgotten."""
        if not current:
            return
        self._old = {new: old for new, old in self._old.items() if old.casefold() != configured.casefold()}
        self._new.pop(configured.casefold(), None)
        if current.casefold() != configured.casefold():
            self._old[current.casefold()], self._new[configured.casefold()] = configured, current

    def ask(self, client: ApiClient, connector: str) -> None:
        """Learn what all are called now; raises SourceError where that is not told of one."""
        names = list(self._configured.values())
        for chunk in (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)):
            answer = api.read_answer(client.send(names_request(chunk)))
            for at, configured in enumerate(chunk):
                current = name_in(answer.at((f"r{at}",)))
                if not current:
                    raise SourceError(
                        connector, f"repository {configured}: {answer.error_text() or 'its name did not come'}"
                    )
                self.learn(configured, current)

    @property
    def called(self) -> Mapping[str, str]:
        """The names of today, by those that are asked for."""
        return {self._configured.get(old, old): new for old, new in self._new.items()}

    def with_old_name(self, containers: tuple[str, ...]) -> tuple[str, ...]:
        """The same places, with the name that was asked for behind the repository's own."""
        old = self._old.get(containers[0].casefold()) if containers else None
        return containers if old is None or old in containers else (containers[0], old, *containers[1:])

    def under(self, ticket: Initiative) -> Initiative:
        """The ticket under both names."""
        containers = self.with_old_name(ticket.containers)
        return ticket if containers == ticket.containers else replace(ticket, containers=containers)

    def is_news(self, tickets: Iterable[Initiative]) -> bool:
        """Whether tickets that are remembered do not stand under both names yet, or under one that was forgotten."""
        return any(
            ticket.containers[0].casefold() in self._new or self.under(ticket) != ticket or self._was_under(ticket)
            for ticket in tickets
        )

    def _configured_name(self, ticket: Initiative) -> str | None:
        """The other name that the ticket stands under, where that is asked for."""
        return self._configured.get(ticket.containers[1].casefold()) if len(ticket.containers) > 1 else None

    def _was_under(self, ticket: Initiative) -> bool:
        return self._configured_name(ticket) is not None and ticket.containers[0].casefold() not in self._old

    def notes(self) -> tuple[str, ...]:
        """What to tell people about it."""
        return tuple(
            f"the repository {self._configured.get(old, old)} is called {new} now: write {new} in `repositories` "
            f"and in the `owns` of its team"
            for old, new in self._new.items()
        )


def names_request(repositories: Sequence[str]) -> Request:
    """A question for what repositories are called now: `r0`, `r1` and so on, in their order."""
    pairs = [repository.partition("/") for repository in repositories]
    variables = {
        f"{letter}{at}": part for at, (own, _, name) in enumerate(pairs) for letter, part in (("o", own), ("n", name))
    }
    types = ", ".join(f"${variable}: String!" for variable in variables)
    selections = " ".join(
        f"r{at}: repository(owner: $o{at}, name: $n{at}) {{ nameWithOwner }}" for at in range(len(pairs))
    )
    return api.graphql(f"query Names({types}) {{ {POINTS} {selections} }}", variables)


def name_in(repository: Mapping[str, Any] | None) -> str:
    """What a repository is called in an answer; empty where that did not come."""
    return str((repository or {}).get("nameWithOwner") or "")


def repository_notes(source: str, repository: Mapping[str, Any] | None) -> Iterator[str]:
    """What to tell people of a repository in which nobody works on issues."""
    if repository and repository.get("hasIssuesEnabled") is False:
        yield f"{source}: issues are disabled there, so it has none to read: remove it from `repositories`"
    elif repository and repository.get("isArchived"):
        yield f"{source}: it is archived, so its open issues count as cancelled: remove it from `repositories`"


FINGERPRINTED_SETTINGS = {
    *("projects", "repositories", "labels", "types", "key_results", "okrs", "fields", "statuses", "priorities"),
    *("initiative_types", "exempt_types", "exempt_labels", "exempt_authors", "in_progress", "order_is_priority"),
}
READER_VERSION = 4
"""Counted up when issues are read otherwise than by an earlier version: what that remembered does not count."""
# Days are as fine as a project's filter knows them; these go on top of what lies between:
# docs.github.com/issues/planning-and-tracking-with-projects/customizing-views-in-your-project/filtering-projects
EXTRA_DAYS = 2


@dataclass(frozen=True, slots=True)
class ProjectCursor:
    """A project: its id, `item_times` of the items that changed lately, and `item_count`, the rank of the next item.

    `supports_filter` is whether the server takes a filter for a project's items.
    """

    id: str
    item_times: Mapping[str, str]
    item_count: int
    supports_filter: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor(SyncCursor):
    """`updated_at` is how far changes were read.

    `called` are repositories that have another name by now, by the names that they are asked for under. `project_only`
    are repositories that only projects lead to. `uses_issue_fields` is whether any issue said something in one, and
    `rechecked` how far issues were read again because of them. `milestones` are the plans of those that changed last.
    """

    updated_at: str
    project_cursors: Mapping[str, ProjectCursor] = field(default_factory=dict)
    called: Mapping[str, str]
    project_only: Sequence[str]
    uses_issue_fields: bool
    rechecked: Sequence[str]
    milestones: Mapping[str, str]

    @classmethod
    def _fields_of(cls, stored: Any) -> dict[str, Any]:
        return {
            **stored,
            "project_cursors": {
                name: ProjectCursor(**project_cursor) for name, project_cursor in stored["project_cursors"].items()
            },
        }

    def since(self, lookback_seconds: float) -> datetime:
        """From when on changes are asked for."""
        return datetime.fromisoformat(self.updated_at) - timedelta(seconds=lookback_seconds)


def cursor_fingerprint(settings: GitHubSettings, since: date) -> str:
    """What decides how and which issues are read: where it differs, what is remembered does not count."""
    settings_json = settings.model_dump_json(include=FINGERPRINTED_SETTINGS)
    return settings_fingerprint(READER_VERSION, settings_json, since)


def days_back(at: str, now: datetime) -> int:
    """How many days of changes to ask a project for."""
    return max((now - datetime.fromisoformat(at)).days, 0) + EXTRA_DAYS


def recent(times: Mapping[str, str], at: str, now: datetime) -> dict[str, str]:
    """Only what the filter will show again next time, and a little more: the rest need not be remembered."""
    oldest = iso_utc(datetime.fromisoformat(at) - timedelta(days=days_back(at, now) + 1))
    return {id_: changed for id_, changed in times.items() if changed >= oldest}


def iso_utc(timestamp: datetime) -> str:
    """As GitHub writes a moment."""
    return timestamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


LABEL_ROLES = ("triage", "push", "maintain", "admin")


class GetRequest(Protocol):
    """Asks one question of the REST API."""

    def __call__(self, path: str, *, subject: str | None = None, **params: str | int) -> Response:
        """The answer; where it is about a `subject`, an absence is a TicketNotFound."""
        ...


def repository_checks(report: CheckReporter, get: GetRequest, name: str) -> Iterator[Check]:
    """One repository: there, called so, with issues, and open to our labels."""
    try:
        repository: Mapping[str, Any] = get(f"/repos/{name}", subject=name).json()
    except TicketNotFound:
        remedy = suggest_names(name, _known(get, name)) or "Fix `repositories`, or give the account access to it"
        message = f"repository {name} doesn't exist, or this account has no access"
        yield report.fail(message, remedy, configured=True)
        return
    current_name = str(repository.get("full_name") or name)
    count = repository.get("open_issues_count", 0)
    yield report.ok(f"{name} exists, with {count} open issues and pull requests", container=current_name)
    if current_name.casefold() != name.casefold():
        yield report.warn(f"{name} was renamed to {current_name}", f"Write {current_name} in `repositories`")
    if not repository.get("has_issues", True):
        yield report.fail(f"{name} has issues disabled", "Remove it from `repositories`", configured=True)
    if repository.get("archived"):
        yield report.fail(
            f"{name} is archived: nothing can be written", "Remove it from `repositories`", configured=True
        )
    yield _rights(report, name, repository.get("permissions"))


def label_checks(report: CheckReporter, get: GetRequest, settings: GitHubSettings) -> Iterator[Check]:
    """The labels that issues are chosen by: each must be somewhere."""
    for label in settings.labels:
        with_label = [name for name in settings.repositories if _has_label(get, name, label)]
        if with_label:
            yield report.ok(f"the label {label!r} exists in {', '.join(with_label)}")
        elif settings.repositories:
            known = [label for name in settings.repositories for label in _labels(get, name)]
            remedy = suggest_names(label, known) or "Fix `labels`"
            yield report.fail(f"no repository has the label {label!r}", remedy, configured=True)
    okrs = settings.okrs
    for label in okrs.labels if okrs else ():
        repositories = (okrs and okrs.repositories) or settings.repositories
        if not any(_has_label(get, name, label) for name in repositories):
            remedy = (
                suggest_names(label, [label for name in repositories for label in _labels(get, name)]) or "Fix [okrs]"
            )
            yield report.fail(f"no repository that keeps OKRs has the label {label!r}", remedy, configured=True)


def _rights(report: CheckReporter, name: str, permissions: Any) -> Check:
    if not isinstance(permissions, dict):
        return report.skip(f"could not check what the account may do in {name}")
    if any(permissions.get(right) for right in LABEL_ROLES):
        return report.ok(f"in {name} the account can comment and set labels")
    remedy = "Give it at least the role Triage, or the permission Issues: read and write"
    return report.fail(f"in {name} the account can read, but not set labels", remedy)


def _known(get: GetRequest, name: str) -> list[str]:
    """The owner's repositories, as far as they may be seen."""
    owner = name.partition("/")[0]
    for path in (f"/orgs/{owner}/repos", f"/users/{owner}/repos"):
        with suppress(SourceError, ValueError):
            repositories = get(path, per_page=100).json()
            return [str(item["full_name"]) for item in repositories if isinstance(item, dict) and "full_name" in item]
    return []


def _has_label(get: GetRequest, name: str, label: str) -> bool:
    with suppress(SourceError):
        get(f"/repos/{name}/labels/{quote(label, safe='')}", subject=label)
        return True
    return False


def _labels(get: GetRequest, name: str) -> list[str]:
    with suppress(SourceError, ValueError):
        return [str(item["name"]) for item in get(f"/repos/{name}/labels", per_page=100).json()]
    return []
