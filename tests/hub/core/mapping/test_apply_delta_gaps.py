"""A gap that stays is told once, and counts no more once it is accepted by name; a source that failed never is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.mapping.apply_delta import with_accepted
from hub.model.initiative import NOT_SELECTED, QUERY_OF, Gap, PullResult
from hub.report.text import acceptance_line

HIDDEN = Gap("github", "an item is hidden from this account", "PVTI_1", "hidden:PVTI_1")
OTHER = replace(HIDDEN, key="PVTI_2", name="hidden:PVTI_2")
TIMED_OUT = Gap("github", "no answer", "I_1")
DOWN = Gap("github", "the site is down")
NAMED_FAILURES = [
    replace(DOWN, name="down"),
    Gap("github", NOT_SELECTED, name="left-out"),
    Gap("github", "refused", f"{QUERY_OF}dau", "query"),
    replace(TIMED_OUT, name=""),
]


def test_an_accepted_gap_is_apart_from_those_that_count() -> None:
    pulled = with_accepted(PullResult("github", gaps=(HIDDEN, OTHER, DOWN)), {HIDDEN.name}, ())
    assert (pulled.gaps, pulled.accepted) == ((OTHER, DOWN), (HIDDEN,))


@pytest.mark.parametrize("gap", NAMED_FAILURES, ids=["source", "left out", "query", "nameless"])
def test_what_failed_is_never_accepted(gap: Gap) -> None:
    pulled = with_accepted(PullResult("github", gaps=(gap,)), {gap.name}, ())
    assert (pulled.gaps, pulled.accepted) == ((gap,), ())
    assert acceptance_line("github", [gap], ()) == ""


def test_what_was_there_before_is_told_already_and_another_item_is_not() -> None:
    pulled = with_accepted(PullResult("github", gaps=(HIDDEN, OTHER)), (), (HIDDEN, DOWN))
    assert pulled.reported_gaps == {HIDDEN.name}


def test_a_name_that_no_gap_has_is_told_where_all_was_read() -> None:
    needless = "accepted_gaps names hidden:PVTI_9, and there is no such gap: remove it from the configuration"
    assert with_accepted(PullResult("github", gaps=(HIDDEN,)), {"hidden:PVTI_9"}, ()).notes == (needless,)
    assert with_accepted(PullResult("github", gaps=(DOWN,)), {"hidden:PVTI_9"}, ()).notes == ()


def test_the_line_holds_what_is_accepted_already() -> None:
    line = acceptance_line("github", [OTHER, DOWN], [HIDDEN])
    assert line == '[connectors.github] accepted_gaps = ["hidden:PVTI_1", "hidden:PVTI_2"]'
    assert acceptance_line("github", [DOWN], [HIDDEN]) == ""


GAPS = st.lists(st.sampled_from([HIDDEN, OTHER, TIMED_OUT, DOWN, *NAMED_FAILURES]), unique=True)


@given(GAPS, st.sets(st.sampled_from(["hidden:PVTI_1", "hidden:PVTI_2", "down", "query", "left-out", ""])), GAPS)
def test_no_gap_is_lost_and_a_failed_source_stays_failed(gaps: list[Gap], names: set[str], before: list[Gap]) -> None:
    read = PullResult("github", gaps=tuple(gaps))
    pulled = with_accepted(read, names, before)
    assert {*pulled.gaps, *pulled.accepted} == set(gaps)
    assert pulled.complete is read.complete
    assert {gap.name for gap in pulled.accepted} <= names & {HIDDEN.name, OTHER.name}
