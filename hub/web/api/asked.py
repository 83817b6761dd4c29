"""What may be asked for in a query; a name that is not known is refused, so that a typing error is not overheard."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PAGE, MOST = 100, 500
FURTHEST = 10_000_000
Word = Annotated[str, Field(max_length=200)]


class Nothing(BaseModel):
    """No query at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Nothing):
    """A part of a list: how many, after how many."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most.")] = PAGE
    offset: Annotated[int, Field(ge=0, le=FURTHEST, description="How many to skip.")] = 0


class FindingsAsked(Paged):
    """Which findings; all of what is named must be true of them."""

    team: Annotated[Word | None, Field(description="The id of a team.")] = None
    rule: Annotated[Word | None, Field(description="The name of a rule.")] = None
    severity: Annotated[Literal["error", "warning", "info"] | None, Field(description="The severity.")] = None
    ticket: Annotated[Word | None, Field(description="A ticket, as connector:key.")] = None


class KeyResultsAsked(Paged):
    """Which key results."""

    team: Annotated[Word | None, Field(description="The id of the team that owns them.")] = None
