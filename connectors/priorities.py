"""One scale of priorities for all trackers: the same word is the same number on Jira, on GitHub and in exports."""

from collections.abc import Mapping

from connectors.names import plain_name
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
    plain_text = plain_name(name)
    own_band = next((band for own_name, band in own.items() if plain_name(own_name) == plain_text), None)
    if own_band is not None:
        return own_band
    words = [word for word in plain_text.split() if word not in _FILLERS and not word.isdecimal()]
    bands = {PRIORITIES.get(word) for word in words}
    return bands.pop() if len(bands) == 1 else None
