"""Links between OKRs of tickets and of files: one that leads nowhere is told where it stands, without private names."""

from dataclasses import replace
from typing import Any

import pytest

from hub.model.errors import ConfigError
from hub.model.okr import Alignment, LinkKind, LinkState, Need, Visibility
from hub.okr_files.loader import okrs_from_text
from hub.okr_files.merge_tickets import merge_tickets
from tests.hub.okr_files.rows import FILE, a_row, an_objective_row, blamed, files, tracked


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
