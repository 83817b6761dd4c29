"""Key results and dependencies in people's own words, and nothing that is quoted or code."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.shared.ticket_text import (
    MAX_MENTIONS,
    MAX_WORDS,
    depends_on,
    mentioned,
    mentions_in_text,
    named_by_labels,
    named_in_text,
    plain_words,
    unclear_dependencies,
)

PATTERN = "KR: {id}"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("KR: launch-dau", ("launch-dau",)),
        ("Some words\n\nkr:launch-dau\n", ("launch-dau",)),
        ("- **KR:** launch-dau, revenue and p99.", ("launch-dau", "revenue", "p99")),
        ("**KR**: `launch-dau`", ("launch-dau",)),
        ("1. [ ] KR: launch-dau (daily users)", ("launch-dau",)),
        ("## KR: a\nKR: b\nKR: a", ("a", "b")),
        ("    - KR: nested-item", ("nested-item",)),
        ("KR: TBD", ()),
        ("KR:", ()),
        ("KR: {id}", ()),
    ],
)
def test_text_names_key_results_at_line_starts(text: str, names: tuple[str, ...]) -> None:
    assert named_in_text(text, PATTERN) == names


@pytest.mark.parametrize(
    "text",
    [
        "> KR: quoted",
        "```\nKR: fenced\n```",
        "~~~toml\nKR: fenced",
        "{code:java}\nKR: fenced\n{code}",
        "`KR: code`",
        "    KR: indented",
        "<!-- KR: hidden -->",
        "<!-- please fill in\nKR: template\n-->",
        "see KR: mid-line",
        "OKR: other",
    ],
)
def test_quoted_and_code_text_names_nothing(text: str) -> None:
    assert named_in_text(text, PATTERN) == ()
    assert depends_on(text.replace("KR:", "Depends on").replace("OKR", "x")) == ()


def test_text_after_a_closed_block_counts_again() -> None:
    text = "```\nKR: a\n```\nKR: b\n<!-- KR: c\n--> \nKR: d\n{code}\nKR: e\n{code}\nKR: f"
    assert named_in_text(text, PATTERN) == ("b", "d", "f")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("KR: search-and-rescue", ("search-and-rescue",)),
        ("KR: revenue + a bit of nps", ("revenue",)),
        ("KR: https://x.test/a/b", ("https://x.test/a/b",)),
        ("KR:\u3000revenue，nps；dau", ("revenue", "nps", "dau")),
        ("KR：「revenue」。", ("revenue",)),
        ("KR: revenue和nps", ("revenue", "nps")),
        ("KR: revenue (net) / nps - more of it", ("revenue", "nps")),
        ("KR: N/A", ()),
        ("KRX: revenue", ()),
    ],
)
def test_what_joins_names_is_no_part_of_them(text: str, names: tuple[str, ...]) -> None:
    assert named_in_text(text, PATTERN) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("### Key Result\r\n\r\nrevenue", ("revenue",)),
        ("### KR:\r\n\r\nrevenue, nps\r\n\r\n### More\r\n\r\ndau", ("revenue", "nps")),
        ("### Key Result\n\n_No response_\n\n### More\n\ndau", ()),
        ("### Key Result\n\n- [x] revenue\n- [ ] nps\n- [X] dau\n\np99", ("revenue", "dau")),
        ("### key result\n\nrevenue\nnps\nand some more words", ("revenue", "nps")),
        ("## **Key Result**:\nrevenue\n\nnps", ("revenue",)),
        ("**Key Result**\n* revenue\n* nps", ("revenue", "nps")),
        ("### Key Result\n\n<!-- which one? -->\n\nrevenue", ("revenue",)),
        ("### Key Result\n\n> revenue\n\n```\nnps\n```", ()),
        ("### Key Result\n\n### Revenue", ()),
        ("Key Result\n\nrevenue", ()),
        ("KR: _No response_", ()),
        ("KR: *None*", ()),
    ],
)
def test_forms_write_the_value_below_a_heading(text: str, names: tuple[str, ...]) -> None:
    assert named_in_text(text, PATTERN, "Key Result") == names


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("KR: a", [("a", "", "")]),
        ("**KR:** `a`.", [("a", "", "")]),
        ("KR: a, maybe", [("a", "a, maybe", ""), ("maybe", "a, maybe", "")]),
        ("KR: a (net) because", [("a", "a (net) because", "")]),
        ("KR: 5 % more of it", [("5", "5 % more of it", "")]),
        ("### Key Result\n\na, b", [("a", "a, b", "key result"), ("b", "a, b", "key result")]),
        ("### Key Result\n\na\n\nKR: a", [("a", "", ""), ("a", "", "key result")]),
        ("KR: https://hub.test/key-results/a", [("a", "https://hub.test/key-results/a", "")]),
        ("KR: [the funnel](https://hub.test/key-results/a)", [("a", "", "")]),
        ("KR: [a](https://x.test/b)", [("a", "", "")]),
        (f"KR: a {'word ' * 100}", [("a", "", "")]),
    ],
)
def test_a_line_in_which_more_stands_than_one_name_is_kept(text: str, mentions: list[tuple[str, str, str]]) -> None:
    found = mentions_in_text(text, PATTERN, "Key Result")
    assert [(mention.raw, mention.written, mention.heading) for mention in found] == mentions


def test_forms_write_below_a_heading_what_a_ticket_waits_for() -> None:
    text = "### Blocked by\n\n- #3\n- ACME-4\n\n### Depends on\n\n_No response_\n\n### Other\n\n#5"
    assert depends_on(text) == ("#3", "ACME-4")


def test_patterns_without_a_placeholder_name_nothing() -> None:
    assert named_in_text("KR: a", "KR:") == ()
    assert named_in_text("anything", "{id}") == ()
    assert named_by_labels(["kr-a"], "kr-") == ()


def test_a_word_pattern_needs_a_word_boundary() -> None:
    assert named_in_text("Serves dau\nServesdau x", "serves {id}") == ("dau",)


def test_labels_name_key_results_in_any_case() -> None:
    labels = frozenset({"KR-launch-dau", "kr-p99", "bug", "kr-", "mykr-x"})
    assert named_by_labels(labels, "kr-{id}") == ("launch-dau", "p99")
    assert named_by_labels(["kr:a:x", "kr:b"], "kr:{id}:x") == ("a",)
    assert named_by_labels(["ｋｒ-a", "kr\u2011b", "KR – c", "kr-\u200b"], "kr-{id}") == ("a", "b", "c")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Depends on ACME-3", ("ACME-3",)),
        ("blocked by: acme/app#12, #13 and ACME-4.", ("acme/app#12", "#13", "ACME-4")),
        ("* **Depends on:** https://acme.test/browse/ACME-3.", ("https://acme.test/browse/ACME-3",)),
        (
            "Depends on [the gate](https://github.test/acme/app/issues/7) & #8",
            ("https://github.test/acme/app/issues/7", "#8"),
        ),
        ("Blocked by <https://github.test/acme/app/issues/7>", ("https://github.test/acme/app/issues/7",)),
        ("Depends on #1\nDepends on #1 #2", ("#1", "#2")),
        ("Depends on the ACME-3 migration", ()),
        ("It depends on ACME-3", ()),
        ("Depends only ACME-3", ()),
    ],
)
def test_text_names_what_a_ticket_waits_for(text: str, keys: tuple[str, ...]) -> None:
    assert depends_on(text) == keys


@given(st.text(alphabet=st.sampled_from("KR: a-`~>*#,and \n\t{code}<!->[](http://x)DependsonACME-1/"), max_size=300))
def test_no_text_whatever_raises(text: str) -> None:
    assert all(named_in_text(text, PATTERN))
    assert all(depends_on(text))
    assert all(named_by_labels([text], "kr-{id}"))


@pytest.mark.parametrize(
    "unit", ["KR: a, ", "Depends on #1, ", "[", "`", "<!--", "* ", "KR: ", "**", "a/", "Depends on [x](", "~~a", "~~a "]
)
def test_long_text_is_read_in_one_go(unit: str) -> None:
    text = unit * 60_000
    assert isinstance(named_in_text(text, PATTERN), tuple)
    assert isinstance(depends_on(text), tuple)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We talked about ACME-12, and acme/app#7 too.", ("ACME-12", "acme/app#7")),
        ("See #4 (and [the other](https://t.test/browse/BIZ-3)).", ("#4", "https://t.test/browse/BIZ-3")),
        (
            "https://github.com/acme/app/issues/9. Then ACME-12 and ACME-12.",
            ("https://github.com/acme/app/issues/9", "ACME-12"),
        ),
        ("- [ ] Depends on ACME-1", ("ACME-1",)),
        ("> ACME-1 was quoted\n\n`ACME-2` is code, {{ACME-3}} too\n```\nACME-4\n```", ()),
        ("no-ACME-1x, x/ACME-2, ACME-3-b, a page https://t.test/about", ()),
        ("", ()),
    ],
)
def test_tickets_are_found_wherever_they_are_mentioned(text: str, found: tuple[str, ...]) -> None:
    assert mentioned(text) == found


def test_a_long_list_of_mentions_is_cut_short() -> None:
    assert len(mentioned(" ".join(f"ACME-{n}" for n in range(100)))) == MAX_MENTIONS


A_WORD = re.compile(r"(?<![^\s(\"“])[^\W\d_]{4,20}(?![^\s.,;:!?)\"”])")


@given(st.text(st.sampled_from('abcdäß² ½9_-.,;:!?()"“”\u00a0\u2028\nX')) | st.text())
def test_plain_words_are_the_first_runs_of_letters_between_blanks_or_signs(text: str) -> None:
    assert plain_words(text) == tuple(dict.fromkeys(word.casefold() for word in A_WORD.findall(text)))[:MAX_WORDS]


@pytest.mark.parametrize(
    ("text", "names"),
    [("DEPENDS\u00a0ON #1", ("#1",)), ("**Blocked** by: #2", ("#2",)), ("## Depend\u017f on\n#3", ("#3",))],
)
def test_dependencies_are_found_however_their_phrase_is_typed(text: str, names: tuple[str, ...]) -> None:
    assert depends_on(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("- [x] Depends on #1\n- [ ] Depends on #2", ("#2",)),
        ("~~Depends on #1~~\nDepends on ~~#1~~ #2", ("#2",)),
        ("Depends on #1 ~~and #2~~", ("#1",)),
        ("~~~\nDepends on #1\n~~~\nDepends on #2", ("#2",)),
        ("### Depends on\n\n- [x] #1\n- [ ] #2\n- [ ] ~~#3~~\n- [ ] #4", ("#2", "#4")),
        ("### Depends on\n\n- ~~#1~~\n- #2\n- ~~#3~~ #4", ("#2", "#4")),
        ("### Depends on\n\n~~#1~~ #2", ("#2",)),
    ],
)
def test_a_dependency_that_is_struck_out_or_ticked_off_is_done(text: str, names: tuple[str, ...]) -> None:
    assert depends_on(text) == names
    assert unclear_dependencies(text) == ()


def test_a_key_result_that_is_struck_out_is_named_no_more() -> None:
    assert named_in_text("KR: ~~dau~~ nps\n~~KR: revenue~~", "KR: {id}") == ("nps",)
    assert named_in_text("### KR\n\n~~dau~~ nps", "KR: {id}") == ("nps",)
    assert named_in_text("### KR\n\n- ~~dau~~\n- nps", "KR: {id}") == ("nps",)
    assert named_in_text("- [x] KR: dau", "KR: {id}") == ("dau",)
    assert mentioned("see ~~#1~~ #2") == ("#2",)


@pytest.mark.parametrize(("text", "names"), [("KR: {{dau}}", ("dau",)), ("KR: {id}", ()), ("KR: <id>", ())])
def test_a_key_result_in_marks_for_code_is_named_and_a_placeholder_is_not(text: str, names: tuple[str, ...]) -> None:
    assert named_in_text(text, "KR: {id}") == names
