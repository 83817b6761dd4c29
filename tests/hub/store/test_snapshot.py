"""What was read is kept whole, changed row by row, and missed only after a whole enumeration."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.model.action import Comment, PostedFinding, Target
from hub.model.initiative import (
    Gap,
    Initiative,
    NamedKeyResult,
    PriorityBand,
    Pulled,
    Ref,
    StatusCategory,
    Via,
)
from hub.model.not_understood import NotUnderstood
from hub.store.base import StoredSource
from hub.store.codec import findings_from_text, findings_to_text, initiative_from_text, initiative_to_text
from hub.store.sqlite import SqliteStore
from tests.builders import a_ref, an_initiative
from tests.fakes.store import a_store

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
A, B = an_initiative("jira:ACME-1"), an_initiative("jira:ACME-2")
DOWN, ROW = Gap("jira", "the enumeration did not end"), Gap("jira", "unreadable", "ACME-2")

WORDS = st.text(max_size=12)
NAMES = st.text(min_size=1, max_size=12)
REFS = st.builds(Ref, st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True), NAMES)
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))
DAYS = st.none() | st.dates()
INITIATIVES = st.builds(
    Initiative,
    ref=st.builds(Ref, st.just("jira"), NAMES),
    id=NAMES,
    title=WORDS,
    url=WORDS,
    containers=st.lists(NAMES, max_size=3).map(tuple),
    kind=WORDS,
    status=st.sampled_from(StatusCategory),
    status_name=WORDS,
    start=DAYS,
    due=DAYS,
    labels=st.frozensets(NAMES, max_size=3),
    parent=st.none() | REFS,
    blocked_by=st.lists(REFS, max_size=3).map(tuple),
    blocks=st.lists(REFS, max_size=3).map(tuple),
    depends_on_text=st.lists(WORDS, max_size=3).map(tuple),
    mentions=st.lists(WORDS, max_size=3).map(tuple),
    named=st.lists(st.builds(NamedKeyResult, st.sampled_from(Via), WORDS), max_size=3).map(tuple),
    inherits=st.booleans(),
    priority=st.none() | st.sampled_from(PriorityBand),
    rank=st.none() | NAMES,
    created=MOMENTS,
    updated=MOMENTS,
    closed=MOMENTS,
    unread=st.frozensets(NAMES, max_size=2),
    not_understood=st.lists(st.builds(NotUnderstood, NAMES, WORDS, WORDS, NAMES), max_size=2).map(tuple),
)


def saved(store: SqliteStore, *initiatives: Initiative, gaps: tuple[Gap, ...] = ()) -> tuple[int, int]:
    return store.save_snapshot([Pulled("jira", initiatives, gaps)], NOW)["jira"]


def kept(store: SqliteStore) -> set[str]:
    return {i.ref.key for source in store.snapshot() for i in source.initiatives}


def misses(store: SqliteStore) -> Mapping[str, int]:
    return {known.target.ref.key: known.misses for known in store.published().values()}


def with_ledger(*initiatives: Initiative) -> SqliteStore:
    store = a_store()
    for one in initiatives:
        store.commented(Target(one.ref, one.id), Comment("c1", "me"), "d", [], resolved=False)
    return store


@given(INITIATIVES)
def test_every_field_of_a_ticket_survives_the_text(initiative: Initiative) -> None:
    assert initiative_from_text("jira", initiative_to_text(initiative)) == initiative


def test_every_field_of_the_model_has_a_place_in_the_text() -> None:
    full = Initiative(
        ref=a_ref(), id="1", title="t", url="u", containers=("c",), kind="k", status=StatusCategory.DONE,
        status_name="s", start=date(2026, 1, 1), due=date(2026, 1, 2), labels=frozenset({"l"}), parent=a_ref(),
        blocked_by=(a_ref(),), blocks=(a_ref(),), depends_on_text=("d",), mentions=("m",),
        named=(NamedKeyResult(Via.TEXT, "n"),), inherits=False, priority=PriorityBand.LOW, rank="r",
        created=NOW, updated=NOW, closed=NOW,
        unread=frozenset({"x"}), not_understood=(NotUnderstood("priority", "w", "y", "priorities"),),
    )  # fmt: skip
    text = initiative_to_text(full)
    assert initiative_from_text("jira", text) == full
    for one in fields(Initiative)[3:]:
        empty = replace(full, **{one.name: getattr(an_initiative(kind="", created=None, updated=None), one.name)})
        if getattr(empty, one.name) != getattr(full, one.name):
            assert initiative_to_text(empty) != text, one.name


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(INITIATIVES, max_size=5, unique_by=lambda i: i.id))
def test_a_whole_snapshot_survives_the_database(initiatives: list[Initiative]) -> None:
    store = a_store()
    store.save_snapshot([Pulled("jira", tuple(initiatives), (DOWN, ROW))], NOW)
    (source,) = store.snapshot()
    assert source == StoredSource("jira", NOW, tuple(sorted(initiatives, key=lambda i: i.id)), (DOWN, ROW))
    store.close()


@given(
    st.lists(st.builds(PostedFinding, NAMES, NAMES, NAMES, st.lists(REFS, max_size=3).map(tuple)), max_size=3).map(
        tuple
    )
)
def test_findings_of_the_ledger_survive_the_text(findings: tuple[PostedFinding, ...]) -> None:
    assert findings_from_text(findings_to_text(findings)) == findings


def test_half_a_character_of_a_tracker_can_be_kept() -> None:
    store = a_store()
    cut = replace(A, title="cut \ud83d", labels=frozenset({"\udc00"}))
    saved(store, cut)
    assert store.snapshot()[0].initiatives == (cut,)


def test_only_changed_rows_count_as_changed() -> None:
    store = a_store()
    assert saved(store, A, B) == (2, 0)
    assert saved(store, B, A) == (0, 0)
    assert saved(store, A, replace(B, title="new")) == (1, 0)
    assert saved(store, A) == (0, 1)


@pytest.mark.parametrize("gap", [DOWN, ROW])
def test_a_source_or_row_that_was_not_read_removes_nothing(gap: Gap) -> None:
    store = a_store()
    saved(store, A, B)
    assert saved(store, A, gaps=(gap,)) == (0, 0)
    assert kept(store) == {"ACME-1", "ACME-2"}


def test_a_gap_of_one_row_does_not_keep_the_others() -> None:
    store = a_store()
    saved(store, A, B)
    assert saved(store, gaps=(ROW,)) == (0, 1)
    assert kept(store) == {"ACME-2"}


def test_sources_do_not_touch_each_other() -> None:
    store = a_store()
    github = an_initiative("github:acme/app#1")
    store.save_snapshot([Pulled("github", (github,)), Pulled("jira", (A,))], NOW)
    saved(store)
    assert kept(store) == {"acme/app#1"}


def test_a_ticket_that_is_not_seen_counts_misses_until_it_is_back() -> None:
    store = with_ledger(A, B)
    for expected in (1, 2):
        saved(store, A)
        assert misses(store) == {"ACME-1": 0, "ACME-2": expected}
    saved(store, A, B)
    assert misses(store) == {"ACME-1": 0, "ACME-2": 0}


@pytest.mark.parametrize("gap", [DOWN, ROW])
def test_no_miss_is_counted_where_nothing_could_be_seen(gap: Gap) -> None:
    store = with_ledger(B)
    saved(store, gaps=(gap,))
    assert misses(store) == {"ACME-2": 0}


def test_a_ticket_seen_in_half_an_enumeration_is_not_missed() -> None:
    store = with_ledger(A)
    saved(store)
    saved(store, A, gaps=(DOWN,))
    assert misses(store) == {"ACME-1": 0}


def test_what_was_read_is_there_for_the_next_process(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path / "hub.db")
    saved(first, A, gaps=(DOWN,))
    first.close()
    assert SqliteStore(tmp_path / "hub.db").snapshot() == [StoredSource("jira", NOW, (A,), (DOWN,))]


def test_tickets_are_looked_up_one_by_one_and_walked_all_at_once() -> None:
    store = a_store()
    tickets = [an_initiative(f"jira:ACME-{number}") for number in range(3)]
    store.save_snapshot([Pulled("jira", tuple(tickets)), Pulled("github", (an_initiative("github:acme/app#1"),))], NOW)
    lazy = store.kept_tickets("jira")
    assert lazy[tickets[1].id] == tickets[1]
    assert lazy.get("unknown") is None
    assert dict(lazy) == {one.id: one for one in tickets}
    assert len(lazy) == 3
    assert "unknown" not in lazy
