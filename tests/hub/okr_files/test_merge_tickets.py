"""What tickets say in words becomes the same values that files hold; what cannot be understood is told by ticket."""

from dataclasses import replace
from datetime import date

import pytest

from hub.model.initiative import Ref
from hub.model.okr import Alignment, CheckIn, Contribution, Direction, LinkKind, LinkState, Need
from hub.model.ticket_input import OkrOutcome, OkrTicket
from hub.okr_files.merge_tickets import merge_tickets
from hub.okr_files.ticket_fields import FIELDS_OF_OTHERS
from tests.builders import CYCLE, a_key_result, acme_okrs, an_objective, some_okrs
from tests.hub.okr_files.rows import a_row, an_objective_row, blamed, files

TARGET = {"start": "0", "target": "10"}


def test_rows_become_objectives_and_key_results() -> None:
    says = {
        "target": "5 %",
        "start": "0",
        "owners": "Platform Crew",
        "contributions": "product 100 %",
        "aligns_to": "acme-3 (indirect)",
        "depends_on": "platform crew / acme-3",
        "check_ins": "2026-11-16 2",
    }
    rows = [an_objective_row(), a_row("ACME-2", parent="ACME-1", says=says), a_row("ACME-3", parent="ACME-1")]
    joined = merge_tickets(files(), rows)
    assert joined.gaps == ()
    made = joined.okrs.key_results["acme-2"]
    assert made == replace(
        made,
        objective="acme-1",
        target=5.0,
        owners=("platform",),
        contributions=(Contribution("product", share=100.0),),
        aligns_to=(Alignment("acme-3", LinkKind.INDIRECT),),
        depends_on=(Need("platform", "acme-3"),),
        check_ins=(CheckIn(date(2026, 11, 16), 2.0),),
        url="https://t.test/ACME-2",
        cycle=CYCLE.id,
    )
    objective = joined.okrs.objectives["acme-1"]
    assert (objective.teams, objective.key_results) == (("product",), ("acme-2", "acme-3"))
    assert joined.okrs.okr_id_by_ticket == {Ref("jira", f"ACME-{n}"): f"acme-{n}" for n in (1, 2, 3)}
    assert joined.okrs.incomplete_reason == ""


def test_an_objective_is_its_places_teams_unless_it_says_whose_it_is() -> None:
    rows = [
        an_objective_row("PLAT-1"),
        an_objective_row("PLAT-2", says={"teams": "organization"}),
        an_objective_row("OKR-3"),
        an_objective_row("OKR-4", says={"teams": "product, Platform Crew"}),
    ]
    objectives = merge_tickets(files(), rows).okrs.objectives
    assert [objectives[id_].teams for id_ in ("plat-1", "plat-2", "okr-3", "okr-4")] == [
        ("platform",),
        (),
        (),
        ("product", "platform"),
    ]


def test_a_ticket_states_its_numbers_direction_and_whom_it_supports() -> None:
    rows = [
        an_objective_row(),
        a_row("ACME-2", parent="ACME-1", says={"target": "5", "direction": "At most", "supports": "plat-2"}),
        a_row("ACME-3", parent="ACME-1", says={"target": "99.9", "direction": "keep", "tolerance": "0.5 %"}),
        an_objective_row("PLAT-1"),
        a_row("PLAT-2", parent="PLAT-1", says={"start": "1", "depends_on": "product"}),
    ]
    joined = merge_tickets(files(), rows)
    assert joined.gaps == ()
    limit, kept, waiting = (joined.okrs.key_results[id_] for id_ in ("acme-2", "acme-3", "plat-2"))
    assert (limit.direction, limit.stated, limit.supports) == (Direction.AT_MOST, {"target"}, ("plat-2",))
    assert (kept.direction, kept.tolerance) == (Direction.KEEP, 0.5)
    assert waiting.stated == {"start"}
    assert waiting.depends_on == (Need("product", "acme-2", state=LinkState.ACCEPTED),)


