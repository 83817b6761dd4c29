"""What a connector is that writes nowhere: nothing of the hub's is there to be found, and what would write raises."""

from collections.abc import Iterable, Sequence

from connectors.base import Actor
from hub.model.action import Comment, Target
from hub.model.errors import SourceError
from hub.model.message import Message, Wording


class ReadOnlyConnector:
    """The half of the protocol of connectors that is about writing; `kind` is what people call the source."""

    publishes = False
    wording = Wording()
    kind = "source"

    def __init__(self, name: str) -> None:
        """`name` is what the configuration calls the connector."""
        self.name = name

    def whoami(self) -> Actor:
        """Nobody: such a source knows no accounts."""
        return Actor(self.kind, f"an {self.kind}" if self.kind[0] in "aeiou" else f"a {self.kind}")

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """It holds no comments of ours."""
        return ()

    def rendered_text(self, target: Target, message: Message) -> str:
        """It holds no comments of ours."""
        return ""

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """It holds no comments."""
        return None

    def has_reply(self, target: Target, comment_id: str) -> bool:
        """Nothing of ours is there to be answered."""
        return False

    def find_own_comments(self, targets: Sequence[Target]) -> Iterable[tuple[Target, Comment]]:
        """Nothing of ours is there to be found."""
        return ()

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Nothing can be written there."""
        raise self._read_only_error(target)

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Nothing can be written there."""
        raise self._read_only_error(target)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Nothing can be written there."""
        raise self._read_only_error(target)

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Nothing can be written there."""
        raise self._read_only_error(target)

    def _read_only_error(self, target: Target) -> SourceError:
        return SourceError(self.name, f"nothing can be written to {self.whoami().name}", key=target.ref.key)
