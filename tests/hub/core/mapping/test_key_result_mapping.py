"""What a ticket serves: by what it names itself, else by its nearest ancestor that names any."""

from dataclasses import replace
from datetime import date

import pytest

from hub.core.mapping.key_result_mapping import KeyResultMapper
from hub.core.mapping.okr_tables import OkrTables
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, Ref
from hub.model.link import KeyResultLink, UnresolvedName, UnresolvedReason
from hub.model.okr import Cycle, Okrs, Phase, Visibility
from hub.model.ticket_input import OkrKind, OkrTicket
from tests.builders import CYCLE, TODAY, a_key_result, a_ref, acme_okrs, an_initiative, an_objective, some_okrs

PAST = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), Phase.CLOSED)
NEXT = Cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31), Phase.DRAFT)


def serving(*tickets: Initiative, okrs: Okrs | None = None) -> KeyResultMapper:
    okrs = okrs or acme_okrs()
    made = KeyResultMapper({ticket.ref: ticket for ticket in tickets}, okrs, OkrTables.of(okrs, TODAY), {})
    made.serves()
    return made


def names(written: str, via: MentionSource = MentionSource.LABEL, ref: str = "jira:ACME-1") -> Initiative:
    return an_initiative(ref, key_result_mentions=(KeyResultMention(via, written),))


def served(made: KeyResultMapper, ref: str) -> tuple[str, ...]:
    return tuple(key_result_link.key_result for key_result_link in made.serves().get(a_ref(ref), ()))


def broken(written: str, okrs: Okrs | None = None) -> UnresolvedName:
    return serving(names(written), okrs=okrs).unresolved_names[a_ref()][0]


@pytest.mark.parametrize("via", list(MentionSource))
def test_a_name_counts_wherever_it_is_written(via: MentionSource) -> None:
    assert serving(names("dau", via)).serves().get(a_ref(), ()) == (KeyResultLink(a_ref(), "dau", via, "dau"),)


@pytest.mark.parametrize("written", ["dau", "DAU", " dau ", "Title of dau", "title OF DAU"])
def test_a_key_result_is_named_by_id_or_whole_title(written: str) -> None:
    assert served(serving(names(written)), "jira:ACME-1") == ("dau",)


FREE = a_key_result("free", "adoption", title="5 % of free users, and more")
LINES = {
    "a title": ("Title of dau", ["dau"]),
    "two titles": ("Title of dau, Title of revenue", ["dau", "revenue"]),
    "a title with a comma": ("5 % of free users, and more", ["free"]),
    "an id and words": ("dau because of the funnel", ["dau"]),
    "a page of the hub": ("https://hub.test/key-results/dau", ["dau"]),
    "a page with a query": ("see https://hub.test/a/key-results/dau/?cycle=2026-Q4#history", []),
    "a link to a page": ("[any words](https://hub.test/key-results/dau)", ["dau"]),
    "a label": ("kr-dau", ["dau"]),
    "a line": ("KR: dau", ["dau"]),
    "joined ids": ("dau / revenue", ["dau", "revenue"]),
}


@pytest.mark.parametrize("via", [MentionSource.TEXT, MentionSource.COMMAND])
@pytest.mark.parametrize(("written", "served_ids"), LINES.values(), ids=LINES)
def test_a_line_and_a_command_name_by_title_page_and_label(
    via: MentionSource, written: str, served_ids: list[str]
) -> None:
    okrs = acme_okrs(key_results=(*acme_okrs().key_results.values(), FREE))
    mention = KeyResultMention(via, "first", written=written)
    found = serving(an_initiative(key_result_mentions=(mention,)), okrs=okrs)
    if not served_ids and via is MentionSource.TEXT:
        assert found.unresolved_names[a_ref()][0].values == ("see dau",)
    else:
        assert list(served(found, "jira:ACME-1")) == (served_ids or ["dau"])


def test_a_foreign_page_names_nothing() -> None:
    found = serving(names("https://x.test/dau/revenue"))
    assert [name.raw for name in found.unresolved_names[a_ref()]] == ["https://x.test/dau/revenue"]


@pytest.mark.parametrize(
    ("via", "written", "raw", "closest"),
    [
        (MentionSource.TEXT, "revenu, nonsense", "revenu, nonsense", ("revenue",)),
        (MentionSource.COMMAND, "revenu nonsense", "revenu nonsense", ("revenue",)),
        (MentionSource.TEXT, "Title off dau", "Title off dau", ()),
        (MentionSource.COMMAND, "Title of nothing, all of it", "Title of nothing all of it", ()),
        (MentionSource.TEXT, "adoption, nonsense", "adoption, nonsense", ()),
    ],
)
def test_all_wrong_values_of_one_line_or_command_are_one(
    via: MentionSource, written: str, raw: str, closest: tuple[str, ...]
) -> None:
    words = written.replace(",", "").split()
    mentions = tuple(KeyResultMention(via, word, written=written) for word in words)
    (found,) = serving(an_initiative(key_result_mentions=mentions)).unresolved_names[a_ref()]
    assert (found.raw, found.reason, found.closest) == (raw, UnresolvedReason.UNKNOWN, closest)


