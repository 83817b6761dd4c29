"""The query parameters of the API: what FastAPI reads, checks and describes."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.core.insight.search import MAX_LENGTH, SearchKind

DEFAULT_LIMIT, MAX_LIMIT = 100, 500
MAX_OFFSET = 10_000_000
ShortText = Annotated[str, Field(max_length=200)]


class EmptyQuery(BaseModel):
    """No query at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PagedQuery(EmptyQuery):
    """A part of a list: how many, after how many."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="How many at most.")] = DEFAULT_LIMIT
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET, description="How many to skip.")] = 0


class FindingsQuery(PagedQuery):
    """Which findings; all of what is named must be true of them."""

    team: Annotated[ShortText | None, Field(description="The id of a team.")] = None
    rule: Annotated[ShortText | None, Field(description="The name of a rule.")] = None
    severity: Annotated[Literal["error", "warning", "info"] | None, Field(description="The severity.")] = None
    ticket: Annotated[ShortText | None, Field(description="A ticket, as connector:key.")] = None


class KeyResultsQuery(PagedQuery):
    """Which key results."""

    team: Annotated[ShortText | None, Field(description="The id of the team that owns them.")] = None


class SearchQuery(PagedQuery):
    """What to look for."""

    q: Annotated[str, Field(max_length=MAX_LENGTH, description="Words; all must match.")]
    kind: Annotated[SearchKind | None, Field(description="Only this kind.")] = None
