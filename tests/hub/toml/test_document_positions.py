"""Each key of a TOML text is found on the line that holds it, and each value between its first and last character."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.toml.document import TomlPath, key_lines, line_of, value_spans
from tests.architecture.tree import ROOT

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
    lines = key_lines(TEXT)
    tomllib.loads(TEXT)
    assert lines["top",] == 2
    assert lines["cycle",] == 4
    assert lines["cycle", "quoted key"] == 6
    assert lines["cycle", "dotted", "deep", "er"] == 7
    assert lines["objective", 0, "id"] == 10
    assert lines["objective", 0, "title"] == 11


def test_elements_of_arrays_of_tables_are_counted_under_their_parent() -> None:
    lines = key_lines(TEXT)
    assert lines["objective", 0] == 9
    assert lines["objective", 0, "key_result", 0, "id"] == 15
    assert lines["objective", 0, "key_result", 1] == 21
    assert lines["objective", 1] == 24
    assert lines["objective", 1, "extra", "note"] == 28
    assert lines["objective", 1, "key_result", 0, "id"] == 32


def test_elements_of_an_array_over_several_lines_have_their_own_line() -> None:
    lines = key_lines(TEXT)
    path = ("objective", 0, "key_result", 0, "aligns_to")
    assert lines[path] == 16
    assert lines[(*path, 0, "kind")] == 17
    assert lines[(*path, 1)] == 19
    numbers = ("objective", 1, "key_result", 0, "numbers")
    assert lines[(*numbers, 1, 1)] == 34
    assert lines[(*numbers, 3)] == 34


def test_an_unknown_path_falls_back_to_its_nearest_ancestor() -> None:
    lines = key_lines(TEXT)
    assert line_of(lines, ("objective", 1, "key_result", 0, "owners", 4)) == 31
    assert line_of(lines, ("nowhere",)) == 1


def test_windows_line_ends_are_counted_once() -> None:
    assert key_lines("a = 1\r\n\r\nb = '''x\r\ny'''\r\nc = 3\r\n")["c",] == 5


def test_escapes_in_quoted_keys_are_read() -> None:
    text = '"a\\u0062\\"\\t" = 1'
    assert set(key_lines(text)) == {(next(iter(tomllib.loads(text))),)}


def test_value_spans_count_characters_also_behind_wide_ones_and_windows_line_ends() -> None:
    text = 'name = "é😀" # ü\r\nlist = [\r\n  "ß", {x = 1.5},\r\n]\r\n[[table]]\r\nk = 2026-10-01 10:00:00\r\n'
    values = {path: text[start:end] for path, (start, end) in value_spans(text).items()}
    assert values == {
        ("name",): '"é😀"',
        ("list",): '[\r\n  "ß", {x = 1.5},\r\n]',
        ("list", 0): '"ß"',
        ("list", 1): "{x = 1.5}",
        ("list", 1, "x"): "1.5",
        ("table", 0, "k"): "2026-10-01 10:00:00",
    }


TOML_FILES = [*ROOT.glob("*.toml"), *sorted(ROOT.glob("examples/**/*.toml"))]


@pytest.mark.parametrize("file", TOML_FILES, ids=lambda path: path.name)
def test_every_file_of_the_repository_has_positions_for_all_it_holds(file: Path) -> None:
    assert_positions(file.read_text(encoding="utf-8"))


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


def assert_positions(text: str) -> None:
    data = tomllib.loads(text)
    lines, spans = key_lines(text), value_spans(text)
    rows = text.split("\n")
    assert set(lines) == set(paths_of(data))
    for path, line in lines.items():
        named = [part for part in path if isinstance(part, str)]
        if isinstance(path[-1], str) and named[-1].isalnum() and named[-1].isascii():
            assert named[-1] in rows[line - 1]
    for path, (start, end) in spans.items():
        value: Any = data
        for part in path:
            value = value[part]
        assert tomllib.loads(f"x = {text[start:end]}")["x"] == value


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.booleans())
@settings(max_examples=150, deadline=None)
def test_generated_toml_has_the_line_of_every_key_and_the_span_of_every_value(
    data: dict[str, Any], spread: bool
) -> None:
    document = tomlkit.item(data)
    if spread:
        spread_arrays(document)
    assert_positions(tomlkit.dumps(document))


def spread_arrays(value: Any) -> None:
    if isinstance(value, tomlkit.items.Array):
        value.multiline(True)
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            spread_arrays(item)
