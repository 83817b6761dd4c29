"""Runs all worlds that fit some settings beside each other: what was posted, a step in each of them, the next run."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connectors.github.markdown import body
from hub.config.settings import load
from hub.core.checking.check import check
from hub.core.display_names import Names
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.planning.comment import resolved_message
from hub.core.planning.plan import plan
from hub.model.action import ActionKind
from hub.model.finding import Finding, Judgement
from hub.model.initiative import PullResult, Ref, Snapshot
from hub.model.message import Wording
from hub.model.okr import Okrs
from hub.model.portfolio import DependencyHistory, Portfolio
from hub.okr_files.loader import read_okrs
from hub.pipeline.run_context import Mode, RunContext
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.sandbox.github.site import TOKEN, GitHubSite
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from hub.wiring import open_run_context
from rules.registry import all_rules
from tests.remedies.follow import Hands, Remedy, remedies_in
from tests.remedies.reading import Said, read
from tests.remedies.trackers import Nowhere, OnGitHub, OnJira
from tests.remedies.worlds import EARLIER, HUB, SITUATIONS, TELLING, TODAY, Copy, Settings, Situation, okr_files
from tests.sandbox_support.apps import github_app, jira_app

KINDS = ("jira", "center", "github")
DONE = ("OKR check: resolved.", "OKR check: answered.")


class Seen:
    """The judgement of a run, and what stands on tickets after it."""

    def __init__(self, judgement: Judgement, posted: Callable[[str], list[Said]], connector: str) -> None:
        self.posted, self._connector = posted, connector
        self._on: dict[Ref, dict[str, Finding]] = defaultdict(dict)
        for finding in judgement.findings:
            for ref in finding.on_tickets:
                self._on[ref][finding.fingerprint] = finding

    def on(self, key: str) -> dict[str, Finding]:
        """The findings whose comment or label stands on the ticket, by fingerprint."""
        return self._on.get(Ref(self._connector, key), {})

    def commented(self, key: str) -> dict[str, Finding]:
        """Those that people of the ticket are to end."""
        ref = Ref(self._connector, key)
        return {fp: finding for fp, finding in self.on(key).items() if ref in finding.act_on}


def written(folder: Path, copies: list[Copy], owner: str) -> Okrs:
    """The OKR files of the copies as the job reads them."""
    for cycle, text in okr_files(copies, owner).items():
        (folder / f"{cycle}.toml").write_text(text, encoding="utf-8")
    return read_okrs(sorted(folder.glob("20*.toml")), "2026-Q4", today=TODAY)


class Stage(ABC):
    """A tracker with the worlds on it, and how they are looked at on a day."""

    def __init__(self, tracker: Any, settings: Settings, kind: str) -> None:
        self.tracker = tracker
        self.settings = settings
        self.kind = kind
        self.copies: list[Copy] = []
        self.keys: dict[int, dict[str, str]] = {}

    def add(self, copy: Copy) -> None:
        """Every ticket of a copy, then who waits for whom."""
        keys = {ticket.name: self.tracker.add(copy, ticket, self.settings) for ticket in copy.situation.tickets}
        for ticket in copy.situation.tickets:
            for on in ticket.waits_for:
                self.tracker.link(keys[ticket.name], keys[on])
        self.keys[id(copy)] = keys

    def hands(self, copy: Copy) -> Hands:
        return Hands(copy, self.tracker, self.settings, self.keys[id(copy)], copy.situation.on)

    def okrs(self, folder: Path) -> Okrs:
        return written(folder, self.copies, self.tracker.owner)

    @abstractmethod
    def look(self, today: date) -> Seen: ...


class OverHttp(Stage):
    """A sandbox tracker, the real connector, and the whole job."""

    def __init__(self, tracker: Any, settings: Settings, kind: str, job: RunContext, folder: Path) -> None:
        super().__init__(tracker, settings, kind)
        self._job = job
        self._folder = folder

    def look(self, today: date) -> Seen:
        okrs = self.okrs(self._folder)
        outcome = sync(replace(self._job, okrs=okrs, today=lambda: today), run_document)
        wrong = [receipt for receipt in outcome.receipts if str(receipt.status) not in ("done", "unchanged")]
        assert not wrong, wrong[:3]
        assert outcome.unsafe is None
        assert not outcome.failures, outcome.failures[:3]
        return Seen(outcome.judgement, lambda key: [read(item) for item in self.tracker.posted(key)], self.tracker.name)


CONFIG = """
workspace = "worlds"
cycle = "2026-Q4"
okrs = ["20*.toml"]

[connectors.{name}]
kind = "{name}"
url = "{url}"
token_file = "token"
{more}
writes_per_minute = 60_000
writes_per_hour = 0

[connectors.{name}.key_results]
{places}

[connectors.{name}.commands]
enabled = {commands}

