"""A repository that was renamed while the configuration keeps asking for it under its old name."""

from collections.abc import Iterator

import pytest

from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.initiative import Initiative
from hub.pipeline.pull import Source, pull
from tests.builders import TODAY, a_team, acme_okrs
from tests.connectors.github.served import Served, served
from tests.connectors.remembering import NOW, Memory, is_still

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
    return {one.ref.key: one.containers for one in found}


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
    assert [(one.waiting.key, one.providing.key) for one in portfolio.dependencies] == [("acme/shop#1", "acme/shop#2")]


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
    assert [one.ref.key for one in memory.fresh.initiatives] == ["acme/shop#2"]
    assert is_still(memory, there.connector())


def test_another_spelling_of_the_name_is_no_rename(there: Served) -> None:
    pulled = there.connector(repositories=["Acme/App"]).pull()
    assert places(pulled.initiatives) == {"acme/app#1": ("acme/app",), "acme/app#2": ("acme/app",)}
    assert pulled.notes == ()


def test_the_doctor_still_names_both(there: Served) -> None:
    there.site.rename_repository("acme/app", "acme/shop")
    assert "acme/app was renamed to acme/shop" in [check.what for check in there.connector().diagnose()]
