"""Each key of a TOML text is found on the line that holds it."""

import tomllib
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.toml.positions import TomlPath, line_of, lines_of

TEXT = '''\
# a comment with [brackets] and = signs
top = 1

[cycle]
id = "2026-Q4" # trailing
"quoted key" = 'x'
dotted.deep."er" = 2

[[objective]]
id = "growth"
title = """
[[objective]]
id = "not me" """""
  [[objective.key_result]]
  id = "revenue"
  aligns_to = [
    { key_result = "a", kind = "direct" }, # why
    # between
    { key_result = "b" },
  ]
  [[objective.key_result]]
  id = "second"

[[objective]]
id = "launch"
sync = { host = "product", every_days = 7 }
[objective.extra]
note = \'\'\'
]
\'\'\'
[[objective.key_result]]
id = "dau"
numbers = [1, [2,
  3], "a]b", 2026-10-01 10:00:00]
'''


def test_tables_and_keys_stand_on_their_own_lines() -> None:
    lines = lines_of(TEXT)
    tomllib.loads(TEXT)
    assert lines["top",] == 2
    assert lines["cycle",] == 4
    assert lines["cycle", "quoted key"] == 6
    assert lines["cycle", "dotted", "deep", "er"] == 7
    assert lines["objective", 0, "id"] == 10
    assert lines["objective", 0, "title"] == 11


def test_elements_of_arrays_of_tables_are_counted_under_their_parent() -> None:
    lines = lines_of(TEXT)
    assert lines["objective", 0] == 9
    assert lines["objective", 0, "key_result", 0, "id"] == 15
    assert lines["objective", 0, "key_result", 1] == 21
    assert lines["objective", 1] == 24
    assert lines["objective", 1, "extra", "note"] == 28
    assert lines["objective", 1, "key_result", 0, "id"] == 32


def test_elements_of_an_array_over_several_lines_have_their_own_line() -> None:
    lines = lines_of(TEXT)
    path = ("objective", 0, "key_result", 0, "aligns_to")
    assert lines[path] == 16
    assert lines[(*path, 0, "kind")] == 17
    assert lines[(*path, 1)] == 19
    numbers = ("objective", 1, "key_result", 0, "numbers")
    assert lines[(*numbers, 1, 1)] == 34
    assert lines[(*numbers, 3)] == 34


def test_an_unknown_path_falls_back_to_its_nearest_ancestor() -> None:
    lines = lines_of(TEXT)
    assert line_of(lines, ("objective", 1, "key_result", 0, "owners", 4)) == 31
    assert line_of(lines, ("nowhere",)) == 1


def test_windows_line_ends_are_counted_once() -> None:
    assert lines_of("a = 1\r\n\r\nb = '''x\r\ny'''\r\nc = 3\r\n")["c",] == 5


def test_escapes_in_quoted_keys_are_read() -> None:
    text = '"a\\u0062\\"\\t" = 1'
    assert set(lines_of(text)) == {(next(iter(tomllib.loads(text))),)}


LEAVES = st.one_of(
    st.booleans(),
    st.integers(-9999, 9999),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=12),
    st.sampled_from(["[[x]]\n", '"""', "'''", "# no", "a = 1\n[b]\n", '\\"']),
    st.dates(),
)
KEYS = st.text(st.sampled_from("abcz09-_ .\"'#=[]é\n\\"), min_size=1, max_size=6)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def paths_of(value: Any, at: TomlPath = ()) -> list[TomlPath]:
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    found = [at] if at else []
    for key, item in inner:
        found += paths_of(item, (*at, key))
    return found


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_path_of_generated_toml_has_the_line_that_holds_its_key(data: dict[str, Any], spread: bool) -> None:
    document = tomlkit.item(data)
    if spread:
        spread_arrays(document)
    text = tomlkit.dumps(document)
    plain = tomllib.loads(text)
    lines = lines_of(text)
    rows = text.split("\n")
    wanted = paths_of(plain)
    assert set(wanted) == set(lines)
    for path in wanted:
        named = [part for part in path if isinstance(part, str)]
        if isinstance(path[-1], str) and named[-1].isalnum() and named[-1].isascii():
            assert named[-1] in rows[lines[path] - 1]


def spread_arrays(value: Any) -> None:
    if isinstance(value, tomlkit.items.Array):
        value.multiline(True)
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            spread_arrays(item)