{tables}
[publish]
enabled = true
max_share = 1.0
max_resolved_share = 1.0
max_new_comments = 100_000
max_new_comments_per_project = 100_000

[service]
public_url = "{hub}"
"""


@contextmanager
def over_http(kind: str, settings: Settings, folder: Path) -> Iterator[OverHttp]:
    """A sandbox of that kind, listening, and a job that reads it with these settings."""
    with job_on(kind, settings, folder) as (tracker, job):
        yield OverHttp(tracker, settings, kind, job, folder)


@contextmanager
def job_on(kind: str, settings: Settings, folder: Path, *, okrs: bool = False) -> Iterator[tuple[Any, RunContext]]:
    """An empty tracker of that kind that listens, and a job that reads it; with `okrs` it keeps them as tickets."""
    tracker: Any
    if kind == "github":
        github = GitHubSite()
        github.add_token()
        tracker, sandbox, token = OnGitHub(github), github_app(github).app, TOKEN
        github.limits.allowed = dict.fromkeys(github.limits.allowed, 10**9)
        more = f'projects = ["{OnGitHub.BOARD}"]'
    else:
        jira = JiraSite() if kind == "jira" else JiraSite(deployment="DataCenter", version=(10, 3, 24), context="/jira")
        tracker, sandbox = OnJira(jira), jira_app(jira).app
        token = jira.bot.token if kind == "jira" else jira.bot.bearer
        more = 'query = "issuetype = Epic"' + ('\nemail = "hub@acme.test"' if kind == "jira" else "")
    places = "\n".join(f'{name} = "{pattern}"' for name, pattern in settings.table().items())
    with serve(sandbox) as running:
        url = running.url + ("/jira" if kind == "center" else "")
        commands = "true" if settings.commands else "false"
        kept = {"github": 'repositories = ["acme/okrs"]'}.get(kind, 'query = "project = OKR"')
        tables = f"[connectors.{tracker.name}.okrs]\n{kept}\n" if okrs else ""
        text = CONFIG.format(
            tables=tables, name=tracker.name, url=url, more=more, places=places, commands=commands, hub=HUB
        )
        (folder / "token").write_text(token, encoding="utf-8")
        (folder / "config.toml").write_text(text, encoding="utf-8")
        written(folder, [], tracker.owner)
        with open_run_context(load(folder / "config.toml", {}), mode=Mode.PUBLISH, confirmed=True, today=TODAY) as job:
            yield tracker, job


class Pure(Stage):
    """The same worlds without any tracker, through the pure functions alone."""

    def __init__(self, settings: Settings, kind: str, folder: Path) -> None:
        super().__init__(Nowhere(kind), settings, kind)
        self._folder = folder
        self._memory = DependencyHistory()
        self._before: dict[Ref, set[str]] = {}

    def wording(self) -> Wording:
        patterns, hears = self.settings.table(), self.settings.commands
        return Wording(
            label=str(patterns["label"]),
            field=str(patterns["field"]),
            text=str(patterns["text"]),
            commands=hears,
            lists=self.kind != "center",
            reacts=self.kind == "github" and hears,
        )

    def look(self, today: date) -> Seen:
        tickets, said = self.tracker.read(self.settings)
        snapshot = Snapshot((PullResult("nowhere", tickets, commands=said),), datetime(2026, 11, 16, tzinfo=UTC))
        portfolio = build_portfolio(snapshot, self.okrs(self._folder), today, self._memory, "worlds")
        self._memory = DependencyHistory(portfolio.first_seen)
        judgement = check(portfolio, all_rules())
        posted = self._posted(portfolio, judgement)
        return Seen(judgement, lambda key: posted.get(Ref("nowhere", key), []), "nowhere")

    def _posted(self, portfolio: Portfolio, judgement: Judgement) -> dict[Ref, list[Said]]:
        """What would stand on the tickets: open points, and `resolved` where something was open before."""
        wordings = {"nowhere": self.wording()}
        wanted = plan(portfolio, judgement, {}, frozenset(wordings), wordings=wordings, hub_url=HUB)
        messages = {
            action.target.ref: action.message
            for action in wanted.actions
            if action.kind is ActionKind.CREATE_COMMENT and action.message
        }
        for ref, rules in self._before.items():
            messages.setdefault(ref, resolved_message(rules, Names(portfolio, ref, wordings, HUB)))
        self._before = {
            ref: {finding.rule for finding in judgement.findings if ref in finding.act_on}
            for ref, message in messages.items()
            if not message.resolved
        }
        return {ref: [read(body(message, "worlds", ref.key))] for ref, message in messages.items()}


# --- one step in each copy


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one step: `wrong` says how it broke the promise, empty where it kept it."""

    situation: Situation
    words: str
    comment: str
    wrong: str = ""


Step = tuple[Situation, int]


