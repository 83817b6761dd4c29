"""Fields are found by what they are, not by ids that differ from site to site."""

from typing import Any

import pytest

from connectors.jira.fields import FieldMap, FieldProblem, build_field_map, field_problems
from connectors.shared.settings import KeyResultMentions
from tests.connectors.jira.rows import FIELDS, LAYOUT, some_settings


def found(fields: list[dict[str, Any]] = FIELDS, *, links_up: bool = False, **settings: Any) -> FieldMap:
    return build_field_map(fields, some_settings(**settings), legacy_parents=links_up)


def of_kind(id_: str, custom: str, name: str = "Anything") -> dict[str, Any]:
    return {"id": id_, "name": name, "custom": True, "schema": {"type": "any", "custom": custom}}


def test_usual_site_is_understood_without_settings() -> None:
    assert found(order_is_priority=True) == LAYOUT
    assert found().rank == ()


def test_fields_are_asked_for_once_each() -> None:
    fields = LAYOUT.fields
    assert len(fields) == len(set(fields))
    assert {"summary", "duedate", "customfield_10019", "customfield_10040"} <= set(fields)


def test_named_fields_are_found_by_name_in_any_case_or_by_id() -> None:
    assert found(start_field="START DATE").start == ("customfield_10015",)
    assert found(start_field="customfield_10020").start == ("customfield_10020",)


def test_all_fields_of_one_name_count() -> None:
    twice = [*FIELDS, {"id": "customfield_10050", "name": "Key result", "schema": {"type": "option"}}]
    assert found(twice).key_result == ("customfield_10040", "customfield_10050")


def test_text_field_called_start_date_is_no_start() -> None:
    assert found([{"id": "f", "name": "Start date"}]).start == ()


def test_fields_of_boards_and_plans_are_found_whatever_they_are_called() -> None:
    renamed = [{**field, "name": f"Old {field['name']}"} for field in FIELDS]
    layout = found(
        [
            *renamed,
            of_kind("customfield_2", "com.atlassian.jpo:jpo-custom-field-parent"),
            of_kind("customfield_1", "com.pyxis.greenhopper.jira:gh-epic-link"),
            of_kind("customfield_3", "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team"),
        ],
        links_up=True,
        order_is_priority=True,
    )
    assert (layout.rank, layout.sprint) == (LAYOUT.rank, LAYOUT.sprint)
    assert layout.parent_links == ("customfield_1", "customfield_2")
    assert layout.team == ("customfield_3",)
    assert {"customfield_1", "customfield_2", "customfield_3"} <= set(layout.fields)


def test_planned_dates_count_where_a_ticket_has_no_others() -> None:
    ends = [
        of_kind("customfield_8", "com.atlassian.jpo:jpo-custom-field-baseline-start"),
        of_kind("customfield_9", "com.atlassian.jpo:jpo-custom-field-baseline-end"),
    ]
    layout = found([*FIELDS, *ends])
    assert layout.start == (*LAYOUT.start, "customfield_8")
    assert layout.due == (*LAYOUT.due, "customfield_9")


def test_epic_link_is_left_alone_where_parents_say_it_all() -> None:
    assert found([*FIELDS, of_kind("customfield_1", "com.pyxis.greenhopper.jira:gh-epic-link")]).parent_links == ()


@pytest.mark.parametrize("setting", ["start_field", "due_field"])
def test_date_field_that_is_named_and_missing_leaves_dates_unread(setting: str) -> None:
    settings = some_settings(**{setting: "Kick-off"})
    assert field_problems(FIELDS, settings) == (FieldProblem(setting, "Kick-off", "dates"),)
    layout = build_field_map(FIELDS, settings)
    assert layout.missing_fields == {"dates"}
    assert (layout.start, layout.due) == (LAYOUT.start, LAYOUT.due)


def test_key_results_field_that_somebody_named_and_is_missing_leaves_fields_unread() -> None:
    settings = some_settings(key_results=KeyResultMentions(field="Outcome"))
    assert field_problems(FIELDS, settings) == (FieldProblem("key_results.field", "Outcome", "fields"),)
    assert build_field_map(FIELDS, settings).missing_fields == {"fields"}


def test_key_results_field_that_nobody_named_may_be_missing() -> None:
    assert field_problems([], some_settings()) == ()
    assert found([]).missing_fields == frozenset()
