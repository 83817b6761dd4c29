"""One comment is kept, whatever stands on a ticket: the new one of an unfinished replacement, else the oldest."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.planning.comment import OwnComments, classify_comments, other_account_reason
from hub.model.action import Comment, LedgerEntry, Target
from hub.model.initiative import Ref

ME, ANOTHER = "me", "another"
TARGET = Target(Ref("jira", "ACME-1"), "1")
A, B, C = (Comment(id_, ME) for id_ in "123")
THEIRS = Comment("2", ANOTHER, name="Second")


def known(comment: str | None, replaces: str | None = None) -> LedgerEntry:
    return LedgerEntry(TARGET, comment, ME, replaces=replaces)


CASES = {
    "nothing": ([], None, OwnComments()),
    "one of ours": ([A], None, OwnComments(A)),
    "two, none of them known": ([A, B], None, OwnComments(A, (B,))),
    "the ledger knows the newer one": ([A, B], known("2"), OwnComments(A, (B,))),
    "the ledger knows one that is gone": ([B, C], known("1"), OwnComments(B, (C,))),
    "a replacement begun, and it arrived": ([A, B], known("1", "1"), OwnComments(B, arrived=True)),
    "a replacement begun, and it arrived twice": ([A, B, C], known("1", "1"), OwnComments(B, (C,), arrived=True)),
    "a replacement begun, and it never arrived": ([A], known("1", "1"), OwnComments(A)),
    "a replacement begun beside an older double": ([A, B, C], known("2", "2"), OwnComments(C, (A,), arrived=True)),
    "a replacement begun beside an older double, and it never arrived": ([A, B], known("2", "2"), OwnComments(A)),
    "a replacement begun, and somebody deleted the old one": ([B], known("1", "1"), OwnComments(B, arrived=True)),
    "a replacement done but for the old one": ([A, B], known("2", "1"), OwnComments(B, arrived=True)),
    "a replacement done, and somebody deleted the new one": ([A], known("2", "1"), OwnComments()),
    "a replacement done beside a newer double": ([A, B, C], known("2", "1"), OwnComments(B, (C,), arrived=True)),
    "one that was closed": ([replace(A, closed=True), B], None, OwnComments(B)),
    "a closed one that the ledger knows": ([replace(A, closed=True)], known("1"), OwnComments(A)),
    "one of another account": ([THEIRS], None, OwnComments(other_account_comment=THEIRS)),
    "one of another account beside ours": ([THEIRS, C], None, OwnComments(C, (), THEIRS)),
    "a closed one of another account": ([replace(THEIRS, closed=True)], None, OwnComments()),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_kept_and_what_goes(case: str) -> None:
    found, before, expected = CASES[case]
    assert classify_comments(found, ME, before) == expected


COMMENTS = st.lists(
    st.builds(Comment, st.sampled_from("123456"), st.sampled_from([ME, ANOTHER]), closed=st.booleans()),
    unique_by=lambda comment: comment.id,
).map(lambda found: sorted(found, key=lambda comment: comment.id))
IDS = st.none() | st.sampled_from("123456")


@given(COMMENTS, IDS, IDS)
def test_nothing_of_another_account_is_ever_kept_or_taken_away(
    found: list[Comment], comment: str | None, old: str | None
) -> None:
    sorted_out = classify_comments(found, ME, known(comment, old))
    ours = [*sorted_out.duplicates, *([sorted_out.primary] if sorted_out.primary else [])]
    assert {comment.author for comment in ours} <= {ME}
    assert len({comment.id for comment in ours}) == len(ours)


@given(COMMENTS, IDS, IDS)
def test_once_what_is_to_go_is_gone_one_comment_is_left_and_stays(
    found: list[Comment], comment: str | None, old: str | None
) -> None:
    first = classify_comments(found, ME, known(comment, old))
    gone = {comment.id for comment in first.duplicates} | (
        {old} if first.primary and first.primary.id != old else set()
    )
    left = [comment for comment in found if comment.id not in gone]
    again = classify_comments(left, ME, known(first.primary.id if first.primary else None))
    assert first.primary is None or (again.primary, again.duplicates) == (first.primary, ())


@given(COMMENTS, IDS, IDS)
def test_two_hubs_that_replace_nothing_keep_the_same_comment(
    found: list[Comment], one: str | None, other: str | None
) -> None:
    live = [replace(comment, closed=False) for comment in found]
    assert (
        classify_comments(live, ME, known(one))
        == classify_comments(live, ME, known(other))
        == classify_comments(live, ME)
    )


def test_the_sentence_names_who_wrote_it_and_both_ways_out() -> None:
    expected = "Second (another) posted a comment with this hub's mark there: "
    assert other_account_reason(THEIRS) == expected + "delete that comment, or run the hub as that account"
    assert other_account_reason(replace(THEIRS, name="")).startswith("another posted")
    assert other_account_reason(Comment("2", "")).startswith("an account that is gone posted")
    assert other_account_reason(Comment("2", "")).endswith("delete that comment")
