"""Circles in a graph: the groups of nodes that all lead to each other, found in linear time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]


def circles(graph: Graph) -> list[tuple[str, ...]]:
    """Each group of two or more nodes of which every one leads to every other; sorted, in a stable order.

    Kosaraju's algorithm, without recursion: a walk along the edges, then one against them in the reverse order.
    """
    back: dict[str, list[str]] = defaultdict(list)
    for node, targets in graph.items():
        for target in targets:
            back[target].append(node)
    ended = list(_walked(graph, list(graph), set()))
    seen: set[str] = set()
    groups = (tuple(sorted(_walked(back, [node], seen))) for node in reversed(ended) if node not in seen)
    return sorted(group for group in groups if len(group) > 1)


def _walked(graph: Graph, starts: Sequence[str], seen: set[str]) -> Iterator[str]:
    """The nodes that the starts lead to and that were not seen, each after those that it leads to."""
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(graph.get(start, ())))]
        while path:
            node, rest = path[-1]
            fresh = next((target for target in rest if target not in seen), None)
            if fresh is None:
                path.pop()
                yield node
            else:
                seen.add(fresh)
                path.append((fresh, iter(graph.get(fresh, ()))))
