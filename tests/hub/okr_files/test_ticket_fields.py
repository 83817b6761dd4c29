"""The words that begin a line or head a form name the fields of the files."""

from connectors.shared.settings import okr_field_of, values_in
from hub.model.ticket_input import ALL_FIELDS, IDENTITY_FIELDS, KEY_RESULT_FIELDS, OBJECTIVE_FIELDS
from hub.okr_files.schema import KeyResultTable, ObjectiveTable
from hub.okr_files.ticket_fields import LINK_FIELDS, LIST_FIELDS, SINGLE_FIELDS


def test_words_are_known_however_they_are_written() -> None:
    assert [okr_field_of(text) for text in ("Aligns to", "aligns-to", "OWNER", "Check-in", "Due")] == [
        "aligns_to",
        "aligns_to",
        "owners",
        "check_ins",
        None,
    ]


def test_every_word_that_is_found_is_understood() -> None:
    parsed = SINGLE_FIELDS.keys() | LIST_FIELDS.keys() | LINK_FIELDS.keys() | {"measure", "replaced_by"}
    assert {*OBJECTIVE_FIELDS, *KEY_RESULT_FIELDS} == parsed
    assert ALL_FIELDS - {*OBJECTIVE_FIELDS, *KEY_RESULT_FIELDS} == {*IDENTITY_FIELDS}
    told = {*ObjectiveTable.model_fields, *KeyResultTable.model_fields} - {"title", "url", "work"}
    assert told | {"cycle", "objective"} == ALL_FIELDS


def test_only_lines_that_begin_with_a_word_count() -> None:
    text = "For all.\n\n**Target:** 5\n- Current: 2\n> Start: 1\nNote: Target: 9\n`Unit: x`"
    assert list(values_in(text)) == [("target", "5"), ("current", "2")]


def test_forms_write_a_value_below_a_heading() -> None:
    form = "### Target\r\n\r\n500000\r\n\r\n### Current\r\n\r\n_No response_\r\n\r\n### Aligns to\n\n- revenue\n- nps\n"
    assert list(values_in(form)) == [("target", "500000"), ("aligns_to", "revenue"), ("aligns_to", "nps")]
    assert list(values_in("Target：7\n\n## Target\n\n8\n\n## Owner\n\nNobody knows yet.")) == [("target", "7")]
