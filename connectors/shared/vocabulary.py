"""Words that trackers use: names as people write them, final statuses, levels, link types; what is not understood."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache

from connectors.shared.ticket_text import unclear_dependencies
from hub.model.text import folded
from hub.model.ticket_input import NotUnderstood

_EMOJI = re.compile(r":[a-z0-9_+-]+:")
_APOSTROPHE = re.compile("['`\u2019\u00b4]")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """The words of a name in lower case with single blanks: `🔥 Won't-Do` is `wont do`."""
    words = _APOSTROPHE.sub("", _EMOJI.sub(" ", folded(name).casefold()))
    return " ".join(re.findall(r"[^\W_]+", words))


@lru_cache(maxsize=256)
def plain_names(names: tuple[str, ...]) -> frozenset[str]:
    """The plain words of each name."""
    return frozenset(plain_name(name) for name in names)


def contains_phrase(name: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases, given in plain words, stands in a name as whole words."""
    padded = f" {plain_name(name)} "
    return any(f" {phrase} " in padded for phrase in phrases)


_CANCELLED = (
    "wont do", "wont fix", "wontfix", "will not do", "will not fix", "duplicate", "duplicated", "declined", "cancelled",
    "canceled", "cannot reproduce", "cant reproduce", "not reproducible", "rejected", "obsolete", "not planned",
    "not doing", "abandoned", "withdrawn", "discarded", "dropped", "superseded", "invalid", "not a bug", "incomplete",
    "out of scope", "abgebrochen", "abgelehnt", "verworfen", "storniert", "duplikat", "annulé", "annulée", "abandonné",
    "rejeté", "doublon", "cancelado", "cancelada", "rechazado", "duplicado",
)  # fmt: skip


@lru_cache(maxsize=1024)
def is_cancelled(name: str) -> bool:
    """Whether a resolution, a state's reason or a status says so: `Won't Do`, `Duplicate`, `Closed - rejected`."""
    return bool(name) and contains_phrase(name, _CANCELLED)


PARENT_TYPES = frozenset({"epic", "initiative", "feature", "capability", "theme", "saga"})
SUB_TASK_NAMES = frozenset({"unteraufgabe", "sous tâche", "subtarea", "sottotask", "サブタスク"})
"""What Jira calls its sub-tasks in other languages."""


@lru_cache(maxsize=1024)
def level_of_type(kind: str) -> int:
    """1 above the base level, -1 for parts of another ticket, else 0."""
    name = plain_name(kind)
    if name in PARENT_TYPES:
        return 1
    return -1 if name in SUB_TASK_NAMES or "subtask" in name.replace(" ", "") else 0


_SYSTEM = "system "  # what Jira Service Management puts before its own types: "[System] Incident"
# `kind/bug` and `type: bug` say what `bug` says; `team/support` does not.
_PREFIXES = frozenset({"type", "kind", "category", "t", "c"})


@lru_cache(maxsize=4096)
def exemption_reason(
    kind: str, level: int, labels: frozenset[str], types: tuple[str, ...], exempt_labels: tuple[str, ...]
) -> str:
    """Why a ticket is exempt, such as `issue type Bug` or `label dependencies`; empty where it is not.

    A sub-task type among `types` stands for every level below 0.
    """
    named = plain_names(types)
    if plain_name(kind).removeprefix(_SYSTEM) in named:
        return f"issue type {kind}"
    if (level < 0 or level_of_type(kind) < 0) and any(level_of_type(text) < 0 for text in types):
        return f"issue type {kind}"
    exempt_names = plain_names(exempt_labels)
    exempt_label = min((label for label in labels if _plain_label(label) in exempt_names), default="")
    return f"label {exempt_label}" if exempt_label else ""


def _plain_label(label: str) -> str:
    """The plain words of a label, without a prefix that only says that a type follows."""
    prefix, separator, name = label.rpartition(":" if ":" in label.rstrip(":") else "/")
    return plain_name(name) if separator and plain_name(prefix) in _PREFIXES else plain_name(label)


class Waiting(StrEnum):
    """Which words of a link type say that the ticket waits: `depends on` outward, `is blocked by` inward."""

    SOURCE_WAITS = "outward waits"
    DESTINATION_WAITS = "inward waits"
    NONE = "none"


