"""What the values of a Jira ticket are read with: the settings, the site's own words, and where it keeps what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.jira.layout import FieldMap
from connectors.jira.settings import JiraSettings
from connectors.names import plain_name
from hub.model.initiative import PriorityBand, Ref, StatusCategory

CATEGORIES = {
    "new": StatusCategory.TO_DO,
    "indeterminate": StatusCategory.IN_PROGRESS,
    "done": StatusCategory.DONE,
}
FALLBACK_PRIORITY = "Medium"
"""What Jira gives tickets whose priority nobody set, where the site does not tell."""
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NormaliseContext:
    """What a ticket's values are read with: the connector's name, its settings, and where the site keeps what.

    `default_priority` is the site's own, as far as it was told.
    """

    connector: str
    settings: JiraSettings
    field_map: FieldMap
    site_url: str = ""
    default_priority: str = ""

    def browse(self, key: str) -> str:
        """The page that people open."""
        return f"{self.site_url or self.settings.url}/browse/{key}"

    def ref(self, key: str) -> Ref:
        """The name of another ticket of this site."""
        return Ref(self.connector, key)

    def priority(self, name: str) -> PriorityBand | None:
        """The number of a priority that somebody set; the site's default is nobody's statement."""
        return None if self.is_default_priority(name) else self.settings.band_of(name)

    def is_default_priority(self, name: str) -> bool:
        """Whether it is the one that nobody chose."""
        own = self.settings.default_priority
        return plain_name(name) == plain_name(own if own is not None else self.default_priority or FALLBACK_PRIORITY)
