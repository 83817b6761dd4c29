"""A finding is data: which rule, how severe, about what, on which observed facts; markup comes later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from hub.model.initiative import Ref
from hub.model.message import Advice
from hub.model.okr import Place


class Severity(IntEnum):
    """`error` fails the gate, `warning` is posted, `info` stays in reports."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        """The word used in configuration, JSON and comments."""
        return self.name.lower()


class SubjectKind(StrEnum):
    """What a finding can be about."""

    INITIATIVE = "initiative"
    KEY_RESULT = "key_result"
    OBJECTIVE = "objective"
    TEAM = "team"
    DEPENDENCY = "dependency"
    RULE = "rule"
    WAIVER = "waiver"


class KeyResultId(str):
    """A key result's id among the facts, so that a private one can be veiled before anybody reads it."""

    __slots__ = ()


Fact = str | int | float | bool | date | None | tuple["Fact", ...] | Mapping[str, "Fact"]
Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about; `id` is a ticket's `connector:key`, or the id in the OKR files."""

    kind: SubjectKind
    id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of one subject: a fault, with the facts it rests on and the tickets it shows on.

    `identity` is what the fingerprint is made of: ids that stay while the fault does, never titles.
    `severity` overrides the rule's own; `rests_on` names further tickets that the judgement needed.
    """

    subject: Subject
    facts: Facts
    tickets: tuple[Ref, ...] = ()
    identity: tuple[str, ...] = ()
    severity: Severity | None = None
    rests_on: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A subject that a rule could not judge because something was not read."""

    subject: Subject
    reason: str
    tickets: tuple[Ref, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A fault that somebody answers for until a day: rule, subject, reason, owner, end date."""

    rule: str
    subject: str
    reason: str
    owner: str
    until: date


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its rule's name, its severity in this phase, its words and its fingerprint.

    `place` is the line of an OKR file that it is about, if it is about one.
    """

    rule: str
    severity: Severity
    subject: Subject
    facts: Facts
    advice: Advice
    fingerprint: str
    tickets: tuple[Ref, ...] = ()
    label: str | None = None
    waiver: Waiver | None = None
    rests_on: tuple[Ref, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that the rules said of one portfolio; `failed` names rules that crashed and judged nothing."""

    findings: tuple[Finding, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    waived: tuple[Finding, ...] = ()
    failed: frozenset[str] = frozenset()
