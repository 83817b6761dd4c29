"""The one comment of a ticket: what is in view, what is folded, and when it counts as changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

from hub.core.display_names import Names
from hub.core.planning.comment import (
    CLOSED,
    FOOTER_TEXT,
    RESERVED_WORDS,
    SUPERSEDED,
    WITHDRAWN,
    WORDS_IN_VIEW,
    count_words,
    is_worse,
    message_digest,
    mute_message,
    resolved_message,
)
from hub.core.planning.points import in_order
from hub.core.planning.receipts import resolution_reason
from hub.model.action import EARLIER, PostedFinding
from hub.model.finding import Finding, Severity, Subject, SubjectKind
from hub.model.message import Advice, Code, Fold, Line, Link, Message, Point, Strong, Table, Text, plain
from hub.model.okr import Cycle
from hub.model.portfolio import DependencyHistory
from hub.model.ticket_input import Command, Verb
from tests.builders import a_key_result, a_portfolio, acme_okrs, an_initiative, message_for

TICKET = an_initiative()
REF = TICKET.ref
HUB = "https://hub.test"
NAMES = Names(a_portfolio(TICKET), REF, hub_url=HUB)
WITHOUT_HUB = Names(a_portfolio(TICKET), REF)
RECORDED: tuple[Line, ...] = ((Text("Recorded: muted."),),)
HERE = "https://hub.test/tickets/jira/ACME-1"


def a_finding(
    rule: str = "r", severity: Severity = Severity.WARNING, fingerprint: str = "f", what: str = ""
) -> Finding:
    advice = Advice((Text(what or f"{rule} {fingerprint}"),), (Text("why"),), ((Text("do"),),))
    return Finding(rule, severity, Subject(SubjectKind.INITIATIVE, str(REF)), {}, advice, fingerprint, (REF,))


def messages_differ(messages: Sequence[Message]) -> bool:
    return len({message_digest(message) for message in messages}) == len(messages)


def test_one_point_is_the_headline() -> None:
    message = message_for([a_finding("work-without-plan")], NAMES)
    assert message.headline == "OKR check: work without plan"
    assert [point.title for point in message.points] == ["Work without plan."]


def test_several_points_are_counted_in_the_headline_with_the_folded_ones() -> None:
    message = message_for([a_finding(fingerprint=str(n)) for n in range(5)], NAMES)
    assert message.headline == "OKR check: 5 open points"


def test_two_points_are_in_view_and_the_rest_is_folded() -> None:
    message = message_for([a_finding(fingerprint=str(n)) for n in range(5)], NAMES)
    assert [plain(point.what) for point in message.points] == ["r 0", "r 1"]
    assert [plain(point.what) for point in message.folded] == ["r 2", "r 3", "r 4"]


@pytest.mark.parametrize(("words", "shown"), [(0, 2), (1, 1)])
def test_second_point_is_folded_where_both_have_more_than_120_words(words: int, shown: int) -> None:
    # Each point has one word of topic and one of step beside its sentence.
    number = (WORDS_IN_VIEW - RESERVED_WORDS) // 2 - 2
    sentences = " ".join(["word"] * number), " ".join(["two"] * (number + words))
    message = message_for([a_finding(fingerprint=str(n), what=what) for n, what in enumerate(sentences)], NAMES)
    assert (len(message.points), len(message.folded)) == (shown, 2 - shown)
    assert WORDS_IN_VIEW == 120


def test_first_point_is_in_view_however_long_it_is() -> None:
    message = message_for([a_finding(what="word " * 500)], NAMES)
    assert (len(message.points), message.folded, message.folded_summary) == (1, (), ())


def test_findings_that_say_the_same_are_one_point() -> None:
    message = message_for([a_finding(fingerprint=mark, what="the same") for mark in "ab"], NAMES)
    assert message.headline == "OKR check: r"
    assert len(message.points) == 1


def test_words_are_counted_as_they_are_read() -> None:
    listing: tuple[Line, ...] = ((Text("any number of words"),),)
    point = Point(
        "topic",
        (Text("Two words"), Link("a link", "https://hub.test/not counted")),
        step=(Strong("one"),),
        commands=(("Yes", "/okr accept"),),
        alternative=(Code("/okr mute"),),
        listing=listing,
        listing_title="not counted",
    )
    assert count_words(point) == 2 + 2 + 1 + 3 + 2


def test_rules_of_other_packages_stand_last_and_in_their_own_order() -> None:
    message = message_for([a_finding(rule) for rule in ("b", "z", "a")], NAMES)
    assert [point.topic for point in (*message.points, *message.folded)] == ["a", "b", "z"]


@pytest.mark.parametrize("fingerprints", [("a", "b"), ("b", "a")])
def test_the_answer_that_another_team_waits_for_comes_first(fingerprints: tuple[str, str]) -> None:
    asked, waiting = (
        replace(a_finding(rule, fingerprint=fingerprint), facts={"waiting_team": other, "providing_team": team})
        for rule, fingerprint, team, other in (
            ("dependency-without-shared-okr", fingerprints[0], "web", "platform"),
            ("unacknowledged-dependency", fingerprints[1], "platform", "web"),
        )
    )
    link = a_finding("unresolvable-link", fingerprint="c")
    assert in_order([link, waiting, asked], "web") == [asked, waiting, link]
    both = replace(asked, rule="unacknowledged-dependency")
    assert in_order([waiting, both], "web") == [both, waiting]
    assert in_order([waiting, both], "platform") == [waiting, both]


def test_severity_does_not_change_the_order() -> None:
    message = message_for([a_finding("a"), a_finding("b", Severity.ERROR)], NAMES)
    assert [point.topic for point in message.points] == ["a", "b"]


def test_the_order_of_findings_changes_nothing() -> None:
    findings = [a_finding(rule, fingerprint=mark) for rule, mark in ("ra", "rb", "sa", "ta")]
    assert len({message_digest(message_for(list(order), NAMES)) for order in permutations(findings)}) == 1


def test_folded_points_are_named_with_a_link_for_trackers_that_cannot_fold() -> None:
    findings = [a_finding(f"{name}-fault") for name in "abcd"]
    assert message_for(findings, NAMES).folded_summary == (
        Text("2 more on "),
        Link("the hub's page", HERE),
        Text(": c fault, d fault"),
    )
    assert plain(message_for(findings, WITHOUT_HUB).folded_summary) == "2 more: c fault, d fault"


def test_footer_links_the_ticket_and_the_help_page() -> None:
    assert message_for([a_finding()], NAMES).footer == (
        Link("Details", HERE),
        Text(" · "),
        Link("Commands and muting", "https://hub.test/help/comments"),
        Text(" · "),
        Text(FOOTER_TEXT),
    )
    with_slash = Names(a_portfolio(TICKET), REF, hub_url=f"{HUB}/")
    assert message_for([a_finding()], with_slash) == message_for([a_finding()], NAMES)


def test_footer_without_a_hub_address_has_no_links() -> None:
    for message in (
        message_for([a_finding()], WITHOUT_HUB),
        resolved_message((), WITHOUT_HUB),
        mute_message(1, WITHOUT_HUB),
    ):
        assert message.footer == (Text("Kept up to date by Alignment Hub"),)


def test_what_was_recorded_stands_beside_the_points() -> None:
    assert message_for([a_finding()], NAMES, RECORDED).recorded == RECORDED


def test_a_resolved_message_has_no_points_and_one_line() -> None:
    message = resolved_message((), NAMES, RECORDED)
    assert message.resolved
    assert (message.headline, plain(message.lead)) == ("OKR check: resolved.", "No open points.")
    assert plain(message.footer) == "Details · Kept up to date by Alignment Hub"
    assert message.recorded == RECORDED


def test_a_resolved_message_says_what_the_ticket_is_linked_to() -> None:
    linked = Names(a_portfolio(an_initiative(serves="dau")), REF, hub_url=HUB)
    message = resolved_message({"initiative-without-key-result"}, linked)
    assert message.lead == (
        Text("This ticket is linked to "),
        Link("Title of dau", "https://hub.test/key-results/dau"),
        Text("."),
    )


def test_a_ticket_whose_team_declined_is_answered_and_not_resolved() -> None:
    waiting = an_initiative("github:acme/app#1", serves="p99", blocked_by=(REF,))
    no = Command(TICKET.id, "c1", "Lee Park", Verb.DECLINE, "no capacity", datetime(2026, 11, 13, tzinfo=UTC))
    portfolio = a_portfolio(TICKET, waiting, memory=DependencyHistory(commands={"jira": (no,)}))
    message = resolved_message({"dependency-without-shared-okr"}, Names(portfolio, REF, hub_url=HUB))
    assert message.headline == "OKR check: answered."
    assert plain(message.lead) == "Declined on 13 Nov 2026; Platform was told on acme/app#1."


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 open points; “/okr unmute” shows them."),
        (1, "1 open point; “/okr unmute” shows it."),
        (2, "2 open points; “/okr unmute” shows them."),
    ],
)
def test_a_muted_message_counts_what_is_open_in_one_line(count: int, words: str) -> None:
    message = mute_message(count, NAMES, RECORDED)
    assert (message.headline, plain(message.lead)) == ("OKR check: muted.", words)
    assert plain(message.footer) == "Details · Kept up to date by Alignment Hub"
    assert (message.points, message.recorded) == ((), RECORDED)
    assert message.is_mute
    assert not message.resolved


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (CLOSED, "OKR check: closed. Alignment Hub no longer checks this ticket."),
        (SUPERSEDED, "OKR check: closed. A newer comment below goes on from here."),
        (WITHDRAWN, "OKR check: withdrawn. Alignment Hub no longer comments on this ticket."),
    ],
)
def test_what_ends_a_comment_is_one_line_without_a_footer(message: Message, words: str) -> None:
    assert f"{message.headline} {plain(message.lead)}" == words
    assert message.resolved
    assert message.footer == ()


def test_the_digest_changes_with_the_words_and_only_with_them() -> None:
    message = message_for([a_finding()], NAMES)
    assert message_digest(message) == message_digest(message_for([a_finding(severity=Severity.ERROR)], NAMES))
    assert message_digest(message) != message_digest(replace(message, headline="other"))
    (point,) = message.points
    unseen = (replace(point, request="answer owed"),)
    same = [
        replace(message, points=unseen),
        replace(message, notify=True),
        replace(message, folded_summary=(Text("1 more"),)),
    ]
    assert {message_digest(message) for message in same} == {message_digest(message)}


MIXED: Line = (Text("It's "), Strong("ours"), Code('say "x"'), Link("A-1", "https://hub.test/1"))
POINT = Point("a topic", MIXED, MIXED, (("Yes", "/okr accept"),), (), (MIXED, (Text("\u00e9"),)), "list")
TABLE = Table(("a", "b"), ((MIXED, ()),), 2)


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (Message("OKR check: a topic", (POINT,), (POINT,), (), MIXED), "0547e50469b850c45dd3df62c83e8c38"),
        (
            Message(
                "OKR check",
                recorded=(MIXED,),
                lead=MIXED,
                tables=(TABLE,),
                fold=Fold("more", (TABLE,), (MIXED,)),
                checkboxes=(MIXED,),
            ),
            "d6436121bb7ffde2e6c9600583118718",
        ),
        (Message("OKR check", fold=Fold("more")), "cb1da104a534c4bb8fee9f3257ccc613"),
    ],
)
def test_the_digest_is_what_ledgers_hold_of_it(message: Message, digest: str) -> None:
    # Another one would edit every comment that stands anywhere once, and notify people.
    assert message_digest(message) == digest


@pytest.mark.parametrize("part", ["what", "step", "alternative", "listing"])
def test_the_digest_sees_every_word_its_kind_and_its_place(part: str) -> None:
    message = message_for([a_finding()], NAMES)
    (point,) = message.points
    spans = (Text("x"), Strong("x"), Code("x"), Link("x", "https://hub.test/1"), Link("x", "https://hub.test/2"))
    lines: list[Any] = [((span,),) if part == "listing" else (span,) for span in spans]
    said = [replace(point, **{part: line}) for line in lines]
    others = [replace(point, topic="other"), replace(point, commands=(("", "/okr accept"),))]
    others += [replace(point, commands=(("Yes", "/okr accept"),)), replace(point, listing_title="other")]
    messages = [replace(message, points=(each_point,)) for each_point in (point, *said, *others)]
    messages += [
        replace(message, points=(), folded=(point,)),
        replace(message, points=(point, point)),
        replace(message, footer=()),
    ]
    messages += [replace(message, points=(point,), folded=(point,)), replace(message, recorded=RECORDED)]
    assert messages_differ(messages)


def test_the_digest_of_a_resolved_comment_does_not_change_with_what_resolved_it() -> None:
    linked = Names(a_portfolio(an_initiative(serves="dau")), REF, hub_url=HUB)
    why, other = (resolved_message(before, linked) for before in ({"unresolvable-link"}, ()))
    assert why.lead != other.lead
    assert message_digest(why) == message_digest(other)
    assert messages_differ([why, resolved_message((), linked, RECORDED), CLOSED, WITHDRAWN])


def test_the_digest_of_a_muted_comment_changes_with_the_number_of_points() -> None:
    assert messages_differ([mute_message(count, NAMES) for count in (0, 1, 2)])


@pytest.mark.parametrize(
    ("before", "worse"),
    [
        ((), True),
        ((PostedFinding("r", "warning", "g"),), True),
        ((PostedFinding("r", "info", "f"),), True),
        ((PostedFinding("r", "warning", "f"),), False),
        ((PostedFinding("other", "warning", "f"),), False),
        ((PostedFinding("r", "error", "f"),), False),
        ((PostedFinding("r", "warning", EARLIER),), False),
        ((PostedFinding("r", "info", EARLIER),), True),
        ((PostedFinding("s", "warning", EARLIER),), True),
    ],
)
def test_only_what_is_new_or_more_severe_is_worse(before: tuple[PostedFinding, ...], worse: bool) -> None:
    assert is_worse([a_finding()], before) is worse


def test_nothing_is_never_worse() -> None:
    assert not is_worse([], [PostedFinding("r", "warning", "f")])


def test_notes_stay_in_reports_unless_a_label_shows_them() -> None:
    assert a_finding().on_tickets
    assert not a_finding(severity=Severity.INFO).on_tickets
    assert not replace(a_finding(), act_on=()).on_tickets
    felt = replace(a_finding(severity=Severity.INFO), act_on=(), label_on=(REF,))
    assert not felt.on_tickets
    assert replace(felt, label="okr-unaligned").on_tickets


def test_dates_do_not_fit_again_because_a_cycle_ended() -> None:
    """In the first days of the next cycle nobody is asked what such work supports now."""
    over = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
    okrs = acme_okrs(others=(replace(a_key_result("reach", "growth"), cycle=over.id),), cycles=(over,))
    for served, reason in (("reach", "2026-Q3 is over."), ("dau", "Dates and priorities fit again.")):
        names = Names(a_portfolio(an_initiative(serves=served), okrs=okrs), REF)
        assert plain(resolution_reason(("work-outside-cycle",), names)) == reason
