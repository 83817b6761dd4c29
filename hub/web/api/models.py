"""The values that the API answers with, and the OpenAPI description derived from them."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, make_dataclass
from datetime import date, datetime
from functools import cache, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hub.core.insight.alignment_ratio import Ratio
from hub.core.insight.audit.audit import Audit
from hub.core.insight.audit.rows import AlignmentPath, KeyResultRef, TeamCheck, TeamRef
from hub.core.insight.search import SearchKind
from hub.model.finding import Finding
from hub.model.okr import Contribution, LinkState
from hub.report.key_result_status import KeyResultDocument, PrivateKeyResult
from hub.report.run_json import AUDIT_VERSION, FindingDocument, SeverityName, derived
from hub.report.status import RunDocument


@dataclass(frozen=True, slots=True)
class ListPart:
    """A part of a list: `total` is the length of the whole list."""

    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class ListedFinding(FindingDocument):
    """A finding, and since when it is known."""

    first_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class FindingList(ListPart):
    """A part of the findings."""

    findings: tuple[ListedFinding, ...]


@dataclass(frozen=True, slots=True)
class KeyResultList(ListPart):
    """A part of the key results."""

    key_results: tuple[KeyResultDocument | PrivateKeyResult, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveRef:
    """The objective of a key result."""

    id: str
    title: str
    standalone: str | None


@dataclass(frozen=True, slots=True)
class NeedRow:
    """What a key result depends on."""

    team: str
    key_result: KeyResultRef | None
    state: LinkState
    needed_by: date | None


@dataclass(frozen=True, slots=True)
class KeyResultDetail(KeyResultDocument):
    """Everything about a key result."""

    objective: ObjectiveRef
    teams: tuple[TeamRef, ...]
    owners: tuple[TeamRef, ...]
    contributions: tuple[Contribution, ...]
    aligned: bool
    aligns_to: tuple[AlignmentPath, ...]
    linked_from: tuple[KeyResultRef, ...]
    depends_on: tuple[NeedRow, ...]
    tickets: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in numbers."""

    id: str
    name: str
    key_results: int
    ratio: Ratio | None
    waits: int
    provides: int
    findings: int


@dataclass(frozen=True, slots=True)
class TeamList(ListPart):
    """A part of the teams."""

    teams: tuple[TeamRow, ...]


@dataclass(frozen=True, slots=True)
class TeamDetail(TeamCheck):
    """One team in the second check, and the projects and repositories that it owns."""

    owns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunList(ListPart):
    """A part of the runs, newest first."""

    runs: tuple[RunDocument, ...]


@dataclass(frozen=True, slots=True)
class RunDetail(RunDocument):
    """Everything that is recorded of a run."""

    sources: tuple[Mapping[str, Any], ...]
    skipped_tickets: tuple[Mapping[str, Any], ...]
    seconds: Mapping[str, float]
    refused: str | None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in a line."""

    rule: str
    severity: SeverityName
    summary: str
    options: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RuleList:
    """Every rule."""

    rules: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule's page."""

    rule: str
    severity: SeverityName
    page: str
    options: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Something that holds all words: `id` is a ticket's connector:key, else its own id; `page` is its address here."""

    kind: SearchKind
    id: str
    title: str
    detail: str
    page: str


@dataclass(frozen=True, slots=True)
class SearchList(ListPart):
    """A part of the results, the best of each kind first.

    `counts` is how many there are of each kind; `corrected` the words that were searched for instead, where nothing
    holds those of the query.
    """

    query: str
    corrected: str | None
    counts: Mapping[str, int]
    results: tuple[SearchResult, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The numbers of one run: by team and rule, never by person."""

    run: int
    at: datetime
    cycle: str
    complete: bool
    aligned: Mapping[str, Mapping[str, int]]
    covered: Mapping[str, int]
    rules: Mapping[str, int]
    severities: Mapping[str, int]
    measured: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TrendList(ListPart):
    """A part of the points, oldest first."""

    trends: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True)
class AuditDetail(Audit):
    """The Connect and Align audit; its parts are those of `hub audit --format json`."""

    audit: int = AUDIT_VERSION


def response_model(resource: Callable[..., object]) -> Any:
    """The class of what a function returns, None left out."""
    returned = get_type_hints(resource)["return"]
    kinds = [kind for kind in get_args(returned) or (returned,) if kind is not NoneType]
    return in_json(kinds[0])


def in_json(kind: Any) -> Any:
    """The type with findings as their documents, and derived properties as fields."""
    if kind is Finding:
        return in_json(FindingDocument)
    if is_dataclass(kind) and isinstance(kind, type):
        return _class_in_json(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (None, Literal):
        return kind
    within = tuple(part if part is Ellipsis else in_json(part) for part in parts)
    return reduce(or_, within) if origin in (Union, UnionType) else origin[within]


@cache
def _class_in_json(kind: type[Any]) -> type:
    annotations = get_type_hints(kind)
    described: list[Any] = [
        # A field with a default may be missing.
        (
            part.name,
            in_json(annotations[part.name]),
            *([] if part.default is MISSING else [field(default=part.default)]),
        )
        for part in fields(kind)
    ]
    described += [(name, get_type_hints(getattr(kind, name).fget)["return"]) for name in derived(kind)]
    made = make_dataclass(kind.__name__, described, kw_only=True, frozen=True)
    made.__module__, made.__doc__ = kind.__module__, kind.__doc__
    return made