Own = Mapping[str, Waiting]
MAX_LINK_NAME_LENGTH = 300
"""Characters of a type's name and readings that are looked at; trackers allow 255 or so."""
# Of each pair the first says that the ticket waits, the second that others wait for it.
_BLOCKED = re.compile(
    r"\b(?:un)?blocked\b|\b(?:impeded|hindered|gated) by\b|\b(?:wird|ist) \w*blockiert|\bblockiert (?:von|durch)\b"
    r"|\b(?:ge|be)hindert (?:von|durch)\b|\bbloqu(?:é|ée|eado|eada)\b|\bbloccat[oa]\b|\bgeblokkeerd\b|\bblockeras\b"
    r"|\bblokowan\w\b|ブロックされ|被阻|被卡|차단됨|차단된"
    r"|\b(?:за)?блокирован\w*|\bблокируется\b"  # noqa: RUF001 - Cyrillic is meant
)
_BLOCKS = re.compile(
    r"\b(?:un)?block(?:s|ing|er|ers|ade|ades)?\b|\b(?:impede|hinder|gate)s?\b|\bimpediment\b|\bblockiert\b|\bblockieren\b"
    r"|\b(?:be)?hindert\b|\bbloque[ns]?\b|\bbloquea[n]?\b|\bbloquer\b|\bbloqueia\b|\bbloqueio\b|\bblocca\b|\bblocco\b"
    r"|\bblokkeert\b|\bblokkade\b|\bblockerar\b|\bblokuje\b|ブロック|阻塞|阻止|阻挡|차단"
    r"|\bблокиру(?:ет|ют)\b|\bблокировка\b"  # noqa: RUF001 - Cyrillic is meant
)
_NEEDED = re.compile(
    r"\bdepended\b|\bdependenc(?:y|ies) (?:of|for)\b|\bprerequisite (?:of|for)\b|\b(?:required|needed|awaited|waited)\b"
    r"|\b(?:benötigt|gebraucht|vorausgesetzt) von\b|\bvon \w+ (?:benötigt|gebraucht)\b|\bvoraussetzung (?:für|von)\b"
    r"|\b(?:requis|requise|nécessaire)\b|\b(?:requerid[oa]|necesari[oa]|necessári[oa])\b"
    r"|\b(?:dépendance|dependencia|dependência|dipendenza) d[ei]\b|\b(?:richiest[oa] da|necessari[oa] (?:per|a))\b"
    r"|\b(?:vereist|nodig) voor\b|\bwymagan\w przez\b|\b(?:требуется|необходим\w?) для\b|依存され|被依赖|被需要|의존됨"
)
_NEEDS = re.compile(
    r"\bdepend(?:s|ing|ent|ant)?\b|\bdependenc(?:y|ies)\b|\brequir(?:e|es|ing)\b|\bneeds?\b|\b(?:wait|waits|waiting|awaits)\b"
    r"|\bprerequisite\b|\bhängt\b.*\bab\b|\bhängt ab\b|\babhängig\b|\babhängigkeit(?:en)?\b|\bbenötigt\b|\bbraucht\b"
    r"|\bwartet\b|\bsetzt\b.*\bvoraus\b|\bdépend(?:ance|ances|ant)?\b|\bnécessite\b|\battend\b|\bdepende[n]?\b"
    r"|\bdependencia[s]?\b|\brequiere\b|\bnecesita\b|\bespera a\b|\bdependência\b|\brequer\b|\bprecisa\b"
    r"|\bdipend(?:e|enza)\b|\brichiede\b|\bafhankelijk(?:heid)?\b|\bberor på\b|\bberoende\b|\bzależy\b|\bwymaga\b"
    r"|\bзависи(?:т|мость)\b|\bтребует\b"  # noqa: RUF001 - Cyrillic is meant
    r"|依存|依赖|需要|의존"
)
_AFTER = re.compile(
    r"\b(?:done|finished|completed|started|comes|starts) after\b|\bpreceded by\b|\bfollows\b"
    r"|\bsuccessor of\b|\bhas (?:as )?predecessor\b|\bnachfolger von\b|\bfolgt auf\b"
)
_BEFORE = re.compile(
    r"\b(?:done|finished|completed|comes|ends) before\b|\bfollowed by\b|\bprecedes\b|\bpredecessor of\b"
    r"|\bhas (?:as )?successor\b|\bvorgänger von\b|\bgeht .*\bvoraus\b"
)
_FINISH_TO_START = re.compile(r"\bgantt\b.*\b(?:end|finish) to start\b|\bfinish to start\b")
# What links are about where nobody waits: sameness, origin, parts, cause, tests and mere mention.
_UNRELATED = re.compile(
    r"\b(?:relat|duplica|clon|caus|split|implement|test|parent|child|contain|part|belong|include|cover|defect|creat|merge"
    r"|support|discover|deliver|idea|review|document|refer|mention|link|see|problem|incident|resol|fix|replac|supersed|similar"
    r"|copy|copi|kopie|verwandt|bezieh|bezug|verknüpf|verweis|dupli|dupliz|geklont|klon|verursach|teil|eltern|gehört|ersetz"
    r"|liée?|lien|associ|remplac|relacion|vincul|causad|reemplaz)\w*|関連|重複|複製|原因|相关|关联|重复|克隆"
)


