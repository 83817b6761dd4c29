"""A finding as data: which rule, how severe, about what, on which facts; with the fingerprint that identifies it."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from hub.model.initiative import Ref
from hub.model.message import Advice
from hub.model.okr import FileLocation
from hub.model.private_names import PrivateNames
from hub.model.value import Value


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
    PROJECT = "project"
    CYCLE = "cycle"
    WORKSPACE = "workspace"
    RULE = "rule"
    WAIVER = "waiver"


class KeyResultId(str):
    """A key result's id among the facts, so that a private one can be veiled before anybody reads it."""

    __slots__ = ()


Fact = str | int | float | bool | date | None | tuple["Fact", ...] | Mapping[str, "Fact"]
Facts = Mapping[str, Fact]


class Subject(Value, frozen=True):
    """What a finding is about, its root: `id` is a ticket's `connector:KEY`, the id of a key result, objective or team,
    `waiting team -> providing team` for a dependency, `connector:PROJECT`, a cycle's id, or the workspace's name.
    """

    kind: SubjectKind
    id: str
    url: str | None = None


Affected = Ref | KeyResultId
"""Whatever feels a fault: a ticket, or a key result."""


class Verdict(Value, frozen=True):
    """What a rule says of one root fault, with the facts it rests on.

    `act_on` are the tickets whose people can end it: the comment goes there. `label_on` are the tickets where it is
    felt and that people look at: the rule's label goes there, whatever the severity. `affects` is everything else that
    feels it: evidence, nothing is written there. `identity` is what the fingerprint is made of: ids that stay while the
    fault does, never titles.
    `severity` overrides the rule's own; `based_on` names further tickets that the judgement needed.
    """

    subject: Subject
    facts: Facts
    act_on: tuple[Ref, ...] = ()
    label_on: tuple[Ref, ...] = ()
    affects: tuple[Affected, ...] = ()
    identity: tuple[str, ...] = ()
    severity: Severity | None = None
    based_on: tuple[Ref, ...] = ()

    @property
    def on_tickets(self) -> tuple[Ref, ...]:
        """The tickets that may show it, by a comment or a label."""
        return tuple(dict.fromkeys((*self.act_on, *self.label_on)))


class NotJudged(Value, frozen=True):
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


class Finding(Value, frozen=True):
    """A verdict with its rule's name, its severity in this phase, its words and its fingerprint.

    `act_on`, `label_on` and `affects` are the verdict's. `location` is the line of an OKR file that it is about, if
    any.
    """

    rule: str
    severity: Severity
    subject: Subject
    facts: Facts
    advice: Advice
    fingerprint: str
    act_on: tuple[Ref, ...] = ()
    label_on: tuple[Ref, ...] = ()
    affects: tuple[Affected, ...] = ()
    label: str | None = None
    waiver: Waiver | None = None
    based_on: tuple[Ref, ...] = ()
    location: FileLocation | None = None

    @property
    def tickets(self) -> tuple[Ref, ...]:
        """Every ticket that it concerns, each once: those to act on first, then those that feel it."""
        if not (self.label_on or self.affects):
            return self.act_on
        affected_tickets = (affect for affect in self.affects if isinstance(affect, Ref))
        return tuple(dict.fromkeys((*self.act_on, *self.label_on, *affected_tickets)))

    @property
    def on_tickets(self) -> tuple[Ref, ...]:
        """The tickets that show it: by its comment, its label or both."""
        comment_on = self.act_on if self.severity >= Severity.WARNING else ()
        return tuple(dict.fromkeys((*comment_on, *(self.label_on if self.label else ()))))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that the rules said of one portfolio; `failed` names rules that crashed and judged nothing."""

    findings: tuple[Finding, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    waived: tuple[Finding, ...] = ()
    failed: frozenset[str] = frozenset()


LENGTH = 16


def fingerprint(rule: str, *identity: str) -> str:
    """Sixteen hex digits that stay the same while the fault does, whatever titles and order do."""
    return hashlib.sha256(_encode(rule, identity)).hexdigest()[:LENGTH]


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """For the findings of one run.

    An identity that names something of `private`, or one of the private `objectives`, is hashed with the state's `key`:
    whoever knows the rules and guesses an id cannot tell whether it is right. Where there is no state and so no key,
    such findings are numbered instead.
    """

    private: PrivateNames
    key: bytes = b""
    objectives: frozenset[str] = frozenset()
    _numbers: Counter[tuple[str, ...]] = field(default_factory=Counter, init=False)

    def of(self, rule: str, *identity: str) -> str:
        """The fingerprint of a fault."""
        if self.objectives.isdisjoint(identity) and not any(map(self.private.names_in, identity)):
            return fingerprint(rule, *identity)
        if self.key:
            return hmac.new(self.key, _encode(rule, identity), hashlib.sha256).hexdigest()[:LENGTH]
        unnamed = tuple("" if part in self.objectives else self.private.redact(part) for part in identity)
        self._numbers[rule, *unnamed] += 1
        return fingerprint(rule, *unnamed, str(self._numbers[rule, *unnamed]))


def _encode(rule: str, identity: tuple[str, ...]) -> bytes:
    return "\x1f".join((rule, *identity)).encode(errors="backslashreplace")
