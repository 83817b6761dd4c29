"""Which tickets of a tracker are objectives and key results, said in the same words for every tracker."""

from collections.abc import Collection, Mapping

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.okr_words import okr_field_of
from connectors.ticket_text import named_by_labels
from hub.model.okr_row import OkrKind
from hub.model.okr_words import ALL_FIELDS
from hub.model.typed import match_key

_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


class TicketSelector(BaseModel):
    """How tickets of one kind are told: by any of these issue types or labels."""

    model_config = _STRICT

    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    def matches(self, kind: str, labels: Collection[str]) -> bool:
        """Whether a ticket of this type and with these labels is meant; in any case of letters."""
        has_type = match_key(kind) in {match_key(text) for text in self.types}
        return has_type or not {match_key(label) for label in self.labels}.isdisjoint(
            match_key(label) for label in labels
        )


class OkrSettings(BaseModel):
    """OKRs that are kept as tickets; `fields` gives, for a word of the OKR files, the field that holds it."""

    model_config = _STRICT

    objective: TicketSelector = TicketSelector(types=("Objective",))
    key_result: TicketSelector = TicketSelector(types=("Key Result",))
    id_label: str | None = "id-{id}"
    fields: dict[str, str] = Field(default_factory=dict)

    @field_validator("objective", "key_result")
    @classmethod
    def _require_selector(cls, kept: TicketSelector) -> TicketSelector:
        if not (kept.types or kept.labels):
            raise ValueError("name types or labels by which these tickets are told")
        return kept

    @field_validator("id_label")
    @classmethod
    def _has_id_placeholder(cls, pattern: str | None) -> str | None:
        if pattern and "{id}" not in pattern:
            raise ValueError("the pattern needs {id} where the id stands")
        return pattern

    @field_validator("fields")
    @classmethod
    def _require_okr_fields(cls, fields: Mapping[str, str]) -> dict[str, str]:
        unknown = sorted(name for name in fields if okr_field_of(name) is None)
        if unknown:
            raise ValueError(f"no word of the OKR files: {', '.join(unknown)}; known: {', '.join(sorted(ALL_FIELDS))}")
        return {okr_field_of(name) or name: field for name, field in fields.items()}

    @property
    def types(self) -> tuple[str, ...]:
        """All issue types that are OKRs."""
        return tuple(dict.fromkeys((*self.objective.types, *self.key_result.types)))

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that tell OKRs."""
        return tuple(dict.fromkeys((*self.objective.labels, *self.key_result.labels)))

    def kind_of(self, kind: str, labels: Collection[str]) -> OkrKind | None:
        """What a ticket is; None for work. One that could be both is a key result."""
        if self.key_result.matches(kind, labels):
            return OkrKind.KEY_RESULT
        return OkrKind.OBJECTIVE if self.objective.matches(kind, labels) else None

    def id_in(self, labels: Collection[str]) -> str | None:
        """The id that a label gives."""
        return next(iter(named_by_labels(labels, self.id_label or "")), None)


def is_okr(settings: OkrSettings | None, kind: str, labels: Collection[str]) -> bool:
    """Whether the ticket is no work but an OKR; never where OKRs are not kept in the tracker."""
    return settings is not None and settings.kind_of(kind, labels) is not None
