"""Fields are found by what they are, not by ids that differ from site to site."""

import pytest

from connectors.jira.layout import find_layout
from tests.connectors.jira.rows import FIELDS, LAYOUT


def test_usual_site_is_understood_without_settings() -> None:
    assert find_layout(FIELDS, start=None, due=None, key_result="Key Result") == LAYOUT


def test_fields_are_asked_for_once_each() -> None:
    fields = LAYOUT.fields
    assert len(fields) == len(set(fields))
    assert {"summary", "duedate", "customfield_10019", "customfield_10040"} <= set(fields)


def test_named_fields_are_found_by_name_in_any_case_or_by_id() -> None:
    assert find_layout(FIELDS, start="START DATE", due=None, key_result=None).start == ("customfield_10015",)
    assert find_layout(FIELDS, start="customfield_10020", due=None, key_result=None).start == ("customfield_10020",)


def test_all_fields_of_one_name_count() -> None:
    twice = [*FIELDS, {"id": "customfield_10050", "name": "Key result", "schema": {"type": "option"}}]
    layout = find_layout(twice, start=None, due=None, key_result="Key Result")
    assert layout.key_result == ("customfield_10040", "customfield_10050")


def test_text_field_called_start_date_is_no_start() -> None:
    assert find_layout([{"id": "f", "name": "Start date"}], start=None, due=None, key_result=None).start == ()


@pytest.mark.parametrize("place", ["start", "due"])
def test_date_field_that_is_named_and_missing_is_an_error(place: str) -> None:
    named = {"start": None, "due": None, place: "Kick-off"}
    with pytest.raises(LookupError, match="no field called 'Kick-off'"):
        find_layout(FIELDS, key_result=None, **named)
