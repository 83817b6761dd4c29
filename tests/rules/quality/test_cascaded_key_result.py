from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.okr import Alignment, Cycle, LinkState, Okrs, Visibility
from rules.quality.cascaded_key_result import cascaded_key_result as rule
from tests.builders import a_key_result, a_team, acme_okrs, an_objective, some_okrs
from tests.rules.rule_runner import judged, said, the_finding

TITLE = "10M USD a year"
UP = (Alignment("revenue"),)


def okrs_with(upper: dict[str, Any] | None = None, **copy: Any) -> Okrs:
    own: dict[str, Any] = {"title": TITLE, "aligns_to": UP} | copy
    return acme_okrs(
        objectives=(an_objective("growth"), an_objective("adoption", "product")),
        key_results=(
            a_key_result("revenue", "growth", **({"title": TITLE} | (upper or {}))),
            a_key_result("dau", "adoption", **own),
        ),
    )


def test_a_copy_of_the_parent_is_a_note() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with()))
    assert (finding.severity, finding.subject.id, finding.on_tickets) == (Severity.INFO, "dau", ())
    assert finding.affects == ("revenue",)
    assert "dau repeats revenue" in said(finding)


@pytest.mark.parametrize(
    "okrs",
    [
        okrs_with(title="4M USD of renewals"),
        okrs_with(start=20, target=30),
        okrs_with(stated=frozenset()),
        okrs_with(aligns_to=()),
        okrs_with(aligns_to=(Alignment("revenue", state=LinkState.PROPOSED),)),
        okrs_with(aligns_to=(Alignment("elsewhere"),)),
    ],
)
def test_other_words_other_numbers_and_what_is_not_linked_are_fine(okrs: Okrs) -> None:
    assert judged(rule, okrs=okrs).findings == ()


def test_where_the_parent_states_no_numbers_the_title_is_enough() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with({"stated": frozenset()}, start=20, title="10m  USD a Year")))
    assert finding.subject.id == "dau"


def test_the_organizations_own_key_results_may_repeat_the_years() -> None:
    okrs = some_okrs(
        teams=(a_team("product"),),
        cycles=(Cycle("2026", date(2026, 1, 1), date(2026, 12, 31)),),
        objectives=(an_objective("growth"), an_objective("adoption", "product")),
        key_results=(
            a_key_result("revenue", "growth", title=TITLE, aligns_to=(Alignment("y-revenue"),)),
            a_key_result("dau", "adoption", title=TITLE, aligns_to=(Alignment("y-revenue"),)),
        ),
        others=(a_key_result("y-revenue", "y-growth", cycle="2026", title=TITLE),),
        other_objectives=(an_objective("y-growth", cycle="2026", key_results=("y-revenue",)),),
    )
    assert the_finding(judged(rule, okrs=okrs)).subject.id == "dau"


SECRET = {"visibility": Visibility.PRIVATE}


@pytest.mark.parametrize("okrs", [okrs_with(SECRET), okrs_with(**SECRET)])
def test_a_public_copy_tells_nothing_of_a_private_key_result(okrs: Okrs) -> None:
    assert judged(rule, okrs=okrs).findings == ()


def test_two_private_ones_are_not_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(SECRET, **SECRET)))
    told = said(finding) + str(finding.facts) + str(finding.affects)
    assert "revenue" not in told
    assert "dau" not in told
