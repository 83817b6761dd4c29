"""Settings that all trackers share: the network, the work, OKR tickets, key results in tickets, and commands."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from connectors.shared.prose import lines_under_headings, prose_lines
from connectors.shared.ticket_text import named_by_labels
from connectors.shared.vocabulary import exemption_reason, plain_name, plain_names
from hub.model.initiative import PriorityBand
from hub.model.message import Wording
from hub.model.text import folded, match_key
from hub.model.ticket_input import ALL_FIELDS, OkrKind
from hub.model.written_names import is_empty_value

EXEMPT_TYPES = (
    "Bug", "Defect", "Incident", "Problem", "Support", "Support Request", "Service Request", "Vulnerability",
    "Sub-task",
)  # fmt: skip
EXEMPT_LABELS = ("bug", "incident", "dependencies", "chore", "support")
EXEMPT_AUTHORS = ("dependabot", "dependabot-preview", "renovate", "renovate-bot")


PRIORITIES: Mapping[str, PriorityBand] = {
    **dict.fromkeys(("p0", "p1", "highest", "critical", "blocker", "urgent"), PriorityBand.HIGHEST),
    **dict.fromkeys(("p2", "high", "major"), PriorityBand.HIGH),
    **dict.fromkeys(("p3", "medium", "normal", "moderate"), PriorityBand.MEDIUM),
    **dict.fromkeys(("p4", "p5", "low", "lowest", "minor", "trivial"), PriorityBand.LOW),
}


def band_of(name: str, own: Mapping[str, PriorityBand]) -> PriorityBand | None:
    """The number that a priority's name stands for, by `own` names first; None for one that nobody mapped.

    Several words count where all of them say the same: `P1 - Critical` is 1, `P2 - Critical` is nothing.
    """
    plain_text = plain_name(name)
    own_band = next((band for own_name, band in own.items() if plain_name(own_name) == plain_text), None)
    if own_band is not None:
        return own_band
    words = [word for word in plain_text.split() if word not in ("priority", "prio") and not word.isdecimal()]
    bands = {PRIORITIES.get(word) for word in words}
    return bands.pop() if len(bands) == 1 else None


ALIASES = {"owner": "owners", "team": "teams", "check_in": "check_ins", "contribution": "contributions"}
_LINE = re.compile(r"([A-Za-z][A-Za-z _-]{0,30}?)\s{0,8}:\s{0,8}(\S.{0,2000})")
_SENTENCE_ENDS = (".", "!", "?", ":")


def okr_field_of(name: str) -> str | None:
    """The word that a name stands for, as people write it: `Aligns to`, `aligns-to`, `Owner`."""
    plain = re.sub(r"[\s_-]+", "_", name.strip()).casefold()
    field = ALIASES.get(plain, plain)
    return field if field in ALL_FIELDS else None


def values_in(text: str) -> Iterator[tuple[str, str]]:
    """Every `Word: value` at the start of a line, in order, then what stands below headings as forms write them.

    Other lines are words for people. What a line says need not be asked for by a heading.
    """
    plain, seen_fields = folded(text), set()
    for line in prose_lines(plain):
        match = _LINE.fullmatch(line.replace("**", "").replace("__", "").strip())
        if match and (field := okr_field_of(match[1])) and not is_empty_value(match[2]):
            seen_fields.add(field)
            yield field, match[2].strip()
    for heading, line in lines_under_headings(plain):
        if (
            (field := okr_field_of(heading))
            and field not in seen_fields
            and not (is_empty_value(line) or line.endswith(_SENTENCE_ENDS))
        ):
            yield field, line.replace("**", "").strip()


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
    """A PEM file with the certificate authorities to trust for this site, in place of the public ones."""


class WorkSettings(BaseModel):
    """Settings that every connector shares; each list replaces its default."""

    initiative_types: tuple[str, ...] = ()
    """Issue types that are initiatives, and no others; empty for the tracker's own top level."""
    exempt_types: tuple[str, ...] = EXEMPT_TYPES
    """Issue types that are not OKR work; `"Sub-task"` covers every sub-task, and `[]` exempts none."""
    exempt_labels: tuple[str, ...] = EXEMPT_LABELS
    """Labels of work that is not OKR work; `kind/bug` and `type: bug` count as `bug`."""
    priorities: dict[str, PriorityBand] = Field(default_factory=dict)
    """Numbers from 1 (most urgent) to 4 for priority names of your own, such as `{ "Showstopper" = 1 }`."""
    order_is_priority: bool = False
    """Whether the order of a backlog, board or project says which of its tickets come first."""
    accepted_gaps: tuple[str, ...] = ()
    """Gaps that are expected, by the names that `hub sync` and `hub doctor` show."""

    def level_of(self, kind: str, level: int) -> int:
        """The level of a type that has this one on the tracker; the types that people named are the top of the work."""
        if not self.initiative_types:
            return level
        return 1 if plain_name(kind) in plain_names(self.initiative_types) else min(level, 0)

    def exemption_of(self, kind: str, level: int, labels: Iterable[str]) -> str:
        """Why a ticket is exempt; empty where it is not. A type that people named as an initiative's is not exempt."""
        types = () if plain_name(kind) in plain_names(self.initiative_types) else self.exempt_types
        return exemption_reason(kind, level, frozenset(labels), types, self.exempt_labels)

    def band_of(self, priority: str) -> PriorityBand | None:
        """The number that a priority's name stands for; None for a name that nobody mapped."""
        return band_of(priority, self.priorities)