def results(stage: Stage, wanted: Iterable[Step]) -> list[Result]:
    """Each of the steps, followed in a copy of its own."""
    copies = [Copy.of(situation, number) for situation, number in wanted]
    before = begin(stage, copies)
    found = [_Followed(stage, copy, before) for copy in copies]
    after = stage.look(TODAY)
    return [followed.result(after) for followed in found]


@cache
def told(settings: Settings, kind: str) -> Mapping[Situation, tuple[str, ...]]:
    """The steps that the comment of each situation names; one without words where it cannot be followed at all."""
    with TemporaryDirectory() as folder:
        stage = Pure(settings, kind, Path(folder))
        copies = [Copy.of(situation, 0) for situation in SITUATIONS if situation.fits(settings, kind)]
        before = begin(stage, copies)
        return {copy.situation: _Followed(stage, copy, before, do=False).steps or ("",) for copy in copies}


def every_step(settings: Settings, kind: str) -> list[Step]:
    """Every step of every comment."""
    return [(situation, number) for situation, words in told(settings, kind).items() for number in range(len(words))]


def new_steps(settings: Settings, kind: str) -> list[Step]:
    """Those whose words no settings before had for a situation of the family: the settings in `TELLING`, in order."""
    known: set[tuple[str, str]] = set()
    for each_settings in TELLING:
        found = []
        for situation, number in every_step(each_settings, kind):
            words = (situation.family, told(each_settings, kind)[situation][number])
            if words not in known:
                known.add(words)
                found.append((situation, number))
        if each_settings == settings:
            return found
    raise ValueError(settings)


def begin(stage: Stage, copies: list[Copy]) -> Seen:
    """What is known is looked at on an earlier day; the rest comes later. The OKRs are there from the beginning."""
    stage.copies += copies
    for known, day in ((True, EARLIER), (False, TODAY)):
        for copy in copies:
            if copy.situation.known is known:
                stage.add(copy)
        seen = stage.look(day)
    return seen


class _Followed:
    """A copy in which one step was followed, if its comment has that many."""

    def __init__(self, stage: Stage, copy: Copy, before: Seen, *, do: bool = True) -> None:
        self._copy, self._before = copy, before
        self._hands = stage.hands(copy)
        self._said: Said | None = None
        self._remedy: Remedy | None = None
        self.steps: tuple[str, ...] = ()
        self._wrong = ""
        try:
            self._said = self._comment(before)
            remedies = remedies_in(self._said, stage.settings)
            self.steps = tuple(self._bare(remedy.words) for remedy in remedies)
            if do:
                expected = told(stage.settings, stage.kind)[copy.situation]
                assert self.steps == expected, f"{self.steps} here, and {expected} without a tracker"
                self._remedy = remedies[copy.number]
                self._remedy.do(self._hands)
        except AssertionError as wrong:
            self._wrong = f"{type(wrong).__name__}: {wrong}"

    def _comment(self, seen: Seen) -> Said:
        standing = seen.commented(self._hands.key)
        rules = [finding.rule for finding in standing.values()]
        assert rules == [self._copy.situation.rule], f"the world yields {rules}"
        posted = seen.posted(self._hands.key)
        assert len(posted) == 1, f"{len(posted)} comments"
        return posted[0]

    def result(self, after: Seen) -> Result:
        words = self._remedy.words if self._remedy else "(the comment)"
        comment = self._said.text if self._said else ""
        wrong = self._wrong or "; ".join(self._broken(after))
        return Result(self._copy.situation, self._bare(words), self._bare(comment), wrong)

    def _bare(self, text: str) -> str:
        return text.replace(self._copy.word, "~").replace(self._copy.word.upper(), "~")

    def _broken(self, after: Seen) -> Iterator[str]:
        key, remedy = self._hands.key, self._remedy
        assert remedy is not None
        left = after.commented(key)
        before = self._before.on(key)
        if not self._before.commented(key).keys().isdisjoint(left):
            yield "the finding still stands"
        if not remedy.refusal and (
            still := [finding.rule for fp, finding in after.on(key).items() if fp in self._before.commented(key)]
        ):
            yield f"its mark still stands: {still}"
        if new := [finding.rule for fp, finding in after.on(key).items() if fp not in before]:
            yield f"new on this ticket: {new}"
        posted = after.posted(key)
        headlines = [said.headline for said in posted]
        if not left and not (len(posted) == 1 and headlines[0].startswith(DONE)):
            yield f"the comment says {headlines}"
        if remedy.refusal:
            yield from self._refused(after)

    def _refused(self, after: Seen) -> Iterator[str]:
        """A no raises exactly one finding, on each ticket that waits."""
        for hands in self._hands.waiting():
            found = [each_finding.rule for each_finding in after.on(hands.key).values()]
            asked = [each_finding.rule for each_finding in after.commented(hands.key).values()]
            if [*found, *asked] != 2 * ["unacknowledged-dependency"]:
                yield f"on the waiting ticket: {found}, to act on: {asked}"