def test_what_stands_beside_a_wrong_value_is_known() -> None:
    mentions = tuple(KeyResultMention(MentionSource.TEXT, word, written="dau, maybe") for word in ("dau", "maybe"))
    made = serving(an_initiative(key_result_mentions=mentions))
    (found,) = made.unresolved_names[a_ref()]
    assert (found.raw, found.written, found.beside) == ("maybe", "dau, maybe", ("dau",))
    assert served(made, "jira:ACME-1") == ("dau",)


def test_all_names_count_and_each_key_result_once() -> None:
    mentions = (
        KeyResultMention(MentionSource.LABEL, "dau"),
        KeyResultMention(MentionSource.TEXT, "Title of dau"),
        KeyResultMention(MentionSource.FIELD, "revenue"),
    )
    ticket = an_initiative(key_result_mentions=mentions)
    assert [(s.key_result, s.source) for s in serving(ticket).serves().get(ticket.ref, ())] == [
        ("dau", MentionSource.LABEL),
        ("revenue", MentionSource.FIELD),
    ]


def test_an_id_wins_over_the_same_words_as_a_title() -> None:
    okrs = some_okrs(
        objectives=(an_objective("o", "t"),),
        key_results=(a_key_result("nps", "o"), a_key_result("other", "o", title="nps")),
    )
    assert served(serving(names("nps"), okrs=okrs), "jira:ACME-1") == ("nps",)


def test_the_nearest_ancestor_that_names_any_is_inherited() -> None:
    made = serving(
        an_initiative("jira:ACME-3", parent=a_ref("jira:ACME-2")),
        an_initiative("jira:ACME-2", parent=a_ref("jira:ACME-1")),
        an_initiative("jira:ACME-1", serves="dau", parent=a_ref("jira:ACME-0")),
        an_initiative("jira:ACME-0", serves="revenue"),
    )
    assert served(made, "jira:ACME-3") == ("dau",)
    assert made.serves()[a_ref("jira:ACME-3")][0].inherited_from == a_ref("jira:ACME-1")


def test_own_names_that_are_broken_do_not_end_the_search() -> None:
    child = replace(names("nonsense", ref="jira:ACME-2"), parent=a_ref())
    assert served(serving(child, an_initiative(serves="dau")), "jira:ACME-2") == ("dau",)


def test_nothing_is_inherited_where_inheritance_is_off() -> None:
    child = an_initiative("jira:ACME-2", parent=a_ref(), inherits=False)
    assert served(serving(child, an_initiative(serves="dau")), "jira:ACME-2") == ()


def test_parents_are_followed_across_trackers() -> None:
    child = an_initiative("github:acme/app#4", parent=a_ref())
    assert served(serving(child, an_initiative(serves="dau")), "github:acme/app#4") == ("dau",)


def test_an_unread_ancestor_leaves_everything_below_in_doubt() -> None:
    made = serving(
        an_initiative("jira:ACME-3", parent=a_ref("jira:ACME-2")),
        an_initiative("jira:ACME-2", parent=a_ref("jira:GONE-1")),
    )
    assert set(made.undetermined) == {a_ref("jira:ACME-3"), a_ref("jira:ACME-2")}
    assert "jira:GONE-1" in made.undetermined[a_ref("jira:ACME-3")]


def test_a_ticket_that_names_one_is_not_in_doubt_about_its_parent() -> None:
    assert serving(an_initiative(serves="dau", parent=a_ref("jira:GONE-1"))).undetermined == {}


def test_a_doubt_below_is_no_doubt_above() -> None:
    child = an_initiative("jira:ACME-2", parent=a_ref(), missing_fields=frozenset({"labels"}))
    made = serving(child, an_initiative())
    assert set(made.undetermined) == {child.ref}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_a_circle_of_parents_ends_and_shares_its_doubts(order: tuple[int, ...]) -> None:
    tickets = (
        an_initiative("jira:ACME-1", parent=a_ref("jira:ACME-2"), missing_fields=frozenset({"fields"})),
        an_initiative("jira:ACME-2", parent=a_ref("jira:ACME-1")),
        an_initiative("jira:ACME-3", parent=a_ref("jira:ACME-3")),
    )
    made = serving(*(tickets[position] for position in order))
    assert set(made.undetermined) == {a_ref("jira:ACME-1"), a_ref("jira:ACME-2")}
    assert served(made, "jira:ACME-3") == ()


def test_a_doubt_outside_a_circle_stays_outside() -> None:
    made = serving(
        an_initiative("jira:ACME-3", parent=a_ref("jira:ACME-1"), missing_fields=frozenset({"text"})),
        an_initiative("jira:ACME-1", parent=a_ref("jira:ACME-2")),
        an_initiative("jira:ACME-2", parent=a_ref("jira:ACME-1")),
    )
    assert set(made.undetermined) == {a_ref("jira:ACME-3")}


