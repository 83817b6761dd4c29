"""Weekly summaries: what a team was sent last is known, whoever sends the next one."""

from datetime import UTC, datetime, timedelta

from hub.model.service_state import DigestBaseline
from tests.hub.store.contract.states import State

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
NEXT = NOW + timedelta(days=7)
TOLD = DigestBaseline(
    findings=frozenset({"abc", "def"}),
    linked=3,
    active=5,
    measured={"2026-Q4/dau": 12.5},
    to_do="t1",
    behind="b1",
    introduced=True,
)


def test_a_team_that_had_no_summary_has_none(state: State) -> None:
    assert state.open().last_digest("product") is None


def test_the_last_summary_is_known_to_the_next_process(state: State) -> None:
    first = state.open()
    first.record_digest("product", TOLD, NOW)
    first.record_digest("platform", DigestBaseline(), NEXT)
    first.record_digest_delivery("product", NOW)
    store = state.open()
    assert (store.last_digest("product"), store.last_digest("platform")) == ((NOW, TOLD), (NEXT, DigestBaseline()))


def test_a_later_summary_takes_the_place_of_the_last(state: State) -> None:
    store = state.open()
    store.record_digest("product", TOLD, NOW)
    store.record_digest("product", DigestBaseline(frozenset({"xyz"})), NEXT)
    assert store.last_digest("product") == (NEXT, DigestBaseline(frozenset({"xyz"})))


def test_a_summary_may_be_sent_while_another_holds_the_lease(state: State) -> None:
    state.open().begin_run("host:1", NOW, lease_seconds=60)
    store = state.open()
    store.record_digest("product", TOLD, NOW)
    assert store.last_digest("product") == (NOW, TOLD)
