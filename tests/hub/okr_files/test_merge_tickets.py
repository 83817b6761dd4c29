"""What tickets say in words becomes the same values that files hold; what cannot be understood is told by ticket."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connectors.shared.settings import okr_field_of, values_in
from hub.model.errors import ConfigError
from hub.model.initiative import LINE_OF, Ref
from hub.model.measure import Measure
from hub.model.okr import (
    Alignment,
    CheckIn,
    Contribution,
    Cycle,
    Direction,
    LinkKind,
    LinkState,
    Need,
    Okrs,
    Phase,
    Visibility,
)
from hub.model.ticket_input import (
    ALL_FIELDS,
    IDENTITY_FIELDS,
    KEY_RESULT_FIELDS,
    OBJECTIVE_FIELDS,
    OkrKind,
    OkrOutcome,
    OkrTicket,
)
from hub.okr_files.loader import okrs_from_text
from hub.okr_files.merge_tickets import MergedOkrs, merge_tickets
from hub.okr_files.schema import KeyResultTable, ObjectiveTable
from hub.okr_files.ticket_fields import FIELDS_OF_OTHERS, LINK_FIELDS, LIST_FIELDS, SINGLE_FIELDS
from hub.okr_files.ticket_measure import with_named_connectors
from hub.okr_files.ticket_values import (
    parse_alignments,
    parse_check_ins,
    parse_confidence,
    parse_contributions,
    parse_day,
    parse_needs,
    parse_number,
    parse_sync,
)
from tests.builders import CYCLE, a_key_result, a_team, acme_okrs, an_objective, some_okrs

PAST = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), Phase.CLOSED)


def files(**changes: Any) -> Okrs:
    teams = (a_team("product", "jira:ACME"), a_team("platform", "jira:PLAT", name="Platform Crew"))
    return some_okrs(**({"teams": teams, "cycles": (PAST,)} | changes))


def a_row(key: str, kind: OkrKind = OkrKind.KEY_RESULT, **changes: Any) -> OkrTicket:
    values = tuple(changes.pop("says", {}).items())
    made = OkrTicket(
        kind, "jira", key, f"id-{key}", f"Title of {key}", f"https://t.test/{key}", (key.split("-", maxsplit=1)[0],)
    )
    return replace(made, values=values, **changes)


def an_objective_row(key: str = "ACME-1", **changes: Any) -> OkrTicket:
    return a_row(key, OkrKind.OBJECTIVE, **changes)


FILE = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
[[team]]
id = "product"
[[team]]
id = "platform"
[[objective]]
id = "growth"
title = "Grow"
[[objective.key_result]]
id = "revenue"
title = "Revenue"
[[objective]]
id = "launch"
title = "Launch"
aligns_to = ["{above}"]
[[objective.key_result]]
id = "dau"
title = "Daily users"
aligns_to = [{{ key_result = "{aligns}" }}, {{ key_result = "revenue" }}]
depends_on = [{{ team = "platform", key_result = "{needs}" }}]
replaced_by = "{successor}"
"""


def tracked(aligns: str = "revenue", needs: str = "revenue", successor: str = "revenue", above: str = "growth") -> Okrs:
    """The OKRs of a file beside a tracker that keeps some too."""
    text = FILE.format(aligns=aligns, needs=needs, successor=successor, above=above)
    return okrs_from_text(text, "okrs.toml", tracked=True)


def blamed(joined: MergedOkrs) -> dict[str | None, str]:
    return {gap.key and gap.key.removeprefix(LINE_OF): gap.reason for gap in joined.gaps}


