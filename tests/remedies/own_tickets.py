"""Key results that are kept as tickets: what their own ticket would be told, and what becomes of it when it is done."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connectors.github.markdown import body
from hub.core.display_names import Names
from hub.core.insight.run_summary import RunResult
from hub.model.finding import Finding
from hub.model.initiative import Ref
from hub.okr_files.loader import read_okrs
from hub.pipeline.run_context import RunContext
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from tests.builders import message_for
from tests.remedies.follow import NotUnderstoodError
from tests.remedies.reading import Said, read
from tests.remedies.trackers import OnJira
from tests.remedies.worlds import FIRST_DAY, HUB, TODAY

STALE, UNALIGNED = "stale-key-result", "initiative-on-unaligned-key-result"
CHECKED = "Check-in: 2026-11-16: 4 (confidence 0.5)"
FILE = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[team]]
id = "product"
name = "Product"
owns = ["{place}"]
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A key result's ticket by its lines, and the fault that it has; `work` is the status of a ticket that serves it.

    `number` tells its copies apart: one for each step.
    """

    name: str
    rule: str
    lines: tuple[str, ...]
    work: str = ""
    number: int = 0

    @property
    def id(self) -> str:
        return f"{self.name.replace(' ', '-')}-{self.number}"


NUMBERS, LINKED = ("Start: 0", "Target: 10"), "Aligns to: revenue"
KEPT = (
    Kept("quiet", STALE, (*NUMBERS, "Current: 4", LINKED, "Check-in: 2026-10-19: 4 (confidence 0.5)")),
    Kept("never checked in", STALE, (*NUMBERS, "Current: 4", LINKED)),
    Kept("breached", STALE, ("Direction: at most", "Target: 5", LINKED, "Check-in: 2026-11-16: 12 (confidence 0.9)")),
    Kept("behind", STALE, (*NUMBERS, LINKED, "Check-in: 2026-11-16: 1 (confidence 0.9)")),
    Kept("all done", STALE, (*NUMBERS, LINKED, "Check-in: 2026-11-16: 0 (confidence 0.5)"), work="Done"),
    Kept("leads nowhere", UNALIGNED, (*NUMBERS, "Current: 4", CHECKED), work="In Progress"),
)
COPIES = 2
"""So many steps each of their comments names at most."""

ABOVE = "above: "
"""Begins a line that belongs on the ticket of the objective above."""

Lines = Callable[[list[str]], list[str]]


def added(line: str) -> Lines:
    return lambda lines: [*lines, line]


def steps_of(kept: Kept, said: Said) -> Iterator[tuple[str, Lines]]:
    """What its ticket's description is to say, step by step."""
    value = "6" if kept.work == "Done" else "12" if kept.name == "breached" else "5"
    for sentence in re.split(r"(?<=[.?]) (?=[A-Z])", " ".join(said.paragraphs[1:])):
        if sentence == "Add a line `Check-in: <date>: <value>` to the description.":
            yield sentence, added(f"Check-in: {TODAY}: {value}")
        elif sentence == "Update the confidence in the next check-in.":
            yield sentence, added(f"Check-in: {TODAY}: {value} (confidence 0.3)")
        elif sentence.startswith("Update the confidence, or say in the next check-in what "):
            yield "Update the confidence.", added(f"Check-in: {TODAY}: {value} (confidence 0.3)")
            word = "blocker" if sentence.endswith("what blocks it.") else "note"
            told = (
                f"Check-in: {TODAY}: {value if word == 'blocker' else 1} (confidence 0.9, {word} a second team helps)"
            )
            yield f"Say it in the next check-in: {word}.", added(told)
        elif sentence == (
            "Add a line `Aligns to: <id>` to the description, with one of the organization's key results."
        ):
            yield sentence, added("Aligns to: revenue")
        elif sentence == "Meant to stand alone?":
            continue
        elif re.fullmatch(r"Add a line `Standalone: <reason>` to the description of its objective .+\.", sentence):
            yield sentence, added(f"{ABOVE}Standalone: a bet of its own")
        else:
            raise NotUnderstoodError(sentence)


