"""A person's desk beside both trackers of the Acme example: runs the commands, and looks at every ticket."""

import io
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from connectors.base import ConnectorContext
from connectors.registry import plugin
from hub.cli.demo import TODAY, DemoEnvironment
from hub.cli.main import main
from hub.cli.output import outcome_code
from hub.config.settings import load
from hub.core.insight.run_summary import RunResult
from hub.pipeline.pull import Source
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.sandbox.github.site import BOT
from hub.sandbox.jira.site import HUB_LABELS
from hub.state import has_state, open_store
from hub.store.base import Store
from hub.wiring import clock_of, open_run_context
from tests.sandbox_support.apps import start_environment

ROOT = Path(__file__).parents[2]
TRUTH: dict[str, Any] = tomllib.loads((ROOT / "examples" / "acme" / "truth.toml").read_text(encoding="utf-8"))
AS_OF = ("--today", TODAY.isoformat())
STATE_IN_FILE = "sqlite:///hub.db"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said where."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass(frozen=True, slots=True)
class Marks:
    """What is the hub's on one ticket."""

    labels: frozenset[str]
    comments: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The words of the hub's one comment; AssertionError where there are more or none."""
        ((_, text),) = self.comments
        return text


class Desk:
    """Both trackers as people see them, and the commands."""

    def __init__(self, here: DemoEnvironment) -> None:
        self.here = here
        self.config = here.config
        self.folder = here.config.parent
        self.jira = here.jira.site
        self.github = here.github.site
        self.sandbox: Mapping[str, Any] = {"jira": here.jira, "github": here.github}

    # --- commands

    def hub(self, *words: str) -> Ran:
        """A command in this process, through the door that the process goes through."""
        out, err, code = io.StringIO(), io.StringIO(), 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main([*words, "--config", str(self.config)])
            except SystemExit as end:
                code = int(end.code or 0)
        return Ran(code, out.getvalue(), err.getvalue())

    def sync(self, *words: str) -> Ran:
        """`hub sync` on the example's day."""
        return self.hub("sync", *AS_OF, *words)

    def start(self, *words: str, debug: bool = False) -> "subprocess.Popen[str]":
        """A command in a process of its own; with `debug` it shows where an error comes from."""
        line = [sys.executable, "-m", "hub", *words, "--config", str(self.config)]
        how = apart(self.folder)
        how["env"] |= {"HUB_DEBUG": "1"} if debug else {}
        return subprocess.Popen(line, **how, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def process(self, *words: str) -> Ran:
        """A command in a process of its own, to its end."""
        return ended(self.start(*words))

    def process_with(self, variable: str, *words: str) -> Ran:
        """The same with a variable, `NAME=value`, in its environment."""
        line = [sys.executable, "-m", "hub", *words, "--config", str(self.config)]
        how = apart(self.folder)
        how["env"] |= dict([variable.split("=", 1)])
        return ended(subprocess.Popen(line, **how, stdout=subprocess.PIPE, stderr=subprocess.PIPE))

    def impatient_sync(self) -> tuple[int, RunResult]:
        """A sync that does not sit out the waits between its tries, with its exit code."""
        config = load(self.config, {})
        with open_run_context(config, mode=Mode.PUBLISH, confirmed=True, today=TODAY) as job:
            for source in job.sources:
                source.connector.close()
            world = ConnectorContext(clock_of(config), lambda _seconds: None, config.workspace, job.okrs.cycle.start)
            sources = [Source(_made(name, table, world)) for name, table in config.connectors.items()]
            try:
                outcome = sync(replace(job, sources=sources), run_document)
            finally:
                for source in sources:
                    source.connector.close()
        return outcome_code(outcome, "never"), outcome

    def configure(self, old: str, new: str) -> None:
        """Change a piece of the configuration."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), encoding="utf-8")

    def okrs(self, old: str, new: str) -> None:
        """Change a piece of the OKR file."""
        file = self.folder / "okrs" / "2026-Q4.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    # --- what stands on the tickets

    def marks(self) -> dict[str, Marks]:
        """Every ticket with something of the hub's on it."""
        found = dict((*self._on_jira(), *self._on_github()))
        return {ticket: marks for ticket, marks in found.items() if marks.labels or marks.comments}

    def _on_jira(self) -> Iterator[tuple[str, Marks]]:
        bot = self.jira.bot.id
        for key in self.jira.ids:
            comments = self.jira.comments_of(key, bot)
            texts = self.jira.texts(key, bot)
            labels = HUB_LABELS & set(self.jira.labels(key))
            pairs = tuple((str(comment.id), text) for comment, text in zip(comments, texts, strict=True))
            yield f"jira:{key}", Marks(frozenset(labels), pairs)

    def _on_github(self) -> Iterator[tuple[str, Marks]]:
        for issue in self.issues():
            own = [comment for comment in issue.comments if comment.author and comment.author.login == BOT]
            labels = HUB_LABELS & {label.name for label in issue.labels.values()}
            yield f"github:{issue.key}", Marks(frozenset(labels), tuple((str(c.id), c.body) for c in own))

    def issues(self) -> list[Any]:
        """Every issue of the GitHub."""
        return [issue for repo in self.github.repositories.values() for issue in repo.issues.values()]

    def others(self) -> tuple[object, object]:
        """A picture of all that is not the hub's, in both trackers."""
        return self.jira.snapshot(), self.github.snapshot()

    @property
    def writes(self) -> int:
        """Requests that were to change something, in both trackers."""
        return self.here.writes

    # --- the state

    def remembered(self) -> tuple[object, object, object]:
        """All that the state says of tickets and runs."""
        with closing(self.open_store()) as store:
            return store.ledger_entries(), store.snapshot(), store.runs(100)

    def keep_state_in(self, url: str) -> None:
        """From now on, in a file or in PostgreSQL."""
        text = self.config.read_text(encoding="utf-8")
        changed, lines = re.subn(r'(?m)^state = ".*"$', lambda _: f'state = "{url}"', text)
        assert lines == 1
        self.config.write_text(changed, encoding="utf-8")

    def open_store(self) -> Store:
        """The state, wherever it is."""
        return open_store(load(self.config, {}))

    def has_state(self) -> bool:
        """Whether anything was stored yet."""
        return has_state(load(self.config, {}))

    def stored(self) -> dict[str, str]:
        """All that is kept there: the bytes of each file, or the values of each table."""
        url = load(self.config, {}).database_url
        if url is None:
            return _bytes_of_each(self.folder, "hub.db*")
        with psycopg.connect(url) as connection:
            names = connection.execute("select tablename::text from pg_tables where schemaname = current_schema()")
            return {name: _rows(connection, name) for (name,) in names.fetchall()}

    def lose_the_state(self) -> None:
        """All of it is gone."""
        url = load(self.config, {}).database_url
        for file in self.folder.glob("hub.db*"):
            file.unlink(missing_ok=True)
        if url is not None:
            with psycopg.connect(url, autocommit=True) as connection:
                (schema,) = connection.execute("select current_schema()").fetchone() or ()
                connection.execute(f"drop schema {schema} cascade; create schema {schema}".encode())


def _bytes_of_each(folder: Path, pattern: str) -> dict[str, str]:
    """Read again where a file has gone meanwhile: a request that was still under way noted its end, and as the last
    one to close the database it moved the log into it.
    """
    while True:
        try:
            return {file.name: file.read_bytes().decode("latin-1") for file in folder.glob(pattern)}
        except FileNotFoundError:
            continue


@contextmanager
def desk_in(folder: Path) -> Iterator[Desk]:
    with start_environment(folder / "demo") as here:
        yield Desk(here)


def ended(process: "subprocess.Popen[str]") -> Ran:
    """What a process said, when it is over."""
    out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out, err)


