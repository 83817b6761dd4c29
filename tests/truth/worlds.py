"""Worlds as companies have them, each with what a coach would say: a folder with OKRs, tickets and `expected.json`.

Tickets are exports (`jira.csv`, `github.csv`), or seeds of trackers (`jira.json`, `github.json`) that are started and
read over HTTP; `{jira}` and `{github}` in the configuration stand for their addresses.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from hub.config.settings import load
from hub.model.errors import HubError
from hub.model.finding import Finding, Judgement, Severity
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.sandbox.github.seed import seed as seed_github
from hub.sandbox.github.site import TOKEN, GitHubSite
from hub.sandbox.jira.seed import seed as seed_jira
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from hub.wiring import open_run_context
from tests.sandbox_support.apps import github_app, jira_app

WORLDS = Path(__file__).parent / "worlds"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A finding that a coach wants or can live with: any of `rules`, `text` in its ids, and a severity or any."""

    rules: tuple[str, ...]
    text: str
    severity: str | None = None

    @classmethod
    def of(cls, row: list[str]) -> "Wanted":
        return cls(tuple(row[0].split("|")), row[1], row[2] if len(row) > 2 else None)

    def matches(self, finding: Finding) -> bool:
        """Whether the text is a part of an id: a beginning can stand for a whole tree."""
        right = self.severity is None or str(finding.severity) == self.severity
        return right and finding.rule in self.rules and any(self.text in name for name in names_of(finding))

    def forbids(self, finding: Finding) -> bool:
        """Whether the finding names what must be silent; a number at its end is whole: SHOP-5 is not SHOP-50."""
        end = r"(?!\d)" if self.text[-1:].isdigit() else ""
        named = any(re.search(re.escape(self.text) + end, name) for name in names_of(finding))
        return finding.rule in self.rules and named

    def __str__(self) -> str:
        return " ".join(filter(None, ("|".join(self.rules), self.text, self.severity)))


@dataclass(frozen=True, slots=True)
class World:
    """One folder: the day, what is expected and tolerated, what must be silent, and earlier days of a sync."""

    folder: Path
    today: date
    expected: tuple[Wanted, ...]
    tolerated: tuple[Wanted, ...]
    silent: tuple[Wanted, ...]
    earlier: tuple[date, ...]

    @property
    def name(self) -> str:
        return self.folder.name

    @classmethod
    def read(cls, folder: Path) -> "World":
        said: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        days = tuple(map(date.fromisoformat, said.get("earlier", ())))
        kinds = (tuple(map(Wanted.of, said.get(kind, ()))) for kind in ("expected", "tolerated", "silent"))
        return cls(folder, date.fromisoformat(said["today"]), *kinds, days)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was wrong with the findings of a world; empty everywhere where the coach agrees."""

    world: World
    findings: tuple[Finding, ...]
    false: tuple[str, ...]
    missing: tuple[str, ...]
    twice: tuple[str, ...]
    loud: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not (self.false or self.missing or self.twice or self.loud or self.failed)

    def __str__(self) -> str:
        kinds = ("false", "missing", "twice", "loud", "failed")
        said = [f"{kind}: {'; '.join(getattr(self, kind))}" for kind in kinds if getattr(self, kind)]
        return f"{'ok  ' if self.agrees else 'WRONG'} {self.world.name}" + "".join(f"\n       {text}" for text in said)


def names_of(finding: Finding) -> tuple[str, ...]:
    """The ids by which a finding can be expected."""
    return (finding.subject.id, *map(str, finding.affects), *map(str, finding.act_on))


def all_worlds() -> list[World]:
    return [World.read(folder) for folder in sorted(WORLDS.iterdir()) if (folder / "expected.json").exists()]


def judge(world: World, scratch: Path) -> Outcome:
    """Sync the world on each of its earlier days, then look at it on its day."""
    try:
        with _started(world, scratch) as config:
            for day in world.earlier:
                _sync(config, day, Mode.PUBLISH)
            judgement = _sync(config, world.today, Mode.PREVIEW)
    except HubError as error:
        return Outcome(world, (), (), (), (), (), (str(error),))
    return compared(world, judgement)


def compared(world: World, judgement: Judgement) -> Outcome:
    """Every expected finding once, none beside the tolerated ones, and silence where it is demanded."""
    spoken = [f for f in judgement.findings if f.severity >= Severity.WARNING]
    left, missing, twice = list(judgement.findings), [], []
    for wanted in world.expected:
        found = [f for f in left if wanted.matches(f)]
        if not found:
            missing.append(str(wanted))
        elif len([f for f in found if f.severity >= Severity.WARNING]) > 1 and not _shared(wanted, world):
            twice.append(str(wanted))
        if found:
            left.remove(max(found, key=lambda f: f.severity))
    known = (*world.expected, *world.tolerated)
    false = [_said(f) for f in spoken if f in left and not any(w.matches(f) for w in known)]
    loud = [f"{_said(f)} against {w}" for f in judgement.findings for w in world.silent if w.forbids(f)]
    failed = tuple(sorted(judgement.failed))
    return Outcome(world, judgement.findings, tuple(false), tuple(missing), tuple(twice), tuple(loud), failed)


def _shared(wanted: Wanted, world: World) -> bool:
    """Whether several rows, or a tolerated one, can mean the same findings."""
    others = [*world.tolerated, *(each_wanted for each_wanted in world.expected if each_wanted is not wanted)]
    return any(
        set(each_wanted.rules) & set(wanted.rules)
        and (each_wanted.text in wanted.text or wanted.text in each_wanted.text)
        for each_wanted in others
    )


def _said(finding: Finding) -> str:
    return f"{finding.rule} {finding.subject.id} {finding.severity}"


def _sync(config: Path, today: date, mode: Mode) -> Judgement:
    with open_run_context(load(config, {}), mode=mode, confirmed=True, today=today) as job:
        return sync(job, run_document).judgement


@contextmanager
def _started(world: World, scratch: Path) -> Iterator[Path]:
    """A copy of the world that can be synced; its trackers listen until the end of the block."""
    folder = scratch / world.name
    shutil.copytree(world.folder, folder)
    (folder / "secrets").mkdir(mode=0o700)
    urls: dict[str, str] = {}
    with ExitStack() as stack:
        if (folder / "jira.json").exists():
            jira = JiraSite()
            seed_jira(jira, json.loads((folder / "jira.json").read_text(encoding="utf-8")))
            urls["{jira}"] = stack.enter_context(serve(jira_app(jira).app)).url
            (folder / "secrets" / "jira-token").write_text(jira.bot.token, encoding="utf-8")
        if (folder / "github.json").exists():
            github = GitHubSite()
            seed_github(github, json.loads((folder / "github.json").read_text(encoding="utf-8")))
            github.add_token()
            urls["{github}"] = stack.enter_context(serve(github_app(github).app)).url
            (folder / "secrets" / "github-token").write_text(TOKEN, encoding="utf-8")
        config = folder / "config.toml"
        text = config.read_text(encoding="utf-8")
        for place, url in urls.items():
            text = text.replace(place, url)
        config.write_text(text, encoding="utf-8")
        yield config
