"""One scale of priorities for all trackers: the same word is the same number on Jira, on GitHub and in exports."""

from collections.abc import Mapping

from connectors.names import plain
from hub.model.initiative import PriorityBand

PRIORITIES: Mapping[str, PriorityBand] = {
    **dict.fromkeys(("p0", "p1", "highest", "critical", "blocker", "urgent"), PriorityBand.HIGHEST),
    **dict.fromkeys(("p2", "high", "major"), PriorityBand.HIGH),
    **dict.fromkeys(("p3", "medium", "normal", "moderate"), PriorityBand.MEDIUM),
    **dict.fromkeys(("p4", "p5", "low", "lowest", "minor", "trivial"), PriorityBand.LOW),
}
_FILLERS = frozenset({"priority", "prio"})


def band_of(name: str, own: Mapping[str, PriorityBand]) -> PriorityBand | None:
    """The number that a priority's name stands for, by `own` names first; None for one that nobody mapped.

    Several words count where all of them say the same: `P1 - Critical` is 1, `P2 - Critical` is nothing.
    """
    wanted = plain(name)
    found = next((band for written, band in own.items() if plain(written) == wanted), None)
    if found is not None:
        return found
    words = [word for word in wanted.split() if word not in _FILLERS and not word.isdecimal()]
    bands = {PRIORITIES.get(word) for word in words}
    return bands.pop() if len(bands) == 1 else None