@pytest.mark.parametrize(
    ("text", "value"),
    [("500,000", 500_000), ("500 000", 500_000), ("7_100_000", 7_100_000), ("5 %", 5), ("0,5", 0.5), ("-1.5", -1.5)],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "many", "1,2,3", "10M"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        parse_number(text)


def test_confidence_may_be_a_percentage() -> None:
    assert (parse_confidence("60 %"), parse_confidence("0.6")) == (0.6, 0.6)


def test_links_and_shares_are_read_from_one_line() -> None:
    assert parse_contributions("sales 60 %, Customer Success 40% (indirect); product (indirect)") == [
        {"team": "sales", "share": 60.0},
        {"team": "customer success", "share": 40.0, "kind": "indirect"},
        {"team": "product", "kind": "indirect"},
    ]
    assert parse_alignments("revenue (indirect), uptime (direct, proposed, since 2026-10-19)") == [
        {"key_result": "revenue", "kind": "indirect"},
        {"key_result": "uptime", "kind": "direct", "state": "proposed", "since": date(2026, 10, 19)},
    ]
    assert parse_needs("platform / scale-p99 (priority 1, by 2026-11-30)\ndata") == [
        {"team": "platform", "key_result": "scale-p99", "priority": 1, "needed_by": date(2026, 11, 30)},
        {"team": "data"},
    ]
    assert parse_sync("product, every 14 days") == {"host": "product", "every_days": 14}


def test_check_ins_are_read_one_a_line() -> None:
    assert parse_check_ins("2026-11-16: 120,000 (confidence 60 %, present product platform)\n2026-11-09") == [
        {"date": date(2026, 11, 16), "value": 120_000, "confidence": 0.6, "present": ["product", "platform"]},
        {"date": date(2026, 11, 9)},
    ]


@pytest.mark.parametrize("text", ["revenue (soon)", "revenue (since tomorrow)", "revenue (indirect"])
def test_a_link_that_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_alignments(text)


def test_words_are_known_however_they_are_written() -> None:
    assert [okr_field_of(text) for text in ("Aligns to", "aligns-to", "OWNER", "Check-in", "Due")] == [
        "aligns_to",
        "aligns_to",
        "owners",
        "check_ins",
        None,
    ]


def test_every_word_that_is_found_is_understood() -> None:
    parsed = SINGLE_FIELDS.keys() | LIST_FIELDS.keys() | LINK_FIELDS.keys() | {"measure", "replaced_by"}
    assert {*OBJECTIVE_FIELDS, *KEY_RESULT_FIELDS} == parsed
    assert ALL_FIELDS - {*OBJECTIVE_FIELDS, *KEY_RESULT_FIELDS} == {*IDENTITY_FIELDS}
    told = {*ObjectiveTable.model_fields, *KeyResultTable.model_fields} - {"title", "url", "work"}
    assert told | {"cycle", "objective"} == ALL_FIELDS


def test_only_lines_that_begin_with_a_word_count() -> None:
    text = "For all.\n\n**Target:** 5\n- Current: 2\n> Start: 1\nNote: Target: 9\n`Unit: x`"
    assert list(values_in(text)) == [("target", "5"), ("current", "2")]


def test_forms_write_a_value_below_a_heading() -> None:
    form = "### Target\r\n\r\n500000\r\n\r\n### Current\r\n\r\n_No response_\r\n\r\n### Aligns to\n\n- revenue\n- nps\n"
    assert list(values_in(form)) == [("target", "500000"), ("aligns_to", "revenue"), ("aligns_to", "nps")]
    assert list(values_in("Target：7\n\n## Target\n\n8\n\n## Owner\n\nNobody knows yet.")) == [("target", "7")]


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


def test_support_that_points_nowhere_is_told_and_the_rest_counts() -> None:
    row = a_row("ACME-2", parent="ACME-1", says={"supports": "nobody-knows, acme-3", "target": "7"})
    joined = merge_tickets(files(), [an_objective_row(), row, a_row("ACME-3", parent="ACME-1")])
    assert joined.okrs.key_results["acme-2"].supports == ("acme-3",)
    assert "no key result has the id `nobody-knows`" in blamed(joined)["ACME-2"]


def test_a_link_to_a_ticket_that_could_not_be_read_says_so() -> None:
    row = a_row("ACME-2", parent="ACME-1", says={"supports": "acme-3"})
    joined = merge_tickets(files(), [an_objective_row(), row, a_row("ACME-3", says={"objective": "no-such"})])
    assert "`acme-3` stands on jira:ACME-3, which could not be read" in blamed(joined)["ACME-2"]


def test_a_need_of_a_file_is_accepted_once_a_ticket_supports_it() -> None:
    rows = [
        an_objective_row("PLAT-1", says={"teams": "platform"}),
        a_row("PLAT-2", parent="PLAT-1", says={"supports": "dau"}),
    ]
    joined = merge_tickets(tracked(needs="plat-2"), rows, source="jira")
    assert joined.gaps == ()
    assert joined.okrs.key_results["dau"].depends_on == (Need("platform", "plat-2", state=LinkState.ACCEPTED),)


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


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-16", date(2026, 11, 16)),
        ("16 Nov 2026", date(2026, 11, 16)),
        ("16 November 2026", date(2026, 11, 16)),
        ("3. Sept. 2026", date(2026, 9, 3)),
        ("Nov 16, 2026", date(2026, 11, 16)),
        ("16.11.2026", date(2026, 11, 16)),
        ("11/16/2026", date(2026, 11, 16)),
        ("16/11/2026", date(2026, 11, 16)),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date) -> None:
    assert parse_day(text) == day
    assert parse_check_ins(f"{text}: 26 (confidence 60 %)") == [{"date": day, "value": 26.0, "confidence": 0.6}]


