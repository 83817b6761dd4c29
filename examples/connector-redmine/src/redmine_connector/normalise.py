"""Redmine's issues as the hub's initiatives."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.shared.settings import KeyResultMentions
from connectors.shared.ticket_text import depends_on, mentioned, mentions_in_text, named_in_field, plain_words
from connectors.shared.vocabulary import is_cancelled
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from redmine_connector.api import Issue
from redmine_connector.settings import RedmineSettings

WAITS = frozenset({"blocks", "precedes"})
"""Relations in which the second issue waits for the first; Redmine keeps `blocked` and `follows` as these."""
IMMEDIATE = "immediate"
_NUMBER = re.compile(r"#(\d{1,9})|https?://\S+/issues/(\d{1,9})")
_QUOTED = re.compile(r"<pre\b.*?(?:</pre>|\Z)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """What Redmine's words mean: the statuses of new issues, and the default priority, which nobody chose."""

    new_statuses: frozenset[str] = frozenset()
    default_priority: str = ""


def initiative(
    connector: str, settings: RedmineSettings, issue: Issue, words: Words, *, container: str, public: bool
) -> Initiative:
    """One issue; of its text only what names key results and other issues is kept."""
    text = _QUOTED.sub("\n", issue.description or "")
    level = settings.level_of(issue.tracker.name, 0 if issue.parent else 1)
    priority = "" if issue.priority.name == words.default_priority else issue.priority.name
    named, waits_for, others_wait = depends_on(text), *_related(connector, issue)
    return Initiative(
        ref=ref_of(connector, issue.id),
        id=str(issue.id),
        title=issue.subject,
        url=f"{settings.url.rstrip('/')}/issues/{issue.id}",
        containers=(container,),
        kind=issue.tracker.name,
        status=_status(settings, issue, words),
        status_name=issue.status.name,
        start=issue.start_date,
        due=issue.due_date,
        level=level,
        exempt=settings.exemption_of(issue.tracker.name, level, ()),
        parent=ref_of(connector, issue.parent.id) if issue.parent else None,
        blocked_by=(*waits_for, *(ref for ref in _numbered(connector, named) if ref not in waits_for)),
        blocks=others_wait,
        depends_on_text=tuple(name for name in named if not _NUMBER.fullmatch(name)),
        mentions=mentioned(text),
        words=plain_words(text),
        key_result_mentions=tuple(_mentions(settings.key_results, issue, text)),
        inherits=settings.key_results.inherit,
        priority=_band(settings, priority),
        priority_name=priority,
        created=issue.created_on,
        updated=issue.updated_on,
        closed=issue.closed_on,
        public=public and not issue.is_private,
        restricted=issue.is_private,
    )


def ref_of(connector: str, number: int) -> Ref:
    """An issue's name, as people write it: `#12`."""
    return Ref(connector, f"#{number}")


def _status(settings: RedmineSettings, issue: Issue, words: Words) -> StatusCategory:
    name = issue.status.name
    if name in settings.statuses:
        return settings.statuses[name]
    if issue.status.is_closed:
        return StatusCategory.CANCELLED if is_cancelled(name) else StatusCategory.DONE
    return StatusCategory.TO_DO if name in words.new_statuses else StatusCategory.IN_PROGRESS


def _band(settings: RedmineSettings, priority: str) -> PriorityBand | None:
    band = settings.band_of(priority)
    return PriorityBand.HIGHEST if band is None and priority.casefold() == IMMEDIATE else band


def _related(connector: str, issue: Issue) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
    """What the issue waits for, and what waits for it."""
    relations = [relation for relation in issue.relations if relation.relation_type in WAITS]
    waits_for = (relation.issue_id for relation in relations if relation.issue_to_id == issue.id)
    others_wait = (relation.issue_to_id for relation in relations if relation.issue_id == issue.id)
    return (
        tuple(ref_of(connector, number) for number in waits_for),
        tuple(ref_of(connector, number) for number in others_wait),
    )


def _numbered(connector: str, names: tuple[str, ...]) -> Iterator[Ref]:
    """The issues that a text names by number or address."""
    for name in names:
        if match := _NUMBER.fullmatch(name):
            yield ref_of(connector, int(match[1] or match[2]))


def _mentions(patterns: KeyResultMentions, issue: Issue, text: str) -> Iterator[KeyResultMention]:
    wanted = (patterns.field or "").casefold()
    for field in issue.custom_fields if wanted else ():
        if field.name.casefold() == wanted:
            for value in field.values:
                for id_ in named_in_field(value):
                    yield KeyResultMention(MentionSource.FIELD, id_)
    yield from mentions_in_text(text, patterns.text or "", patterns.field or "")