def test_a_key_result_may_stand_under_an_objective_of_the_files() -> None:
    row = a_row("ACME-9", says={"objective": "adoption", "aligns_to": "revenue"}, id_label="minutes")
    joined = merge_tickets(acme_okrs(), [row])
    assert joined.okrs.objectives["adoption"].key_results == ("dau", "minutes")
    assert joined.okrs.key_results["minutes"].aligns_to == (Alignment("revenue"),)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (a_row("ACME-2"), "no objective"),
        (a_row("ACME-2", parent="ACME-77"), "ACME-77 is none that could be read"),
        (a_row("ACME-2", parent="ACME-1", says={"objective": "nowhere"}), "no objective has the id `nowhere`"),
        (a_row("ACME-2", parent="ACME-1", says={"cycle": "2031-Q1"}), "no OKR file defines the cycle `2031-Q1`"),
        (a_row("ACME-2", parent="ACME-1", says={"id": "Ünsinn!"}), "id"),
        (a_row("ACME-2", parent="ACME-1", title=" "), "title"),
        (a_row("ACME-2", parent="ACME-1", id_label="acme-1"), "already the id of jira:ACME-1"),
        (an_objective_row("ACME-2", says={"teams": "produkt"}), "Did you mean `product`?"),
    ],
)
def test_a_faulty_ticket_is_left_out_and_told_by_its_key(row: OkrTicket, words: str) -> None:
    joined = merge_tickets(files(), [an_objective_row(), row, a_row("ACME-3", parent="ACME-1")])
    assert set(joined.okrs.key_results) == {"acme-3"}
    assert words in blamed(joined)["ACME-2"]
    assert "jira:ACME-2" in joined.okrs.incomplete_reason


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ({"target": "lots"}, "`Target: lots` does not count: 'lots' is no number. The rest of the ticket counts"),
        ({"target": "0", "start": "0"}, "`Target: 0` does not count: start and target are both 0"),
        ({"priority": "9"}, "`Priority: 9` does not count: expected at most 4"),
        ({"confidence": "60"}, "`Confidence: 60` does not count: expected at most 1"),
        ({"tolerance": "1"}, "`Tolerance: 1` does not count"),
        ({"visibility": "hidden"}, "a value that was not understood: visibility"),
        ({"aligns_to": "ARR of 10M"}, "no key result has the id or the title 'ARR of 10M'"),
        ({"aligns_to": "acme-3 (soon)"}, "'soon' cannot be understood"),
        ({"depends_on": "platform / More speed"}, "no key result has the id or the title 'More speed'"),
        ({"check_ins": "11/12/2026: 26"}, "`Check-in: 11/12/2026: 26` does not count: '11/12/2026' could be two days"),
        ({"check_ins": "yesterday: 26"}, "begins with no date such as 2026-11-30 or 30 Nov 2026"),
        ({"check_ins": "2026-11-16: 7 (confidence 40)"}, "confidence: expected at most 1"),
        ({"replaced_by": "the next one"}, "no key result has the id or the title 'the next one'"),
        ({"standalone": "hygiene"}, "Write the line on the ticket of its objective"),
    ],
)
def test_a_line_that_is_not_understood_costs_that_line_alone(says: dict[str, str], words: str) -> None:
    rows = [
        an_objective_row(),
        a_row("ACME-2", parent="ACME-1", says={"unit": "points", "check_ins": "2026-11-09: 5"} | says),
        a_row("ACME-3", parent="ACME-1"),
    ]
    joined = merge_tickets(files(), rows)
    (gap,) = joined.gaps
    assert gap.of_line
    assert words in gap.reason
    (field,) = {*says} - {"start"}
    made = joined.okrs.key_results["acme-2"]
    assert (made.unit, made.not_understood) == ("points", {field})
    assert bool(joined.okrs.incomplete_reason) is (field in FIELDS_OF_OTHERS)
    assert made.private is (field == "visibility")


def test_one_line_of_several_check_ins_is_lost() -> None:
    says = {"check_ins": "2026-11-02: 3\n16/11/26: 7\n9 Nov 2026: 5 (confidence 60 %)"}
    joined = merge_tickets(files(), [an_objective_row(), a_row("ACME-2", parent="ACME-1", says=says)])
    assert joined.okrs.key_results["acme-2"].check_ins == (
        CheckIn(date(2026, 11, 2), 3.0),
        CheckIn(date(2026, 11, 9), 5.0, 0.6),
    )
    assert "`Check-in: 16/11/26: 7` does not count" in blamed(joined)["ACME-2"]