@pytest.mark.parametrize(
    "text", ["11/12/2026", "2026-13-01", "31 Nov 2026", "16 Nob 2026", "16 Nov", "tomorrow", "16 Nov 20261", ""]
)
def test_what_is_no_day_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"2026-11-30|write 2026-12-11 or 2026-11-12|no day of the calendar"):
        parse_day(text)


TITLED = [
    an_objective_row("ACME-1", title="Delight, users (all)"),
    a_row("ACME-2", title="500,000 daily users, or more", parent="ACME-1"),
    a_row("ACME-3", title="ARR (new) of 10M", parent="ACME-1"),
    a_row("ACME-4", title="Speed / scale", parent="ACME-1"),
    a_row("ACME-5", title="Twice", parent="ACME-1"),
    a_row("ACME-6", title="twice", parent="ACME-1"),
]


@pytest.mark.parametrize(
    ("says", "field", "value"),
    [
        ({"aligns_to": "500,000 daily users, or more"}, "aligns_to", (Alignment("acme-2"),)),
        ({"aligns_to": "ARR (new) of 10M, acme-4"}, "aligns_to", (Alignment("acme-3"), Alignment("acme-4"))),
        (
            {"aligns_to": "“arr (NEW) of 10m” (indirect), 500,000 daily users, or more (direct)"},
            "aligns_to",
            (Alignment("acme-3", LinkKind.INDIRECT), Alignment("acme-2")),
        ),
        ({"aligns_to": "Speed / scale"}, "aligns_to", (Alignment("acme-4"),)),
        (
            {"depends_on": "Platform Crew / Speed / scale (priority 1)"},
            "depends_on",
            (Need("platform", "acme-4", priority=1),),
        ),
        ({"supports": "ARR (new) of 10M; acme-4"}, "supports", ("acme-3", "acme-4")),
        ({"replaced_by": "Speed / scale"}, "replaced_by", "acme-4"),
        ({"objective": "Delight, users (all)"}, "objective", "acme-1"),
    ],
)
def test_tickets_may_name_others_by_their_titles(says: dict[str, str], field: str, value: object) -> None:
    parent = None if "objective" in says else "ACME-1"
    joined = merge_tickets(files(), [*TITLED, a_row("ACME-9", parent=parent, says=says)])
    assert joined.gaps == ()
    assert getattr(joined.okrs.key_results["acme-9"], field) == value


def test_no_team_depends_on_itself() -> None:
    rows = [an_objective_row(), a_row("ACME-2", parent="ACME-1", says={"depends_on": "product, platform"})]
    joined = merge_tickets(files(), rows)
    assert joined.okrs.key_results["acme-2"].depends_on == (Need("platform"),)
    assert "`product` holds this key result itself" in blamed(joined)["ACME-2"]


def test_a_title_of_several_is_refused() -> None:
    joined = merge_tickets(files(), [*TITLED, a_row("ACME-9", parent="ACME-1", says={"aligns_to": "Twice"})])
    assert (
        "several key results have the title 'Twice': write the id instead, `acme-5`, `acme-6`"
        in (blamed(joined)["ACME-9"])
    )
    assert joined.okrs.key_results["acme-9"].aligns_to == ()


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


TARGET = {"start": "0", "target": "10"}


@pytest.mark.parametrize(
    "says", [{"aligns_to": "nobody-knows"}, {"depends_on": "nobody"}, {"depends_on": "platform / nobody-knows"}]
)
def test_a_link_to_nowhere_is_told_and_the_rest_counts(says: dict[str, str]) -> None:
    row = a_row("ACME-2", parent="ACME-1", says=says | {"target": "7"})
    joined = merge_tickets(files(), [an_objective_row(), row])
    made = joined.okrs.key_results["acme-2"]
    assert (made.target, made.aligns_to) == (7.0, ())
    assert all(need.key_result is None for need in made.depends_on)
    assert "points nowhere" in blamed(joined)["ACME-2"]
    assert joined.okrs.incomplete_reason


HERON = {"visibility": "private", "target": "7"}


