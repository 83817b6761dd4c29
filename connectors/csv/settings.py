"""What people may say about an export in the configuration."""

import codecs
from typing import Literal

from pydantic import ConfigDict, Field, field_validator

from connectors.endings import is_cancelled
from connectors.links import Waiting
from connectors.shared.settings import ConfigPath, KeyResultMentions, WorkSettings
from hub.model.initiative import StatusCategory

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
    paths: tuple[ConfigPath, ...] = Field(min_length=1)
    format: Literal["auto", "jira", "github"] = "auto"
    delimiter: Literal["auto", ",", ";", "|", "tab"] = "auto"
    encoding: str = AUTO
    columns: dict[str, str] = Field(default_factory=dict)
    types: tuple[str, ...] = ()
    url: str | None = None
    repository: str | None = Field(default=None, pattern=r"^[\w.-]+/[\w.-]+$", description="owner/name, as acme/app")
    project: str | None = Field(default=None, pattern=r"^[\w.-]+/\d+$", description="owner/number, as acme/5")
    day_first: bool = True
    key_results: KeyResultMentions = KeyResultMentions()
    statuses: dict[str, StatusCategory] = Field(default_factory=dict)
    in_progress: tuple[str, ...] = ()
    default_priority: str = "Medium"
    links: dict[str, Waiting] = Field(default_factory=dict)

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
        from connectors.csv.columns import NAMES  # noqa: PLC0415 - columns need no settings, settings no columns

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
