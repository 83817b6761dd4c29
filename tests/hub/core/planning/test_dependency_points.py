"""What the waiting side is told to do about a dependency that nobody agreed to: where it stands, there it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.checking.check import check
from hub.core.display_names import Names
from hub.core.planning.dependency_points import late_provider as late_point
from hub.core.planning.dependency_points import unagreed
from hub.model.initiative import Initiative, StatusCategory
from hub.model.message import plain
from hub.model.portfolio import ticket_dependency_key
from rules.horizontal.late_provider import late_provider
from rules.horizontal.unacknowledged_dependency import unacknowledged_dependency
from tests.builders import TODAY, a_portfolio, an_initiative

PROVIDER = an_initiative("github:acme/app#2", status=StatusCategory.TO_DO)
WAITING = an_initiative("jira:ACME-1", serves="dau")
LINKED = replace(WAITING, blocked_by=(PROVIDER.ref,))
MENTIONED = replace(WAITING, depends_on_text=(PROVIDER.ref.key,))
STEPS = {
    "link": "Remove the link.",
    "text": "Remove it from the description.",
    "parts": "Take it out of the sub-issues.",
}


def step(waiting: Initiative, provider: Initiative) -> str:
    portfolio = a_portfolio(waiting, provider)
    long_ago = {ticket_dependency_key(waiting, provider): TODAY - timedelta(days=20)}
    portfolio = replace(portfolio, first_seen=long_ago)
    (finding,) = check(portfolio, [unacknowledged_dependency]).findings
    return plain(unagreed(finding, Names(portfolio, waiting.ref)).step)


@pytest.mark.parametrize("place", STEPS)
def test_a_dependency_ends_where_it_stands(place: str) -> None:
    part = replace(PROVIDER, parent=WAITING.ref)
    pair = {"link": (LINKED, PROVIDER), "text": (MENTIONED, PROVIDER), "parts": (WAITING, part)}[place]
    assert step(*pair).endswith(f"No longer blocked? {STEPS[place]}")


def test_after_a_no_as_well() -> None:
    no = replace(PROVIDER, labels=frozenset({"okr-decline"}))
    assert "Choose another way and remove it from the description. Or" in step(MENTIONED, no)


def test_overdue_work_that_was_due_early_enough_is_not_called_due_too_late() -> None:
    waiting = replace(LINKED, due=TODAY - timedelta(days=1))
    provider = replace(PROVIDER, due=TODAY - timedelta(days=2), labels=frozenset({"okr-accept"}))
    portfolio = a_portfolio(waiting, provider)
    (finding,) = check(portfolio, [late_provider]).findings
    point = late_point(finding, Names(portfolio, provider.ref))
    assert point.topic.startswith("overdue, and ")
    assert point.topic.endswith(" needs it")
    assert " needed it on 15 Nov for " in plain(point.what)
