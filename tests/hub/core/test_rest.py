"""The digest of what was configured: of what it holds, never of how it happens to be ordered."""

from dataclasses import replace
from datetime import date

from hub.core.rest import fingerprint_of
from hub.model.finding import Severity, Waiver
from hub.model.initiative import Ref
from tests.builders import acme_okrs


def test_order_of_sets_and_tables_does_not_matter() -> None:
    entry = ({"a": frozenset({"x", "y"}), "b": 1},)
    other = ({"b": 1, "a": frozenset({"y", "x"})},)
    assert fingerprint_of(entry) == fingerprint_of(other)


def test_whatever_differs_makes_another_print() -> None:
    okrs = acme_okrs()
    first, *_ = okrs.key_results.values()
    waiver = Waiver("rule", "subject", "reason", "owner", date(2026, 12, 1))
    parts: list[object] = [
        okrs,
        replace(okrs, key_results={**okrs.key_results, first.id: replace(first, title="Other")}),
        waiver,
        replace(waiver, until=date(2026, 12, 2)),
        Severity.ERROR,
        Severity.WARNING,
        Ref("a", "b"),
        ("a", "b"),
        ["a,b"],
        "1",
        1,
        1.5,
        None,
        "",
        {},
        (),
    ]
    assert len({fingerprint_of([part]) for part in parts}) == len(parts)


def test_words_cannot_pass_for_the_marks_between_them() -> None:
    assert fingerprint_of([("a", "b")]) != fingerprint_of([("a', 'b",)])
    assert fingerprint_of(["a", "b"]) != fingerprint_of(["a,b"])
