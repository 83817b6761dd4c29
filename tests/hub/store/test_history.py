"""Earlier pictures: whatever was read, and in whatever order it changed, each is found again as it was."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.initiative import Gap, Initiative, PullResult
from hub.store.history import MAX_SNAPSHOTS
from tests.builders import an_initiative
from tests.fakes.store import a_store

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
titles = st.dictionaries(st.integers(1, 6), st.sampled_from(["a", "b", "c"]), max_size=6)


def tickets(titled: dict[int, str]) -> tuple[Initiative, ...]:
    return tuple(an_initiative(f"jira:ACME-{n}", title=title) for n, title in titled.items())


@settings(deadline=None, max_examples=60)
@given(st.lists(titles, min_size=1, max_size=6))
def test_every_reading_is_found_again_as_it_was(readings: list[dict[int, str]]) -> None:
    store = a_store()
    for day, titled in enumerate(readings):
        store.save_snapshot([PullResult("jira", tickets(titled))], START + timedelta(days=day))
    pictures = store.historical_snapshots(10)
    store.close()
    found = [
        {i.ref.key: i.title for pull_result in picture.pulled for i in pull_result.initiatives} for picture in pictures
    ]
    assert found == [{f"ACME-{n}": title for n, title in titled.items()} for titled in reversed(readings)]
    assert [picture.pulled_at for picture in pictures] == [
        START + timedelta(days=d) for d in reversed(range(len(readings)))
    ]


def test_a_reading_remembers_what_could_not_be_read() -> None:
    store = a_store()
    store.save_snapshot([PullResult("jira", tickets({1: "a"}))], START)
    store.save_snapshot([PullResult("jira", (), (Gap("jira", "it was down"),))], START + timedelta(days=1))
    latest, first = store.historical_snapshots(10)
    store.close()
    assert [gap.reason for gap in latest.pulled[0].gaps] == ["it was down"]
    assert [i.ref.key for i in latest.pulled[0].initiatives] == ["ACME-1"]
    assert first.pulled[0].gaps == ()


def test_only_the_latest_readings_are_kept_and_asked_for() -> None:
    store = a_store()
    for day in range(MAX_SNAPSHOTS + 5):
        store.save_snapshot([PullResult("jira", tickets({1: str(day)}))], START + timedelta(days=day))
    assert len(store.historical_snapshots(3)) == 3
    kept = store.historical_snapshots(1000)
    store.close()
    assert len(kept) == MAX_SNAPSHOTS
    assert kept[-1].pulled[0].initiatives[0].title == "5"