def hub_in(folder: Path, *words: str) -> Ran:
    """A command in a process of its own, in a folder of its own."""
    line = [sys.executable, "-m", "hub", *words]
    ran = subprocess.run(line, **apart(folder), capture_output=True, timeout=120, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def expected_comments() -> set[str]:
    """The tickets of the example that carry a comment: those to act on, unless the finding is a mere note."""
    return {ticket for item in TRUTH["finding"] if item["severity"] != "info" for ticket in item.get("act_on", ())}


def expected_labels() -> set[str]:
    """The tickets of the example that carry a label of the hub's."""
    return {ticket for item in TRUTH["finding"] for ticket in item.get("label_on", ())}


OF_ONE_TICKET = ("initiative-without-key-result", "unresolvable-link", "work-outside-cycle")
"""Rules whose findings hang on nothing but the ticket that they stand on."""


def expected_tickets(fits: Callable[[set[str]], bool] = bool, rules: Collection[str] = ()) -> set[str]:
    """The tickets of the example on which the hub writes anything, by those findings of the rules whose tickets fit."""
    written = expected_comments() | expected_labels()
    found = [item for item in TRUTH["finding"] if not rules or item["rule"] in rules]
    standing = ({*item.get("act_on", ()), *item.get("label_on", ())} for item in found)
    return {ticket for tickets in standing if fits(tickets) for ticket in tickets & written}


def marked_as_told(mark: Marks, ticket: str) -> bool:
    """One comment where somebody must act, and a label where a fault is felt."""
    told = len(mark.comments) == (ticket in expected_comments())
    return told and bool(mark.labels) == (ticket in expected_labels())


def apart(folder: Path) -> dict[str, Any]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    env["PYTHONPATH"] = str(ROOT)
    return {"cwd": folder, "env": env, "text": True, "stdin": subprocess.DEVNULL}


def _rows(connection: psycopg.Connection[Any], table: str) -> str:
    rows = connection.execute(f"select * from {table}".encode()).fetchall()
    texts = ([value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row] for row in rows)
    return "\n".join(sorted("\n".join(row) for row in texts))


def _made(name: str, table: Mapping[str, Any], world: ConnectorContext) -> Any:
    found = plugin(str(table["kind"]), place="", key="")
    return found.build(name, found.settings.model_validate(table), world)