@lru_cache(maxsize=512)
def _waits(description: str) -> bool | None:
    """Whether a ticket that reads so waits; False where others wait for it, None where nobody does."""
    text = plain_name(description[:MAX_LINK_NAME_LENGTH])
    if _BLOCKED.search(text) or _AFTER.search(text):
        return True
    if _BLOCKS.search(text) or _BEFORE.search(text) or _NEEDED.search(text):
        return False
    return True if _NEEDS.search(text) else None


@lru_cache(maxsize=512)
def waiting_by_text(name: str, destination_text: str, source_text: str) -> Waiting:
    """By both readings of a type; by its name where it has none, or where they say nothing and it names blocking."""
    source, destination = _waits(source_text), _waits(destination_text)
    if source is None and destination is None:
        by_type_name = waiting_by_name(name)
        return (
            by_type_name
            if by_type_name is Waiting.DESTINATION_WAITS or not (destination_text or source_text)
            else Waiting.NONE
        )
    if source is not None and source == destination:
        return Waiting.NONE
    source_waits = source if source is not None else not destination
    return Waiting.SOURCE_WAITS if source_waits else Waiting.DESTINATION_WAITS


@lru_cache(maxsize=512)
def waiting_by_name(name: str) -> Waiting:
    """By a type's name alone, as exports give it: blocking names the blocker inward, needing what is needed outward."""
    text = plain_name(name[:MAX_LINK_NAME_LENGTH])
    if any(pattern.search(text) for pattern in (_BLOCKED, _BLOCKS, _FINISH_TO_START, _BEFORE)):
        return Waiting.DESTINATION_WAITS
    return Waiting.SOURCE_WAITS if any(pattern.search(text) for pattern in (_NEEDS, _NEEDED, _AFTER)) else Waiting.NONE


def is_unrelated(name: str, destination_text: str, source_text: str, own: Own) -> bool:
    """Whether a type of links is known to be about something else, by its usual words or by what people say of it."""
    return (
        own_waiting(name, own) is not None
        or _UNRELATED.search(plain_name(f"{name} {destination_text} {source_text}")) is not None
    )


def own_waiting(name: str, own: Own) -> Waiting | None:
    """What people say about the type of this name; None where they say nothing."""
    normalised = plain_name(name)
    return next((waiting for type_name, waiting in own.items() if plain_name(type_name) == normalised), None)


def waiting_of(name: str, destination_text: str, source_text: str, own: Own) -> Waiting:
    """Which end of a link waits."""
    return own_waiting(name, own) or waiting_by_text(name, destination_text, source_text)


MAX_VALUE_LENGTH = 200


def build(location: str, raw: object, reason: str, setting: str = "") -> NotUnderstood:
    """One such value; what is too long to be shown whole is not shown."""
    text = " ".join(folded(str(raw)).split())
    return NotUnderstood(location, text if len(text) <= MAX_VALUE_LENGTH else "", reason, setting)


def priority(name: str) -> NotUnderstood:
    """A priority that somebody set, of a name that stands for nothing."""
    return build(
        "priority", name, "it maps to none of the priorities 1 to 4, so the ticket counts as without", "priorities"
    )


def date(location: str, raw: object, setting: str) -> NotUnderstood:
    """A date that cannot be read."""
    return build(location, raw, "it is no date that can be read, so the ticket counts as without", setting)


def status(name: str, setting: str = "statuses") -> NotUnderstood:
    """A status that nothing stands for."""
    return build("status", name, "it maps to no known state, so the ticket counts as to do", setting)


def link_type(name: str) -> NotUnderstood:
    """A type of links whose words say neither that a ticket waits nor that it is about something else."""
    return build("link type", name, "its words don't say which ticket waits, so it is no dependency", "links")


def key_result(raw: object, reason: str) -> NotUnderstood:
    """A value in the field for key results that names none."""
    return build("key result field", raw, reason, "key_results.field")


def in_text(text: str) -> Iterator[NotUnderstood]:
    """Lines that begin like a dependency and name no ticket."""
    for line in unclear_dependencies(text):
        yield build("text", line, "the line names no ticket, so it is no dependency")


def deduplicate(values: Iterable[NotUnderstood]) -> tuple[NotUnderstood, ...]:
    """In order, each once."""
    return tuple(dict.fromkeys(values))
