"""The priority of each ticket on the one scale from 1 to 4, only where people set one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hub.model.initiative import Initiative, Ref

SCALE = 4


def priorities(initiatives: Mapping[Ref, Initiative], active: Sequence[Ref]) -> dict[Ref, int]:
    """Ticket → priority 1 (first) to 4.

    Where a connector says that the order of its list is a priority (`rank`), the list of each container is split in
    four; lists too short to split tell none.
    """
    by_ticket = {ref: int(i.priority) for ref, i in initiatives.items() if i.priority is not None}
    ranked: dict[tuple[str, str], list[tuple[str, Ref]]] = defaultdict(list)
    for ref in active:
        initiative = initiatives[ref]
        if initiative.rank is not None and initiative.containers:
            ranked[ref.connector, initiative.containers[-1]].append((initiative.rank, ref))
    for listed in ranked.values():
        if len(listed) < SCALE:
            continue
        for position, (_, ref) in enumerate(sorted(listed)):
            by_ticket.setdefault(ref, 1 + position * SCALE // len(listed))
    return by_ticket
