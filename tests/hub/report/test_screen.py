"""However much there is to tell, it fits 60 lines of 160 columns, and what was left out is counted."""

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import portfolio as synthetic
from hub.cli.doctor import doctor_lines
from hub.core.checking.check import check
from hub.core.checking.redacted_portfolio import strip_private_content
from hub.core.insight.run_summary import RunResult
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.planning.plan import plan
from hub.model.action import Receipt, Status
from hub.model.errors import Check, Health
from hub.model.service_state import RateLimitStatus, Run
from hub.model.text import cut_to_width, display_width
from hub.report.lines import StyledLine
from hub.report.run_json import overview_document, run_document
from hub.report.screen import MAX_LINES, MAX_WIDTH, by_reason, join_fitted, wrap
from hub.report.status import HubStatus
from hub.report.status_screen import status_lines
from hub.report.sync_screen import SyncView, sync_lines
from hub.report.writes_screen import retract_lines, write_lines
from hub.usecases.assess import run_overview
from rules.registry import ALL_RULES

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
HOSTILE = (
    "Work",
    "",
    "long " * 90,
    "x" * 500,
    "界" * 200,
    "e\u0301" * 300,
    "\u202e" * 50,
    "a\nb\x1b[31m",
    "::error::x",
)
SEEDS = st.integers(0, 2**32)
T = TypeVar("T")


def fitted(lines: Iterable[StyledLine]) -> list[str]:
    texts = [line.text for line in lines]
    assert len(texts) <= MAX_LINES
    for text in texts:
        assert len(text) <= MAX_WIDTH
        assert display_width(text) <= MAX_WIDTH
        assert "\n" not in text
    return texts


@pytest.mark.parametrize("tickets", [2_000, 20_000])
def test_a_sync_fits_one_screen_at_any_size(tickets: int) -> None:
    dice = random.Random(7)
    okrs, snapshot = synthetic.okrs(dice), synthetic.snapshot(tickets, dice)
    portfolio = build_portfolio(snapshot, okrs, synthetic.TODAY)
    judgement, portfolio = check(portfolio, ALL_RULES), strip_private_content(portfolio)
    planned = plan(portfolio, judgement, {}, frozenset({"jira", "github"}))
    assert len(planned.actions) > tickets // 20
    receipts = tuple(
        Receipt(action, Status.REFUSED, "too many. Review it with --dry-run") for action in planned.actions
    )
    outcome = RunResult(
        None, snapshot, portfolio, judgement, planned, receipts, unsafe="too many. Review it with --dry-run"
    )
    report = {**run_document(outcome), "overview": overview_document(run_overview(outcome))}
    for how in ({"dry_run": True}, {"publishing": False}, {}):
        said = fitted(sync_lines(SyncView(report, **how)))
        assert len([text for text in said if "oo many" in text]) == 1
        assert f"Planned: {len(receipts):,} changes" in " ".join(said)
    groups = report["overview"]["findings"]
    assert sum(group["count"] for group in groups) == len(judgement.findings)
    assert all(len(group["examples"]) <= 3 for group in groups)


@dataclass
class Dice:
    """Random parts of reports; a seed is found again."""

    seed: int

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def word(self) -> str:
        return self.random.choice(HOSTILE)

    def maybe(self) -> str | None:
        return self.random.choice((None, self.word()))

    def count(self) -> int:
        return self.random.choice((0, 1, 7, 10**9))

    def some(self, make: Callable[[], T], most: int) -> list[T]:
        return [make() for _ in range(self.random.randrange(most + 1))]

    def row(self, **named: Any) -> dict[str, Any]:
        return named

    def gap(self) -> dict[str, Any]:
        return self.row(reason=self.word(), key=self.maybe(), name=self.maybe())

    def source(self) -> dict[str, Any]:
        counts = {name: self.count() for name in ("pulled", "okrs", "requests", "changed", "removed")}
        lists = {"gaps": self.some(self.gap, 30), "accepted": self.some(self.gap, 9), "notes": self.some(self.word, 9)}
        reported = self.some(self.word, 9)
        return self.row(connector=self.word(), reported_gaps=reported, to_accept=self.maybe(), **counts, **lists)

    def example(self) -> dict[str, Any]:
        return self.row(id=self.word(), title=self.word(), team=self.word(), url=self.maybe())

    def group(self) -> dict[str, Any]:
        severity, count = self.random.choice(("error", "warning", "info")), self.random.choice((1, 9, 10**6))
        examples = self.some(self.example, 3)
        return self.row(rule=self.word(), severity=severity, summary=self.word(), count=count, examples=examples)

    def write(self) -> dict[str, Any]:
        action = self.random.choice(("create_comment", "add_label", "remove_label", "delete_comment"))
        status = self.random.choice(("planned", "done", "deferred", "refused", "failed", "unchanged"))
        connector = f"c{self.random.randrange(25)}"
        return self.row(
            connector=connector, ticket=self.word(), action=action, status=status, detail=self.word(), wait_seconds=0
        )

    def skipped(self) -> dict[str, Any]:
        return self.row(ticket=self.word(), reason=self.word())

    def question(self) -> dict[str, Any]:
        return self.row(
            text=self.word(), reason=self.word(), evidence=self.some(lambda: (self.word(), self.maybe()), 5)
        )

    def report(self) -> dict[str, Any]:
        projects = self.some(lambda: self.row(container=self.word(), tickets=self.count()), 30)
        overview = self.row(
            questions=self.some(self.question, 3), findings=self.some(self.group, 80), without_team=projects
        )
        return self.row(
            run=self.count(),
            cycle=self.word(),
            sources=self.some(self.source, 30),
            findings=[],
            plan=self.some(self.write, 60),
            skipped_tickets=self.some(self.skipped, 30),
            not_judged=self.some(lambda: self.row(rule=self.word(), reason=self.word()), 9),
            refused=self.maybe(),
            read_only=self.random.random() < 0.1,
            counts=self.row(active=self.count(), exempt=self.count(), initiatives=9, errors=2, warnings=1, done=3),
            overview=overview,
        )

    def check(self) -> Check:
        subject, lines = f"connector{self.random.randrange(25)}", tuple(self.some(self.word, 9))
        return Check(subject, self.random.choice(list(Health)), self.word(), self.word(), lines=lines)


