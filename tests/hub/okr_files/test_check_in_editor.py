"""A check-in goes into the text of an OKR file, and every other character stays."""

import re
import tomllib
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.okr import CheckIn
from hub.okr_files.check_in_editor import CheckInEdit, with_check_in
from hub.toml.document import parse_toml

MONDAY = date(2026, 11, 23)
DAY = CheckIn(MONDAY, 130_000, 0.7)
PATH = ("objective", 0, "key_result", 0)
HEAD = (
    '[[objective]]\nid = "o"\ntitle = "O"\n\n[[objective.key_result]]\nid = "k"\ntitle = "K"\ntarget = 500_000 # far\n'
)
WRITTEN = "{ date = 2026-11-23, value = 130_000, confidence = 0.7 }"


def written(text: str, entry: CheckInEdit | None = None, path: tuple[str | int, ...] = PATH) -> str:
    return with_check_in(text, parse_toml("o.toml", text), path, entry or CheckInEdit(DAY))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("check_ins = []", f"check_ins = [{WRITTEN}]"),
        ("check_ins = [ ]  # none", f"check_ins = [{WRITTEN} ]  # none"),
        ("check_ins = [{ date = 2026-11-16 }] # one", f"check_ins = [{{ date = 2026-11-16 }}, {WRITTEN}] # one"),
        ("check_ins = [{ date = 2026-11-16 }, ]", f"check_ins = [{{ date = 2026-11-16 }}, {WRITTEN}, ]"),
        (
            "check_ins = [\n  { date = 2026-11-16 }, # a\n  # the end\n]",
            f"check_ins = [\n  {{ date = 2026-11-16 }}, # a\n  {WRITTEN},\n  # the end\n]",
        ),
        (
            "check_ins = [\n\t{ date = 2026-11-16 } # a\n]",
            f"check_ins = [\n\t{{ date = 2026-11-16 }}, # a\n\t{WRITTEN}\n]",
        ),
        (
            "check_ins = [\n    { date = 2026-11-16 }]",
            f"check_ins = [\n    {{ date = 2026-11-16 }},\n    {WRITTEN}]",
        ),
        (
            "check_ins = [\n  { date = 2026-11-16 }, ]",
            f"check_ins = [\n  {{ date = 2026-11-16 }},\n  {WRITTEN}, ]",
        ),
        ("check_ins = [\n  # none yet\n]", f"check_ins = [\n  # none yet\n  {WRITTEN},\n]"),
        (
            "[[objective.key_result.check_ins]] # first\ndate = 2026-11-16 # Monday",
            (
                "[[objective.key_result.check_ins]] # first\ndate = 2026-11-16 # Monday\n\n"
                "[[objective.key_result.check_ins]]\ndate = 2026-11-23\nvalue = 130_000\nconfidence = 0.7"
            ),
        ),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_check_in_is_written_as_its_neighbours_are(before: str, after: str, line_end: str) -> None:
    rest = '\n\n# The next one\n[[objective.key_result]]\nid = "l"\ntitle = "L"\n'
    text = (HEAD + "current = 120_000      # by the dashboard\n" + before + rest).replace("\n", line_end)
    expected = HEAD + "current = 130_000      # by the dashboard\n" + after + rest
    assert written(text) == expected.replace("\n", line_end)


def test_without_any_value_both_lines_are_added_in_their_places() -> None:
    text = HEAD + 'owners = [\n  "a",\n]\n\n# next\n[[team]]\nid = "a"\n'
    added = HEAD + f'current = 130_000\nowners = [\n  "a",\n]\ncheck_ins = [{WRITTEN}]\n\n# next\n[[team]]\nid = "a"\n'
    assert written(text) == added


def test_a_file_that_ends_without_a_line_end_stays_valid() -> None:
    text = HEAD.rstrip("\n")
    assert written(text) == f"{text}\ncurrent = 130_000\ncheck_ins = [{WRITTEN}]"


def test_key_results_between_braces_are_written_between_braces() -> None:
    text = '[[objective]]\nid = "o"\nkey_result = [{ id = "k", target = 5, owners = ["a"] }, { id = "l" }] # two\n'
    found = written(text, CheckInEdit(CheckIn(MONDAY, 2)))
    assert found == (
        '[[objective]]\nid = "o"\nkey_result = [{ id = "k", target = 5, current = 2, owners = ["a"], '
        'check_ins = [{ date = 2026-11-23, value = 2 }] }, { id = "l" }] # two\n'
    )


def test_an_indented_file_keeps_its_indentation() -> None:
    text = HEAD.replace("\nid", "\n  id").replace("\ntitle", "\n  title").replace("\ntarget", "\n  target")
    assert written(text) == text + f"  current = 130_000\n  check_ins = [{WRITTEN}]\n"


