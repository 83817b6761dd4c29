"""Fingerprints last as long as their fault, and nobody can try out what a private key result is called."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.checking.check import check
from hub.core.checking.redaction import reveal, visible_to
from hub.model.finding import Fingerprints, fingerprint
from hub.model.okr import Okrs, Visibility
from hub.model.private_names import PrivateNames
from rules.quality.limit_written_as_growth import limit_written_as_growth
from tests.builders import a_key_result, a_portfolio, acme_okrs, an_objective
from tests.fakes.store import a_store

NAMES = PrivateNames((("merger", "Buy Globex"), ("heron-loi", "Letter")), ("dau",))
KEY, OTHER = b"k" * 32, b"o" * 32
NAMED = [("key_result", "merger"), ("a -> merger",), ("jira:1", "Heron_LOI"), ("link", "dau", "buy globex", "unknown")]


@pytest.mark.parametrize("identity", NAMED)
def test_who_guesses_a_name_cannot_tell_that_it_is_right(identity: tuple[str, ...]) -> None:
    keyed = Fingerprints(NAMES, KEY).of("some-rule", *identity)
    assert keyed == Fingerprints(NAMES, KEY).of("some-rule", *identity)
    told = {
        keyed,
        Fingerprints(NAMES, OTHER).of("some-rule", *identity),
        Fingerprints(NAMES).of("some-rule", *identity),
    }
    assert len(told) == 3
    assert fingerprint("some-rule", *identity) not in told


@given(st.lists(st.sampled_from(("dau", "jira:ACME-1", "product", "")), min_size=1))
def test_what_names_nothing_private_has_one_fingerprint_everywhere(identity: list[str]) -> None:
    for key in (b"", KEY):
        assert Fingerprints(NAMES, key).of("some-rule", *identity) == fingerprint("some-rule", *identity)


def test_without_a_state_findings_about_private_key_results_are_told_apart_by_number() -> None:
    def told(*ids: str) -> list[str]:
        prints = Fingerprints(PrivateNames(tuple((id_, "") for id_ in ids)))
        return [prints.of("some-rule", "key_result", id_) for id_ in ids]

    assert len(set(told("merger", "heron-loi"))) == 2
    assert told("merger", "heron-loi") == told("other", "names")


def test_a_state_makes_its_key_once() -> None:
    sqlite_store, other = a_store(), a_store()
    assert len(sqlite_store.dependency_history().key) == 32
    assert (
        sqlite_store.dependency_history().key == sqlite_store.dependency_history().key != other.dependency_history().key
    )
    assert sqlite_store.dependency_history().key.hex() not in repr(sqlite_store.dependency_history())


def secret_limit() -> Okrs:
    goals = a_key_result("fewer-bugs", "adoption", title="Fewer than 5 bugs", start=0.0, target=5.0)
    secret = replace(goals, visibility=Visibility.PRIVATE)
    return acme_okrs(objectives=(an_objective("adoption", "product"),), key_results=(secret,))


def test_its_audience_sees_the_same_fingerprint() -> None:
    okrs = secret_limit()
    outside = replace(a_portfolio(okrs=okrs), fingerprint_key=KEY)
    inside = replace(outside, okrs=reveal(okrs, visible_to(okrs, ["product"])))
    (shut,) = check(outside, [limit_written_as_growth]).findings
    (open_,) = check(inside, [limit_written_as_growth], unrevealed_okrs=okrs).findings
    assert (shut.subject.id, open_.subject.id) == ("a private key result", "fewer-bugs")
    assert shut.fingerprint == open_.fingerprint