class OwnTickets:
    """A tracker with an organization's key result, and every kept one under an objective of its own."""

    def __init__(self, tracker: Any, job: RunContext, folder: Path) -> None:
        self.tracker = tracker
        self._job = job
        self.keys: dict[str, str] = {}
        place = "jira:WORK" if isinstance(tracker, OnJira) else "github:acme/work"
        (folder / "2026-Q4.toml").write_text(FILE.format(place=place), encoding="utf-8")
        self._okrs = read_okrs([folder / "2026-Q4.toml"], "2026-Q4", today=TODAY, tracked=True)
        self._add("Key Result", "revenue", ["Start: 0", "Target: 10", CHECKED], "organization")
        for kept in (replace(kept, number=number) for kept in KEPT for number in range(COPIES)):
            self._add("Key Result", kept.id, list(kept.lines), "product")
            if kept.work:
                self._work(kept)

    def _add(self, kind: str, id_: str, lines: list[str], teams: str) -> None:
        above = self._ticket("Objective", f"all-{id_}", [f"Teams: {teams}"], None)
        self.keys[f"all-{id_}"] = above
        self.keys[id_] = self._ticket(kind, id_, lines, above)

    def _ticket(self, kind: str, id_: str, lines: list[str], above: str | None) -> str:
        text, site = "\n\n".join(lines), self.tracker.site
        if isinstance(self.tracker, OnJira):
            key = f"OKR-{len(site.in_project.get('OKR', ())) + 1}"
            site.add_issue(key, f"Title of {id_}", type=kind, description=text, labels=[f"id-{id_}"], parent=above)
            return key
        site.add_repository("acme/okrs", private=True)
        issue = site.add_issue("acme/okrs", f"Title of {id_}", body=text, type=kind, labels=[f"id-{id_}"])
        if above:
            site.set_parent(issue, above)
        return str(issue.key)

    def _work(self, kept: Kept) -> None:
        site = self.tracker.site
        if isinstance(self.tracker, OnJira):
            key = f"WORK-{len(site.in_project.get('WORK', ())) + 1}"
            when = {"created": FIRST_DAY, "updated": "2026-11-02T09:00:00Z"}
            site.add_issue(key, "Dark mode", status=kept.work, labels=[f"kr-{kept.id}"], **when)
            return
        site.add_repository("acme/work", private=True)
        closed = {"state": "CLOSED", "closed": "2026-11-02T09:00:00Z"} if kept.work == "Done" else {}
        issue = site.add_issue("acme/work", "Dark mode", labels=[f"kr-{kept.id}"], created=FIRST_DAY, **closed)
        site.add_item(self.tracker.BOARD, issue, {"Status": kept.work})

    def look(self) -> RunResult:
        outcome = sync(replace(self._job, okrs=self._okrs, today=lambda: TODAY), run_document)
        assert not outcome.failures, outcome.failures[:3]
        return outcome

    def standing(self, outcome: RunResult, kept: Kept) -> list[Finding]:
        ref = Ref(self.tracker.name, self.keys[kept.id])
        return [finding for finding in outcome.judgement.findings if ref in finding.act_on]

    def words(self, outcome: RunResult, kept: Kept) -> Said:
        """What its ticket is to be told."""
        ref = Ref(self.tracker.name, self.keys[kept.id])
        names = Names(outcome.portfolio, ref, self._job.wordings, HUB)
        return read(body(message_for(self.standing(outcome, kept), names), "worlds", ref.key))

    def _write(self, kept: Kept, change: Lines) -> None:
        key = self.keys[kept.id]
        lines = change([line for line in self.tracker.text(key).split("\n\n") if line])
        own = [line for line in lines if not line.startswith(ABOVE)]
        self.tracker.set_text(key, "\n\n".join(own))
        for line in lines:
            if line.startswith(ABOVE):
                above = self.keys[f"all-{kept.id}"]
                self.tracker.set_text(above, f"{self.tracker.text(above).strip()}\n\n{line.removeprefix(ABOVE)}")

    def results(self) -> Iterator[tuple[Kept, str, str]]:
        """Every step with how it broke its promise; empty where it kept it."""
        before = self.look()
        done: list[tuple[Kept, str]] = []
        for each_kept in KEPT:
            steps = list(steps_of(each_kept, self.words(before, each_kept)))
            assert len(steps) <= COPIES
            for number, (words, change) in enumerate(steps):
                kept = replace(each_kept, number=number)
                assert [found.rule for found in self.standing(before, kept)] == [kept.rule], kept
                self._write(kept, change)
                done.append((kept, words))
        after = sync(replace(self._job, okrs=self._okrs, today=lambda: TODAY), run_document)
        unread = {gap.key: gap.reason for pull_result in after.snapshot.pulled for gap in pull_result.gaps}
        for kept, words in done:
            left = [found.rule for found in self.standing(after, kept)]
            yield kept, words, unread.get(self.keys[kept.id], "") or ", ".join(left)