def test_an_earlier_day_leaves_the_current_value() -> None:
    text = HEAD + "current = 7\ncheck_ins = []\n"
    assert written(text, CheckInEdit(DAY, current=False)) == HEAD + f"current = 7\ncheck_ins = [{WRITTEN}]\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "check_ins = [{ date = 2026-11-16 }, { date = 2026-11-23, note = 'x' }, ]",
            f"check_ins = [{{ date = 2026-11-16 }}, {WRITTEN}, ]",
        ),
        (
            (
                "[[objective.key_result.check_ins]]\ndate = 2026-11-16\n\n[[objective.key_result.check_ins]] # b\n"
                "date = 2026-11-23\nnote = 'x'"
            ),
            (
                "[[objective.key_result.check_ins]]\ndate = 2026-11-16\n\n[[objective.key_result.check_ins]] # b\n"
                "date = 2026-11-23\nvalue = 130_000\nconfidence = 0.7"
            ),
        ),
    ],
)
def test_a_replaced_check_in_leaves_the_others(before: str, after: str) -> None:
    rest = "\n# end\n"
    text = HEAD + "current = 1\n" + before + rest
    assert written(text, CheckInEdit(DAY, replaces=1)) == HEAD + "current = 130_000\n" + after + rest


VALUE = re.compile(r"current ?= ?[-\d_.e+]+")
SPACE = st.sampled_from(["", " ", "  "])
REMARK = st.sampled_from(["", " # why", "# [{ ]] \"''\" ,"])
ELEMENT = st.sampled_from(["{ date = 2026-11-16 }", "{date=2026-11-17,note=']'}", "{ date = 2026-11-18, value = 1 }"])


@st.composite
def inline_list(draw: st.DrawFn) -> str:
    elements = draw(st.lists(ELEMENT, max_size=3))
    if draw(st.booleans()):
        last = "," if elements and draw(st.booleans()) else ""
        return f"check_ins = [{draw(SPACE)}{', '.join(elements)}{last}{draw(SPACE)}]{draw(REMARK)}\n"
    rows = [f"{draw(SPACE)}{element},{draw(REMARK)}" for element in elements]
    if rows and draw(st.booleans()):
        rows[-1] = rows[-1].replace("},", "}", 1)
    return f"check_ins = [{draw(REMARK)}\n" + "".join(f"{row}\n" for row in rows) + f"{draw(SPACE)}]{draw(REMARK)}\n"


@st.composite
def blocks(draw: st.DrawFn) -> str:
    days = draw(st.integers(0, 3))
    header = draw(st.sampled_from(["[[objective.key_result.check_ins]]", "[[ objective . key_result.'check_ins' ]]"]))
    return "".join(f"{header}{draw(REMARK)}\ndate = 2026-11-{16 + n}{draw(REMARK)}\n\n" for n in range(days))


@st.composite
def files(draw: st.DrawFn) -> tuple[str, tuple[str | int, ...]]:
    parts, count = [f"# A file{draw(REMARK)}\n[[objective]]\nid = 'o'\n"], draw(st.integers(1, 3))
    for number in range(count):
        current = draw(st.sampled_from(["", "current = 5\n", "current=1_000  # c\n"]))
        tail = draw(st.one_of(inline_list(), blocks(), st.just("")))
        parts.append(f"\n[[objective.key_result]]{draw(REMARK)}\nid = 'k{number}'\ntarget = 10{draw(REMARK)}\n")
        parts.append(f"{current}title = '''a\n[b]\n'''\n{tail}")
    text = "".join(parts) + draw(st.sampled_from(["", "# end", "[[team]]\nid = 'a'\n"]))
    at = draw(st.integers(0, count - 1))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))), ("objective", 0, "key_result", at)


@given(files(), st.integers(-5, 10**7) | st.floats(-1e9, 1e9).map(lambda x: round(x, 3)), st.text(max_size=20))
def test_nothing_but_the_check_in_and_the_current_value_changes(
    made: tuple[str, tuple[str | int, ...]], value: float, note: str
) -> None:
    text, path = made
    found = written(text, CheckInEdit(CheckIn(MONDAY, value, 0.5, ("a", "b"), note)), path)
    expected: dict[str, Any] = deepcopy(tomllib.loads(text))
    table = expected["objective"][0]["key_result"][path[3]]
    table["current"] = value
    entry = {"date": MONDAY, "value": value, "confidence": 0.5, "present": ["a", "b"]} | (
        {"note": note} if note else {}
    )
    table["check_ins"] = [*table.get("check_ins", []), entry]
    assert tomllib.loads(found) == expected
    assert is_kept(text, found)
    assert found.count("\n") == found.count("\r\n") or "\r\n" not in text


def is_kept(before: str, after: str) -> bool:
    """Whether every character of the text before, but for the current value, stands in the one after, in order."""
    rest = iter(VALUE.sub("current", after))
    return all(any(text == other for other in rest) for text in VALUE.sub("current", before))
