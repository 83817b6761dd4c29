"""Both sandbox trackers filled with one portfolio, what people do there, and syncs through the real connectors."""

import tempfile
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.base import ConnectorContext
from connectors.github.connector import PLUGIN as GITHUB
from connectors.github.settings import GitHubSettings
from connectors.jira.connector import PLUGIN as JIRA
from connectors.jira.settings import JiraSettings
from hub.core.insight.run_summary import RunResult
from hub.model.initiative import Initiative, MentionSource, StatusCategory
from hub.model.okr import Okrs
from hub.pipeline.previous_run import RunCache
from hub.pipeline.pull import Source
from hub.pipeline.sync import sync
from hub.sandbox.github.site import BOT, TOKEN, GitHubSite
from hub.sandbox.jira.adf import to_text
from hub.sandbox.jira.site import HUB_LABELS, JiraSite
from hub.sandbox.server import serve
from rules.base import Rule
from rules.registry import ALL_RULES
from tests.builders import TODAY
from tests.fakes.store import a_store_at
from tests.hub.pipeline.workspace import cache_of_tests
from tests.sandbox_support.apps import github_app, jira_app
from tests.sandbox_support.faults import Fault
from tests.write_back.runs import a_job

STATUSES = {StatusCategory.TO_DO: "To Do", StatusCategory.IN_PROGRESS: "In Progress", StatusCategory.DONE: "Done"}
WRITES = {"jira": r"/issue/\w+(/comment(/\d+)?)?(\?|$)", "github": r"/(comments|labels)(/|$)"}


