"""Circles are found whatever the graph looks like, and however deep it is."""

import pytest

from rules.circles import circles


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({}, []),
        ({"a": ["b"], "b": []}, []),
        ({"a": ["a"]}, []),
        ({"a": ["b"], "b": ["a"]}, [("a", "b")]),
        ({"c": ["a"], "a": ["b"], "b": ["c"], "tail": ["a"], "top": []}, [("a", "b", "c")]),
        ({"a": ["b"], "b": ["a", "c"], "c": ["d"], "d": ["c"]}, [("a", "b"), ("c", "d")]),
        ({"a": ["b", "c"], "b": ["a"], "c": ["a"]}, [("a", "b", "c")]),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, []),
    ],
)
def test_each_circle_is_found_once_and_nothing_else_is(
    graph: dict[str, list[str]], found: list[tuple[str, ...]]
) -> None:
    assert circles(graph) == found
    assert circles(dict(reversed(graph.items()))) == found


def test_a_circle_of_many_thousand_is_followed_without_recursion() -> None:
    ring = {f"{n:05}": [f"{(n + 1) % 20_000:05}"] for n in range(20_000)}
    assert circles(ring) == [tuple(sorted(ring))]
