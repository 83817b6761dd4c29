"""GitHub's issues and project items as initiatives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from connectors.github.field_values import NO_VALUES, FieldValues, day, is_complete
from connectors.github.project_item import ProjectItemFields
from connectors.github.settings import GitHubSettings
from connectors.shared.settings import is_okr
from connectors.shared.ticket_text import depends_on, mentioned, mentions_in_text, named_by_labels, plain_words
from connectors.shared.vocabulary import build, deduplicate, in_text, plain_name
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, Ref, StatusCategory
from hub.model.text import match_key
from hub.model.ticket_input import NotUnderstood

Json = dict[str, Any]
ERRORED_FIELDS = "_errored_fields"
"""The key under which the reader notes which fields GitHub could not give."""

CLOSE_REASONS = {"NOT_PLANNED": StatusCategory.CANCELLED, "DUPLICATE": StatusCategory.CANCELLED}
"""The reasons for closing that say that an issue was ended without a result."""
_FIELD_NAMES = {
    "labels": "labels",
    "blockedBy": "blocked_by",
    "blocking": "blocks",
    "parent": "parent",
    "body": "text",
    "issueFieldValues": "fields",
    "assignees": "status",
    "closedByPullRequestsReferences": "status",
    "milestone": "due",
}


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
        status_name="Closed" if closed else "Archived" if _is_archived(issue) else "Open",
        due=None if _is_left_behind(issue) else day((issue.get("milestone") or {}).get("dueOn")),
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
        not_understood=deduplicate((*in_text(body), *_left_behind(issue))),
    )


def _is_archived(issue: Json) -> bool:
    """Whether nobody can work on the issue any more, for its repository is read-only."""
    return issue["repository"].get("isArchived") is True


def _is_left_behind(issue: Json) -> bool:
    """Whether the issue is still open in a milestone that was closed: that date is nobody's plan any more."""
    return issue.get("state") != "CLOSED" and (issue.get("milestone") or {}).get("state") == "CLOSED"


def _left_behind(issue: Json) -> Iterator[NotUnderstood]:
    if _is_left_behind(issue) and issue["milestone"].get("dueOn"):
        reason = "the milestone is closed and the issue is open, so the milestone's due date doesn't count"
        yield build("milestone", issue["milestone"].get("title") or "", reason)


def _qualified_keys(keys: Sequence[str], repository: str) -> tuple[str, ...]:
    """Keys with their repository, which people leave out within one."""
    return tuple(f"{repository}{key}" if key.startswith("#") else key for key in keys)


def named_ids(issue: Json) -> Iterator[tuple[str, str]]:
    """The keys of the issues that this one names, with their ids."""
    for node in (issue.get("parent"), *_nodes(issue.get("blockedBy")), *_nodes(issue.get("blocking"))):
        if node and node.get("id"):
            yield f"{node['repository']['nameWithOwner']}#{node['number']}", node["id"]


def with_fields(
    base: Initiative,
    items: Sequence[ProjectItemFields],
    settings: GitHubSettings,
    issue_fields: FieldValues = NO_VALUES,
) -> Initiative:
    """The issue with what its projects and its own fields say.

    Where several say something, a project's own column counts, of several projects the first configured one's, and
    then the issue field; every key result that any of them names counts. The rank is that of the last container: ranks
    compare within one project only. An item of a project stands at the top of the work, sub-issue or not.
    """
    ordered = sorted(items, key=lambda item: item.order)
    if not ordered and issue_fields is NO_VALUES:
        return base
    columns = tuple(item.columns for item in ordered)
    shared = (issue_fields, *(item.issue_fields for item in ordered))
    sources = (*columns, *shared)
    status = next((values.status for values in sources if values.status), None)
    stated = next((values for values in sources if values.priority), NO_VALUES)
    unclear = (not_understood for values in sources for not_understood in values.not_understood)
    return replace(
        base,
        containers=(*base.containers, *(item.project for item in ordered)),
        status=_status(base, status, settings) if ordered or status else base.status,
        status_name=status or base.status_name,
        level=settings.level_of(base.kind, 1) if ordered else base.level,
        iteration=next((values.iteration for values in sources if values.iteration), None),
        start=next((values.start for values in sources if values.start), base.start),
        due=next((values.due for values in sources if values.due), base.due),
        priority=stated.priority,
        priority_name=stated.priority_name,
        rank=ordered[-1].rank if ordered and settings.order_is_priority else None,
        key_result_mentions=_with_field_mentions(base, sources),
        not_understood=deduplicate((*base.not_understood, *unclear, *_overruled(columns, shared, settings))),
        missing_fields=base.missing_fields | _missing_of(sources, base),
    )


