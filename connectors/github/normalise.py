"""GitHub's issues and project items as initiatives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from connectors.github.project_item import ProjectItemFields, day, is_complete
from connectors.github.settings import GitHubSettings
from connectors.shared.settings import is_okr
from connectors.shared.ticket_text import depends_on, mentioned, named_by_labels, named_in_text, plain_words
from connectors.shared.vocabulary import deduplicate, in_text
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, Ref, StatusCategory
from hub.model.text import match_key

Json = dict[str, Any]
ERRORED_FIELDS = "_errored_fields"
"""The key under which the reader notes which fields GitHub could not give."""

CLOSE_REASONS = {"NOT_PLANNED": StatusCategory.CANCELLED, "DUPLICATE": StatusCategory.CANCELLED}
"""The reasons for closing that say that an issue was ended without a result."""
_FIELD_NAMES = {"labels": "labels", "blockedBy": "blocked_by", "blocking": "blocks", "parent": "parent", "body": "text"}


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
        status=_status_without_project(issue, labels, settings),
        status_name="Closed" if closed else "Open",
        due=day((issue.get("milestone") or {}).get("dueOn")),
        level=level,
        exempt=settings.exemption_of(kind, level, labels) or settings.exempt_author(author),
        labels=labels,
        parent=parent,
        blocked_by=_refs(issue.get("blockedBy"), connector),
        blocks=_refs(issue.get("blocking"), connector),
        depends_on_text=_qualified_keys(depends_on(body), repository),
        mentions=_qualified_keys(mentioned(body), repository),
        words=plain_words(body),
        key_result_mentions=tuple(_named(labels, body, settings)),
        inherits=settings.key_results.inherit,
        created=_timestamp(issue.get("createdAt")),
        updated=_timestamp(issue.get("updatedAt")),
        closed=_timestamp(issue.get("closedAt")),
        missing_fields=frozenset(_missing_fields(issue)),
        public=issue["repository"].get("isPrivate") is False,
        not_understood=deduplicate(in_text(body)),
    )


def _qualified_keys(keys: Sequence[str], repository: str) -> tuple[str, ...]:
    """Keys with their repository, which people leave out within one."""
    return tuple(f"{repository}{key}" if key.startswith("#") else key for key in keys)


def named_ids(issue: Json) -> Iterator[tuple[str, str]]:
    """The keys of the issues that this one names, with their ids."""
    for node in (issue.get("parent"), *_nodes(issue.get("blockedBy")), *_nodes(issue.get("blocking"))):
        if node and node.get("id"):
            yield f"{node['repository']['nameWithOwner']}#{node['number']}", node["id"]


def with_project_fields(base: Initiative, items: Sequence[ProjectItemFields], settings: GitHubSettings) -> Initiative:
    """The issue with what its projects say; where several say something, the first configured one counts.

    The rank is that of the last container: ranks compare within one project only. An item of a project stands at the
    top of the work, sub-issue or not.
    """
    ordered = sorted(items, key=lambda item: item.order)
    if not ordered:
        return base
    status = next((item.status for item in ordered if item.status), None)
    stated = next((item for item in ordered if item.priority), None)
    mentions = tuple(KeyResultMention(MentionSource.FIELD, name) for item in ordered for name in item.named)
    label_mentions = [item for item in base.key_result_mentions if item.source is MentionSource.LABEL]
    return replace(
        base,
        containers=(*base.containers, *(item.project for item in ordered)),
        status=_status(base, status, settings),
        status_name=status or base.status_name,
        level=settings.level_of(base.kind, 1),
        iteration=next((item.iteration for item in ordered if item.iteration), None),
        start=next((item.start for item in ordered if item.start), base.start),
        due=next((item.due for item in ordered if item.due), base.due),
        priority=None if stated is None else stated.priority,
        priority_name="" if stated is None else stated.priority_name,
        rank=ordered[-1].rank if settings.order_is_priority else None,
        key_result_mentions=tuple(
            dict.fromkeys(
                (
                    *label_mentions,
                    *mentions,
                    *(item for item in base.key_result_mentions if item.source is not MentionSource.LABEL),
                )
            )
        ),
        not_understood=deduplicate(
            (*base.not_understood, *(not_understood for item in ordered for not_understood in item.not_understood))
        ),
        missing_fields=base.missing_fields
        | ({"fields"} if not all(item.complete for item in ordered) else frozenset()),
    )


def is_selected(issue: Initiative, settings: GitHubSettings, since: date) -> bool:
    """Whether the issue is an initiative of the cycle: no OKR, of a chosen label or type, not closed before it."""
    if is_okr(settings.okrs, issue.kind, issue.labels) or (issue.closed and issue.closed.date() < since):
        return False
    if not (settings.labels or settings.types):
        return True
    labels = {match_key(label) for label in issue.labels}
    kinds = {match_key(kind) for kind in settings.types}
    return match_key(issue.kind) in kinds or any(match_key(label) in labels for label in settings.labels)


def _status(base: Initiative, option: str | None, settings: GitHubSettings) -> StatusCategory:
    """What is closed has ended, whatever column its card was left in; one that says it was cancelled is believed.

    Who is assigned says nothing here: an item without a status is one that nobody has begun.
    """
    category = settings.category_of(option) if option is not None else None
    if base.status.ended:
        return category if category is StatusCategory.CANCELLED else base.status
    if category is not None:
        return category
    return StatusCategory.IN_PROGRESS if settings.is_in_progress(base.labels) else StatusCategory.TO_DO


def _status_without_project(issue: Json, labels: frozenset[str], settings: GitHubSettings) -> StatusCategory:
    """The status of an issue that no project says one of: open and taken by somebody is in progress."""
    if issue.get("state") == "CLOSED":
        return CLOSE_REASONS.get(str(issue.get("stateReason")), StatusCategory.DONE)
    pull_requests = _nodes(issue.get("closedByPullRequestsReferences"))
    is_assigned = bool(_nodes(issue.get("assignees"))) or any(pull.get("state") == "OPEN" for pull in pull_requests)
    return StatusCategory.IN_PROGRESS if is_assigned or settings.is_in_progress(labels) else StatusCategory.TO_DO


def _named(labels: frozenset[str], body: str, settings: GitHubSettings) -> Iterator[KeyResultMention]:
    mentions = settings.key_results
    for name in named_by_labels(labels, mentions.label or ""):
        yield KeyResultMention(MentionSource.LABEL, name)
    for name in named_in_text(body, mentions.text or "", mentions.field or ""):
        yield KeyResultMention(MentionSource.TEXT, name)


def _missing_fields(issue: Json) -> Iterator[str]:
    for name in ("labels", "blockedBy", "blocking"):
        # What is not there at all was not asked for, because the server knows no such thing.
        if name in issue and not is_complete(issue[name]):
            yield _FIELD_NAMES[name]
    for name in issue.get(ERRORED_FIELDS, ()):
        yield _FIELD_NAMES.get(name, name)


def _nodes(connection: Any) -> list[Json]:
    return [node for node in (connection or {}).get("nodes") or () if node]


def _refs(connection: Any, connector: str) -> tuple[Ref, ...]:
    refs = (_ref(node, connector) for node in _nodes(connection))
    return tuple(ref for ref in refs if ref)


def _ref(node: Json | None, connector: str) -> Ref | None:
    return Ref(connector, f"{node['repository']['nameWithOwner']}#{node['number']}") if node else None


def _timestamp(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