@dataclass
class TwoTrackers:
    """`run` is one sync; tickets are named as the hub names them."""

    okrs: Okrs
    rules: tuple[Rule, ...] = ALL_RULES
    moment: datetime = datetime(2026, 11, 16, 9, tzinfo=UTC)
    refs: list[str] = field(default_factory=list)
    cache: RunCache | None = field(default_factory=cache_of_tests)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.path = Path(self._stack.enter_context(tempfile.TemporaryDirectory())) / "hub.db"
        self.jira, self.github = JiraSite(clock=self.now), GitHubSite(self.now)
        self.github.add_token()
        for name in ("acme/app", "acme/web"):
            self.github.add_repository(name)
        options = list(STATUSES.values())
        self.github.add_project("acme", 5, "Work", [{"name": "Status", "type": "SINGLE_SELECT", "options": options}])
        for project in ("ACME", "PLAT"):
            self.jira.add_project(project)
        boxes = jira_app(self.jira), github_app(self.github)
        self.boxes = dict(zip(("jira", "github"), boxes, strict=True))
        self.urls = [self._stack.enter_context(serve(box.app)).url for box in boxes]

    def now(self) -> datetime:
        return self.moment

    def close(self) -> None:
        self._stack.close()

    def fill(self, tickets: Iterable[Initiative]) -> None:
        """The tickets as far as trackers can hold them; what they name, they name by label."""
        made = list(tickets)
        for ticket in made:
            labels = {label for label in ticket.labels if not label.startswith("kr-")}
            labels |= {
                f"kr-{key_result_mention.raw}"
                for key_result_mention in ticket.key_result_mentions
                if key_result_mention.source is MentionSource.LABEL and " " not in key_result_mention.raw
            }
            self._add(ticket, sorted(labels))
            self.refs.append(str(ticket.ref))
        for ticket in made:
            for other in ticket.blocked_by:
                self._block(str(ticket.ref), str(other))

    def _add(self, ticket: Initiative, labels: list[str]) -> None:
        key, status = ticket.ref.key, STATUSES.get(ticket.status, "To Do")
        if ticket.ref.connector == "jira":
            self.jira.add_issue(key, ticket.title, status=status, labels=labels, due=ticket.due)
            return
        repository, _, number = key.partition("#")
        state = "CLOSED" if status == "Done" else "OPEN"
        self.github.add_issue(repository, ticket.title, labels=labels, number=int(number), state=state)
        self.github.add_item("acme/5", key, {"Status": status})

    def _block(self, waiting: str, other: str) -> None:
        (tracker, key), (at, needed) = waiting.split(":"), other.split(":")
        if tracker != at or waiting == other or other not in self.refs:
            return
        if tracker == "jira":
            self.jira.link(needed, key)
        else:
            self.github.block(key, needed)

    # --- people

    def toggle(self, ref: str, label: str) -> None:
        """A person sets the label, or takes it away."""
        tracker, key = ref.split(":")
        there = label in self.labels(ref)
        if tracker == "jira":
            (self.jira.remove_label if there else self.jira.add_label)(key, label)
        elif there:
            self.github.remove_label(key, label)
        else:
            self.github.add_label_by_person(key, label)

    def comment(self, ref: str, text: str) -> None:
        tracker, key = ref.split(":")
        if tracker == "jira":
            self.jira.comment(key, text)
        else:
            self.github.add_comment(key, text)

    def retitle(self, ref: str, title: str) -> None:
        tracker, key = ref.split(":")
        if tracker == "jira":
            self.jira.edit(key, summary=title)
        else:
            self.github.edit_issue(key, title=title)

    def finish(self, ref: str) -> None:
        """Done, or taken up again."""
        tracker, key = ref.split(":")
        if tracker == "jira":
            done = self.jira.issue(key).status == "Done"
            self.jira.edit(key, status="In Progress" if done else "Done")
        else:
            closed = self.github.issue(key).state == "CLOSED"
            self.github.edit_issue(key, state="OPEN" if closed else "CLOSED")

    def edit_ours(self, ref: str, text: str | None) -> None:
        """A person changes the hub's comment, or deletes it."""
        for comment in self._ours(ref):
            site: Any = self.jira if ref.startswith("jira") else self.github
            mine = comment.id if ref.startswith("jira") else comment
            if text is None:
                site.delete_comment(mine)
            else:
                site.edit_comment(mine, text)

    # --- runs

    def run(self, *, full: bool = False) -> RunResult:
        """One sync a minute later, in a process that knows only what the state remembers, or `cache` as well."""
        self.moment += timedelta(minutes=1)
        connectors = self.connectors()
        try:
            with closing(a_store_at(self.path)) as store:
                job = replace(
                    a_job(connectors[0], store),
                    sources=[Source(connector) for connector in connectors],
                    okrs=self.okrs,
                    rules=self.rules,
                    now=self.now,
                    today=lambda: TODAY,
                    full=full,
                    cache=self.cache,
                )
                return sync(job, lambda outcome: {"receipts": len(outcome.receipts)})
        finally:
            for connector in connectors:
                connector.close()

    def connectors(self) -> tuple[Any, Any]:
        world = ConnectorContext(self.now, lambda _seconds: None, "acme", self.okrs.cycle.start)
        free = {"writes_per_hour": 0, "read_timeout": 0.5}
        bot = self.jira.bot
        jira = JiraSettings(
            url=self.urls[0],
            query="project in (ACME, PLAT)",
            email=bot.email,
            token=bot.token,
            writes_per_minute=0,
            **free,
        )
        repositories = ["acme/app", "acme/web"]
        github = GitHubSettings(
            url=self.urls[1], projects=["acme/5"], repositories=repositories, token=TOKEN, writes_per_minute=1e9, **free
        )
        return JIRA.build("jira", jira, world), GITHUB.build("github", github, world)

    def breaks(self, tracker: str, effect: str, times: int) -> None:
        """Arm a fault on the next writes on tickets."""
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            self.boxes[tracker].faults.add(Fault(effect, method=method, path=WRITES[tracker], times=times, status=502))

    def mend(self) -> None:
        for box in self.boxes.values():
            box.faults.clear()

    # --- what stands there

    @property
    def writes(self) -> int:
        return sum(box.traffic.writes for box in self.boxes.values())

    def others(self) -> tuple[object, object]:
        """A picture of all that is not the hub's."""
        return self.jira.snapshot(), self.github.snapshot()

    def labels(self, ref: str) -> set[str]:
        tracker, key = ref.split(":")
        return set(self.jira.labels(key)) if tracker == "jira" else set(self.github.issue(key).labels)

    def own_labels(self, ref: str) -> set[str]:
        return self.labels(ref) & HUB_LABELS

    def texts(self, ref: str) -> list[str]:
        """The words of the hub's comments on the ticket."""
        return [our.body if isinstance(our.body, str) else to_text(our.body) for our in self._ours(ref)]

    def _ours(self, ref: str) -> list[Any]:
        tracker, key = ref.split(":")
        if tracker == "jira":
            return list(self.jira.comments_of(key, self.jira.bot.id))
        return [
            comment for comment in self.github.issue(key).comments if comment.author and comment.author.login == BOT
        ]