class CommandSettings(BaseModel):
    """`[connectors.NAME.commands]`: without `allow` everybody counts whom the tracker shows as able to edit."""

    model_config = _STRICT

    enabled: bool = True
    """Whether `/okr` commands in comments are read."""
    allow: tuple[str, ...] = ()
    """Only these accounts may give commands, by id or name; empty for everybody who can edit the ticket."""

    def trusts(self, *names: str, can_edit: bool) -> bool:
        """Whether somebody of these names and ids may command, who can edit tickets or not."""
        return bool({*names} & {*self.allow}) if self.allow else can_edit


class KeyResultMentions(BaseModel):
    """Every place that matches counts; an empty one is switched off."""

    model_config = _STRICT

    label: str | None = "kr-{id}"
    """The label that names a key result; `""` switches it off."""
    field: str | None = "Key Result"
    """The field that names key results; `""` switches it off."""
    text: str | None = "KR: {id}"
    """The line of the description that names key results; `""` switches it off."""
    inherit: bool = True
    """Whether a ticket that names no key result takes those of its parent."""

    @field_validator("label", "text")
    @classmethod
    def _has_id_placeholder(cls, pattern: str | None) -> str | None:
        if pattern and "{id}" not in pattern:
            raise ValueError("the pattern needs {id} where the key result's id belongs")
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


class TicketSelector(BaseModel):
    """How tickets of one kind are told: by any of these issue types or labels."""

    model_config = _STRICT

    types: tuple[str, ...] = ()
    """Issue types of these tickets."""
    labels: tuple[str, ...] = ()
    """Labels of these tickets."""

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
    """How objectives are recognized: by issue types, labels, or both."""
    key_result: TicketSelector = TicketSelector(types=("Key Result",))
    """How key results are recognized: by issue types, labels, or both."""
    id_label: str | None = "id-{id}"
    """The label that gives the id; without one it is a line `Id: dau`, or made of the ticket's key."""
    team_label: str | None = None
    """The label that names a team, such as `team-{team}`: several share the objective, or own the key result."""
    fields: dict[str, str] = Field(default_factory=dict)
    """Fields that hold what a line of the description would say, such as `{ target = "Target value" }`."""

    @field_validator("objective", "key_result")
    @classmethod
    def _require_selector(cls, selector: TicketSelector) -> TicketSelector:
        if not (selector.types or selector.labels):
            raise ValueError("name types or labels by which these tickets are recognized")
        return selector

    @field_validator("id_label", "team_label")
    @classmethod
    def _has_placeholder(cls, pattern: str | None, info: ValidationInfo) -> str | None:
        name = str(info.field_name).removesuffix("_label")
        if pattern and f"{{{name}}}" not in pattern:
            raise ValueError(f"the pattern needs {{{name}}} where the {name} belongs")
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

    def teams_in(self, labels: Collection[str]) -> tuple[str, ...]:
        """The teams that labels name."""
        return named_by_labels(labels, (self.team_label or "").replace("{team}", "{id}"))


def is_okr(settings: OkrSettings | None, kind: str, labels: Collection[str]) -> bool:
    """Whether the ticket is no work but an OKR; never where OKRs are not kept in the tracker."""
    return settings is not None and settings.kind_of(kind, labels) is not None