@given(SEEDS, st.booleans(), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=40)
def test_a_sync_fits_one_screen_whatever_stands_in_it(
    seed: int, publishing: bool, dry_run: bool, unchanged: bool
) -> None:
    report = Dice(seed).report()
    said = fitted(sync_lines(SyncView(report, publishing=publishing, dry_run=dry_run, unchanged=unchanged)))
    groups = report["overview"]["findings"]
    left = [int(match[1]) for text in said if (match := re.fullmatch(r"  … and ([\d,]+) more rules? with .*", text))]
    rules = [text for text in said if re.match(r"  (error|warning|info) +[\d,]+  ", text)]
    assert len(rules) + sum(left) == len(groups)


@given(SEEDS)
@settings(deadline=None, max_examples=40)
def test_a_retraction_fits_one_screen_whatever_stands_in_it(seed: int) -> None:
    dice = Dice(seed)
    fitted(retract_lines(dice.some(dice.write, 60)))


@given(SEEDS)
@settings(deadline=None, max_examples=40)
def test_a_status_fits_one_screen_whatever_stands_in_it(seed: int) -> None:
    dice = Dice(seed)
    runs = [Run(number, NOW, NOW, "partial", report) for number, report in enumerate(dice.some(dice.report, 20))]
    names = [f"c{number}" for number in range(dice.random.randrange(30))]
    limits = [RateLimitStatus(name, dice.word(), NOW) for name in names]
    read = dict.fromkeys(names, NOW - timedelta(days=3))
    skipped = dice.some(lambda: (dice.word(), dice.word()), 40)
    acceptable = {name: dice.word() for name in names}
    state = HubStatus(NOW, runs, read, 7, {}, skipped, limits, frozenset(names), acceptable)
    said = fitted(status_lines(state))
    assert "7 new comments wait for a later run" in said
    more = [int(match[1]) for text in said if (match := re.match(r"  … and (\d+) more runs?: -v", text))]
    assert sum(": partial: " in text for text in said) + sum(more) == len(runs)


@given(SEEDS)
@settings(deadline=None, max_examples=40)
def test_a_doctor_fits_one_screen_whatever_it_finds(seed: int) -> None:
    dice = Dice(seed)
    checks = sorted(dice.some(dice.check, 90), key=lambda found: found.subject)
    said = fitted(doctor_lines(checks))
    for health in Health:
        count = sum(found.outcome is health for found in checks)
        assert not count or f"{count} {health.value}" in said[-1]


@given(st.text(max_size=80) | st.sampled_from(HOSTILE), st.integers(1, 200))
@settings(deadline=None, max_examples=40)
def test_a_cut_text_is_never_wider_than_it_may_be(text: str, width: int) -> None:
    cut = cut_to_width(text, width)
    assert display_width(cut) <= width
    assert len(cut) <= width
    assert cut == text or cut.endswith("…")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text("ab界", min_size=1, max_size=60), min_size=1, max_size=30).map(" ".join))
def test_wrapping_loses_no_word_where_there_are_lines_enough(text: str) -> None:
    lines = [line.text for line in wrap(StyledLine(text), 99)]
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(display_width(line) <= MAX_WIDTH for line in lines)


def test_a_title_is_cut_before_its_team_and_address_are_left_out() -> None:
    url = "https://acme.atlassian.net/browse/ACME-1"
    line = join_fitted("ACME-1 " + "long " * 60, "Product", url)
    assert MAX_WIDTH - 1 <= len(line) <= MAX_WIDTH
    assert line.endswith(f"… · Product · {url}")
    assert join_fitted("ACME-1 Title", "Product", "https://x/" + "y" * 200) == "    ACME-1 Title · Product"


def test_reasons_that_differ_by_their_ticket_alone_are_one() -> None:
    failed = [(f"a/b#{n}", f"POST /repos/a/b/issues/{n}/comments: HTTP 403") for n in range(9)]
    assert by_reason(failed) == [("POST …: HTTP 403", [name for name, _ in failed])]
    assert by_reason(failed[:1]) == [(failed[0][1], ["a/b#0"])]
    rows = [(f"A-{n}", f"the row of A-{n} could not be read") for n in range(3)]
    assert by_reason(rows) == [("the row of … could not be read", ["A-0", "A-1", "A-2"])]


def test_what_failed_is_not_counted_as_written() -> None:
    row = {"connector": "jira", "ticket": "A-1", "action": "add_label", "status": "failed", "detail": "no"}
    assert [line.text for line in write_lines([row], "")] == ["Nothing was written"]
    lines = [line.text for line in write_lines([row, {**row, "ticket": "A-2", "status": "done"}], "")]
    assert lines == ["Written: 1 change on 1 ticket", "  jira: 1 label"]


def test_a_retraction_of_nothing_says_so() -> None:
    assert [line.text for line in retract_lines([])] == ["Nothing to remove."]