@pytest.mark.parametrize(
    ("says", "changes", "word"),
    [
        ({"target": "86421357 of heron"}, {}, "target"),
        ({"confidence": "heron 0.3"}, {}, "confidence"),
        ({"check_ins": "heron fell on 2026-11-16"}, {}, "check_ins"),
        ({"contributions": "product (heron)"}, {}, "contributions"),
        ({"start": "7"}, {}, "target"),
        ({"visibility": "heron board"}, {}, "visibility"),
        ({"id": "plain"}, {}, "id"),
        ({"cycle": "heron-2031"}, {}, "cycle"),
        ({"objective": "heron"}, {}, "objective"),
        ({}, {"parent": "HERON-1"}, "objective"),
        ({"aligns_to": "heron-two"}, {}, "aligns_to"),
        ({"depends_on": "heron"}, {}, "depends_on"),
        ({"depends_on": "product / heron"}, {}, "depends_on"),
        ({"supports": "heron"}, {}, "supports"),
        ({"audience": "heron"}, {}, "audience"),
        ({"replaced_by": "heron"}, {}, "replaced_by"),
    ],
)
def test_of_a_private_ticket_only_the_word_at_fault_is_told(
    says: dict[str, str], changes: dict[str, Any], word: str
) -> None:
    row = a_row("ACME-3", title="Letter from Heron", says=HERON | says, **({"parent": "ACME-1"} | changes))
    joined = merge_tickets(files(), [an_objective_row(), a_row("ACME-2", parent="ACME-1", id_label="plain"), row])
    assert blamed(joined)["ACME-3"] in {
        f"an OKR that could not be read: {word}",
        f"a value that was not understood: {word}",
    }
    assert "heron" not in joined.okrs.incomplete_reason.casefold()


def test_no_other_ticket_tells_the_name_of_a_private_one() -> None:
    rows = [
        an_objective_row(),
        a_row("ACME-2", parent="ACME-1", says=HERON, id_label="heron-loi"),
        a_row("ACME-3", parent="ACME-1", id_label="heron-loi"),
        a_row("ACME-4", parent="ACME-1", says={"aligns_to": "heron-lois"}),
        a_row("ACME-5", parent="ACME-1", says=HERON | {"target": "much"}, id_label="crane-loi"),
        a_row("ACME-6", parent="ACME-1", says={"aligns_to": "Crane LOI"}),
        an_objective_row("ACME-7", says={"teams": "heron"}),
        a_row("ACME-8", parent="ACME-7", says=HERON),
    ]
    told = blamed(merge_tickets(files(), rows))
    assert set(told) == {"ACME-3", "ACME-4", "ACME-5", "ACME-6", "ACME-7", "ACME-8"}
    assert "heron-loi`" not in " ".join(told.values())
    assert "crane" not in " ".join(told.values())
    assert told["ACME-7"] == "an OKR that could not be read: teams"


def test_a_private_key_result_of_a_file_tells_no_more_where_it_points_nowhere() -> None:
    known = tracked(needs="heron-two")
    hidden = replace(known.forward_links[0], visibility=Visibility.PRIVATE)
    known = replace(known, forward_links=(hidden,), key_results={**known.key_results, hidden.id: hidden})
    assert [gap.reason for gap in merge_tickets(known, [an_objective_row()], source="jira").gaps] == [
        "an OKR that could not be read: depends_on"
    ]


def test_the_files_win_over_a_ticket_of_the_same_id() -> None:
    joined = merge_tickets(acme_okrs(), [a_row("ACME-9", id_label="dau", says={"objective": "adoption"})])
    assert joined.okrs.key_results["dau"] == acme_okrs().key_results["dau"]
    assert joined.okrs.okr_id_by_ticket == {Ref("jira", "ACME-9"): "dau"}
    assert joined.gaps == ()
    ((connector, words),) = joined.notes
    assert connector == "jira"
    assert words.startswith("jira:ACME-9 stands in the OKR files as well, and the file counts")
    assert joined.okrs.incomplete_reason == ""