def test_a_key_result_whose_ticket_was_closed_without_a_result_is_judged_no_more() -> None:
    rows = [
        an_objective_row(),
        a_row("ACME-2", parent="ACME-1", says=TARGET | {"current": "2"}, outcome=OkrOutcome.CANCELLED),
        a_row("ACME-3", parent="ACME-1", says=TARGET | {"current": "10"}, outcome=OkrOutcome.CANCELLED),
        a_row("ACME-4", parent="ACME-1", says=TARGET | {"current": "2"}, outcome=OkrOutcome.DONE),
        a_row("ACME-5", parent="ACME-1", says=TARGET | {"aligns_to": "acme-2"}),
    ]
    okrs = merge_tickets(files(), rows).okrs
    assert set(okrs.key_results) == {"acme-3", "acme-4", "acme-5"}
    assert [okrs.key_results[id_].is_met for id_ in ("acme-3", "acme-4", "acme-5")] == [True, True, False]
    assert set(okrs.closed_key_results) == {"acme-2"}
    assert okrs.objectives["acme-1"].key_results == ("acme-3", "acme-4", "acme-5")
    assert not okrs.incomplete_reason
    assert okrs.okr_id_by_ticket[Ref("jira", "ACME-2")] == "acme-2"


def test_the_files_win_over_a_ticket_of_the_same_id() -> None:
    joined = merge_tickets(acme_okrs(), [a_row("ACME-9", id_label="dau", says={"objective": "adoption"})])
    assert joined.okrs.key_results["dau"] == acme_okrs().key_results["dau"]
    assert joined.okrs.okr_id_by_ticket == {Ref("jira", "ACME-9"): "dau"}
    assert joined.gaps == ()
    ((connector, words),) = joined.notes
    assert connector == "jira"
    assert words.startswith("jira:ACME-9 stands in the OKR files as well, and the file counts")
    assert joined.okrs.incomplete_reason == ""


def test_key_results_of_another_cycle_are_kept_apart() -> None:
    rows = [
        an_objective_row("ACME-1", says={"cycle": "2026-q3"}),
        a_row("ACME-2", parent="ACME-1"),
        a_row("ACME-3", parent="ACME-1", closed=date(2026, 9, 1)),
    ]
    okrs = merge_tickets(files(), rows).okrs
    assert (set(okrs.key_results), set(okrs.other_key_results)) == (set(), {"acme-2"})
    assert okrs.other_objectives["2026-Q3", "acme-1"].key_results == ("acme-2",)


def test_what_was_closed_before_the_cycle_and_names_none_is_over() -> None:
    rows = [an_objective_row(closed=date(2026, 6, 30)), an_objective_row("ACME-2", closed=date(2026, 11, 2))]
    assert set(merge_tickets(files(), rows).okrs.objectives) == {"acme-2"}


def test_work_that_is_linked_to_a_key_result_is_remembered() -> None:
    rows = [an_objective_row(links=("ACME-7",)), a_row("ACME-2", parent="ACME-1", links=("ACME-8", "ACME-1"))]
    okrs = merge_tickets(files(), rows).okrs
    assert okrs.linked_key_results == {Ref("jira", "ACME-8"): ("acme-2",)}


def test_work_linked_to_a_faulty_key_result_is_in_doubt() -> None:
    row = a_row("ACME-2", parent="ACME-1", links=("ACME-8",), says={"id": "Ünsinn!"})
    okrs = merge_tickets(files(), [an_objective_row(), row]).okrs
    assert okrs.linked_key_results == {Ref("jira", "ACME-8"): ()}


def test_everything_stays_as_it_is_without_tickets() -> None:
    okrs = some_okrs(objectives=(an_objective("launch", "product"),), key_results=(a_key_result(),))
    assert merge_tickets(okrs, []).okrs == okrs


def test_teams_that_labels_and_words_name_are_one_list() -> None:
    row = replace(an_objective_row(), values=(("teams", "platform"), ("teams", "product"), ("teams", "Platform Crew")))
    assert merge_tickets(files(), [row]).okrs.objectives["acme-1"].teams == ("platform", "product")
