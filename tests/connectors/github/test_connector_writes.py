"""One comment and the hub's labels, over real HTTP: found among many, sent once, and nothing else touched."""

from collections.abc import Iterator

import pytest

from connectors.github.connector import GitHubConnector
from hub.core.planning.comment import SUPERSEDED
from hub.model.action import Target
from hub.model.errors import CredentialsRefused, OutcomeUnknown, QueryRefused, RetryLater, TicketNotFound
from hub.model.message import Message, Point, Text
from tests.connectors.github.served import Served, served
from tests.sandbox_support.faults import Fault

KEY = "acme/app#1"
MARK = f"<!-- alignment-hub:v1 acme/{KEY} -->"


@pytest.fixture
def there() -> Iterator[Served]:
    with served() as running:
        running.site.add_issue("acme/app", "Work", labels=["bug"])
        yield running


def a_message(words: str = "it is not linked") -> Message:
    return Message("OKR check", (Point("a topic", (Text(words),)),))


def test_a_comment_is_created_found_updated_and_deleted(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    assert connector.find_comments(target) == []
    made = connector.create_comment(target, a_message())
    (comment,) = there.site.issue(KEY).comments
    assert comment.body.splitlines()[0] == MARK
    assert made.author == connector.whoami().id == str(comment.author.id if comment.author else "")
    assert made.url == comment.url
    assert connector.find_comments(target) == [made]
    assert connector.update_comment(target, made.id, a_message("other")).id == made.id
    assert "other" in comment.body
    connector.delete_comment(target, made.id)
    connector.delete_comment(target, made.id)
    assert there.site.issue(KEY).comments == []


def test_our_comment_is_found_however_many_stand_before_it(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    for number in range(1001):
        there.site.add_comment(KEY, f"chatter {number}")
    made = connector.create_comment(target, a_message())
    assert connector.find_comments(target) == [made]


@pytest.mark.parametrize("before", [99, 100, 199, 200])
def test_page_edges_hide_no_comment(there: Served, before: int) -> None:
    connector, target = there.connector(), there.target(KEY)
    for number in range(before):
        there.site.add_comment(KEY, f"chatter {number}")
    made = connector.create_comment(target, a_message())
    assert connector.find_comments(target) == [made]


def test_a_page_that_lacks_a_hidden_comment_is_not_the_last(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    for number in range(100):
        there.site.add_comment(KEY, f"chatter {number}")
    made = connector.create_comment(target, a_message())
    there.sandbox.faults.add(Fault("rewrite", method="GET", path="/comments", change=lambda listed: listed[1:]))
    assert connector.find_comments(target) == [made]


def test_all_of_our_comments_are_found_the_oldest_first_and_a_closed_one_says_so(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    old, new = (connector.create_comment(target, a_message(words)) for words in ("old", "new"))
    assert connector.find_comments(target) == [old, new]
    connector.update_comment(target, old.id, SUPERSEDED)
    assert [find_comment.closed for find_comment in connector.find_comments(target)] == [True, False]
    connector.update_comment(target, old.id, a_message("open again"))
    assert [find_comment.closed for find_comment in connector.find_comments(target)] == [False, False]


def test_what_a_comment_says_is_known_before_it_is_written(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    for message in (a_message("*b* <script> @all\r\n[a](http://evil.test)"), a_message(), SUPERSEDED):
        made = connector.create_comment(target, message)
        assert made.rendered_text == connector.rendered_text(target, message)
        assert connector.find_comments(target)[-1].rendered_text == made.rendered_text
    assert len({find_comment.rendered_text for find_comment in connector.find_comments(target)}) == 3


def test_neither_a_copied_mark_nor_another_comment_of_ours_is_taken(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    me = connector.whoami().name
    there.site.add_comment(KEY, f"{MARK}\nspoofed by a person")
    there.site.add_comment(KEY, f"{MARK}\nby nobody", None)
    there.site.add_comment(KEY, "a comment of ours without the mark", me)
    there.site.add_comment(KEY, f"quoting {MARK}", me)
    there.site.add_comment(KEY, MARK.replace("acme/acme", "beta/acme"), me)
    assert connector.whoami().id not in {find_comment.author for find_comment in connector.find_comments(target)}
    assert list(connector.find_own_comments([target])) == []


def test_our_comment_is_known_after_its_ticket_moved(there: Served) -> None:
    connector = there.connector()
    made = connector.create_comment(there.target(KEY), a_message())
    there.site.add_repository("acme/new")
    moved = there.site.transfer(KEY, "acme/new")
    assert [find_comment.id for find_comment in connector.find_comments(there.target(moved.key))] == [made.id]


def test_a_comment_is_never_sent_twice(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    there.sandbox.faults.add(Fault("status_after", method="POST", path="/comments", status=502))
    with pytest.raises(OutcomeUnknown):
        connector.create_comment(target, a_message())
    assert len(there.site.issue(KEY).comments) == 1
    assert len(connector.find_comments(target)) == 1


def test_a_comment_whose_answer_is_lost_may_have_arrived(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    there.sandbox.faults.add(Fault("drop_after", method="POST", path="/comments"))
    with pytest.raises(OutcomeUnknown):
        connector.create_comment(target, a_message())
    assert len(there.site.issue(KEY).comments) == 1


def test_a_comment_that_people_deleted_is_gone(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    made = connector.create_comment(target, a_message())
    there.site.delete_comment(there.site.issue(KEY).comments[0])
    with pytest.raises(TicketNotFound):
        connector.update_comment(target, made.id, a_message())


def test_a_deleted_ticket_is_gone(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    there.site.delete_issue(KEY)
    with pytest.raises(TicketNotFound):
        connector.create_comment(target, a_message())
    with pytest.raises(TicketNotFound):
        connector.update_labels(target, frozenset({"okr-stale"}), frozenset())


def test_labels_change_by_what_is_added_and_removed(there: Served) -> None:
    connector, target = there.connector(), there.target(KEY)
    connector.update_labels(target, frozenset({"okr-unaligned", "okr-stale"}), frozenset())
    connector.update_labels(target, frozenset({"okr-stale"}), frozenset({"okr-unaligned", "okr-dependency"}))
    assert set(there.site.issue(KEY).labels) == {"bug", "okr-stale"}


def add_label(connector: GitHubConnector, target: Target, label: str) -> list[str]:
    """As the hub adds one; returns what was defined for it."""
    defined = list(connector.define_labels(target, frozenset({label})))
    connector.update_labels(target, frozenset({label}), frozenset())
    return defined


def test_a_label_of_ours_is_made_once_with_its_colour(there: Served) -> None:
    there.site.add_issue("acme/app", "More")
    connector = there.connector()
    defined = [add_label(connector, there.target(key), "okr-unaligned") for key in (KEY, "acme/app#2")]
    label = there.site.repository("acme/app").labels["okr-unaligned"]
    assert label.color == "d93f0b"
    assert label.description
    assert defined == [["acme/app:okr-unaligned"], []]
    posts = [seen.path for seen in there.sandbox.traffic.write_requests()]
    assert posts.count("/repos/acme/app/labels") == 1


def test_making_a_label_takes_a_place_among_the_writes(there: Served) -> None:
    connector = there.connector(writes_per_minute=60)
    for _ in range(2):
        add_label(connector, there.target(KEY), "okr-stale")
    # Three writes a second apart: the label itself, and twice onto the ticket.
    assert len(there.sandbox.traffic.write_requests()) == 3
    assert there.time.waits == [1.0, 1.0]


def test_a_label_that_would_wait_too_long_is_put_off(there: Served) -> None:
    connector = there.connector(writes_per_minute=6000, writes_per_hour=1)
    connector.create_comment(there.target(KEY), a_message())
    with pytest.raises(RetryLater):
        add_label(connector, there.target(KEY), "okr-stale")
    assert "okr-stale" not in there.site.repository("acme/app").labels


def test_a_label_that_the_repository_has_is_left_as_it_is(there: Served) -> None:
    there.site.add_label(there.site.repository("acme/app"), "okr-stale", "123456", "ours by hand")
    connector = there.connector()
    assert add_label(connector, there.target(KEY), "okr-stale") == []
    assert there.site.repository("acme/app").labels["okr-stale"].color == "123456"
    assert "/repos/acme/app/labels" not in [seen.path for seen in there.sandbox.traffic.write_requests()]


def test_a_label_made_by_somebody_quicker_is_fine(there: Served) -> None:
    there.site.add_label(there.site.repository("acme/app"), "okr-stale")
    there.sandbox.faults.add(
        Fault("status", method="GET", path="/labels/okr-stale", status=404, body={"message": "Not Found"})
    )
    connector = there.connector()
    assert add_label(connector, there.target(KEY), "okr-stale") == []
    assert "okr-stale" in there.site.issue(KEY).labels


def test_nothing_to_change_sends_nothing(there: Served) -> None:
    there.connector().update_labels(there.target(KEY), frozenset(), frozenset())
    assert there.sandbox.traffic.requests == 0


def test_a_token_that_only_reads_is_refused_with_its_reason(there: Served) -> None:
    there.site.add_token("reader", writes=False)
    connector = there.connector(token="reader")
    with pytest.raises(CredentialsRefused, match="not accessible"):
        connector.create_comment(there.target(KEY), a_message())
    with pytest.raises(CredentialsRefused, match="not accessible"):
        connector.update_labels(there.target(KEY), frozenset({"okr-stale"}), frozenset())


def test_who_we_are_is_asked_once(there: Served) -> None:
    connector = there.connector()
    assert connector.whoami() == connector.whoami()
    assert connector.whoami().name == "alignment-hub[bot]"
    assert there.sandbox.traffic.requests == 1


def test_a_wrong_token_is_refused_without_showing_it(there: Served) -> None:
    secret = "ghp_" + "y" * 36
    with pytest.raises(CredentialsRefused) as caught:
        there.connector(token=secret).whoami()
    assert secret not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


def test_the_control_plane_repeats_what_passes(there: Served) -> None:
    there.sandbox.faults.add(Fault("status", path="/user", status=503, times=2))
    assert there.connector().whoami().name == "alignment-hub[bot]"
    assert len(there.time.waits) == 2


def test_a_body_that_github_refuses_says_why(there: Served) -> None:
    body = {"message": "Validation Failed", "errors": [{"message": "Body is too long"}]}
    there.sandbox.faults.add(Fault("status", method="POST", path="/comments", status=422, body=body))
    with pytest.raises(QueryRefused, match="Validation Failed"):
        there.connector().create_comment(there.target(KEY), a_message())
