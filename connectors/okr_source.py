"""A source of OKRs alone, such as an OKR product: objectives, key results and their links, and no tickets."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from connectors.base import Actor, Capabilities
from hub.model.errors import Check
from hub.model.initiative import PullResult, PullState
from hub.model.message import Wording
from hub.model.ticket_input import OkrTicket


class OkrSource(Protocol):
    """What such a source must offer; `OkrSourceConnector` makes a connector of it."""

    def read_okrs(self) -> Sequence[OkrTicket]:
        """Read all objectives and key results, each as one row: what it says, by the words of the OKR files.

        Raises:
            SourceError: Not all of them could be read: what was read last stays, and nothing is judged as missing.
        """
        ...

    def diagnose(self) -> Iterable[Check]:
        """What works, what does not, and how to mend it; writes nothing."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class OkrSourceConnector:
    """A connector that gives the OKRs of its source at every pull, and nothing else."""

    has_okrs = True
    accepted_gaps: tuple[str, ...] = ()
    wording = Wording()

    def __init__(self, name: str, source: OkrSource) -> None:
        """`name` is what the configuration calls it."""
        self.name = name
        self._source = source

    @property
    def capabilities(self) -> Capabilities:
        """Its OKRs are read; nothing else is asked of it."""
        return Capabilities()

    def whoami(self) -> Actor:
        """Nobody: nothing is written there."""
        return Actor("OKR source", "an OKR source")

    def pull(self, known: PullState | None = None) -> PullResult:
        """All OKRs, whatever is known; SourceError where they did not all come."""
        return PullResult(self.name, okrs=tuple(self._source.read_okrs()))

    def diagnose(self) -> Iterable[Check]:
        """What the source says of itself."""
        return self._source.diagnose()

    def close(self) -> None:
        """Close the source."""
        self._source.close()
