"""One comment is kept, whatever stands on a ticket: the new one of an unfinished replacement, else the oldest."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.one_comment import Found, not_ours, sort_out
from hub.model.action import Comment, Published, Target
from hub.model.initiative import Ref

ME, ANOTHER = "me", "another"
TARGET = Target(Ref("jira", "ACME-1"), "1")
A, B, C = (Comment(id_, ME) for id_ in "123")
THEIRS = Comment("2", ANOTHER, name="Second")


def known(comment: str | None, replaces: str | None = None) -> Published:
    return Published(TARGET, comment, ME, replaces=replaces)


CASES = {
    "nothing": ([], None, Found()),
    "one of ours": ([A], None, Found(A)),
    "two, none of them known": ([A, B], None, Found(A, (B,))),
    "the ledger knows the newer one": ([A, B], known("2"), Found(A, (B,))),
    "the ledger knows one that is gone": ([B, C], known("1"), Found(B, (C,))),
    "a replacement begun, and it arrived": ([A, B], known("1", "1"), Found(B, arrived=True)),
    "a replacement begun, and it arrived twice": ([A, B, C], known("1", "1"), Found(B, (C,), arrived=True)),
    "a replacement begun, and it never arrived": ([A], known("1", "1"), Found(A)),
    "a replacement begun beside an older double": ([A, B, C], known("2", "2"), Found(C, (A,), arrived=True)),
    "a replacement begun beside an older double, and it never arrived": ([A, B], known("2", "2"), Found(A)),
    "a replacement begun, and somebody deleted the old one": ([B], known("1", "1"), Found(B, arrived=True)),
    "a replacement done but for the old one": ([A, B], known("2", "1"), Found(B, arrived=True)),
    "a replacement done, and somebody deleted the new one": ([A], known("2", "1"), Found()),
    "a replacement done beside a newer double": ([A, B, C], known("2", "1"), Found(B, (C,), arrived=True)),
    "one that was closed": ([replace(A, closed=True), B], None, Found(B)),
    "a closed one that the ledger knows": ([replace(A, closed=True)], known("1"), Found(A)),
    "one of another account": ([THEIRS], None, Found(foreign=THEIRS)),
    "one of another account beside ours": ([THEIRS, C], None, Found(C, (), THEIRS)),
    "a closed one of another account": ([replace(THEIRS, closed=True)], None, Found()),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_kept_and_what_goes(case: str) -> None:
    found, before, expected = CASES[case]
    assert sort_out(found, ME, before) == expected


COMMENTS = st.lists(
    st.builds(Comment, st.sampled_from("123456"), st.sampled_from([ME, ANOTHER]), closed=st.booleans()),
    unique_by=lambda one: one.id,
).map(lambda found: sorted(found, key=lambda one: one.id))
IDS = st.none() | st.sampled_from("123456")


@given(COMMENTS, IDS, IDS)
def test_nothing_of_another_account_is_ever_kept_or_taken_away(
    found: list[Comment], comment: str | None, old: str | None
) -> None:
    sorted_out = sort_out(found, ME, known(comment, old))
    ours = [*sorted_out.doubles, *([sorted_out.kept] if sorted_out.kept else [])]
    assert {one.author for one in ours} <= {ME}
    assert len({one.id for one in ours}) == len(ours)


@given(COMMENTS, IDS, IDS)
def test_once_what_is_to_go_is_gone_one_comment_is_left_and_stays(
    found: list[Comment], comment: str | None, old: str | None
) -> None:
    first = sort_out(found, ME, known(comment, old))
    gone = {one.id for one in first.doubles} | ({old} if first.kept and first.kept.id != old else set())
    left = [one for one in found if one.id not in gone]
    again = sort_out(left, ME, known(first.kept.id if first.kept else None))
    assert first.kept is None or (again.kept, again.doubles) == (first.kept, ())


@given(COMMENTS, IDS, IDS)
def test_two_hubs_that_replace_nothing_keep_the_same_comment(
    found: list[Comment], one: str | None, other: str | None
) -> None:
    live = [replace(each, closed=False) for each in found]
    assert sort_out(live, ME, known(one)) == sort_out(live, ME, known(other)) == sort_out(live, ME)


def test_the_sentence_names_who_wrote_it_and_both_ways_out() -> None:
    expected = "Second (another) posted a comment with this hub's mark there: "
    assert not_ours(THEIRS) == expected + "delete that comment, or run the hub as that account"
    assert not_ours(replace(THEIRS, name="")).startswith("another posted")
    assert not_ours(Comment("2", "")).startswith("an account that is gone posted")
    assert not_ours(Comment("2", "")).endswith("delete that comment")
