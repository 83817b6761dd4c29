"""What the nouns say of themselves."""

import copy
import gc
import pickle
from dataclasses import MISSING, asdict, fields, is_dataclass, replace
from datetime import date

import pytest

from hub.model.errors import ConfigError, Problem, QueryRefused, RetryLater, SourceError
from hub.model.initiative import Gap, PullResult, Ref
from hub.model.link import Dependency, DependencySource
from hub.model.message import Code, Link, Message, Text, plain
from hub.model.okr import FileLocation
from tests.builders import CYCLE, a_key_result


@pytest.mark.parametrize("text", ["jira:ACME-1", "github:acme/app#12", "odd:a:b"])
def test_a_ticket_is_read_as_it_is_written(text: str) -> None:
    assert str(Ref.parse(text)) == text


@pytest.mark.parametrize("text", ["", "ACME-1", ":ACME-1", "jira:"])
def test_a_ticket_without_tracker_or_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected connector:key"):
        Ref.parse(text)


@pytest.mark.parametrize(
    ("gaps", "complete"),
    [((), True), ((Gap("jira", "row", "ACME-1"),), True), ((Gap("jira", "down"),), False)],
)
def test_only_a_gap_of_the_whole_source_makes_it_incomplete(gaps: tuple[Gap, ...], complete: bool) -> None:
    assert PullResult("jira", gaps=gaps).complete is complete


@pytest.mark.parametrize(
    ("start", "target", "current", "met"),
    [
        (0, 100, None, False),
        (0, 100, 99, False),
        (0, 100, 100, True),
        (9, 5, 6, False),
        (9, 5, 5, True),
        (9, 5, 4, True),
    ],
)
def test_a_target_is_met_in_the_direction_from_its_start(
    start: float, target: float, current: float | None, met: bool
) -> None:
    assert a_key_result(start=start, target=target, current=current).is_met is met


@pytest.mark.parametrize(
    ("start", "end", "meets"),
    [
        (None, None, True),
        (date(2027, 1, 1), None, False),
        (None, date(2026, 9, 30), False),
        (date(2026, 12, 31), None, True),
        (None, date(2026, 10, 1), True),
    ],
)
def test_an_open_span_reaches_for_ever(start: date | None, end: date | None, meets: bool) -> None:
    assert CYCLE.overlaps(start, end) is meets


def test_both_ends_of_a_cycle_are_in_it() -> None:
    assert CYCLE.contains(CYCLE.start)
    assert CYCLE.contains(CYCLE.end)
    assert not CYCLE.contains(date(2027, 1, 1))


def test_a_problem_is_one_line_with_place_and_remedy() -> None:
    assert (
        str(Problem("okrs.toml:3", "target", "is no number", "Write 10"))
        == "okrs.toml:3: target: is no number. Write 10"
    )
    assert str(Problem("okrs.toml", "", "is empty")) == "okrs.toml: is empty"


def test_a_configuration_error_tells_every_problem() -> None:
    error = ConfigError([Problem("a", "", "x"), Problem("b", "", "y")])
    assert str(error) == "a: x\nb: y"


def test_errors_of_a_tracker_name_it_and_the_ticket() -> None:
    assert str(SourceError("jira", "down")) == "jira: down"
    assert str(RetryLater("jira", "busy", wait=3, key="ACME-1")) == "jira: ACME-1: busy"
    assert issubclass(QueryRefused, SourceError)


def test_a_line_reads_as_plain_words() -> None:
    assert plain((Text("set "), Code("kr-dau"), Text(" or "), Link("read", "https://x.test"))) == "set “kr-dau” or read"


def test_a_message_without_sections_is_resolved() -> None:
    assert Message("done").resolved


def test_a_place_is_written_as_editors_link_it() -> None:
    assert str(FileLocation("okrs/a.toml", 7)) == "okrs/a.toml:7"


def test_functions_for_dataclasses_take_values_that_are_structs() -> None:
    link = Link("ACME-1", "https://jira.test/ACME-1")
    assert replace(link, text="ACME-2") == Link("ACME-2", "https://jira.test/ACME-1")
    assert is_dataclass(link)
    assert asdict(link) == {"text": "ACME-1", "url": "https://jira.test/ACME-1"}
    assert [(field.name, field.default) for field in fields(Message)][:2] == [("headline", MISSING), ("points", ())]


def test_values_are_frozen_copied_whole_and_of_no_interest_to_the_garbage_collector() -> None:
    dependency = Dependency(Ref("jira", "A-1"), Ref("jira-2", "A-1"), DependencySource.LINK)
    with pytest.raises(AttributeError):
        dependency.waiting = dependency.providing  # type: ignore[misc]
    assert not gc.is_tracked(dependency)
    for made in (copy.deepcopy(dependency), pickle.loads(pickle.dumps(dependency))):
        assert made == dependency
        assert (made.providing.connector, made.providing.key) == ("jira-2", "A-1")


def test_words_of_another_kind_are_other_words() -> None:
    assert Text("x") != Code("x")
    assert len({(Text("x"),), (Code("x"),), (Text("x"),)}) == 2