def test_a_link_of_a_file_may_lead_to_a_ticket() -> None:
    waiting = tracked(aligns="minutes", needs="speed", successor="acme-4", above="acme-1")
    assert [alignment.key_result for alignment in waiting.key_results["dau"].aligns_to] == ["revenue"]
    assert waiting.key_results["dau"].replaced_by is None
    assert "not looked at" in waiting.incomplete_reason
    rows = [
        an_objective_row(),
        a_row("ACME-2", parent="ACME-1", id_label="minutes"),
        a_row("ACME-3", parent="ACME-1", id_label="speed"),
        a_row("ACME-4", parent="ACME-1"),
    ]
    joined = merge_tickets(waiting, rows, source="jira")
    made = joined.okrs.key_results["dau"]
    assert [alignment.key_result for alignment in made.aligns_to] == ["minutes", "revenue"]
    assert [(need.team, need.key_result) for need in made.depends_on] == [("platform", "speed")]
    assert made.replaced_by == "acme-4"
    assert joined.okrs.objectives["launch"].aligns_to == ("acme-1",)
    assert (joined.gaps, joined.okrs.incomplete_reason, joined.okrs.forward_links) == ((), "", ())


def test_a_link_of_a_file_that_no_ticket_answers_is_told_with_its_line() -> None:
    joined = merge_tickets(tracked(aligns="minuets"), [an_objective_row()], source="jira")
    assert [alignment.key_result for alignment in joined.okrs.key_results["dau"].aligns_to] == ["revenue"]
    (gap,) = joined.gaps
    assert (gap.connector, gap.key) == ("jira", "okrs.toml:20")
    assert "no key result has the id `minuets`" in gap.reason
    assert "okrs.toml:20" in joined.okrs.incomplete_reason


def test_nobody_is_blamed_for_a_link_while_the_tickets_are_not_read() -> None:
    joined = merge_tickets(tracked(aligns="minutes"), [], "jira is down", source="jira")
    assert (joined.gaps, joined.okrs.incomplete_reason) == ((), "jira is down")
    assert [alignment.key_result for alignment in joined.okrs.key_results["dau"].aligns_to] == ["revenue"]


def test_a_link_to_the_wrong_kind_is_refused_wherever_okrs_are_kept() -> None:
    with pytest.raises(ConfigError, match="`launch` is an objective"):
        tracked(aligns="launch")


def test_files_alone_must_hold_what_their_links_lead_to() -> None:
    with pytest.raises(ConfigError, match="no key result has the id `minutes`"):
        okrs_from_text(FILE.format(aligns="revenue", needs="minutes", successor="revenue", above="growth"))


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


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("count: labels = growth", Measure("jira", "labels = growth")),
        ("Count in github: is:issue label:growth", Measure("github", "is:issue label:growth")),
        ("sum of Story points: project = ACME", Measure("jira", "project = ACME", sum="Story points")),
        ("value of Active users in jira_eu: key = A-1", Measure("jira_eu", "key = A-1", field="Active users")),
        ("sum of Days in progress: type = Bug", Measure("jira", "type = Bug", sum="Days in progress")),
        ("sum of Time in Jira_EU: type = Bug", Measure("jira_eu", "type = Bug", sum="Time")),
        ("sum of Days in progress in github: is:issue", Measure("github", "is:issue", sum="Days in progress")),
        ("value of In in in: key = A-1", Measure("jira", "key = A-1", field="In in in")),
        ("count in jria: x", Measure("jria", "x")),
        ("count (unit open bugs): type = Bug", Measure("jira", "type = Bug", unit="open bugs")),
        ("sum of Cost in github (unit EUR): is:issue", Measure("github", "is:issue", sum="Cost", unit="EUR")),
        ("sum of Cost (net) (unit EUR): x", Measure("jira", "x", sum="Cost (net)", unit="EUR")),
        ("sum of Cost (net): x", Measure("jira", "x", sum="Cost (net)")),
    ],
)
def test_a_measure_is_read_as_people_write_it(text: str, measure: Measure) -> None:
    rows = [an_objective_row(), a_row("ACME-2", parent="ACME-1", says={"measure": text})]
    okrs = with_named_connectors(merge_tickets(files(), rows).okrs, {"jira", "github", "jira_eu"})
    assert okrs.key_results["acme-2"].measure == measure


def test_a_measure_that_cannot_be_understood_is_told_by_its_ticket() -> None:
    rows = [an_objective_row(), a_row("ACME-2", parent="ACME-1", says={"measure": "labels = growth"})]
    (gap,) = merge_tickets(files(), rows).gaps
    assert gap.key == LINE_OF + "ACME-2"
    assert "'labels = growth' is no measure such as count:" in gap.reason


def test_teams_that_labels_and_words_name_are_one_list() -> None:
    row = replace(an_objective_row(), values=(("teams", "platform"), ("teams", "product"), ("teams", "Platform Crew")))
    assert merge_tickets(files(), [row]).okrs.objectives["acme-1"].teams == ("platform", "product")
