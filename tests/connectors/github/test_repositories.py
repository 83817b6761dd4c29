"""A repository that was renamed while the configuration keeps asking for it under its old name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.github.repositories import RenamedRepositories
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.initiative import Initiative, SyncMode
from hub.pipeline.pull import Source, pull
from tests.builders import TODAY, a_team, acme_okrs, an_initiative
from tests.connectors.github.served import Served, served
from tests.connectors.github.test_incremental_missing_rows import without
from tests.connectors.pull_state import NOW, Memory, is_unchanged
from tests.sandbox_support.faults import Fault

BOTH = ("acme/shop", "acme/app")
NOTE = (
    "the repository acme/app is called acme/shop now: write acme/shop in `repositories` and in the `owns` of its team"
)


@pytest.fixture
def there() -> Iterator[Served]:
    with served() as running:
        for title in ("one", "two"):
            running.site.add_issue("acme/app", title, body="depends on acme/app#2")
        yield running


def places(found: tuple[Initiative, ...]) -> dict[str, tuple[str, ...]]:
    return {ticket.ref.key: ticket.containers for ticket in found}


def test_its_tickets_stand_under_both_names_and_the_sync_says_that_one_is_old(there: Served) -> None:
    there.site.rename_repository("acme/app", "acme/shop")
    pulled = there.connector().pull()
    assert places(pulled.initiatives) == {"acme/shop#1": BOTH, "acme/shop#2": BOTH}
    assert pulled.notes == (NOTE,)


@pytest.mark.parametrize("owned", ["acme/app", "acme/shop"])
def test_its_tickets_belong_to_the_team_that_owns_either_name(there: Served, owned: str) -> None:
    there.site.rename_repository("acme/app", "acme/shop")
    okrs = acme_okrs(teams=(a_team("product", "jira:ACME"), a_team("platform", f"github:{owned}")))
    snapshot = pull([Source(there.connector())], NOW)
    portfolio = build_portfolio(snapshot, okrs, TODAY)
    assert {ref.key: team for ref, team in portfolio.team_of.items()} == {
        "acme/shop#1": "platform",
        "acme/shop#2": "platform",
    }
    assert [(dependency.waiting.key, dependency.providing.key) for dependency in portfolio.dependencies] == [
        ("acme/shop#1", "acme/shop#2")
    ]


def test_a_rename_between_two_pulls_is_noticed_and_all_tickets_follow(there: Served) -> None:
    memory = Memory()
    memory.sync(there.connector())
    there.site.rename_repository("acme/app", "acme/shop")
    there.site.edit_issue("acme/shop#1", title="one more")
    assert places(memory.sync(there.connector()).initiatives) == {"acme/shop#1": BOTH, "acme/shop#2": BOTH}
    there.site.edit_issue("acme/shop#2", title="two more")
    after = memory.sync(there.connector())
    assert places(after.initiatives) == {"acme/shop#1": BOTH, "acme/shop#2": BOTH}
    assert after.notes == (NOTE,)
    assert [ticket.ref.key for ticket in memory.fresh.initiatives] == ["acme/shop#2"]
    assert is_unchanged(memory, there.connector())


def test_another_spelling_of_the_name_is_no_rename(there: Served) -> None:
    pulled = there.connector(repositories=["Acme/App"]).pull()
    assert places(pulled.initiatives) == {"acme/app#1": ("acme/app",), "acme/app#2": ("acme/app",)}
    assert pulled.notes == ()


def test_the_doctor_still_names_both(there: Served) -> None:
    there.site.rename_repository("acme/app", "acme/shop")
    assert "acme/app was renamed to acme/shop" in [check.message for check in there.connector().diagnose()]


def ticket(key: str, *more: str) -> Initiative:
    return replace(an_initiative(f"github:{key}"), containers=(key.partition("#")[0], *more))


@pytest.mark.parametrize(
    ("answered", "news", "both"),
    [
        ([], False, BOTH),
        ([("acme/app", "acme/shop")], False, BOTH),
        ([("acme/app", "Acme/Shop")], False, BOTH),
        ([("acme/app", "acme/app")], True, ("acme/shop",)),
        ([("acme/app", "acme/store")], True, ("acme/shop",)),
        ([("acme/app", "")], False, BOTH),
        ([("acme/web", "acme/web")], False, BOTH),
    ],
)
def test_a_name_is_what_the_repository_answers_by_last(
    answered: list[tuple[str, str]], news: bool, both: tuple[str, ...]
) -> None:
    kept = [ticket("acme/shop#1", "acme/app"), ticket("acme/web#1", "acme/5")]
    renamed = RenamedRepositories(["acme/app", "acme/web"])
    renamed.learn("acme/app", "acme/shop")
    for asked, called in answered:
        renamed.learn(asked, called)
    assert renamed.is_news(kept) is news
    assert renamed.with_old_name(("acme/shop",)) == both


def test_a_rename_is_noticed_where_no_issue_changed(there: Served) -> None:
    memory = Memory()
    for _ in range(2):
        memory.sync(there.connector())
        there.time.moment += timedelta(hours=1)
    there.site.rename_repository("acme/app", "acme/shop")
    assert not is_unchanged(memory, there.connector())
    assert places(memory.sync(there.connector()).initiatives) == {"acme/shop#1": BOTH, "acme/shop#2": BOTH}


@pytest.mark.parametrize("issues", [0, 1])
def test_the_tickets_of_a_repository_whose_old_name_another_took_are_not_ours_any_more(
    there: Served, issues: int
) -> None:
    memory = Memory()
    there.site.rename_repository("acme/app", "acme/shop")
    memory.sync(there.connector())
    there.time.moment += timedelta(hours=1)
    there.site.add_repository("acme/app")
    for _ in range(issues):
        there.site.add_issue("acme/app", "another")
    expected = {f"acme/app#{number + 1}": ("acme/app",) for number in range(issues)}
    assert places(memory.sync(there.connector()).initiatives) == expected
    assert places(tuple(memory.kept().values())) == expected
    assert (memory.fresh.notes, memory.fresh.absent) == ((), frozenset())
    if issues:
        memory.sync(there.connector())
        assert memory.fresh.mode is SyncMode.INCREMENTAL


@pytest.mark.parametrize("learned", [True, False])
def test_a_row_of_a_renamed_repository_that_one_answer_lacks_is_still_there(there: Served, learned: bool) -> None:
    memory = Memory()
    memory.sync(there.connector())
    there.site.rename_repository("acme/app", "acme/shop")
    if learned:
        memory.sync(there.connector(), full=True)
    change = without(there.site.issue("acme/shop#1").node_id)
    there.sandbox.faults.add(Fault("rewrite", path="graphql", times=5, change=change))
    memory.sync(there.connector(), full=True)
    there.sandbox.faults.clear()
    assert memory.kept() == {ticket.id: ticket for ticket in there.connector().pull().initiatives}
    assert memory.fresh.gaps == ()


def test_a_row_stays_where_the_names_of_today_do_not_come(there: Served) -> None:
    memory = Memory()
    memory.sync(there.connector())
    before, lacks = memory.kept(), without(there.site.issue("acme/app#1").node_id)

    def change(answer: Any) -> Any:
        return answer | {"data": {"r0": None}} if "r0" in answer["data"] else lacks(answer)

    there.sandbox.faults.add(Fault("rewrite", path="graphql", times=None, change=change))
    memory.sync(there.connector(), full=True)
    assert memory.kept() == before
    (gap,) = memory.fresh.gaps
    reason = "repository acme/app: its name did not come"
    assert gap.reason == f"acme/app#1 was missing from the full sync, and looking it up failed: {reason}"
