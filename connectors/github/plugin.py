"""What the registry offers for GitHub."""

from dataclasses import dataclass

from connectors.base import Connector, ConnectorContext
from connectors.github.settings import GitHubSettings


@dataclass(frozen=True, slots=True)
class GitHubPlugin:
    """The kind's name, its settings, and how to make a connector of them."""

    kind: str = "github"
    settings: type[GitHubSettings] = GitHubSettings

    def build(self, name: str, settings: GitHubSettings, context: ConnectorContext) -> Connector:
        """Make the connector; opens no connection yet."""
        from connectors.github.connector import GitHubConnector  # noqa: PLC0415 - settings alone load no client

        return GitHubConnector(name, settings, context)


PLUGIN = GitHubPlugin()
