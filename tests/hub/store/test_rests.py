"""Whether the workspace is as the last run left it."""

from datetime import UTC, datetime, timedelta

from hub.model.knock import Noted
from hub.model.rest import Rest
from tests.fakes.store import a_store

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


def test_only_a_delivery_that_asks_for_something_ends_the_rest() -> None:
    store = a_store()
    run = store.begin_run("somebody:1", NOW, lease_seconds=60)
    store.finish_run(run, NOW, "done", {})
    store.keep_rest(Rest(run, "print", {}))
    store.deliver_all([Noted("github", "echo", "h1", (), LATER)])
    assert store.rest() is not None
    store.deliver_all([Noted("github", "d1", "h2", ("I_1",), LATER)])
    assert store.rest() is None
