"""Four priority bands for every ticket: its stated priority, else its place in the ranked list of its container."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hub.model.initiative import Initiative, Ref

BANDS = 4


def bands(initiatives: Mapping[Ref, Initiative], active: Sequence[Ref]) -> dict[Ref, int]:
    """Ticket → band 1 (first) to 4; tickets without priority, in lists too short to split, have none."""
    found = {ref: int(i.priority) for ref, i in initiatives.items() if i.priority is not None}
    ranked: dict[tuple[str, str], list[tuple[str, Ref]]] = defaultdict(list)
    for ref in active:
        initiative = initiatives[ref]
        if initiative.rank is not None and initiative.containers:
            ranked[ref.connector, initiative.containers[-1]].append((initiative.rank, ref))
    for listed in ranked.values():
        if len(listed) < BANDS:
            continue
        for position, (_, ref) in enumerate(sorted(listed)):
            found.setdefault(ref, 1 + position * BANDS // len(listed))
    return found
