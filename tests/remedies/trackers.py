"""The places where tickets stand, as people handle them: two sandbox sites, and tickets without any tracker."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Protocol

from connectors.shared.comment_commands import parse_commands
from connectors.shared.ticket_text import mentions_in_text, named_by_labels
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from hub.model.ticket_input import Command
from hub.sandbox.github.site import BOT, GitHubSite
from hub.sandbox.jira.adf import from_text, to_text
from hub.sandbox.jira.site import JiraSite
from tests.remedies.worlds import FIRST_DAY, SPRINT, Copy, Settings, Ticket

FIELD = "Key Result"
WORDS = {"jira": ("Highest", "High", "Low", "Lowest"), "github": ("P1", "P2", "P3", "P4")}


class Tracker(Protocol):
    """What a person does on a ticket, by its key."""

    name: str
    owner: str

    def add(self, copy: Copy, ticket: Ticket, settings: Settings) -> str: ...
    def link(self, waiting: str, on: str) -> None: ...
    def unlink(self, waiting: str, on: str) -> None: ...
    def comment(self, key: str, text: str) -> None: ...
    def add_label(self, key: str, label: str) -> None: ...
    def remove_label(self, key: str, label: str) -> None: ...
    def labels(self, key: str) -> Iterable[str]: ...
    def field(self, key: str) -> str: ...
    def set_field(self, key: str, value: str) -> None: ...
    def text(self, key: str) -> str: ...
    def set_text(self, key: str, text: str) -> None: ...
    def set_days(self, key: str, start: date | None, due: date | None) -> None: ...
    def days(self, key: str) -> tuple[date | None, date | None]: ...
    def set_priority(self, key: str, number: int) -> None: ...
    def set_sprint(self, key: str, *, on: bool = True) -> None: ...


def fill(tracker: Tracker, key: str, copy: Copy, ticket: Ticket, settings: Settings) -> None:
    """Write a new ticket's values where they stand."""
    values = [pair for wrong in (True, False) for pair in copy.values(ticket, wrong=wrong, first=settings.first)]
    by_place = {via: [id_ for place, id_ in values if place is via] for via in MentionSource}
    for label in (*ticket.labels, *(f"kr-{id_}" for id_ in by_place[MentionSource.LABEL])):
        tracker.add_label(key, label)
    if by_place[MentionSource.FIELD]:
        tracker.set_field(key, ", ".join(by_place[MentionSource.FIELD]))
    named = by_place[MentionSource.TEXT]
    named = [", ".join(named)] if ticket.joined and named else named
    below = ["### KR", *named] if ticket.headed else [f"KR: {value}" for value in named]
    lines = ["We have wanted this for long.", *below]
    tracker.set_text(key, "\n\n".join(lines))
    if ticket.start or ticket.due:
        tracker.set_days(key, ticket.start, ticket.due)
    if ticket.in_sprint:
        tracker.set_sprint(key)
    if ticket.priority:
        tracker.set_priority(key, ticket.priority)
    if by_place[MentionSource.COMMAND]:
        tracker.comment(key, f"/okr kr {' '.join(by_place[MentionSource.COMMAND])}")
    for said in ticket.says:
        tracker.comment(key, said)


