"""What a comment says is the same however a site keeps the document: pieces split or joined, identifiers added."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.adf import document, text_of
from connectors.jira.comments_api import rendered_text_of
from connectors.jira.wiki import markup
from connectors.shared.ticket_text import depends_on
from hub.model.message import Code, Line, Link, Message, Point, Strong, Text

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
SPANS = st.one_of(
    WORDS.map(Text), WORDS.map(Strong), WORDS.map(Code), WORDS.map(lambda text: Link(text, "https://hub.example/one"))
)
LINES: st.SearchStrategy[Line] = st.lists(SPANS, max_size=4).map(tuple)
POINTS = st.builds(Point, topic=WORDS, what=LINES, step=LINES, listing=st.lists(LINES, max_size=2).map(tuple))
MESSAGES = st.builds(
    Message,
    headline=WORDS,
    points=st.lists(POINTS, max_size=3).map(tuple),
    folded=st.lists(POINTS, max_size=2).map(tuple),
    footer=LINES,
)


def kept(node: Any, cuts: Any) -> Any:
    """The document as another site might keep it: texts cut in two, an identifier on each node, marks turned round."""
    if not isinstance(node, dict):
        return node
    content: list[Any] = []
    for child in node.get("content") or ():
        text = child.get("text") or ""
        at = cuts.draw(st.integers(0, len(text))) if text else 0
        pieces = [{**child, "text": piece} for piece in (text[:at], text[at:]) if piece] if text else [child]
        content += [kept(piece, cuts) for piece in pieces]
    marks = {"marks": node["marks"][::-1]} if "marks" in node else {}
    attributes = {"attrs": {**(node.get("attrs") or {}), "localId": "a-b-c"}}
    return {**node, **attributes, **marks, **({"content": content} if content else {})}


@given(MESSAGES, st.data())
def test_a_document_says_the_same_however_the_site_keeps_it(message: Message, cuts: st.DataObject) -> None:
    made = document(message)
    assert rendered_text_of(kept(made, cuts)) == rendered_text_of(made)


@given(MESSAGES)
def test_markup_says_the_same_with_other_line_ends(message: Message) -> None:
    made = markup(message)
    assert rendered_text_of(made.replace("\n", "\r\n") + "\r\n") == rendered_text_of(made)


def test_another_word_or_another_address_says_something_else() -> None:
    said = [
        Message("OKR check", lead=(Text("one"),)),
        Message("OKR check", lead=(Text("two"),)),
        Message("OKR check", lead=(Link("one", "https://hub.example/one"),)),
        Message("OKR check", lead=(Link("one", "https://hub.example/two"),)),
    ]
    assert len({rendered_text_of(document(message)) for message in said}) == len(said)
    assert len({rendered_text_of(markup(message)) for message in said}) == len(said)


def test_what_is_struck_out_is_not_said_and_a_task_is_a_box() -> None:
    struck = {"type": "text", "text": "KR: dau", "marks": [{"type": "strike"}]}
    done, waiting = (
        {"type": "taskItem", "attrs": {"state": state}, "content": [{"type": "text", "text": f"Depends on {key}"}]}
        for state, key in (("DONE", "ACME-1"), ("TODO", "ACME-2"))
    )
    told = {"type": "doc", "content": [{"type": "paragraph", "content": [struck]}, {"content": [done, waiting]}]}
    assert text_of(told) == "\n- [x] Depends on ACME-1\n- [ ] Depends on ACME-2"
    assert depends_on(text_of(told)) == ("ACME-2",)


def test_a_task_of_paragraphs_is_a_box_before_the_first() -> None:
    # As the schema has it: https://go.atlassian.com/adf-json-schema
    lines = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in ("Depends on OPS-1", "Why")]
    task = {"type": "blockTaskItem", "attrs": {"state": "DONE"}, "content": lines}
    assert text_of({"type": "doc", "content": [{"type": "taskList", "content": [task]}]}) == (
        "- [x] Depends on OPS-1\nWhy"
    )
