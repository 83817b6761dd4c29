"""How key results stand, in words and as JSON: no number that the files do not state."""

from datetime import date
from typing import Any

import pytest

from hub.core.insight.status import key_result_statuses
from hub.model.okr import CheckIn, Direction
from hub.report.key_result_status import KeyResultStatuses, key_result_document, key_result_status_lines
from hub.report.run_json import document_of
from tests.builders import CYCLE, TODAY, a_key_result, a_portfolio, an_objective, some_okrs

TARGET, START = frozenset({"target"}), frozenset({"start"})


def answer(**changes: Any) -> KeyResultStatuses:
    okrs = some_okrs(objectives=(an_objective("launch"),), key_results=(a_key_result("dau", **changes),))
    return KeyResultStatuses(
        CYCLE, TODAY, key_result_statuses(a_portfolio(okrs=okrs), read=False), None, is_incomplete=False
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start": 0, "target": 50, "current": 10, "unit": "users"}, "20 %: 10 users (0 → 50 users)"),
        ({"start": 0, "target": 50}, "no value yet (0 → 50)"),
        ({"target": 92, "current": 88, "stated": TARGET}, "not measured: no start stated (value 88, target 92)"),
        ({"start": 60, "current": 70, "stated": START}, "not measured: no target stated (value 70, start 60)"),
        ({"stated": frozenset[str]()}, "not measured: no start and no target stated"),
        (
            {"title": "Fewer than 5 open bugs", "start": 0, "target": 5, "current": 12},
            "not measured: the title states a limit, but the numbers state growth (value 12, 0 → 5)",
        ),
        (
            {"target": 4, "current": 6, "direction": Direction.AT_MOST, "stated": TARGET, "unit": "accidents"},
            "limit exceeded: 6 accidents (at most 4 accidents)",
        ),
        (
            {"target": 4, "current": 6, "direction": Direction.AT_LEAST, "stated": TARGET},
            "within the limit: 6 (at least 4)",
        ),
        (
            {"target": 40, "current": 37, "direction": Direction.KEEP, "stated": TARGET},
            "limit exceeded: 37 (keep 40 ± 0.4)",
        ),
        ({"target": 4, "direction": Direction.AT_MOST, "stated": TARGET}, "no value yet (at most 4)"),
        (
            {"current": 4, "direction": Direction.AT_MOST, "stated": frozenset[str]()},
            "not measured: no target stated (value 4)",
        ),
    ],
)
def test_the_measured_line_tells_only_what_is_stated(changes: dict[str, Any], words: str) -> None:
    lines = [line.text for line in key_result_status_lines(answer(**changes), private=False)]
    assert f"  measured   {words}" in lines


def test_json_holds_no_number_that_the_file_does_not_state() -> None:
    (row,) = answer(stated=frozenset[str](), check_ins=(CheckIn(date(2026, 11, 9), value=3),)).rows
    assert document_of(key_result_document(row))["measured"] == {
        "start": None,
        "target": None,
        "value": 3,
        "unit": "",
        "progress": None,
        "direction": None,
        "is_limit_met": None,
        "not_measured": "no start and no target stated",
    }


def test_json_tells_of_a_limit_whether_it_holds() -> None:
    (row,) = answer(target=4, current=6, direction=Direction.AT_MOST, stated=TARGET).rows
    measured = document_of(key_result_document(row))["measured"]
    assert (measured["start"], measured["target"], measured["is_limit_met"]) == (None, 4, False)
    assert (measured["direction"], measured["progress"], measured["not_measured"]) == ("at_most", None, "")