class OnJira:
    """A sandbox Jira: a project for each team of each copy."""

    name, owner = "jira", "jira:{WORD}{TEAM}"

    def __init__(self, site: JiraSite) -> None:
        self.site = site

    def add(self, copy: Copy, ticket: Ticket, settings: Settings) -> str:
        project = f"{copy.word}{ticket.team}".upper()
        key = f"{project}-{len(self.site.in_project.get(project, ())) + 1}"
        status = "In Progress" if ticket.started else "To Do"
        self.site.add_issue(key, ticket.title, status=status, created=FIRST_DAY)
        fill(self, key, copy, ticket, settings)
        return key

    def link(self, waiting: str, on: str) -> None:
        self.site.link(on, waiting)

    def unlink(self, waiting: str, on: str) -> None:
        for here, there in ((waiting, on), (on, waiting)):
            issue = self.site.issue(here)
            left = tuple(link for link in issue.links if link.other != self.site.ids[there])
            assert len(left) < len(issue.links)
            self.site.touch(issue, links=left)

    def comment(self, key: str, text: str) -> None:
        self.site.comment(key, text)

    def add_label(self, key: str, label: str) -> None:
        self.site.add_label(key, label)

    def remove_label(self, key: str, label: str) -> None:
        assert label in self.site.labels(key)
        self.site.remove_label(key, label)

    def labels(self, key: str) -> Iterable[str]:
        return self.site.labels(key)

    def field(self, key: str) -> str:
        return str(self.site.issue(key).custom.get(self.site.field_named(FIELD).id) or "")

    def set_field(self, key: str, value: str) -> None:
        self.site.edit(key, fields={FIELD: value or None})

    def text(self, key: str) -> str:
        return to_text(self.site.issue(key).description or {}).replace("\n", "\n\n")

    def set_text(self, key: str, text: str) -> None:
        self.site.edit(key, description=from_text(text))

    def set_days(self, key: str, start: date | None, due: date | None) -> None:
        self.site.edit(key, due=due and due.isoformat(), fields={"Start date": start and start.isoformat()})

    def days(self, key: str) -> tuple[date | None, date | None]:
        issue = self.site.issue(key)
        start = issue.custom.get(self.site.field_named("Start date").id)
        return start and date.fromisoformat(start), issue.due and date.fromisoformat(issue.due)  # type: ignore[return-value]

    def set_priority(self, key: str, number: int) -> None:
        self.site.edit(key, priority=WORDS["jira"][number - 1])

    def set_sprint(self, key: str, *, on: bool = True) -> None:
        start, end = (f"{day}T09:00:00.000Z" for day in SPRINT)
        sprint = {"id": 1, "name": "Sprint 1", "state": "active", "boardId": 1, "startDate": start, "endDate": end}
        self.site.edit(key, fields={"Sprint": [sprint] if on else None})

    def posted(self, key: str) -> list[Any]:
        """The hub's comments as they were stored: documents, or wiki markup as one text."""
        return [comment.body for comment in self.site.comments_of(key, self.site.bot.id)]


class OnGitHub:
    """A sandbox GitHub: a repository for each team of each copy, and one project for all issues."""

    name, owner = "github", "github:acme/{word}-{team}"
    BOARD = "acme/1"

    def __init__(self, site: GitHubSite) -> None:
        self.site = site
        choices = {"Status": ("Todo", "In Progress", "Done"), "Priority": WORDS["github"]}
        kinds = {FIELD: "TEXT", "Start date": "DATE", "Target date": "DATE"}
        fields: list[dict[str, Any]] = [{"name": name, "type": kind} for name, kind in kinds.items()]
        fields += [{"name": name, "type": "SINGLE_SELECT", "options": words} for name, words in choices.items()]
        days = (SPRINT[1] - SPRINT[0]).days + 1
        sprint = {"title": "Sprint 1", "start": SPRINT[0].isoformat(), "days": days}
        fields.append({"name": "Iteration", "type": "ITERATION", "iterations": [sprint]})
        site.add_project("acme", 1, "Work", fields)

    def add(self, copy: Copy, ticket: Ticket, settings: Settings) -> str:
        repo = f"acme/{copy.word}-{ticket.team}"
        self.site.add_repository(repo, private=not ticket.public)
        issue = self.site.add_issue(repo, ticket.title, created=FIRST_DAY)
        self.site.add_item(self.BOARD, issue, {"Status": "In Progress" if ticket.started else "Todo"})
        fill(self, issue.key, copy, ticket, settings)
        return str(issue.key)

    def link(self, waiting: str, on: str) -> None:
        self.site.block(waiting, on)

    def unlink(self, waiting: str, on: str) -> None:
        self.site.unblock(waiting, on)

    def comment(self, key: str, text: str) -> None:
        self.site.add_comment(key, text)

    def add_label(self, key: str, label: str) -> None:
        self.site.add_label_by_person(key, label)

    def remove_label(self, key: str, label: str) -> None:
        assert self.site.remove_label(key, label)

    def labels(self, key: str) -> Iterable[str]:
        return [label.name for label in self.site.issue(key).labels.values()]

    def field(self, key: str) -> str:
        held = self._item(key).values.get(FIELD)
        return str(held.value) if held else ""

    def set_field(self, key: str, value: str) -> None:
        self.site.set_field(self._item(key), FIELD, value or None)

    def text(self, key: str) -> str:
        return str(self.site.issue(key).body)

    def set_text(self, key: str, text: str) -> None:
        self.site.edit_issue(key, body=text)

    def set_days(self, key: str, start: date | None, due: date | None) -> None:
        for name, day in (("Start date", start), ("Target date", due)):
            self.site.set_field(self._item(key), name, day and day.isoformat())

    def days(self, key: str) -> tuple[date | None, date | None]:
        held = [self._item(key).values.get(name) for name in ("Start date", "Target date")]
        start, due = (date.fromisoformat(str(item.value)) if item else None for item in held)
        return start, due

    def set_priority(self, key: str, number: int) -> None:
        self.site.set_field(self._item(key), "Priority", WORDS["github"][number - 1])

    def set_sprint(self, key: str, *, on: bool = True) -> None:
        self.site.set_field(self._item(key), "Iteration", "Sprint 1" if on else None)

    def _item(self, key: str) -> Any:
        return self.site.issue(key).items[0]

    def posted(self, key: str) -> list[Any]:
        """The hub's comments in Markdown."""
        return [
            comment.body for comment in self.site.issue(key).comments if comment.author and comment.author.login == BOT
        ]


