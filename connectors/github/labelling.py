"""The hub's labels in a GitHub's repositories: each gets its colour before its first use."""

from threading import Lock

from connectors.github.capable import FeatureDetectingClient
from connectors.github.setup import LABELS, AdminClient


class LabelCreator:
    """Makes what is missing, once for each repository and label; any thread may ask."""

    def __init__(self, admin_client: AdminClient, client: FeatureDetectingClient) -> None:
        self._admin_client = admin_client
        self._client = client
        self._known: set[tuple[str, str]] = set()
        self._lock = Lock()

    def ensure(self, repository: str, label: str) -> bool:
        """Make the label where it is one of ours and the repository lacks it; returns whether it was made now."""
        with self._lock:
            if label not in LABELS or (repository, label) in self._known:
                return False
            made = self._admin_client.ensure_label(repository, label, self._client.wait_for_slot)
            self._known.add((repository, label))
            return made
