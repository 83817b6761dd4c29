"""Settings that connectors share, in the same words for every tracker."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from connectors import exemptions, priorities
from connectors.names import plain_name, plain_names
from connectors.okr_words import okr_field_of
from connectors.ticket_text import named_by_labels
from hub.model.initiative import PriorityBand
from hub.model.okr_row import OkrKind
from hub.model.okr_words import ALL_FIELDS
from hub.model.typed import match_key
from hub.model.wording import Wording

_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


def _resolve_path(path: object, info: ValidationInfo) -> object:
    """A path starts from the folder of the configuration, which only whoever validates knows."""
    resolve = (info.context or {}).get("resolve")
    return resolve(path) if resolve and isinstance(path, str) and path.strip() else path


def _require_readable(path: str, info: ValidationInfo) -> str:
    """Whoever validates a file looks at what it names, so that the fault is told by its line."""
    unreadable = (info.context or {}).get("unreadable")
    if unreadable and (reason := unreadable(path)):
        raise ValueError(f"no certificates can be read from {path}: {reason}")
    return path


ConfigPath = Annotated[str, BeforeValidator(_resolve_path), Field(min_length=1)]
Authorities = Annotated[ConfigPath, AfterValidator(_require_readable)]


class NetworkSettings(BaseModel):
    """`ca_file` names the authorities that are trusted for this site alone, in place of the usual ones."""

    ca_file: Authorities | None = None


class WorkSettings(BaseModel):
    """Settings that every connector shares; each list replaces its default."""

    initiative_types: tuple[str, ...] = ()
    exempt_types: tuple[str, ...] = exemptions.EXEMPT_TYPES
    exempt_labels: tuple[str, ...] = exemptions.EXEMPT_LABELS
    priorities: dict[str, PriorityBand] = Field(default_factory=dict)
    order_is_priority: bool = False
    accepted_gaps: tuple[str, ...] = ()

    def level_of(self, kind: str, level: int) -> int:
        """The level of a type that has this one on the tracker; the types that people named are the top of the work."""
        if not self.initiative_types:
            return level
        return 1 if plain_name(kind) in plain_names(self.initiative_types) else min(level, 0)

    def exemption_of(self, kind: str, level: int, labels: Iterable[str]) -> str:
        """Why a ticket is exempt; empty where it is not. A type that people named as an initiative's is not exempt."""
        types = () if plain_name(kind) in plain_names(self.initiative_types) else self.exempt_types
        return exemptions.exemption_reason(kind, level, labels, types, self.exempt_labels)

    def band_of(self, priority: str) -> PriorityBand | None:
        """The number that a priority's name stands for; None for a name that nobody mapped."""
        return priorities.band_of(priority, self.priorities)


class CommandSettings(BaseModel):
    """`[connectors.NAME.commands]`: without `allow` everybody counts whom the tracker shows as able to edit."""

    model_config = _STRICT

    enabled: bool = True
    allow: tuple[str, ...] = ()

    def trusts(self, *names: str, can_edit: bool) -> bool:
        """Whether somebody of these names and ids may command, who can edit tickets or not."""
        return bool({*names} & {*self.allow}) if self.allow else can_edit


class KeyResultMentions(BaseModel):
    """Every place that matches counts; an empty one is switched off."""

    model_config = _STRICT

    label: str | None = "kr-{id}"
    field: str | None = "Key Result"
    text: str | None = "KR: {id}"
    inherit: bool = True

    @field_validator("label", "text")
    @classmethod
    def _has_id_placeholder(cls, pattern: str | None) -> str | None:
        if pattern and "{id}" not in pattern:
            raise ValueError("the pattern needs {id} where the key result's id stands")
        return pattern


def wording_of(
    mentions: KeyResultMentions, commands: CommandSettings, *, lists: bool = True, reacts: bool = False
) -> Wording:
    """What comments may tell people to write on this tracker's tickets."""
    return Wording(
        mentions.label or "",
        mentions.field or "",
        mentions.text or "",
        commands=commands.enabled,
        lists=lists,
        reacts=reacts and commands.enabled,
    )


class OkrSelector(BaseModel):
    """Which tickets are objectives, or key results: those of any of these issue types or labels."""

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

    objective: OkrSelector = OkrSelector(types=("Objective",))
    key_result: OkrSelector = OkrSelector(types=("Key Result",))
    id_label: str | None = "id-{id}"
    fields: dict[str, str] = Field(default_factory=dict)

    @field_validator("objective", "key_result")
    @classmethod
    def _require_selector(cls, selector: OkrSelector) -> OkrSelector:
        if not (selector.types or selector.labels):
            raise ValueError("name types or labels by which these tickets are told")
        return selector

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