@dataclass(slots=True)
class Sheet:
    """A ticket of no tracker."""

    initiative: Initiative
    labels: set[str] = field(default_factory=set)
    in_field: str = ""
    text: str = ""
    said: list[Command] = field(default_factory=list)


class Nowhere:
    """Tickets without a tracker, read by the same patterns: for the settings whose words are known already."""

    name, owner = "nowhere", "nowhere:{word}-{team}"

    def __init__(self, kind: str = "github") -> None:
        self.kind = kind
        self.sheets: dict[str, Sheet] = {}
        self._heard = 0

    def add(self, copy: Copy, ticket: Ticket, settings: Settings) -> str:
        place = f"{copy.word}-{ticket.team}"
        key = f"{place}-{len(self.sheets) + 1}"
        status = StatusCategory.IN_PROGRESS if ticket.started else StatusCategory.TO_DO
        created = datetime.fromisoformat(FIRST_DAY)
        ref, url = Ref(self.name, key), f"https://tracker.example/{key}"
        self.sheets[key] = Sheet(
            Initiative(ref, key, ticket.title, url, (place,), status=status, created=created, public=ticket.public)
        )
        fill(self, key, copy, ticket, settings)
        return key

    def read(self, settings: Settings) -> tuple[tuple[Initiative, ...], tuple[Command, ...]]:
        """What a connector with these settings would read."""
        table, found = settings.table(), []
        for sheet in self.sheets.values():
            named = [(MentionSource.LABEL, name) for name in named_by_labels(sheet.labels, str(table["label"]))]
            named += [
                (MentionSource.FIELD, word.strip())
                for word in sheet.in_field.split(",")
                if table["field"] and word.strip()
            ]
            text = mentions_in_text(sheet.text, str(table["text"]), str(table["field"]))
            values = (*(KeyResultMention(*pair) for pair in named), *text)
            found.append(replace(sheet.initiative, labels=frozenset(sheet.labels), key_result_mentions=values))
        said = (command for sheet in self.sheets.values() for command in sheet.said)
        return tuple(found), tuple(said) if settings.commands else ()

    def _change(self, key: str, **changes: Any) -> None:
        self.sheets[key].initiative = replace(self.sheets[key].initiative, **changes)

    def link(self, waiting: str, on: str) -> None:
        self._change(waiting, blocked_by=(*self.sheets[waiting].initiative.blocked_by, Ref(self.name, on)))

    def unlink(self, waiting: str, on: str) -> None:
        left = tuple(ref for ref in self.sheets[waiting].initiative.blocked_by if ref.key != on)
        assert left != self.sheets[waiting].initiative.blocked_by
        self._change(waiting, blocked_by=left)

    def comment(self, key: str, text: str) -> None:
        for asked in parse_commands(text):
            self._heard += 1
            at = datetime(2026, 11, 16, 9, self._heard // 60 % 60, self._heard % 60, tzinfo=UTC)
            at = at.replace(hour=9 + self._heard // 3600)
            name = f"{self._heard:05d}"
            self.sheets[key].said.append(Command(key, name, "Ana Silva", asked.verb, asked.argument, at))

    def add_label(self, key: str, label: str) -> None:
        self.sheets[key].labels.add(label)

    def remove_label(self, key: str, label: str) -> None:
        self.sheets[key].labels.remove(label)

    def labels(self, key: str) -> Iterable[str]:
        return set(self.sheets[key].labels)

    def field(self, key: str) -> str:
        return self.sheets[key].in_field

    def set_field(self, key: str, value: str) -> None:
        self.sheets[key].in_field = value

    def text(self, key: str) -> str:
        return self.sheets[key].text

    def set_text(self, key: str, text: str) -> None:
        self.sheets[key].text = text

    def set_days(self, key: str, start: date | None, due: date | None) -> None:
        self._change(key, start=start, due=due)

    def days(self, key: str) -> tuple[date | None, date | None]:
        return self.sheets[key].initiative.start, self.sheets[key].initiative.due

    def set_priority(self, key: str, number: int) -> None:
        self._change(
            key,
            priority=PriorityBand(number),
            priority_name=WORDS["github" if self.kind == "github" else "jira"][number - 1],
        )

    def set_sprint(self, key: str, *, on: bool = True) -> None:
        self._change(key, iteration=SPRINT if on else None)
