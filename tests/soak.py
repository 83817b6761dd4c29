"""`python -m tests.soak`: the service for minutes under faults and people's edits, then for minutes without either.

Two schedules, one for each tracker. At the end every ticket has one comment of the hub's at most, people's words are as
they wrote them, a whole run finds nothing to write, and nothing is written while the trackers stay as they are.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

from hub.sandbox.github.site import BOT
from hub.sandbox.jira.site import HUB_LABELS, JiraSite
from tests.end_to_end.serving import serving
from tests.end_to_end.workspace import Desk
from tests.sandbox_support.apps import start_environment
from tests.sandbox_support.faults import Fault

FAULTS: tuple[dict[str, Any], ...] = (
    {"effect": "status", "status": 500},
    {"effect": "status", "status": 502},
    {"effect": "status", "status": 503, "headers": {"Retry-After": "1"}},
    {"effect": "status", "status": 429, "headers": {"Retry-After": "1"}},
    {"effect": "status_after", "status": 504},
    {"effect": "drop"},
    {"effect": "drop_after"},
    {"effect": "hang", "seconds": 2.0},
    {"effect": "hang_after", "seconds": 2.0},
    {"effect": "truncate"},
    {"effect": "html"},
)
METHODS = (None, None, "GET", "POST", "PUT", "PATCH", "DELETE")
WORDS = ("Looks good.", "Who owns this?\n\n> quoted", "été 🙂 done", "| a | b |\n|---|---|", "/okr recheck")
CENTER: dict[str, Any] = {"deployment": "DataCenter", "version": (10, 3, 24)}
EDITS_A_SECOND, FAULTS_A_SECOND = 1.5, 2.2


class People:
    """Everybody who edits at random, and the words that they wrote."""

    def __init__(self, desk: Desk, random: Random) -> None:
        self.desk, self.random = desk, random
        self.written: list[tuple[Callable[[], str], str]] = []
        self.counted: Counter[str] = Counter()

    def edit(self) -> None:
        """One edit of one kind in one tracker."""
        act = self.random.choice((self._label, self._comment, self._title, self._hub_label, self._hub_comment))
        act(*self.random.choice((self._on_jira(), self._on_github())))
        self.counted[act.__name__.strip("_")] += 1

    def _on_jira(self) -> tuple[str, Any]:
        return "jira", self.random.choice(sorted(self.desk.jira.ids))

    def _on_github(self) -> tuple[str, Any]:
        return "github", self.random.choice(self.desk.issues())

    def _label(self, tracker: str, ticket: Any) -> None:
        label = self.random.choice(("kr-launch-conversion", "kr-nowhere", "okr-accept", "okr-decline", "okr-exempt"))
        if tracker == "jira":
            known = self.desk.jira.labels(ticket)
            (self.desk.jira.remove_label if label in known else self.desk.jira.add_label)(ticket, label)
        elif not self.desk.github.remove_label(ticket, label):
            self.desk.github.add_label_by_person(ticket, label)

    def _comment(self, tracker: str, ticket: Any) -> None:
        words = self.random.choice(WORDS)
        if tracker == "jira":
            self.desk.jira.comment(ticket, words)
            at = len(self._theirs(ticket)) - 1
            self.written.append((lambda: self._theirs(ticket)[at], self._theirs(ticket)[at]))
        else:
            made = self.desk.github.add_comment(ticket, words)
            self.written.append((lambda: made.body, words))

    def _theirs(self, key: str) -> list[str]:
        site = self.desk.jira
        return [repr(comment.body) for comment in site.comments_of(key) if comment.author != site.bot.id]

    def _title(self, tracker: str, ticket: Any) -> None:
        title = f"Renamed {self.random.randint(1, 99)} (été)"
        if tracker == "jira":
            self.desk.jira.edit(ticket, summary=title)
        else:
            self.desk.github.edit_issue(ticket, title=title)

    def _hub_label(self, tracker: str, ticket: Any) -> None:
        """Takes away a label of the hub's, where there is one."""
        labels = (
            self.desk.jira.labels(ticket) if tracker == "jira" else [label.name for label in ticket.labels.values()]
        )
        for label in sorted(HUB_LABELS & set(labels)):
            if tracker == "jira":
                self.desk.jira.remove_label(ticket, label)
            else:
                self.desk.github.remove_label(ticket, label)

    def _hub_comment(self, tracker: str, ticket: Any) -> None:
        """Writes into the hub's comment, where there is one."""
        if tracker == "jira":
            for comment in self.desk.jira.comments_of(ticket, self.desk.jira.bot.id)[:1]:
                self.desk.jira.edit_comment(comment.id, "Somebody was here.")
        else:
            for comment in [c for c in ticket.comments if c.author and c.author.login == BOT][:1]:
                self.desk.github.edit_comment(comment, f"{comment.body}\n\nSomebody was here.")


