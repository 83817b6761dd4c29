"""Take the labels that the hub made off the trackers' own lists, as far as nothing carries them any more."""

from collections.abc import Mapping

from connectors.base import Connector, SupportsLabelCleanup
from hub.model.errors import SourceError
from hub.model.initiative import Gap
from hub.store.base import Store


def delete_label_definitions(store: Store, connectors: Mapping[str, Connector]) -> tuple[Gap, ...]:
    """What could not be looked at, for the next time; a label that is in use stays, and stays known."""
    gaps = []
    for name, connector in connectors.items():
        for label in store.created_labels(name) if isinstance(connector, SupportsLabelCleanup) else ():
            try:
                if connector.delete_label_definition(label):  # type: ignore[attr-defined]
                    store.label_definition_gone(name, label)
            except SourceError as error:
                gaps.append(Gap(name, f"the label {label} was not taken off the list: {error.detail}", error.key))
    return tuple(gaps)
