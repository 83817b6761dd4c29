"""What the registry offers for exports."""

from dataclasses import dataclass

from connectors.base import Connector, ConnectorContext
from connectors.csv.settings import CsvSettings


@dataclass(frozen=True, slots=True)
class CsvPlugin:
    """The kind's name, its settings, and how to make a connector of them."""

    kind: str = "csv"
    settings: type[CsvSettings] = CsvSettings

    def build(self, name: str, settings: CsvSettings, context: ConnectorContext) -> Connector:
        """Make the connector; opens no file yet."""
        from connectors.csv.connector import CsvConnector  # noqa: PLC0415 - settings alone load no reader

        return CsvConnector(name, settings, context)


PLUGIN = CsvPlugin()
