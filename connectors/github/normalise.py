"""GitHub's issues and project items as initiatives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from connectors.github.placement import Placement, day, is_whole
from connectors.github.settings import GitHubSettings
from connectors.not_understood import each_once, in_text
from connectors.shared.settings import is_okr
from connectors.ticket_text import depends_on, mentioned, named_by_labels, named_in_text, plain_words
from hub.model.initiative import Initiative, NamedKeyResult, Ref, StatusCategory, Via
from hub.model.typed import same

Json = dict[str, Any]
TROUBLED = "troubled"
"""The key under which the reader notes which fields GitHub could not give."""

ENDED = {"NOT_PLANNED": StatusCategory.CANCELLED, "DUPLICATE": StatusCategory.CANCELLED}
"""The reasons for closing that say that an issue was ended without a result."""
_UNREAD = {"labels": "labels", "blockedBy": "blocked_by", "blocking": "blocks", "parent": "parent", "body": "text"}


def initiative(issue: Json, connector: str, settings: GitHubSettings) -> Initiative:
    """An issue as it is without any project."""
    repository = issue["repository"]["nameWithOwner"]
    closed = issue.get("state") == "CLOSED"
    body = issue.get("body") or ""
    labels = frozenset(node["name"] for node in _nodes(issue.get("labels")))
    kind, parent = (issue.get("issueType") or {}).get("name") or "Issue", _ref(issue.get("parent"), connector)
    level = settings.level_of(kind, 1 if parent is None else 0)
    author = str((issue.get("author") or {}).get("login") or "")
    return Initiative(
        ref=Ref(connector, f"{repository}#{issue['number']}"),
        id=issue["id"],
        title=issue.get("title") or "",
        url=issue["url"],
        containers=(repository,),
        kind=kind,
        status=_alone(issue, labels, settings),
        status_name="Closed" if closed else "Open",
        due=day((issue.get("milestone") or {}).get("dueOn")),
        level=level,
        exempt=settings.exemption_of(kind, level, labels) or settings.exempt_author(author),
        labels=labels,
        parent=parent,
        blocked_by=_refs(issue.get("blockedBy"), connector),
        blocks=_refs(issue.get("blocking"), connector),
        depends_on_text=_whole(depends_on(body), repository),
        mentions=_whole(mentioned(body), repository),
        words=plain_words(body),
        named=tuple(_named(labels, body, settings)),
        inherits=settings.key_results.inherit,
        created=_moment(issue.get("createdAt")),
        updated=_moment(issue.get("updatedAt")),
        closed=_moment(issue.get("closedAt")),
        unread=frozenset(_unread(issue)),
        public=issue["repository"].get("isPrivate") is False,
        not_understood=each_once(in_text(body)),
    )


def _whole(keys: Sequence[str], repository: str) -> tuple[str, ...]:
    """Keys with their repository, which people leave out within one."""
    return tuple(f"{repository}{key}" if key.startswith("#") else key for key in keys)


def named_ids(issue: Json) -> Iterator[tuple[str, str]]:
    """The keys of the issues that this one names, with their ids."""
    for node in (issue.get("parent"), *_nodes(issue.get("blockedBy")), *_nodes(issue.get("blocking"))):
        if node and node.get("id"):
            yield f"{node['repository']['nameWithOwner']}#{node['number']}", node["id"]


def placed(base: Initiative, placements: Sequence[Placement], settings: GitHubSettings) -> Initiative:
    """The issue with what its projects say; where several say something, the first configured one counts.

    The rank is that of the last container: ranks compare within one project only. An item of a project stands at the
    top of the work, sub-issue or not.
    """
    boards = sorted(placements, key=lambda each: each.order)
    if not boards:
        return base
    status = next((each.status for each in boards if each.status), None)
    stated = next((each for each in boards if each.priority), None)
    said = tuple(NamedKeyResult(Via.FIELD, name) for each in boards for name in each.named)
    ranked = [each for each in base.named if each.via is Via.LABEL]
    return replace(
        base,
        containers=(*base.containers, *(each.project for each in boards)),
        status=_status(base, status, settings),
        status_name=status or base.status_name,
        level=settings.level_of(base.kind, 1),
        iteration=next((each.iteration for each in boards if each.iteration), None),
        start=next((each.start for each in boards if each.start), base.start),
        due=next((each.due for each in boards if each.due), base.due),
        priority=None if stated is None else stated.priority,
        priority_name="" if stated is None else stated.priority_name,
        rank=boards[-1].rank if settings.order_is_priority else None,
        named=tuple(dict.fromkeys((*ranked, *said, *(each for each in base.named if each.via is not Via.LABEL)))),
        not_understood=each_once((*base.not_understood, *(one for each in boards for one in each.not_understood))),
        unread=base.unread | ({"fields"} if not all(each.complete for each in boards) else frozenset()),
    )


def is_wanted(found: Initiative, settings: GitHubSettings, since: date) -> bool:
    """Whether the issue is an initiative of the cycle: no OKR, of a chosen label or type, not closed before it."""
    if is_okr(settings.okrs, found.kind, found.labels) or (found.closed and found.closed.date() < since):
        return False
    if not (settings.labels or settings.types):
        return True
    labels = {same(label) for label in found.labels}
    kinds = {same(kind) for kind in settings.types}
    return same(found.kind) in kinds or any(same(label) in labels for label in settings.labels)


def _status(base: Initiative, option: str | None, settings: GitHubSettings) -> StatusCategory:
    """What is closed has ended, whatever column its card was left in; one that says it was cancelled is believed.

    Who is assigned says nothing here: an item without a status is one that nobody has begun.
    """
    said = settings.category_of(option) if option is not None else None
    if base.status.ended:
        return said if said is StatusCategory.CANCELLED else base.status
    if said is not None:
        return said
    return StatusCategory.IN_PROGRESS if settings.says_in_progress(base.labels) else StatusCategory.TO_DO


def _alone(issue: Json, labels: frozenset[str], settings: GitHubSettings) -> StatusCategory:
    """The status of an issue that no project says one of: open and taken by somebody is in progress."""
    if issue.get("state") == "CLOSED":
        return ENDED.get(str(issue.get("stateReason")), StatusCategory.DONE)
    pulls = _nodes(issue.get("closedByPullRequestsReferences"))
    taken = bool(_nodes(issue.get("assignees"))) or any(pull.get("state") == "OPEN" for pull in pulls)
    return StatusCategory.IN_PROGRESS if taken or settings.says_in_progress(labels) else StatusCategory.TO_DO


def _named(labels: frozenset[str], body: str, settings: GitHubSettings) -> Iterator[NamedKeyResult]:
    places = settings.key_results
    for name in named_by_labels(labels, places.label or ""):
        yield NamedKeyResult(Via.LABEL, name)
    for name in named_in_text(body, places.text or "", places.field or ""):
        yield NamedKeyResult(Via.TEXT, name)


def _unread(issue: Json) -> Iterator[str]:
    for name in ("labels", "blockedBy", "blocking"):
        # What is not there at all was not asked for, because the server knows no such thing.
        if name in issue and not is_whole(issue[name]):
            yield _UNREAD[name]
    for name in issue.get(TROUBLED, ()):
        yield _UNREAD.get(name, name)


def _nodes(connection: Any) -> list[Json]:
    return [node for node in (connection or {}).get("nodes") or () if node]


def _refs(connection: Any, connector: str) -> tuple[Ref, ...]:
    refs = (_ref(node, connector) for node in _nodes(connection))
    return tuple(ref for ref in refs if ref)


def _ref(node: Json | None, connector: str) -> Ref | None:
    return Ref(connector, f"{node['repository']['nameWithOwner']}#{node['number']}") if node else None


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