def _with_field_mentions(base: Initiative, sources: Sequence[FieldValues]) -> tuple[KeyResultMention, ...]:
    """Behind those of labels, each once."""
    labels = [item for item in base.key_result_mentions if item.source is MentionSource.LABEL]
    others = [item for item in base.key_result_mentions if item.source is not MentionSource.LABEL]
    fields = [KeyResultMention(MentionSource.FIELD, name) for values in sources for name in values.named]
    return tuple(dict.fromkeys((*labels, *fields, *others)))


def _missing_of(sources: Sequence[FieldValues], base: Initiative) -> frozenset[str]:
    """A status that may stand in a field that was not read is as little known as the rest."""
    if all(values.complete for values in sources):
        return frozenset()
    first = next(values for values in sources if values.status or not values.complete)
    return frozenset({"fields"} if first.status or base.status.ended else {"fields", "status"})


def _overruled(
    columns: Sequence[FieldValues], shared: Sequence[FieldValues], settings: GitHubSettings
) -> Iterator[NotUnderstood]:
    """What issue fields say otherwise than a project's own column, which counts."""

    def word(values: FieldValues) -> str:
        return values.status or ""

    for label, of in (
        ("status", word),
        ("start date", lambda values: str(values.start or "")),
        ("due date", lambda values: str(values.due or "")),
        ("priority", lambda values: values.priority_name),
    ):
        used, other = (next(filter(None, map(of, values)), "") for values in (columns, shared))
        if used and other and not _is_same(label, used, other, settings):
            reason = f"a project's own column says {used}, which counts before the issue field"
            yield build(f"{label} in the issue field", other, reason)


def _is_same(label: str, used: str, other: str, settings: GitHubSettings) -> bool:
    if label == "priority" and (band := settings.band_of(used)) is not None:
        return settings.band_of(other) == band
    return plain_name(used) == plain_name(other)


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
    if _is_archived(issue):
        return StatusCategory.CANCELLED
    is_begun = _is_assigned(issue) or settings.is_in_progress(labels)
    return StatusCategory.IN_PROGRESS if is_begun else StatusCategory.TO_DO


_ASSIGNMENT_FIELDS = frozenset({"assignees", "closedByPullRequestsReferences"})


def _is_assigned(issue: Json) -> bool:
    """Whether somebody is assigned, or a pull request that will close the issue is open."""
    pull_requests = _nodes(issue.get("closedByPullRequestsReferences"))
    return bool(_nodes(issue.get("assignees"))) or any(pull.get("state") == "OPEN" for pull in pull_requests)


def _named(labels: frozenset[str], body: str, settings: GitHubSettings) -> Iterator[KeyResultMention]:
    mentions = settings.key_results
    for name in named_by_labels(labels, mentions.label or ""):
        yield KeyResultMention(MentionSource.LABEL, name)
    yield from mentions_in_text(body, mentions.text or "", mentions.field or "")


def _missing_fields(issue: Json) -> Iterator[str]:
    for name in ("labels", "blockedBy", "blocking"):
        # What is not there at all was not asked for, because the server knows no such thing.
        if name in issue and not is_complete(issue[name]):
            yield _FIELD_NAMES[name]
    errored = set(issue.get(ERRORED_FIELDS, ()))
    if issue.get("closedByPullRequestsReferences") and not is_complete(issue["closedByPullRequestsReferences"]):
        errored.add("closedByPullRequestsReferences")
    if issue.get("state") == "CLOSED" or _is_assigned(issue):
        errored -= _ASSIGNMENT_FIELDS
    for name in sorted(errored):
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
