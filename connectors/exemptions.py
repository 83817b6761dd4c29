"""Which work is kept out of OKRs by its type or label: defects, support and upkeep."""

from collections.abc import Iterable

from connectors.levels import level_of_type
from connectors.names import plain_name, plain_names

EXEMPT_TYPES = (
    "Bug", "Defect", "Incident", "Problem", "Support", "Support Request", "Service Request", "Vulnerability",
    "Sub-task",
)  # fmt: skip
EXEMPT_LABELS = ("bug", "incident", "dependencies", "chore", "support")
EXEMPT_AUTHORS = ("dependabot", "dependabot-preview", "renovate", "renovate-bot")
# What Jira Service Management puts before its own types: "[System] Incident".
_SYSTEM = "system "
# `kind/bug` and `type: bug` say what `bug` says; `team/support` does not.
_PREFIXES = frozenset({"type", "kind", "category", "t", "c"})


def exemption_reason(
    kind: str, level: int, labels: Iterable[str], types: tuple[str, ...], exempt_labels: tuple[str, ...]
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
