"""The tracker's tickets as the hub's initiatives."""

from collections.abc import Iterator

from connectors.shared.ticket_text import depends_on, mentioned, mentions_in_text, named_by_labels, plain_words
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, Ref, StatusCategory
from tiny_tracker_connector.api import Ticket
from tiny_tracker_connector.settings import TinySettings

STATES = {"open": StatusCategory.TO_DO, "doing": StatusCategory.IN_PROGRESS, "done": StatusCategory.DONE}
KIND = "Ticket"
TOP_LEVEL = 1
"""The tracker has no hierarchy, so every ticket may be an initiative: see `WorkSettings.level_of`."""


def initiative(connector: str, settings: TinySettings, ticket: Ticket) -> Initiative:
    """One ticket; of its text only what names key results and other tickets is kept."""
    return Initiative(
        ref=Ref(connector, str(ticket.id)),
        id=str(ticket.id),
        title=ticket.title,
        url=ticket.url,
        containers=(settings.project,),
        kind=KIND,
        status=STATES.get(ticket.state, StatusCategory.TO_DO),
        status_name=ticket.state,
        level=settings.level_of(KIND, TOP_LEVEL),
        exempt=settings.exemption_of(KIND, TOP_LEVEL, ticket.labels),
        labels=frozenset(ticket.labels),
        depends_on_text=depends_on(ticket.text),
        mentions=mentioned(ticket.text),
        words=plain_words(ticket.text),
        key_result_mentions=tuple(_mentions(settings, ticket)),
        inherits=settings.key_results.inherit,
    )


def _mentions(settings: TinySettings, ticket: Ticket) -> Iterator[KeyResultMention]:
    patterns = settings.key_results
    for id_ in named_by_labels(ticket.labels, patterns.label or ""):
        yield KeyResultMention(MentionSource.LABEL, id_)
    yield from mentions_in_text(ticket.text, patterns.text or "")
