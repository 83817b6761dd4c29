"""Settings of an export, and which of its columns holds what."""

import codecs
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict, Field, field_validator

from connectors.shared.settings import ConfigPath, KeyResultMentions, WorkSettings
from connectors.shared.vocabulary import Own, Waiting, is_cancelled, is_unrelated, own_waiting, waiting_by_name
from hub.model.initiative import StatusCategory
from hub.model.text import closest, match_key

AUTO = "auto"
_TO_DO = "to do|todo|backlog|ready|new|open|reopened|no status|planned|next|triage|selected for development"
_RUNNING = "in progress|in review|doing|started|blocked|in development|testing|review|waiting"
_DONE = "done|closed|resolved|complete|completed|shipped|released|merged"

# What common names of statuses mean when the configuration says nothing.
STATUSES: dict[str, StatusCategory] = {
    **dict.fromkeys(_TO_DO.split("|"), StatusCategory.TO_DO),
    **dict.fromkeys(_RUNNING.split("|"), StatusCategory.IN_PROGRESS),
    **dict.fromkeys(_DONE.split("|"), StatusCategory.DONE),
}


class CsvSettings(WorkSettings):
    """Exports that are read as one source: where they are, how they are written, and what their columns mean.

    `columns` names a header for a column that is called otherwise, by the names in `connectors.csv.columns`.
    `url` and `repository` complete an export that lacks them: the Jira site, the repository of GitHub issues.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)

    kind: Literal["csv"] = "csv"
    """The connector that reads the files; nothing is written."""
    paths: tuple[ConfigPath, ...] = Field(min_length=1)
    """The exported files, as paths or patterns from the folder of this file; each must match at least one."""
    format: Literal["auto", "jira", "github"] = "auto"
    """Whose export it is; `auto` finds out by the headers."""
    delimiter: Literal["auto", ",", ";", "|", "tab"] = "auto"
    """The sign between columns; `auto` finds out."""
    encoding: str = AUTO
    """The encoding of the files, such as `utf-8` or `cp1252`; `auto` finds out."""
    columns: dict[str, str] = Field(default_factory=dict)
    """The header of a column that is called otherwise, such as `{ key_result = "OKR" }`."""
    types: tuple[str, ...] = ()
    """Only tickets of one of these types; empty for all."""
    url: str | None = None
    """The Jira site's address, for links to the tickets."""
    repository: str | None = Field(default=None, pattern=r"^[\w.-]+/[\w.-]+$", description="owner/name, as acme/app")
    """The repository of GitHub issues whose export names none, as owner/name."""
    project: str | None = Field(default=None, pattern=r"^[\w.-]+/\d+$", description="owner/number, as acme/5")
    """The project of a GitHub export, as owner/number."""
    day_first: bool = True
    """Whether 03/04/2026 is 3 April rather than 4 March, where both are possible."""
    key_results: KeyResultMentions = KeyResultMentions()
    """Where a ticket names its key results; every place that matches counts."""
    statuses: dict[str, StatusCategory] = Field(default_factory=dict)
    """What status names of your own mean: `"to do"`, `"in progress"`, `"done"` or `"cancelled"`."""
    in_progress: tuple[str, ...] = ()
    """Labels that say that an issue without a status is in progress."""
    default_priority: str = "Medium"
    """The priority that counts as not set; `""` means none."""
    links: dict[str, Waiting] = Field(default_factory=dict)
    """What link types of your own mean, such as `{ "Enables" = "inward waits" }`."""

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, encoding: str) -> str:
        if encoding != AUTO:
            try:
                codecs.lookup(encoding)
                "".encode(encoding)
            except (LookupError, ValueError):
                raise ValueError('expected "auto" or an encoding such as "utf-8" or "cp1252"') from None
        return encoding

    @field_validator("columns")
    @classmethod
    def _require_known_columns(cls, columns: dict[str, str]) -> dict[str, str]:

        if unknown := sorted(set(columns) - NAMES):
            raise ValueError(f"no column is known as {', '.join(unknown)}; known: {', '.join(sorted(NAMES))}")
        return columns

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("write the site's address, such as https://acme.atlassian.net")
        return url.rstrip("/") if url else None

    def category_of(self, status: str) -> StatusCategory | None:
        """The category that a status stands for; None for one that nobody mapped."""
        own = {name.casefold(): category for name, category in self.statuses.items()}
        mapped = own.get(status.casefold()) or STATUSES.get(status.casefold())
        return mapped or (StatusCategory.CANCELLED if is_cancelled(status) else None)


Names = Mapping[str, tuple[str, ...]]

