"""OKRs as JSON hold what TOML holds, and their faults are told by file, line and key as well."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.errors import ConfigError
from hub.okr_files.json_file import parse_json
from hub.okr_files.loader import okrs_from_text, read_okrs

ACME = Path("examples/acme/okrs")
GOOD: dict[str, Any] = {
    "$schema": "okrs.schema.json",
    "cycle": {"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31"},
    "team": [{"id": "product"}],
    "objective": [
        {
            "id": "o",
            "title": "Grow",
            "teams": ["product"],
            "key_result": [
                {
                    "id": "kr",
                    "title": "500 users",
                    "start": 0,
                    "target": 500.5,
                    "current": None,
                    "measure": {"connector": "jira", "query": 'labels = "a"', "count": True},
                    "check_ins": [{"date": "2026-10-12", "value": 7}],
                }
            ],
        }
    ],
}


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        okrs_from_text(text, "okrs.json")
    return [f"{problem.location}: {problem.key}: {problem.message}" for problem in caught.value.problems]


def test_the_same_keys_are_read() -> None:
    okrs = okrs_from_text(json.dumps(GOOD, indent=2), "okrs.json")
    key_result = okrs.key_results["kr"]
    assert (okrs.cycle.start, okrs.cycle.end) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (key_result.start, key_result.target, key_result.current) == (0, 500.5, None)
    assert key_result.measure is not None
    assert key_result.measure.query == 'labels = "a"'
    assert key_result.check_ins[0].date == date(2026, 10, 12)
    assert str(key_result.location) == "okrs.json:21"


def test_the_example_as_json_is_the_example(tmp_path: Path) -> None:
    for path in sorted(ACME.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        (tmp_path / f"{path.stem}.json").write_text(json.dumps(data, default=str), encoding="utf-8")
    given_as_json = read_okrs(sorted(tmp_path.glob("*.json")), today=date(2026, 11, 16))
    in_toml = read_okrs(sorted(ACME.glob("*.toml")), today=date(2026, 11, 16))
    assert given_as_json.key_results.keys() == in_toml.key_results.keys()
    for id_, key_result in in_toml.key_results.items():
        other = given_as_json.key_results[id_]
        assert (other.title, other.aligns_to, other.depends_on, other.check_ins, other.target) == (
            key_result.title,
            key_result.aligns_to,
            key_result.depends_on,
            key_result.check_ins,
            key_result.target,
        )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"target": 500.5', '"target": "many"', "okrs.json:25: objective[o].key_result[kr].target: expected"),
        ('"target": 500.5', '"tagret": 500.5', "okrs.json:25: objective[o].key_result[kr].tagret: unknown key"),
        (
            '"2026-10-12"',
            '"12 Oct"',
            "okrs.json:34: objective[o].key_result[kr].check_ins[0].date: expected a date such as 2026-10-01, f",
        ),
        (
            '"2026-10-12"',
            '"2026-13-12"',
            "okrs.json:34: objective[o].key_result[kr].check_ins[0].date: expected a date such as 2026-10-01, f",
        ),
        ('"count": true', '"count": false', "okrs.json:30: objective[o].key_result[kr].measure.count: expected true"),
        ('"start": 0,', '"start": 0, "start": 1,', "okrs.json:24: : the key 'start' stands twice"),
        ('"start": 0,', '"start": NaN,', "okrs.json:24: objective[o].key_result[kr].start: NaN is no number of JSON"),
        ('"start": 0,', '"start": 0', "okrs.json:25: : not valid JSON"),
    ],
)
def test_a_fault_is_told_by_file_line_and_key(old: str, new: str, problem: str) -> None:
    text = json.dumps(GOOD, indent=2)
    assert text.count(old) == 1
    (found,) = problems(text.replace(old, new))
    assert found.startswith(problem)


def test_what_is_no_object_is_told() -> None:
    assert problems("[]") == ["okrs.json:1: : expected an object"]
    assert problems("")[0].startswith("okrs.json:1: : not valid JSON")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5), st.sampled_from([None, 0, 1, 4]))
def test_every_key_and_element_of_any_document_has_its_line(data: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(data, indent=indent)
    lines = parse_json("x.json", text).lines
    assert set(lines) == set(_paths(data, ()))
    rows = text.split("\n")
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert json.dumps(path[-1]) in rows[line - 1]


def _paths(value: Any, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in items for found in ((*path, key), *_paths(item, (*path, key)))]


def with_numbers(start: str, target: str) -> str:
    text = json.dumps(GOOD, indent=2)
    return text.replace('"start": 0', f'"start": {start}').replace('"target": 500.5', f'"target": {target}')


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("NaN", "NaN is no number of JSON"),
        ("-Infinity", "-Infinity is no number of JSON"),
        ("1" + "0" * 5000, "a number of 5001 digits is too large"),
        ("-" + "9" * 400, "a number of 401 digits is too large"),
        ("1e999", "expected a finite number"),
    ],
)
def test_what_is_no_number_is_told_by_line_and_key(word: str, message: str) -> None:
    lines = with_numbers(word, "7").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if word in text)
    assert problems("\n".join(lines)) == [f"okrs.json:{line}: objective[o].key_result[kr].start: {message}"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cycle": "2026-Q4"}, 'expected an object: Write it as "cycle": { … }.'),
        ({"team": {"id": "product"}}, 'expected a list of objects: Write it as "team": [{ … }, …].'),
        ({"team": [7]}, "expected an object"),
        ({"cycle": None}, 'no cycle is defined: Add to one of the files "cycle" with "id": "2026-Q4"'),
    ],
)
def test_faults_of_json_are_told_in_its_words(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        okrs_from_text(json.dumps(GOOD | changes), "okrs.json")
    told = [f"{problem.message}: {problem.remedy}" for problem in caught.value.problems]
    assert any(words in text for text in told), told
    assert not any("[[" in text or " = " in text for text in told)