def test_a_long_chain_of_parents_is_followed_to_its_end() -> None:
    chain = [an_initiative(f"jira:ACME-{n}", parent=a_ref(f"jira:ACME-{n + 1}")) for n in range(1, 5000)]
    made = serving(*chain, an_initiative("jira:ACME-5000", serves="dau"))
    assert served(made, "jira:ACME-1") == ("dau",)


def test_a_ticket_that_was_not_read_serves_nothing() -> None:
    assert serving().serves() == {}


def test_an_unknown_name_tells_the_closest_ids() -> None:
    found = broken("revenu")
    assert (found.reason, found.closest[0]) == (UnresolvedReason.UNKNOWN, "revenue")


def test_a_private_key_result_is_never_offered_as_the_closest() -> None:
    hidden = a_key_result("secret", visibility=Visibility.PRIVATE)
    okrs = some_okrs(objectives=(an_objective(),), key_results=(hidden, a_key_result("dau")))
    assert "secret" not in broken("secre", okrs).closest


def test_an_objective_is_no_key_result() -> None:
    assert broken("launch", some_okrs(objectives=(an_objective(),))).reason is UnresolvedReason.OBJECTIVE


def test_a_title_that_two_key_results_bear_names_several() -> None:
    okrs = some_okrs(
        objectives=(an_objective(),), key_results=(a_key_result("a", title="Same"), a_key_result("b", title="same"))
    )
    assert broken("same", okrs).reason is UnresolvedReason.SEVERAL


@pytest.mark.parametrize("cycle", [NEXT, PAST, replace(PAST, phase=Phase.RUNNING)])
def test_a_key_result_of_another_cycle_is_named_elsewhere_and_no_unknown_name(cycle: Cycle) -> None:
    other = a_key_result("other", cycle=cycle.id)
    made = serving(names("Other "), okrs=some_okrs(others=(other,), cycles=(CYCLE, cycle)))
    assert made.unresolved_names == {}
    assert served(made, "jira:ACME-1") == ()
    assert made.other_cycle_links == {
        a_ref("jira:ACME-1"): (KeyResultLink(a_ref("jira:ACME-1"), "other", MentionSource.LABEL, "Other "),)
    }


def test_the_same_ticket_asked_twice_answers_the_same() -> None:
    made = serving(an_initiative(serves="dau"))
    assert made.serves().get(Ref("jira", "ACME-1"), ()) == made.serves().get(Ref("jira", "ACME-1"), ())


TRACKER = "https://tracker.test"


def kept_as_tickets(**of_tickets: str) -> Okrs:
    """Key results of the running cycle, and one of the last, each kept as the ticket that is given."""
    beta = a_key_result("beta", "adoption", cycle=PAST.id, replaced_by="dau")
    okrs = some_okrs(
        objectives=(an_objective("adoption", "product"),),
        key_results=(
            a_key_result("dau", "adoption"),
            a_key_result("nps", "adoption"),
            a_key_result("heron", "adoption", visibility=Visibility.PRIVATE),
        ),
        others=(beta,),
        other_objectives=(an_objective("adoption", "product", cycle=PAST.id),),
        cycles=(PAST,),
    )
    refs = {a_ref(ref): id_ for id_, ref in of_tickets.items()}
    rows = {
        ref: OkrTicket(OkrKind.KEY_RESULT, ref.connector, ref.key, id_, id_, f"{TRACKER}/browse/{ref.key}")
        for ref, id_ in refs.items()
    }
    return replace(okrs, okr_id_by_ticket=refs, okr_tickets=rows)


@pytest.mark.parametrize("via", [MentionSource.LABEL, MentionSource.FIELD, MentionSource.TEXT, MentionSource.COMMAND])
@pytest.mark.parametrize(
    "written",
    ["OKR-7", "okr-7", "kr-OKR-7", *(f"{TRACKER}/browse/OKR-7{end}" for end in ("", "/", "?atlOrigin=x", "#comment"))],
)
def test_a_key_result_kept_as_a_ticket_is_named_by_its_key_or_address(written: str, via: MentionSource) -> None:
    made = serving(names(written, via), okrs=kept_as_tickets(dau="jira:OKR-7"))
    assert served(made, "jira:ACME-1") == ("dau",)
    assert not made.unresolved_names


def test_a_key_that_two_trackers_share_means_either_key_result() -> None:
    okrs = kept_as_tickets(dau="jira:OKR-7", nps="jira-eu:OKR-7")
    name = broken("OKR-7", okrs)
    assert (name.reason, set(name.closest)) == (UnresolvedReason.SEVERAL, {"dau", "nps"})


def test_a_private_key_result_is_not_named_by_its_ticket() -> None:
    name = broken("OKR-7", kept_as_tickets(heron="jira:OKR-7"))
    assert (name.reason, name.closest) == (UnresolvedReason.UNKNOWN, ())


def test_a_key_result_of_another_cycle_is_named_by_its_ticket_as_by_its_id() -> None:
    for written in ("beta", "OKR-3", f"{TRACKER}/browse/OKR-3?x=1"):
        made = serving(names(written), okrs=kept_as_tickets(beta="jira:OKR-3"))
        assert [link.key_result for link in made.other_cycle_links[a_ref()]] == ["beta"], written
        assert not made.unresolved_names
