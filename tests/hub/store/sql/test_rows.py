"""Rows of the state: equal values come back, and rows of before still load where nobody could read them again."""

import json
from dataclasses import fields, replace

import msgspec
import pytest
from hypothesis import given

from hub.model.action import PostedFinding
from hub.model.initiative import Initiative, Ref
from hub.model.ticket_input import OkrKind, OkrTicket
from hub.store.sql.rows import findings_format, initiative_format, okr_format
from tests.builders import an_initiative
from tests.hub.store.values import FINDINGS, OKR_ROWS, initiatives


@given(initiatives("jira"))
def test_every_ticket_comes_back_as_it_was(initiative: Initiative) -> None:
    back = initiative_format().decode(initiative_format().encode(initiative))
    assert back == initiative
    assert [type(getattr(back, field.name)) for field in fields(back)] == [
        type(getattr(initiative, field.name)) for field in fields(initiative)
    ]


@given(initiatives("jira"))
def test_names_of_tickets_come_back_as_names(initiative: Initiative) -> None:
    back = initiative_format().decode(initiative_format().encode(initiative))
    for name, ref in zip(
        (back.ref, back.parent, *back.blocked_by, *back.blocks),
        (initiative.ref, initiative.parent, *initiative.blocked_by, *initiative.blocks),
        strict=True,
    ):
        assert type(name) is type(ref)
        assert ref is None or (name.connector, name.key, hash(name)) == (ref.connector, ref.key, hash(ref))


@given(initiatives("jira"), initiatives("jira"))
def test_texts_are_equal_where_values_are(first: Initiative, second: Initiative) -> None:
    text = initiative_format().encode
    copy = replace(first, labels=frozenset(sorted(first.labels, reverse=True)))
    assert text(copy) == text(first)
    assert (text(first) == text(second)) == (first == second)


@given(FINDINGS)
def test_findings_of_the_ledger_come_back_as_they_were(findings: tuple[PostedFinding, ...]) -> None:
    assert findings_format().decode_all(findings_format().encode_all(findings)) == findings


@given(OKR_ROWS)
def test_okrs_of_trackers_come_back_as_they_were(row: OkrTicket) -> None:
    assert okr_format().decode(okr_format().encode(row), connector=row.connector) == row


def test_half_a_character_does_not_keep_a_ticket_out() -> None:
    cut = replace(an_initiative(), title="cut \ud83d", labels=frozenset({"\udc00", "a"}), parent=Ref("jira", "\udc00"))
    text = initiative_format().encode(cut)
    assert (text.isascii(), initiative_format().decode(text)) == (True, cut)


@pytest.mark.parametrize("width", [4, 5, 6])
def test_findings_of_earlier_versions_still_load(width: int) -> None:
    row = ["stale", "warning", "abc", ["jira:ACME-1", "github:acme/app#1"], "okr-stale", "owner"]
    (found,) = findings_format().decode_all(json.dumps([row[:width]]))
    tickets = (Ref("jira", "ACME-1"), Ref("github", "acme/app#1"))
    assert found == PostedFinding("stale", "warning", "abc", tickets, *row[4:width])


def test_okrs_of_earlier_versions_still_load() -> None:
    text = '["key_result", "OKR-1", "10", "t", "u", ["OKR"], null, null, [["owner", "x"]], [], "2026-11-02"]'
    row = okr_format().decode(text, connector="jira")
    assert (row.kind, row.ticket_ref, row.values, row.labels) == (
        OkrKind.KEY_RESULT,
        "jira:OKR-1",
        (("owner", "x"),),
        frozenset(),
    )


def test_a_row_of_something_else_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        initiative_format().decode('["ACME-1", "10000", "a title"]')
