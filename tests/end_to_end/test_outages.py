"""One tracker down: the other goes on, the gap is named, and nothing is said or withdrawn on half a view."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hub.core.insight.run_summary import RunResult
from hub.model.finding import NotJudged
from tests.end_to_end.workspace import OF_ONE_TICKET, Desk, Marks, expected_tickets, marked_as_told
from tests.fakes.refused_address import refused_address
from tests.sandbox_support.faults import Fault

OTHER = {"jira": "github", "github": "jira"}
FIXES = {"jira:ACME-5": "kr-launch-conversion", "github:acme/platform#12": "kr-deploy-safety"}


@contextmanager
def refusing_connections(desk: Desk, half: str) -> Iterator[None]:
    url = desk.here.jira_url if half == "jira" else desk.here.github_url
    with refused_address() as nowhere:
        desk.configure(url, nowhere)
        yield
    desk.configure(nowhere, url)


def broken_by(fault: Fault) -> Callable[[Desk, str], object]:
    @contextmanager
    def broken(desk: Desk, half: str) -> Iterator[None]:
        desk.sandbox[half].faults.add(fault)
        yield
        desk.sandbox[half].faults.clear()

    return broken


unauthorized = broken_by(Fault("status", times=None, status=401))
failing = broken_by(Fault("status", times=None, status=500))
hanging_up = broken_by(Fault("drop", times=None))
signing_in = broken_by(Fault("html", times=None))
hanging_up_half_way = broken_by(Fault("drop", times=None, after=3))
failing_half_way = broken_by(Fault("status", times=None, status=503, after=4))

TROUBLES = [
    ("github", refusing_connections),
    ("jira", refusing_connections),
    ("github", unauthorized),
    ("jira", unauthorized),
    ("github", failing),
    ("jira", failing),
    ("github", hanging_up),
    ("jira", signing_in),
    ("github", hanging_up_half_way),
    ("jira", failing_half_way),
]


@pytest.mark.parametrize(("half", "trouble"), TROUBLES)
def test_a_tracker_that_goes_down_costs_the_other_nothing(synced: Desk, half: str, trouble: Callable) -> None:
    desk, other = synced, OTHER[half]
    before = desk.marks()
    fix(desk)
    with trouble(desk, half):
        code, outcome = desk.impatient_sync()
    assert code == 3
    assert [source for source, gaps in gaps_of(outcome).items() if gaps] == [half]
    assert those_on(half, desk.marks()) == those_on(half, before)
    assert on_fixed(other, desk.marks()) != on_fixed(other, before)
    assert unfixed(desk.marks()) == unfixed(before)
    assert desk.sync().code == 0
    assert on_fixed(half, desk.marks()) != on_fixed(half, before)
    assert unfixed(desk.marks()) == unfixed(before)


@pytest.mark.parametrize("half", ["jira", "github"])
def test_a_first_sync_with_one_tracker_says_only_what_it_can_see(desk: Desk, half: str) -> None:
    with failing(desk, half):
        code, outcome = desk.impatient_sync()
    assert code == 3
    rested_on = {str(ref) for finding in outcome.judgement.findings for ref in finding.tickets + finding.based_on}
    assert those_on(half, rested_on) == set()
    assert those_on(half, desk.marks()) == {}
    # Whatever hangs on how tickets stand to each other waits until all of them were read.
    assert set(desk.marks()) == expected_tickets(lambda tickets: not those_on(half, tickets), OF_ONE_TICKET)
    assert not any(finding.rule == "key-result-without-work" for finding in outcome.judgement.findings)
    assert "key-result-without-work" in {skip.rule for skip in skipped(outcome)}
    assert desk.sync().code == 0
    assert set(desk.marks()) == expected_tickets()
    assert all(marked_as_told(mark, ticket) for ticket, mark in desk.marks().items())
    written = desk.writes
    desk.sync()
    assert desk.writes == written


def test_the_command_names_the_gap_and_ends_with_three(synced: Desk) -> None:
    with unauthorized(synced, "github"):
        ran = synced.process("sync", "--today", "2026-11-16")
    assert ran.code == 3
    assert "    not read: " in ran.out
    assert "hub doctor" in ran.out
    assert "401" in ran.out
    assert "Traceback" not in ran.said
    assert "github: not read: " in synced.hub("status").out


def test_both_trackers_down_end_with_three_and_no_write(synced: Desk) -> None:
    before = synced.marks()
    with unauthorized(synced, "github"), unauthorized(synced, "jira"):
        ran = synced.sync()
    assert ran.code == 3
    assert ran.out.count("    not read: ") == 2
    assert synced.marks() == before
    assert synced.sync().code == 0
    assert synced.marks() == before


def test_a_tracker_left_out_by_choice_is_no_failure(synced: Desk) -> None:
    before = synced.marks()
    fix(synced)
    ran = synced.sync("--only", "jira")
    assert ran.code == 0
    assert those_on("github", synced.marks()) == those_on("github", before)
    assert on_fixed("jira", synced.marks()) != on_fixed("jira", before)
    assert unfixed(synced.marks()) == unfixed(before)


def test_a_tracker_that_only_refuses_writes_is_written_by_the_next_sync(desk: Desk) -> None:
    desk.here.github.faults.add(Fault("status", method="POST", path="/comments$", times=None, status=403))
    ran = desk.sync()
    assert ran.code == 3
    assert " failed: not allowed: " in ran.out
    assert "hub doctor" in ran.out
    assert those_on("jira", desk.marks()).keys() == those_on("jira", expected_tickets())
    desk.here.github.faults.clear()
    assert desk.sync().code == 0
    assert set(desk.marks()) == expected_tickets()
    assert all(marked_as_told(mark, ticket) for ticket, mark in desk.marks().items())


def fix(desk: Desk) -> None:
    desk.jira.add_label("ACME-5", FIXES["jira:ACME-5"])
    desk.github.add_label_by_person("acme/platform#12", FIXES["github:acme/platform#12"])


def gaps_of(outcome: RunResult) -> dict[str, int]:
    return {pulled.connector: len(pulled.gaps) for pulled in outcome.snapshot.pulled}


def skipped(outcome: RunResult) -> tuple[NotJudged, ...]:
    return outcome.judgement.not_judged


def those_on(half: str, tickets: dict[str, Marks] | set[str] | list[str]) -> dict[str, Marks] | set[str]:
    if isinstance(tickets, dict):
        return {ticket: mark for ticket, mark in tickets.items() if ticket.startswith(f"{half}:")}
    return {ticket for ticket in tickets if ticket.startswith(f"{half}:")}


def on_fixed(half: str, marks: dict[str, Marks]) -> list[Marks]:
    return [marks[ticket] for ticket in FIXES if ticket.startswith(f"{half}:")]


def unfixed(marks: dict[str, Marks]) -> dict[str, Marks]:
    return {ticket: mark for ticket, mark in marks.items() if ticket not in FIXES}
