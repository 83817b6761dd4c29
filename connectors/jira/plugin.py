"""What the registry offers for Jira."""

from dataclasses import dataclass

from connectors.base import Connector, ConnectorContext
from connectors.jira.settings import JiraSettings


@dataclass(frozen=True, slots=True)
class JiraPlugin:
    """The kind's name, its settings, and how to make a connector of them."""

    kind: str = "jira"
    settings: type[JiraSettings] = JiraSettings

    def build(self, name: str, settings: JiraSettings, context: ConnectorContext) -> Connector:
        """Make the connector; opens no connection yet."""
        from connectors.jira.connector import JiraConnector  # noqa: PLC0415 - settings alone load no client

        return JiraConnector(name, settings, context)


PLUGIN = JiraPlugin()