JIRA: Names = {
    "key": ("issue key", "key"),
    "id": ("issue id",),
    "title": ("summary",),
    "type": ("issue type",),
    "status": ("status",),
    "category": ("status category",),
    "resolution": ("resolution",),
    "labels": ("labels",),
    "description": ("description",),
    "priority": ("priority",),
    "start": ("custom field (start date)", "start date", "custom field (target start)"),
    "due": ("due date", "custom field (due date)", "custom field (target end)"),
    "created": ("created",),
    "updated": ("updated",),
    "closed": ("resolved", "status category changed"),
    "rank": ("custom field (rank)", "rank"),
    "parent": (
        "parent key", "custom field (epic link)", "epic link", "custom field (parent link)", "parent link", "parent id",
        "parent",
    ),
    "blocked_by": (),
    "blocks": (),
}  # fmt: skip
GITHUB: Names = {
    "url": ("url", "html_url", "issue url"),
    "number": ("number", "issue number"),
    "repository": ("repository",),
    "title": ("title",),
    "type": ("type", "issue type", "issuetype"),
    "state": ("state",),
    "reason": ("state reason", "statereason", "state_reason"),
    "assignees": ("assignees", "assignee"),
    "status": ("status",),
    "labels": ("labels",),
    "description": ("body", "description"),
    "priority": ("priority",),
    "start": ("start date", "start"),
    "due": ("target date", "target", "due date", "due", "end date"),
    "created": ("createdat", "created at", "created_at", "created"),
    "updated": ("updatedat", "updated at", "updated_at", "updated"),
    "closed": ("closedat", "closed at", "closed_at", "closed"),
    "parent": ("parent issue", "parent"),
}
KEY_RESULT = "key_result"
_LINK = re.compile(r"(inward|outward) issue link \((.+)\)", re.IGNORECASE)
NAMES = frozenset({*JIRA, *GITHUB, KEY_RESULT})
KINDS: Mapping[str, Names] = {"jira": JIRA, "github": GITHUB}
# One of each group must be there: without these a row is no ticket.
ESSENTIAL: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "jira": (("key",), ("title",), ("status", "category")),
    "github": (("title",), ("url", "number")),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of each column in a row, in the order in which they count; `missing` are essential ones.

    `unclear_links` are columns of link types that say neither that a ticket waits nor what else they are about.
    """

    kind: str
    positions: Mapping[str, tuple[int, ...]]
    missing: tuple[str, ...] = ()
    unclear_links: tuple[tuple[str, int], ...] = ()

    @property
    def score(self) -> int:
        """How well the headers fit."""
        return len(self.positions) - 100 * len(self.missing)

    def values(self, row: Sequence[str], name: str) -> list[str]:
        """Everything that stands in the columns of that name; Jira repeats a column for each value."""
        return [text for at in self.positions.get(name, ()) if at < len(row) and (text := row[at].strip())]

    def value(self, row: Sequence[str], name: str) -> str:
        """The first value; empty where there is none."""
        return next(iter(self.values(row, name)), "")


def find_columns(
    header: Sequence[str], kind: str, own_headers: Mapping[str, str], key_result: str | None, links: Own | None = None
) -> Columns:
    """Look the columns up in a header; `own` are headers that people named, `links` what they say of link types."""
    folded = [match_key(cell) for cell in header]
    names: dict[str, tuple[str, ...]] = dict(KINDS[kind])
    if key_result:
        names[KEY_RESULT] = (f"custom field ({key_result})", key_result)
    if kind == "jira":
        names |= _links(folded, links or {})
    names |= {name: (header_,) for name, header_ in own_headers.items() if name in {*KINDS[kind], KEY_RESULT}}
    positions = {}
    for name, headers in names.items():
        indexes = [at for title in headers for at, cell in enumerate(folded) if cell == match_key(title)]
        if indexes:
            positions[name] = tuple(indexes)
    missing = [group for group in ESSENTIAL[kind] if not any(name in positions for name in group)]
    unclear = tuple(_unclear_links(header, links or {})) if kind == "jira" else ()
    return Columns(
        kind, positions, tuple(" or ".join(_header(names, name) for name in group) for group in missing), unclear
    )


def best_columns(
    header: Sequence[str],
    kinds: Collection[str],
    own_headers: Mapping[str, str],
    key_result: str | None,
    links: Own | None = None,
) -> Columns:
    """The kind of export that the header fits best."""
    return max(
        (find_columns(header, kind, own_headers, key_result, links) for kind in kinds),
        key=lambda columns: columns.score,
    )


def missing_columns(columns: Columns, header: Sequence[str]) -> str:
    """What is missing in a header, and which of its columns come closest."""
    cells = [cell.strip() for cell in header if cell.strip()]
    names = [name for missing in columns.missing for name in missing.split(" or ")]
    matches = [cell for name in names for cell in closest(name, cells, cutoff=50)]
    message = f"it lacks the column {' and the column '.join(columns.missing)} of a {columns.kind} export"
    nearest = f"; the closest are {', '.join(dict.fromkeys(matches))}" if matches else ""
    return f"{message}{nearest}; it has {', '.join(cells[:12]) or 'none'}"[:600]


def link_types(header: Sequence[str]) -> dict[str, None]:
    """The names of the link types that a Jira export has columns for, as the header writes them."""
    return dict.fromkeys(match[2] for cell in header if (match := _LINK.fullmatch(cell.strip())))


def waiting_of_header(name: str, links: Own) -> Waiting:
    """Which end of a link waits, where only the type's name is known."""
    return own_waiting(name, links) or waiting_by_name(name)


def _links(folded: Sequence[str], links: Own) -> Names:
    """The headers of links that say waiting: what a ticket waits for stands at the end whose words say so."""
    headers: dict[str, dict[str, None]] = {"blocked_by": {}, "blocks": {}}
    for cell in folded:
        match = _LINK.fullmatch(cell)
        waiting = waiting_of_header(match[2], links) if match else Waiting.NONE
        if match and waiting is not Waiting.NONE:
            waits = (match[1].casefold() == "outward") == (waiting is Waiting.SOURCE_WAITS)
            headers["blocked_by" if waits else "blocks"][cell] = None
    return {name: tuple(cells) for name, cells in headers.items()}


def _unclear_links(header: Sequence[str], links: Own) -> Iterator[tuple[str, int]]:
    for at, cell in enumerate(header):
        match = _LINK.fullmatch(cell.strip())
        waits = match is not None and waiting_of_header(match[2], links) is not Waiting.NONE
        if match and not (waits or is_unrelated(match[2], "", "", links)):
            yield match[2], at


def _header(names: Mapping[str, tuple[str, ...]], name: str) -> str:
    return names[name][0].capitalize() if name != "url" else "URL"
