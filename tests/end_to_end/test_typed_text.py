"""Key results as people type them on all keyboards and in forms, over HTTP: what is plainly named is served."""

import pytest

from hub.cli.demo import TODAY
from hub.config.settings import load
from hub.model.initiative import Ref
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.sandbox.jira.adf import from_text
from hub.wiring import open_run_context
from tests.end_to_end.workspace import Desk

JIRA, GITHUB = "ACME-5", "acme/platform#12"
"""Both name no key result in the example."""
DAU, NPS = "launch-dau", "launch-nps"
TYPED = {
    "the colon of Chinese and Japanese keyboards": (f"KR：{DAU}", {DAU}),
    "a blank before the colon, as in French": (f"KR : {DAU}", {DAU}),
    "a blank that does not break": (f"KR\u00a0: {DAU}", {DAU}),
    "full-width letters": ("ＫＲ：ｌａｕｎｃｈ－ｄａｕ", {DAU}),
    "a hyphen that does not break": ("KR: launch\u2011dau", {DAU}),
    "a dash that an editor made": ("KR: launch\u2013dau", {DAU}),
    "an invisible blank": ("KR:\u200b launch-\u200bdau\ufeff", {DAU}),
    "the comma of lists in Japanese": (f"KR：{DAU}、{NPS}", {DAU, NPS}),
    "the comma in Arabic": (f"KR: {DAU}، {NPS}", {DAU, NPS}),
    "a slash": (f"KR: {DAU} / {NPS}", {DAU, NPS}),
    "a slash without blanks": (f"KR: {DAU}/{NPS}", {DAU, NPS}),
    "a plus": (f"KR: {DAU} + {NPS}", {DAU, NPS}),
    "another language's and": (f"KR: {DAU} und {NPS}", {DAU, NPS}),
    "a point of a list": (f"・KR：{DAU}", {DAU}),
}


def served(desk: Desk, *tickets: str) -> list[set[str]]:
    """What the tickets serve after a sync; nothing else stands on them that should name a key result."""
    with open_run_context(load(desk.config, {}), mode=Mode.PUBLISH, confirmed=True, today=TODAY) as job:
        portfolio = sync(job, run_document).portfolio
    refs = [Ref.parse(ticket) for ticket in tickets]
    assert [portfolio.unresolved_names.get(ref) for ref in refs] == [None] * len(refs)
    return [{key_result_link.key_result for key_result_link in portfolio.serves.get(ref, ())} for ref in refs]


@pytest.mark.parametrize(("text", "named"), TYPED.values(), ids=TYPED)
def test_text_counts_however_its_signs_are_typed(desk: Desk, text: str, named: set[str]) -> None:
    desk.jira.edit(JIRA, description=from_text(text))
    desk.github.edit_issue(GITHUB, body=text)
    assert served(desk, f"jira:{JIRA}", f"github:{GITHUB}") == [named, named]


@pytest.mark.parametrize("label", ["ｋｒ-launch-dau", "kr\u2011launch\u2011dau", "KR–launch-dau"])
def test_labels_count_however_their_signs_are_typed(desk: Desk, label: str) -> None:
    desk.jira.add_label(JIRA, label)
    desk.github.add_label_by_person(GITHUB, label)
    assert served(desk, f"jira:{JIRA}", f"github:{GITHUB}") == [{DAU}, {DAU}]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (f"{DAU}、{NPS}", {DAU, NPS}),
        (f"{DAU} / {NPS}", {DAU, NPS}),
        (f"{DAU} + {NPS}", {DAU, NPS}),
        ("A Net Promoter\u00a0Score of\u200b ３５", {NPS}),
    ],
)
def test_fields_count_however_their_signs_are_typed(desk: Desk, value: str, named: set[str]) -> None:
    desk.jira.edit(JIRA, fields={"Key Result": value})
    assert served(desk, f"jira:{JIRA}") == [named]


FORMS = {
    "a heading that is the field's name": (f"### Key Result\n\n{DAU}\n\n### Why\n\nsome words", {DAU}),
    "a heading that is the pattern": (f"### KR:\n\n{DAU}, {NPS}", {DAU, NPS}),
    "ticked boxes": (f"### Key Result\n\n- [x] {DAU}\n- [ ] {NPS}", {DAU}),
    "a question left empty": ("### Key Result\n\n_No response_", set()),
    "an answer left empty after the pattern": ("KR: _No response_", set()),
}


@pytest.mark.parametrize(("text", "named"), FORMS.values(), ids=FORMS)
def test_what_issue_forms_write_counts(desk: Desk, text: str, named: set[str]) -> None:
    desk.github.edit_issue(GITHUB, body=text.replace("\n", "\r\n"))
    assert served(desk, f"github:{GITHUB}") == [named]


def test_a_heading_in_jira_counts_as_well(desk: Desk) -> None:
    heading = {"type": "heading", "attrs": {"level": 3}, "content": [{"type": "text", "text": "Key Result"}]}
    answer = {"type": "paragraph", "content": [{"type": "text", "text": DAU}]}
    desk.jira.edit(JIRA, description={"type": "doc", "version": 1, "content": [heading, answer]})
    assert served(desk, f"jira:{JIRA}") == [{DAU}]


def test_one_unknown_name_of_several_is_told(desk: Desk) -> None:
    desk.jira.edit(JIRA, fields={"Key Result": f"{DAU} / launch-npps"})
    desk.sync()
    assert "launch-npps" in desk.marks()[f"jira:{JIRA}"].text


def test_answers_in_labels_count_however_their_signs_are_typed(desk: Desk) -> None:
    desk.jira.add_label(JIRA, "okr\u2011exempt")
    desk.sync()
    assert f"jira:{JIRA}" not in desk.marks()


def test_a_dependency_follows_a_ticket_that_was_moved(desk: Desk) -> None:
    desk.jira.add_issue("OLD-5", "Work that was moved", status="In Progress")
    desk.jira.move("OLD-5", "PLAT-9")
    desk.jira.edit(JIRA, description=from_text("Depends on old-5"))
    with open_run_context(load(desk.config, {}), mode=Mode.PUBLISH, confirmed=True, today=TODAY) as job:
        portfolio = sync(job, run_document).portfolio
    waits = {(str(dependency.waiting), str(dependency.providing)) for dependency in portfolio.dependencies}
    assert (f"jira:{JIRA}", "jira:PLAT-9") in waits