def storm(desk: Desk, people: People, random: Random, seconds: float) -> int:
    """Edits and faults at random for so long; returns how many faults were met."""
    end, boxes = monotonic() + seconds, (desk.here.jira, desk.here.github)
    while monotonic() < end:
        if random.random() < EDITS_A_SECOND / 10:
            people.edit()
        if random.random() < FAULTS_A_SECOND / 10:
            random.choice(boxes).faults.add(Fault(**random.choice(FAULTS), method=random.choice(METHODS)))
        sleep(0.1)
    for box in boxes:
        box.faults.clear()
    return sum(box.faults.hits for box in boxes)


def settle(desk: Desk, most: float = 120) -> float:
    """Waits until nothing was written for twenty seconds; returns how long that took."""
    begin, last, since = monotonic(), desk.writes, monotonic()
    while monotonic() - since < 20 and monotonic() - begin < most:
        sleep(0.5)
        if desk.writes != last:
            last, since = desk.writes, monotonic()
    return monotonic() - begin


def soak(center: bool, seconds: float, quiet: float, seed: int) -> bool:
    """One soak; prints what was seen and returns whether all held."""
    random = Random(seed)
    site = JiraSite(**CENTER) if center else None
    with tempfile.TemporaryDirectory() as folder, start_environment(Path(folder) / "demo", jira=site) as here:
        desk = Desk(here)
        if site is not None:
            desk.configure('email = "hub@acme.test"\n', "")
            (desk.folder / "secrets" / "jira-token").write_text(site.bot.bearer, encoding="utf-8")
        desk.configure('schedule = "every 10s"', 'schedule = "every 3s"')
        with desk.config.open("a", encoding="utf-8") as file:
            file.write('\n[service.schedules]\njira = "every 2s"\ngithub = "every 3s"\n')
        people = People(desk, random)
        with serving(desk) as service:
            faults = storm(desk, people, random, seconds)
            written = desk.writes
            calm = settle(desk)
            marks, others, before = desk.marks(), desk.others(), desk.writes
            sleep(quiet)
            later = desk.writes - before
            ready = service.ready["ready"]
        doubled = {name: len(marks.comments) for name, marks in marks.items() if len(marks.comments) > 1}
        changed = [(is_now(), said) for is_now, said in people.written if is_now() != said]
        whole = desk.sync("--full", "--format", "json")
        held = not (doubled or changed or later or desk.writes != before or desk.others() != others) and ready
        print(f"{'Data Center' if center else 'Cloud'} and GitHub, seed {seed}: {faults} faults met,", end=" ")
        print(f"{sum(people.counted.values())} edits {dict(people.counted)}, {written} writes in {seconds:g} s")
        print(f"  settled after {calm:.0f} s and {before - written} writes; then {later} writes in {quiet:g} s")
        print(f"  a whole run afterwards: exit {whole.code}, {desk.writes - before} writes")
        print(f"  tickets with more than one comment: {doubled or 'none'}; words changed: {changed or 'none'}")
        print(f"  {'held' if held else 'BROKEN'}", flush=True)
    return held


def main() -> int:
    """Read the command line and soak."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=180, help="how long faults and edits go on")
    parser.add_argument("--quiet", type=float, default=300, help="how long nothing may be written afterwards")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jira", choices=("cloud", "center"), default="cloud")
    asked = parser.parse_args()
    return 0 if soak(asked.jira == "center", asked.seconds, asked.quiet, asked.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
